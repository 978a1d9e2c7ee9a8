"""Applications of which notice is given, requests about an entry, and how long somebody has to answer a notice.

The time to answer is that of notices of proposal to a registered provider, 28 days; when the reminder comes is the register's
own default.
"""

from alembic import op

revision = "2026_11_26_80"
down_revision = "2026_11_26_68"
branch_labels = None
depends_on = None

FIGURES = {"representations_days": 28, "representations_reminder_days": 7}
STATES = "'draft', 'submitted', 'under_assessment', 'information_requested', 'proposed', 'approved', 'granted', 'refused', 'withdrawn', 'expired', 'closed_unpaid'"
QUEUED = "'submitted', 'under_assessment', 'information_requested', 'proposed'"
KINDS = "'grant', 'grant_with_conditions', 'refuse', 'change_rules', 'show_again', 'undo_death', 'agree_to_leave', 'pause_clock', 'extend_condition', 'discharge_condition', 'merge'"
MORE = "'minded_to_refuse', 'minded_to_condition', 'minded_to_remove', 'remove'"

UP = """
drop index request_one_open;
alter table request
  drop constraint request_code_ck,
  alter column application_id drop not null,
  add column entry_id uuid,
  add constraint request_code_ck check (kind in ('further_information', 'reference', 'representations')),
  add constraint request_about_ck check (num_nonnulls(application_id, entry_id) = 1);
create index request_entry_id_ix on request (entry_id);
create unique index request_one_open on request (application_id, entry_id, kind, about_id) nulls not distinct where ended_at is null
"""

DOWN = """
delete from request where kind = 'representations';
drop index request_one_open;
drop index request_entry_id_ix;
alter table request
  drop constraint request_code_ck,
  drop constraint request_about_ck,
  drop column entry_id,
  alter column application_id set not null,
  add constraint request_code_ck check (kind in ('further_information', 'reference'));
create unique index request_one_open on request (application_id, kind, about_id) nulls not distinct where ended_at is null
"""


def upgrade() -> None:
    run(UP)
    states(f"{STATES}, 'minded_to'", f"{QUEUED}, 'minded_to'")
    kinds(f"{KINDS}, {MORE}")
    for figure, days in FIGURES.items():
        change_rules(
            f"data || jsonb_build_object('{figure}', {days})",
            f"jsonb_set(terms, '{{rules,{figure}}}', '{days}')",
        )


def downgrade() -> None:
    for figure in FIGURES:
        change_rules(f"data - '{figure}'", f"terms #- '{{rules,{figure}}}'")
    op.execute(f"delete from proposal where kind in ({MORE})")
    kinds(KINDS)
    op.execute(
        "update application set state = 'under_assessment' where state = 'minded_to'"
    )
    states(STATES, QUEUED)
    run(DOWN)


def states(allowed: str, queued: str) -> None:
    op.execute("drop index application_queue_ix")
    op.execute("alter table application drop constraint application_state_ck")
    op.execute(
        f"alter table application add constraint application_state_ck check (state in ({allowed}))"
    )
    op.execute(
        f"create index application_queue_ix on application (submitted_at, id) where state in ({queued})"
    )


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


def run(statements: str) -> None:
    for statement in statements.strip().split(";\n"):
        op.execute(statement)
