"""Merges of two persons are proposed."""

from alembic import op

revision = "2026_11_26_13"
down_revision = "2026_11_26_11"
branch_labels = None
depends_on = None

KINDS = (
    "'grant', 'grant_with_conditions', 'refuse', 'change_rules', 'show_again', 'undo_death', 'agree_to_leave', "
    "'pause_clock', 'extend_condition', 'discharge_condition'"
)


def upgrade() -> None:
    kinds(f"{KINDS}, 'merge'")
    op.execute("create index person_merged_into_ix on person (merged_into)")


def downgrade() -> None:
    op.execute("drop index person_merged_into_ix")
    op.execute("delete from proposal where kind = 'merge'")
    kinds(KINDS)


def kinds(allowed: str) -> None:
    op.execute("alter table proposal drop constraint proposal_code_ck")
    op.execute(
        f"alter table proposal add constraint proposal_code_ck check (kind in ({allowed}))"
    )
