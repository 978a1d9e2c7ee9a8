"""Money that has come, counted towards an invoice: what it pays of it, what that buys, and why the rest pays for nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from fees import ledger
from fees.acts import FeesEvent
from fees.invoice import Invoice, Purpose, write_to_payer
from fees.money import pounds
from fees.payment.purposes import BUYING, Buying, OverpaidBecause
from fees.payment.receipt import PaidBy, Receipt, receipt_of
from register.kit.errors import Refused
from register.process import Process

log = structlog.get_logger()


@dataclass(frozen=True)
class Came:
    """Money that the ledger knows as unallocated, by whichever way it came."""

    id: UUID
    """As the ledger calls it."""
    reference: str
    pence: int
    """As much of it as may be counted towards the one invoice."""
    at: datetime
    """When the payer parted with it."""
    by: PaidBy = PaidBy.CARD


@dataclass(frozen=True)
class Counted:
    pence: int = 0
    because: OverpaidBecause | None = None
    """Why nothing of it was counted."""


async def count(
    session: AsyncSession, came: Came, invoice: Invoice, *, by: Process
) -> Counted:
    """Count it towards what is owed, and buy once nothing is owed any more: both or neither."""
    buying = BUYING[invoice.purpose]
    because = await buying.objection(session, invoice, came.at, now=by.at)
    # What would be bought is locked first, then the invoice: everywhere in this order.
    await ledger.lock_invoice(session, invoice.id)
    if await receipt_of(session, invoice):
        return await _settle(session, came, invoice, by=by)
    if because:
        return Counted(because=because)
    return await _count(session, came, invoice, buying, by=by)


async def _settle(
    session: AsyncSession, came: Came, invoice: Invoice, *, by: Process
) -> Counted:
    """What it bought stays bought. Only where the money for it was taken back is something owed again."""
    pence = min(came.pence, await ledger.owed_on(session, invoice.id))
    if not pence:
        return Counted(because=OverpaidBecause.PAID_ALREADY)
    await ledger.allocate(session, invoice.id, came.id, pence, by=by)
    _tell(FeesEvent.FEE_PART_PAID, came, invoice, by)
    return Counted(pence)


async def _count(
    session: AsyncSession,
    came: Came,
    invoice: Invoice,
    buying: Buying,
    *,
    by: Process,
) -> Counted:
    await ledger.recover(session, invoice.id, by=by)
    owed = await ledger.owed_on(session, invoice.id)
    pence = min(came.pence, owed)
    bought: dict[str, Any] = {}
    try:
        async with session.begin_nested():
            if pence:
                await ledger.allocate(session, invoice.id, came.id, pence, by=by)
            if pence and pence == owed:
                bought = await buy(session, came, invoice, buying, by=by)
    except Refused as refused:
        # The money has been taken: were this raised, the payment would be forgotten with it.
        log.error(  # noqa: TRY400 - a refusal, no bug
            "paid for nothing",
            payment=came.reference,
            because=type(refused).__name__,
        )
        return Counted(because=buying.refused)
    if bought:
        await write_of_all(session, came, invoice, buying, bought, by=by)
    elif pence:
        _tell(FeesEvent.FEE_PART_PAID, came, invoice, by)
        await write_of_part(session, came, invoice, pence, left=owed - pence, by=by)
    return Counted(pence)


async def write_of_all(
    session: AsyncSession,
    came: Came,
    invoice: Invoice,
    buying: Buying,
    bought: Mapping[str, Any],
    *,
    by: Process,
) -> None:
    """Nothing is owed any more."""
    _tell(FeesEvent.FEE_PAID, came, invoice, by)
    await write_to_payer(
        session, invoice, buying.receipt, now=by.at, came=came, **bought
    )


async def write_of_part(
    session: AsyncSession,
    came: Came,
    invoice: Invoice,
    pence: int,
    *,
    left: int,
    by: Process,
) -> None:
    await write_to_payer(
        session,
        invoice,
        "part_receipt",
        now=by.at,
        key=came.id,
        came=came,
        received=pounds(pence),
        left=pounds(left),
    )


async def buy(
    session: AsyncSession,
    came: Came,
    invoice: Invoice,
    buying: Buying,
    *,
    by: Process,
) -> dict[str, Any]:
    """The receipt and what it buys; gives what the letter needs."""
    receipt = Receipt(
        invoice_id=invoice.id,
        application_id=invoice.application_id
        if invoice.purpose is Purpose.APPLICATION
        else None,
        payment_id=came.id,
        paid_by=came.by,
        paid_at=came.at,
        process=by,
    )
    session.add(receipt)
    bought = await buying.buy(session, invoice, at=came.at, by=by)
    paid = sum((await ledger.allocated_to(session, invoice.id)).values())
    return {"receipt": receipt, "paid": pounds(paid), **bought}


def _tell(event: FeesEvent, came: Came, invoice: Invoice, by: Process) -> None:
    invoice.tell(event, by, payment=came.reference, pence=came.pence)
