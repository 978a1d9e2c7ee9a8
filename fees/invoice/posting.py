"""Invoices in the ledger: all that an act has raised, in two statements however many they are."""

from sqlalchemy import BigInteger, cast, func, insert, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from fees.invoice.invoice import Invoice, InvoiceLine
from fees.ledger import AccountCode, EntryKind, LedgerEntry, Posting
from fees.scale import FeeScale
from register.process import Process


async def post_raised(session: AsyncSession, by: Process) -> None:
    """What each invoice asks for is owed, and is income by part and kind of fee."""
    await session.flush()
    raised = select(
        func.gen_random_uuid(),
        literal(EntryKind.INVOICE_RAISED.value),
        Invoice.raised_at,
        Invoice.process_id,
        Invoice.id,
    ).where(Invoice.process_id == by.id)
    await session.execute(
        insert(LedgerEntry).from_select(
            ["id", "kind", "at", "process_id", "invoice_id"], raised
        )
    )
    # By the invoices: no index of the ledger knows of acts.
    raised_now = (Invoice.process_id == by.id) & (
        LedgerEntry.kind == EntryKind.INVOICE_RAISED
    )
    owed = (
        select(
            LedgerEntry.id,
            literal(AccountCode.RECEIVABLE.value),
            Invoice.amount_pence,
            Invoice.id,
            cast(None, Posting.part.type),
            cast(None, Posting.fee_kind.type),
        )
        .join(Invoice, Invoice.id == LedgerEntry.invoice_id)
        .where(raised_now)
    )
    earned = (
        select(
            LedgerEntry.id,
            literal(AccountCode.INCOME.value),
            cast(-InvoiceLine.amount_pence, BigInteger),
            InvoiceLine.invoice_id,
            FeeScale.part,
            FeeScale.kind,
        )
        .join(InvoiceLine, InvoiceLine.invoice_id == LedgerEntry.invoice_id)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .join(InvoiceLine.scale)
        .where(raised_now, InvoiceLine.amount_pence > 0)
    )
    await session.execute(
        insert(Posting).from_select(
            ["entry_id", "account", "pence", "invoice_id", "part", "fee_kind"],
            union_all(owed, earned),
        )
    )
