"""What is erased with an invoice now: its credit notes and refunds too. The ledger stays, as it holds nobody's name."""

from alembic import op

revision = "2026_11_27_34"
down_revision = "2026_11_27_33"
branch_labels = None
depends_on = None

NEWER = """
  delete from public.refund where payment_id in (select id from public.payment where invoice_id = billed);
  delete from public.credit_note_line
    where credit_note_id in (select id from public.credit_note where invoice_id = billed);
  delete from public.credit_note where invoice_id = billed;"""
ERASE = """
create or replace function erase_invoice(billed uuid) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform set_config('register.erasing', billed::text, true);{newer}
  delete from public.overpayment where invoice_id = billed;
  delete from public.receipt where invoice_id = billed;
  delete from public.payment where invoice_id = billed;
  delete from public.invoice_line where invoice_id = billed;
  delete from public.invoice where id = billed;
  perform set_config('register.erasing', '', true);
end $$
"""
NEVER_CHANGED, ENDING = ("credit_note", "credit_note_line"), "refund"
ERASING = "when (coalesce(current_setting('register.erasing', true), '') = '')"


def upgrade() -> None:
    op.execute(ERASE.format(newer=NEWER))
    for table in NEVER_CHANGED:
        op.execute(f"drop trigger no_update on {table}")
        refuse("no_update", f"update on {table} for each row")
        refuse("no_delete", f"delete on {table} for each row {ERASING}")
    op.execute(f"drop trigger no_delete on {ENDING}")
    refuse("no_delete", f"delete on {ENDING} for each row {ERASING}")


def downgrade() -> None:
    op.execute(ERASE.format(newer=""))
    for table in NEVER_CHANGED:
        op.execute(f"drop trigger no_delete on {table}")
        op.execute(f"drop trigger no_update on {table}")
        refuse("no_update", f"update or delete on {table} for each row")
    op.execute(f"drop trigger no_delete on {ENDING}")
    refuse("no_delete", f"delete on {ENDING} for each row")


def refuse(name: str, what: str) -> None:
    """To the owner too, and under session_replication_role = replica."""
    table = what.split(" on ")[1].split(maxsplit=1)[0]
    op.execute(f"create trigger {name} before {what} execute function refuse_change()")
    op.execute(f"alter table {table} enable always trigger {name}")
