"""Filters of the queue that members of staff keep under a name of their own."""

from alembic import op

revision = "2026_11_26_92"
down_revision = "2026_11_26_91"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table saved_filter (
          id uuid not null,
          account_id uuid not null,
          name text not null,
          query jsonb not null,
          opens_first boolean not null,
          constraint saved_filter_pk primary key (id),
          constraint saved_filter_account_id_fk foreign key (account_id) references account (id),
          constraint saved_filter_account_id_name_uq unique (account_id, name),
          constraint saved_filter_name_ck check (name <> ''),
          constraint saved_filter_no_words_ck check
            (not jsonb_path_exists(query, '$.** ? (@.type() == "string" && @ like_regex "[[:space:]]")'))
        )""")
    op.execute("""
        create unique index saved_filter_first_uq on saved_filter (account_id) where opens_first""")


def downgrade() -> None:
    op.execute("drop table saved_filter")
