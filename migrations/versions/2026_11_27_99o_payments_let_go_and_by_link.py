"""Of a payment: since when nothing more is asked for by agreement, and by which link it was begun."""

from alembic import op

revision = "2026_11_27_99o"
down_revision = "2026_11_27_99n"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""alter table payment add column let_go_at timestamptz, add column link_id uuid,
      add constraint payment_let_go_ck check (let_go_at is null or taken_by is not null),
      add constraint payment_link_ck check (link_id is null or (taken_by is null and invoice_id is not null))""")


def downgrade() -> None:
    op.execute("alter table payment drop column let_go_at, drop column link_id")
