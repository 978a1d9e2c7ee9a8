"""Corrections of an entry are proposed."""

from alembic import op

revision = "2026_11_26_83"
down_revision = "2026_11_26_82"
branch_labels = None
depends_on = None

KINDS = (
    "'grant', 'grant_with_conditions', 'refuse', 'change_rules', 'show_again', 'undo_death', 'agree_to_leave', "
    "'pause_clock', 'extend_condition', 'discharge_condition', 'merge', "
    "'minded_to_refuse', 'minded_to_condition', 'minded_to_remove', 'remove', 'change_particulars'"
)


def upgrade() -> None:
    kinds(f"{KINDS}, 'correct_entry'")


def downgrade() -> None:
    op.execute("delete from proposal where kind = 'correct_entry'")
    kinds(KINDS)


def kinds(allowed: str) -> None:
    op.execute("alter table proposal drop constraint proposal_code_ck")
    op.execute(
        f"alter table proposal add constraint proposal_code_ck check (kind in ({allowed}))"
    )
