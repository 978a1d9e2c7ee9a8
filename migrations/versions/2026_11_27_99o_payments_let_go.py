"""Since when nothing more is asked for by agreement, where that is so."""

from alembic import op

revision = "2026_11_27_99o"
down_revision = "2026_11_27_99n"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""alter table payment add column let_go_at timestamptz,
      add constraint payment_let_go_ck check (let_go_at is null or taken_by is not null)""")


def downgrade() -> None:
    op.execute("alter table payment drop column let_go_at")
