"""The job queue, the outbox of messages and stored files."""

revision = "2026_11_22_03"
down_revision = "2026_11_22_02"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
