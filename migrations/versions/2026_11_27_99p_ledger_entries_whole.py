"""An entry of the ledger has all its lines from the transaction that makes it; and a reason more to leave a share out.

Two lines that balance could be added to an entry of a month that is closed: only entries were kept out of it. Of a fee that an
employer was to pay nothing may be owed any more. And sending money back whole, above the limit, is proposed to a second officer.
"""

from alembic import op

from migrations.steps import allow, refuse

revision = "2026_11_27_99p"
down_revision = "2026_11_27_99o"
branch_labels = None
depends_on = None

LEFT_OUT = ("collective_share", "collective_share_left_out_ck", "left_out")

# What is visible and yet in progress is of this transaction, or of a savepoint of it: those have greater numbers. Of the number that
# made a row xmin keeps the lower half, so whatever is not among the next two thousand million came before.
MUST_BE_NEW = """
create function entry_must_be_new() returns trigger language plpgsql set search_path = public, pg_temp as $$
  declare
    here bigint := pg_current_xact_id()::text::bigint;
    entry uuid;
  begin
    select made.id into entry
    from (
      select id, (xmin::text::bigint - here) & x'ffffffff'::bigint as since
      from ledger_entry where id in (select entry_id from added)) made
    where case when since < x'80000000'::bigint
      then pg_xact_status((here + since)::text::xid8) is distinct from 'in progress' else true end
    limit 1;
    if found then
      raise exception 'ledger entry % has all its lines', entry using errcode = 'check_violation';
    end if;
    return null;
  end $$
"""


def upgrade() -> None:
    op.execute(MUST_BE_NEW)
    op.execute("""
        create trigger entry_new after insert on posting referencing new table as added
        for each statement execute function entry_must_be_new()""")
    op.execute("alter table posting enable always trigger entry_new")
    allow(*LEFT_OUT, "nothing_owed")
    allow("proposal", "proposal_code_ck", "kind", "reverse_money")


def downgrade() -> None:
    refuse("proposal", "proposal_code_ck", "kind", "reverse_money")
    op.execute("alter table collective_share disable trigger no_update")
    op.execute(
        "update collective_share set left_out = 'paid_already' where left_out = 'nothing_owed'"
    )
    op.execute("alter table collective_share enable always trigger no_update")
    refuse(*LEFT_OUT, "nothing_owed", delete=False)
    op.execute("drop trigger entry_new on posting")
    op.execute("drop function entry_must_be_new()")
