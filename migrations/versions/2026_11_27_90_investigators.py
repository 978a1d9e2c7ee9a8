"""Investigators, and the figures by which they work.

Sources (domain.md 7.2 and 15): two weeks to acknowledge and 14 days to tell a registrant of Social Work England, the age of an
allegation of Social Care Wales and NISCC; the register's own proposals are the next working day, 28 days and four weeks.
"""

from alembic import op

revision = "2026_11_27_90"
down_revision = "2026_11_27_86"
branch_labels = None
depends_on = None

ROLES = "'caseworker', 'team_manager', 'registrar', 'finance_officer', 'auditor', 'admin', 'adjudicator'"
OURS = "'investigator'"
FIGURES = {
    "concern_draft_days": "28",
    "concern_screen_working_days": "1",
    "concern_acknowledge_days": "14",
    "allegation_age_months": "60",
    "triage_target_days": "28",
    "investigation_notice_days": "14",
    "investigation_comment_days": "28",
    "case_escalation_months": "[18, 12, 6]",
}


def upgrade() -> None:
    roles(f"{ROLES}, {OURS}")
    for figure, value in FIGURES.items():
        change_rules(
            f"data || jsonb_build_object('{figure}', '{value}'::jsonb)",
            f"jsonb_set(terms, '{{rules,{figure}}}', '{value}')",
        )


def downgrade() -> None:
    for figure in FIGURES:
        change_rules(f"data - '{figure}'", f"terms #- '{{rules,{figure}}}'")
    op.execute(f"delete from role_grant where role in ({OURS})")
    roles(ROLES)


def roles(allowed: str) -> None:
    op.execute("alter table role_grant drop constraint role_grant_code_ck")
    op.execute(
        f"alter table role_grant add constraint role_grant_code_ck check (role in ({allowed}))"
    )


def change_rules(data: str, terms: str) -> None:
    """A figure that is new to all versions, and to the drafts of the next, is no change of what one said."""
    op.execute("alter table rule_set disable trigger user")
    op.execute(f"update rule_set set data = {data}")
    for trigger in ("no_update", "no_delete", "no_truncate"):
        op.execute(f"alter table rule_set enable always trigger {trigger}")
    op.execute(f"update rule_draft set terms = {terms}")
