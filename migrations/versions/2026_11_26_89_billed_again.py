"""An application that is approved again, after its decision was reversed, is billed again."""

from alembic import op

revision = "2026_11_26_89"
down_revision = "2026_11_26_88"
branch_labels = None
depends_on = None

NAME = "invoice_application_id_covers_until"


def upgrade() -> None:
    op.execute(f"alter table invoice drop constraint {NAME}_uq")
    op.execute(
        f"alter table invoice add constraint {NAME}_pay_by_uq unique (application_id, covers_until, pay_by)"
    )


def downgrade() -> None:
    op.execute(f"alter table invoice drop constraint {NAME}_pay_by_uq")
    op.execute(
        f"alter table invoice add constraint {NAME}_uq unique (application_id, covers_until)"
    )
