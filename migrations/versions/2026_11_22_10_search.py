"""The words of all names, which the public search expands what is typed over."""

from alembic import op

revision = "2026_11_22_10"
down_revision = "2026_11_22_09"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "create table name_token (token text not null, constraint name_token_pk primary key (token))"
    )
    op.execute("""
        create function learn_name_tokens() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
        begin
          -- In one order, so that two who write at once wait for each other instead of both giving up.
          insert into public.name_token select token from unnest(new.tokens) as token order by token on conflict do nothing;
          return null;
        end $$""")
    op.execute("""
        create trigger learn_name_tokens after insert or update of tokens on entry_projection
        for each row execute function learn_name_tokens()""")
    op.execute(
        "insert into name_token select distinct unnest(tokens) from entry_projection"
    )


def downgrade() -> None:
    op.execute("drop trigger learn_name_tokens on entry_projection")
    op.execute("drop function learn_name_tokens")
    op.execute("drop table name_token")
