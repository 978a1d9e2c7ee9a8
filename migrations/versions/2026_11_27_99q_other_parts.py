"""Lines of invoices that ask for less because the payer is in another part, which costs as much for the same time."""

from alembic import op

revision = "2026_11_27_99q"
down_revision = "2026_11_27_99p"
branch_labels = None
depends_on = None


def upgrade() -> None:
    less_because("'first_year', 'other_part'")


def downgrade() -> None:
    # What has been billed stays as it was billed.
    less_because("'first_year', 'low_income'", "not valid")


def less_because(allowed: str, checked: str = "") -> None:
    op.execute("alter table invoice_line drop constraint invoice_line_off_because_ck")
    op.execute(
        "alter table invoice_line add constraint invoice_line_off_because_ck"
        f" check (off_because in ({allowed})) {checked}"
    )
