"""Persons to whom nothing is written any more, and the proposals that bring somebody back into public view."""

from alembic import op

revision = "2026_11_26_03"
down_revision = "2026_11_26_02"
branch_labels = None
depends_on = None

KINDS = "'grant', 'grant_with_conditions', 'refuse', 'change_rules'"


def upgrade() -> None:
    op.execute("""
        create table silence (
          person_id uuid not null,
          since timestamptz not null,
          constraint silence_pk primary key (person_id)
        )""")
    states("'queued', 'sent', 'delivered', 'failed', 'stopped'")
    kinds(f"{KINDS}, 'show_again', 'undo_death'")


def downgrade() -> None:
    op.execute("delete from proposal where kind in ('show_again', 'undo_death')")
    kinds(KINDS)
    op.execute("delete from message where state = 'stopped'")
    states("'queued', 'sent', 'delivered', 'failed'")
    op.execute("drop table silence")


def states(allowed: str) -> None:
    op.execute("alter table message drop constraint message_state_ck")
    op.execute(
        f"alter table message add constraint message_state_ck check (state in ({allowed}))"
    )


def kinds(allowed: str) -> None:
    op.execute("alter table proposal drop constraint proposal_code_ck")
    op.execute(
        f"alter table proposal add constraint proposal_code_ck check (kind in ({allowed}))"
    )
