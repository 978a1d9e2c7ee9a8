"""Sessions of the web and the limits on what may be tried."""

revision = "2026_11_22_02"
down_revision = "2026_11_22_01"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
