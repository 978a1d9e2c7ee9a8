"""A proposal may be about something else than an application: each names its subject."""

from alembic import op

revision = "2026_11_26_12"
down_revision = "2026_11_26_11"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table proposal add column subject_id uuid")
    op.execute("update proposal set subject_id = application_id")


def downgrade() -> None:
    op.execute("alter table proposal drop column subject_id")
