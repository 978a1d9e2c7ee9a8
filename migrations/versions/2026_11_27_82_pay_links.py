"""Links by which somebody else pays an invoice."""

from alembic import op

revision = "2026_11_27_82"
down_revision = "2026_11_27_81"
branch_labels = None
depends_on = None

UP = """
create table pay_link (
  id uuid not null,
  invoice_id uuid not null,
  process_id uuid not null,
  made_at timestamptz not null,
  until timestamptz not null,
  tries bigint not null,
  withdrawn_at timestamptz,
  version bigint not null,
  constraint pay_link_pk primary key (id),
  constraint pay_link_tries_ck check (tries >= 0),
  constraint pay_link_until_ck check (until > made_at),
  constraint pay_link_process_id_fk foreign key (process_id) references process (id)
);
create index pay_link_invoice_id_ix on pay_link (invoice_id);
create unique index pay_link_one_an_invoice on pay_link (invoice_id) where withdrawn_at is null
"""


def upgrade() -> None:
    for statement in UP.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table pay_link")
