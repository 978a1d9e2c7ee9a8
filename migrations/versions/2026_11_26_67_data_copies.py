"""Copies of what is held about somebody, for them, until they are deleted."""

from alembic import op

revision = "2026_11_26_67"
down_revision = "2026_11_26_66"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table data_copy (
          id uuid not null,
          account_id uuid not null,
          process_id uuid not null,
          asked_at timestamptz not null,
          made_at timestamptz,
          json_kept_as text,
          pdf_kept_as text,
          constraint data_copy_pk primary key (id),
          constraint data_copy_account_id_fk foreign key (account_id) references account (id),
          constraint data_copy_process_id_fk foreign key (process_id) references process (id),
          constraint data_copy_json_kept_as_uq unique (json_kept_as),
          constraint data_copy_pdf_kept_as_uq unique (pdf_kept_as),
          constraint data_copy_made_ck check
            ((made_at is null) = (json_kept_as is null) and (made_at is null) = (pdf_kept_as is null))
        )""")
    op.execute("create index data_copy_account_id_ix on data_copy (account_id)")


def downgrade() -> None:
    op.execute("drop table data_copy")
