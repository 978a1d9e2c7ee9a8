"""Closed months: rows that only come, and after which the database refuses what would be posted in them.

The lock of a month is shared by who posts in it, so that a month closes only once all that was being posted is there.
"""

from alembic import op

revision = "2026_11_27_71"
down_revision = "2026_11_27_70"
branch_labels = None
depends_on = None

KINDS = (
    "'grant', 'grant_with_conditions', 'grant_after_order', 'refuse', 'take_back_approval', 'minded_to_refuse', "
    "'minded_to_condition', 'minded_to_remove', 'remove', 'change_rules', 'show_again', 'undo_death', 'agree_to_leave', "
    "'pause_clock', 'extend_condition', 'discharge_condition', 'merge', 'open_organisation', 'reverse', 'appeal_outcome', "
    "'change_particulars', 'correct_entry', 'confirm_verdict', 'draw_audit', 'renew_conditionally', 'extend_renewal', "
    "'refuse_extension', 'change_fees', 'credit', 'refund', 'release_lapses'"
)
OURS = "'close_period'"

TABLE = """
create table accounting_period (
  month date not null,
  closed_at timestamptz not null,
  entries bigint not null,
  process_id uuid not null,
  constraint accounting_period_pk primary key (month),
  constraint accounting_period_month_ck check (month = date_trunc('month', month::timestamp)::date),
  constraint accounting_period_entries_ck check (entries >= 0),
  constraint accounting_period_over_ck check (
    closed_at >= (month + interval '1 month') at time zone 'Europe/London'),
  constraint accounting_period_process_id_fk foreign key (process_id) references process (id)
)
"""

MUST_BE_OPEN = """
create function period_must_be_open() returns trigger language plpgsql set search_path = public, pg_temp as $$
  declare
    posted date;
  begin
    for posted in select distinct date_trunc('month', at at time zone 'Europe/London')::date from added loop
      perform pg_advisory_xact_lock_shared(hashtextextended('period:' || to_char(posted, 'YYYY-MM'), 0));
      if exists (select from accounting_period where month >= posted) then
        raise exception 'the month of % is closed', to_char(posted, 'YYYY-MM') using errcode = 'check_violation';
      end if;
    end loop;
    return null;
  end $$
"""


def upgrade() -> None:
    op.execute(TABLE)
    op.execute("revoke update, delete, truncate on accounting_period from register_app")
    for what, each in (("update or delete", "row"), ("truncate", "statement")):
        name = f"no_{what.split(maxsplit=1)[0]}"
        op.execute(
            f"create trigger {name} before {what} on accounting_period for each {each} execute function refuse_change()"
        )
        op.execute(f"alter table accounting_period enable always trigger {name}")
    op.execute(MUST_BE_OPEN)
    op.execute("""
        create trigger period_open after insert on ledger_entry referencing new table as added
        for each statement execute function period_must_be_open()""")
    op.execute("alter table ledger_entry enable always trigger period_open")
    kinds(f"{KINDS}, {OURS}")


def downgrade() -> None:
    op.execute(f"delete from proposal where kind in ({OURS})")
    kinds(KINDS)
    op.execute("drop trigger period_open on ledger_entry")
    op.execute("drop function period_must_be_open()")
    op.execute("drop table accounting_period")


def kinds(allowed: str) -> None:
    op.execute("alter table proposal drop constraint proposal_code_ck")
    op.execute(
        f"alter table proposal add constraint proposal_code_ck check (kind in ({allowed}))"
    )
