"""What employers and banks paid, links and agreements may be erased too, each by one function only. The ledger stays."""

from alembic import op

revision = "2026_11_27_86"
down_revision = "2026_11_27_85"
branch_labels = None
depends_on = None

OF_AN_INVOICE = """
  delete from public.refund where payment_id in (select id from public.payment where invoice_id = named);
  delete from public.credit_note_line
    where credit_note_id in (select id from public.credit_note where invoice_id = named);
  delete from public.credit_note where invoice_id = named;
  delete from public.overpayment where invoice_id = named;
  delete from public.receipt where invoice_id = named;
  delete from public.payment where invoice_id = named;
  delete from public.invoice_line where invoice_id = named;
  delete from public.invoice where id = named;"""
LINKS = """
  delete from public.pay_link where invoice_id = named;
  delete from public.collection_notice where invoice_id = named;"""
OF_A_COLLECTIVE = """
  delete from public.refund where payment_id in (select id from public.payment where collective_id = named);
  delete from public.payment where collective_id = named;
  delete from public.collective_share where collective_id = named;
  delete from public.collective_line where collective_id = named;
  delete from public.collective_invoice where id = named;"""
OF_MONEY = """
  delete from public.money_refund where money_id = named;
  delete from public.money_reversal where money_id = named;
  delete from public.other_money where id = named;"""
OF_AN_AGREEMENT = """
  delete from public.collection_notice where agreement_id = named;
  delete from public.card_agreement where id = named;"""
OURS = {
    "erase_collective": OF_A_COLLECTIVE,
    "erase_money": OF_MONEY,
    "erase_agreement": OF_AN_AGREEMENT,
}
ERASE = """
create or replace function {name}({argument} uuid) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform set_config('register.erasing', {argument}::text, true);{deletes}
  perform set_config('register.erasing', '', true);
end $$
"""
KEPT = {
    "collective_line": "old.collective_id",
    "collective_share": "old.collective_id",
    "other_money": "old.id",
    "money_reversal": "old.money_id",
    "money_refund": "old.money_id",
}
"""Whose rows are never changed, and what has to be named for one to go."""


def upgrade() -> None:
    erasing("erase_invoice", LINKS + OF_AN_INVOICE, "billed")
    for name, deletes in OURS.items():
        erasing(name, deletes, "named")
        op.execute(f"revoke execute on function {name} from public")
        op.execute(f"grant execute on function {name} to register_eraser")
    for table, named in KEPT.items():
        op.execute(f"drop trigger no_update on {table}")
        refuse("no_update", f"update on {table} for each row")
        refuse("no_delete", f"delete on {table} for each row {unless(named)}")
    op.execute("drop trigger no_delete on collective_invoice")
    refuse("no_delete", f"delete on collective_invoice for each row {unless('old.id')}")
    op.execute("drop trigger no_delete on payment")
    bill = "coalesce(old.invoice_id, old.collective_id)"
    refuse("no_delete", f"delete on payment for each row {unless(bill)}")


def downgrade() -> None:
    op.execute("drop trigger no_delete on payment")
    refuse("no_delete", f"delete on payment for each row {unless('old.invoice_id')}")
    op.execute("drop trigger no_delete on collective_invoice")
    refuse("no_delete", "delete on collective_invoice for each row")
    for table in KEPT:
        op.execute(f"drop trigger no_delete on {table}")
        op.execute(f"drop trigger no_update on {table}")
        refuse("no_update", f"update or delete on {table} for each row")
    for name in OURS:
        op.execute(f"drop function {name}")
    erasing("erase_invoice", OF_AN_INVOICE, "billed")


def erasing(name: str, deletes: str, argument: str) -> None:
    op.execute(
        ERASE.format(
            name=name, argument=argument, deletes=deletes.replace("named", argument)
        )
    )


def unless(named: str) -> str:
    return f"when (current_setting('register.erasing', true) is distinct from {named}::text)"


def refuse(name: str, what: str) -> None:
    """To the owner too, and under session_replication_role = replica."""
    table = what.split(" on ")[1].split(maxsplit=1)[0]
    op.execute(f"create trigger {name} before {what} execute function refuse_change()")
    op.execute(f"alter table {table} enable always trigger {name}")
