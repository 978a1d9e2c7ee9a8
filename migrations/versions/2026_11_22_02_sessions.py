"""Sessions of the web and the limits on what may be tried."""

from alembic import op

revision = "2026_11_22_02"
down_revision = "2026_11_22_01"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table web_session (
          token_hash bytea not null constraint web_session_pk primary key,
          account_id uuid,
          data jsonb not null,
          created_at timestamptz not null,
          seen_at timestamptz not null,
          expires_at timestamptz not null,
          proved_at timestamptz
        )""")
    op.execute("create index web_session_account_id_ix on web_session (account_id)")
    op.execute("create index web_session_expires_at_ix on web_session (expires_at)")
    op.execute("""
        create table lock_out (
          key bytea not null constraint lock_out_pk primary key,
          failures bigint not null,
          last_failed_at timestamptz not null
        )""")
    op.execute("""
        create unlogged table rate_limit (
          key bytea not null constraint rate_limit_pk primary key,
          full_at timestamptz not null
        ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05)""")
    # One statement decides and counts, under the row's lock and by the database's clock: exact however many processes ask.
    op.execute("""
        create function rate_hit(asked bytea, every interval, burst int, cost int) returns double precision
        language plpgsql set search_path = pg_catalog, pg_temp as $$
        declare
          moment constant timestamptz := clock_timestamp();
          span constant interval := every * burst;
          known timestamptz;
        begin
          if cost > burst then
            return extract(epoch from span);
          end if;
          insert into public.rate_limit as meter (key, full_at) values (asked, moment + every * cost)
            on conflict (key) do update set full_at = greatest(meter.full_at, moment) + every * cost
              where greatest(meter.full_at, moment) + every * cost <= moment + span;
          if found then
            return 0;
          end if;
          select meter.full_at into known from public.rate_limit meter where meter.key = asked;
          return greatest(extract(epoch from coalesce(known, moment) + every * cost - moment - span), 0.001);
        end $$""")
    op.execute("revoke execute on function rate_hit from public")
    op.execute("grant execute on function rate_hit to register_app")


def downgrade() -> None:
    op.execute("drop function rate_hit")
    for table in ("rate_limit", "lock_out", "web_session"):
        op.execute(f"drop table {table}")
