"""Applications whose fee has come and whose entry waits for a last check, and approvals that are taken back."""

from alembic import op

revision = "2026_11_26_85"
down_revision = "2026_11_26_84"
branch_labels = None
depends_on = None

KINDS = (
    "'grant', 'grant_with_conditions', 'refuse', 'change_rules', 'show_again', 'undo_death', 'agree_to_leave', "
    "'pause_clock', 'extend_condition', 'discharge_condition', 'merge', "
    "'minded_to_refuse', 'minded_to_condition', 'minded_to_remove', 'remove', 'change_particulars', 'correct_entry'"
)
STATES = (
    "'draft', 'submitted', 'under_assessment', 'information_requested', 'proposed', 'approved', 'granted', 'refused', "
    "'withdrawn', 'expired', 'closed_unpaid', 'minded_to'"
)
QUEUE = (
    "'submitted', 'under_assessment', 'information_requested', 'proposed', 'minded_to'"
)
APPROVED = "'approved', 'granted', 'closed_unpaid'"


def upgrade() -> None:
    op.execute("alter table application add column paid_at timestamptz")
    op.execute("""
        update application set paid_at = coalesce(
          (select receipt.paid_at from receipt where receipt.application_id = application.id), closed_at
        ) where state = 'granted'""")
    states(f"{STATES}, 'paid'", f"{APPROVED}, 'paid'", f"{QUEUE}, 'paid'")
    op.execute("""
        alter table application
          add constraint application_paid_ck check (state not in ('paid', 'granted') or paid_at is not null)""")
    kinds(f"{KINDS}, 'take_back_approval'")


def downgrade() -> None:
    op.execute("delete from proposal where kind = 'take_back_approval'")
    kinds(KINDS)
    op.execute("alter table application drop constraint application_paid_ck")
    op.execute("update application set state = 'approved' where state = 'paid'")
    states(STATES, APPROVED, QUEUE)
    op.execute("alter table application drop column paid_at")


def states(known: str, approved: str, queued: str) -> None:
    op.execute(f"""
        alter table application
          drop constraint application_state_ck,
          drop constraint application_approved_ck,
          add constraint application_state_ck check (state in ({known})),
          add constraint application_approved_ck
            check (state not in ({approved}) or (approved_at is not null and pay_by is not null))""")
    op.execute("drop index application_queue_ix")
    op.execute(
        f"create index application_queue_ix on application (submitted_at, id) where state in ({queued})"
    )


def kinds(allowed: str) -> None:
    op.execute("alter table proposal drop constraint proposal_code_ck")
    op.execute(
        f"alter table proposal add constraint proposal_code_ck check (kind in ({allowed}))"
    )
