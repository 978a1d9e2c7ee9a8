"""Reminders to renew and notices of intention are of one last day: of a later one that was agreed to, they are given anew."""

from alembic import op

revision = "2026_11_27_99n"
down_revision = "2026_11_27_99l"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("renewal_reminder", "reminder_count"):
        op.execute(f"alter table {table} rename column ends_on to last_day")


def downgrade() -> None:
    for table in ("renewal_reminder", "reminder_count"):
        op.execute(f"alter table {table} rename column last_day to ends_on")
