"""What came for a collective invoice, shared out: each person's own invoice is paid whole, or left out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fees import ledger
from fees.acts import FeesEvent
from fees.collective import CollectiveInvoice, CollectiveLine, CollectiveShare, LeftOut
from fees.invoice import Invoice
from fees.money import pounds
from fees.payment.counting import Came, Counted, count
from fees.payment.receipt import PaidBy
from register.kit.clock import day_of, start_of
from register.process import Process


async def share_out(
    session: AsyncSession,
    collective: CollectiveInvoice,
    *,
    payment_id: UUID,
    reference: str,
    pence: int,
    at: datetime,
    by: Process,
) -> int:
    """What nobody's fee took: it stays unallocated, the organisation's to be given back or kept."""
    free = pence
    paid = 0
    for line, invoice in await _lines(session, collective):
        share = min(line.amount_pence, await ledger.asked_on(session, invoice.id))
        pence_for_it = min(line.amount_pence, free)
        since = counts_from(at, invoice)
        came = Came(payment_id, reference, pence_for_it, since, PaidBy.EMPLOYER)
        left_out = None
        counted = 0
        if free < share:
            left_out = LeftOut.TOO_LITTLE
        else:
            found = await count(session, came, invoice, by=by)
            counted = found.pence
            left_out = _why_left_out(found)
        session.add(
            CollectiveShare(
                payment_id=payment_id,
                invoice_id=invoice.id,
                collective_id=collective.id,
                pence=counted,
                left_out=left_out,
                process_id=by.id,
            )
        )
        free -= counted
        paid += bool(counted)
    collective.tell(
        FeesEvent.COLLECTIVE_PAID,
        by,
        invoice=collective.reference,
        payment=reference,
        pence=pence,
        people=paid,
        unallocated=free,
    )
    await collective.write(
        session,
        "collective_receipt",
        now=by.at,
        key=payment_id,
        received=pounds(pence),
        people=paid,
        left=pounds(free) if free else "",
    )
    return free


def _why_left_out(counted: Counted) -> LeftOut | None:
    if counted.pence:
        return None
    return LeftOut(counted.because) if counted.because else LeftOut.NOTHING_OWED


def counts_from(at: datetime, invoice: Invoice) -> datetime:
    """What had come before it was asked for counts from that day: nobody is registered by it before they were approved."""
    return max(at, start_of(day_of(invoice.raised_at)))


async def _lines(
    session: AsyncSession, collective: CollectiveInvoice
) -> list[tuple[CollectiveLine, Invoice]]:
    """In the one order in which all who share out take turns."""
    rows = await session.execute(
        select(CollectiveLine, Invoice)
        .join(Invoice, Invoice.id == CollectiveLine.invoice_id)
        .where(CollectiveLine.collective_id == collective.id)
        .order_by(Invoice.renewal_id)
    )
    return [(line, invoice) for line, invoice in rows]
