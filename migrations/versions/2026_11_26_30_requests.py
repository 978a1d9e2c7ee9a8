"""Requests to several people at once, more ways in which one ends, and how long a referee has.

How long a referee has is the register's own default: no other body publishes one.
"""

from alembic import op

revision = "2026_11_26_30"
down_revision = "2026_11_26_20"
branch_labels = None
depends_on = None

FIGURES = {"reference_due_days": 14, "reference_reminder_days": 5}

UP = """
drop index request_one_open;
alter table request
  drop constraint request_code_ck,
  drop constraint request_outcome_ck,
  add column about_id uuid,
  add constraint request_code_ck check (kind in ('further_information', 'reference')),
  add constraint request_outcome_ck check (outcome in ('received', 'declined', 'expired', 'replaced', 'waived'));
create unique index request_one_open on request (application_id, kind, about_id) nulls not distinct where ended_at is null
"""

DOWN = """
delete from request where kind <> 'further_information';
drop index request_one_open;
alter table request
  drop constraint request_code_ck,
  drop constraint request_outcome_ck,
  drop column about_id,
  add constraint request_code_ck check (kind in ('further_information')),
  add constraint request_outcome_ck check (outcome in ('received', 'expired'));
create unique index request_one_open on request (application_id, kind) where ended_at is null
"""


def upgrade() -> None:
    run(UP)
    for figure, days in FIGURES.items():
        change_rules(
            f"data || jsonb_build_object('{figure}', {days})",
            f"jsonb_set(terms, '{{rules,{figure}}}', '{days}')",
        )


def downgrade() -> None:
    for figure in FIGURES:
        change_rules(f"data - '{figure}'", f"terms #- '{{rules,{figure}}}'")
    run(DOWN)


def change_rules(data: str, terms: str) -> None:
    """A figure that is new to all versions, and to the drafts of the next, is no change of what one said."""
    op.execute("alter table rule_set disable trigger user")
    op.execute(f"update rule_set set data = {data}")
    for trigger in ("no_update", "no_delete", "no_truncate"):
        op.execute(f"alter table rule_set enable always trigger {trigger}")
    op.execute(f"update rule_draft set terms = {terms}")


def run(statements: str) -> None:
    for statement in statements.strip().split(";\n"):
        op.execute(statement)
