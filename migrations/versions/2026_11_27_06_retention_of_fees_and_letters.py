"""How long invoices, letters and threads of messages are kept, and that invoices may be erased after that, by one function only."""

from alembic import op

revision = "2026_11_27_06"
down_revision = "2026_11_27_05"
branch_labels = None
depends_on = None

FIGURES = {
    "retention_fees_months": 72,
    "retention_enquiries_months": 72,
    "retention_letters_months": 72,
}
"""Fees by tax law, after the tax year; the others as long, so that what was said of a fee can be read with it."""

OF_AN_INVOICE = {
    "overpayment": "invoice_id",
    "receipt": "invoice_id",
    "payment": "invoice_id",
    "invoice_line": "invoice_id",
    "invoice": "id",
}
"""In the order in which they go."""

ERASE = """
create function erase_invoice(billed uuid) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform set_config('register.erasing', billed::text, true);
  delete from public.overpayment where invoice_id = billed;
  delete from public.receipt where invoice_id = billed;
  delete from public.payment where invoice_id = billed;
  delete from public.invoice_line where invoice_id = billed;
  delete from public.invoice where id = billed;
  perform set_config('register.erasing', '', true);
end $$
"""


def upgrade() -> None:
    for table, column in OF_AN_INVOICE.items():
        if table == "payment":
            op.execute("drop trigger no_delete on payment")
        else:
            op.execute(f"drop trigger no_update on {table}")
            refuse("no_update", f"update on {table} for each row")
        named = f"current_setting('register.erasing', true) is distinct from old.{column}::text"
        refuse("no_delete", f"delete on {table} for each row when ({named})")
    # The function acts as the owner, who may delete, but only what it names first.
    op.execute(ERASE)
    op.execute("revoke execute on function erase_invoice from public")
    op.execute("grant execute on function erase_invoice to register_eraser")
    op.execute("alter table erasure drop constraint erasure_code_ck")
    op.execute("""
        alter table erasure alter column application_id drop not null, alter column kind type text""")
    op.execute(
        "create index message_of_no_application_ix on message (created_at) where application_id is null"
    )
    for figure, months in FIGURES.items():
        change_rules(
            f"data || jsonb_build_object('{figure}', {months})",
            f"jsonb_set(terms, '{{rules,{figure}}}', '{months}')",
        )


def downgrade() -> None:
    for figure in FIGURES:
        change_rules(f"data - '{figure}'", f"terms #- '{{rules,{figure}}}'")
    op.execute("drop index message_of_no_application_ix")
    op.execute("alter table erasure disable trigger user")
    op.execute("delete from erasure where application_id is null")
    for trigger in ("no_update", "no_truncate"):
        op.execute(f"alter table erasure enable always trigger {trigger}")
    op.execute("""
        alter table erasure alter column application_id set not null, alter column kind type varchar(40)""")
    op.execute("""
        alter table erasure add constraint erasure_code_ck check (kind in ('health', 'application'))""")
    op.execute("drop function erase_invoice")
    for table in reversed(OF_AN_INVOICE):
        op.execute(f"drop trigger no_delete on {table}")
        if table == "payment":
            refuse("no_delete", "delete on payment for each row")
        else:
            op.execute(f"drop trigger no_update on {table}")
            refuse("no_update", f"update or delete on {table} for each row")


def refuse(name: str, what: str) -> None:
    """To the owner too, and under session_replication_role = replica."""
    table = what.split(" on ")[1].split(maxsplit=1)[0]
    op.execute(f"create trigger {name} before {what} execute function refuse_change()")
    op.execute(f"alter table {table} enable always trigger {name}")


def change_rules(data: str, terms: str) -> None:
    """A figure that is new to all versions, and to the drafts of the next, is no change of what one said."""
    op.execute("alter table rule_set disable trigger user")
    op.execute(f"update rule_set set data = {data}")
    for trigger in ("no_update", "no_delete", "no_truncate"):
        op.execute(f"alter table rule_set enable always trigger {trigger}")
    op.execute(f"update rule_draft set terms = {terms}")
