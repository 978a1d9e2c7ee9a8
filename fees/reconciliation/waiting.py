"""Money that pays for nothing: payments, transfers and cheques of which something is left, and receipts of unknown payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Text,
    cast,
    exists,
    func,
    literal,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from fees import ledger
from fees.acts import FeesEvent
from fees.invoice import Invoice
from fees.ledger import AccountCode, EntryKind, LedgerEntry, Posting
from fees.money import pounds
from fees.other_money import OtherMoney
from fees.own_money import must_not_be_own
from fees.payment import Overpayment, Payment
from fees.reconciliation.settlement import (
    RowState,
    SettlementIdentified,
    SettlementRow,
)
from register.kit.clock import start_of
from register.kit.errors import NotFound, Refused
from register.process import Process

PAGE = 50


class Source(StrEnum):
    PAYMENT = "payment"
    RECEIPT = "receipt"
    MONEY = "money"
    """Came otherwise than by card."""


class TakenBack(Refused):
    def __init__(self) -> None:
        super().__init__(
            "More of this payment went back to the payer than came. Look for it at GOV.UK Pay."
        )


class PaidTooEarly(Refused):
    def __init__(self, settled_on: date) -> None:
        self.settled_on = settled_on
        super().__init__("It was paid out then, so it was paid on that day or before.")


@dataclass(frozen=True)
class Unallocated:
    source: Source
    key: str
    """Our reference of a payment or of other money; GOV.UK Pay's number of a receipt."""
    since: date
    pence: int
    reference: str
    """What the provider's file said of a receipt."""

    @property
    def amount(self) -> str:
        return pounds(self.pence)


@dataclass(frozen=True)
class UnallocatedPage:
    rows: Sequence[Unallocated]
    next: tuple[date, str] | None
    """After which the next page begins."""


@dataclass(frozen=True)
class Receipt:
    """All that came and went back under one number of GOV.UK Pay's which we do not know."""

    provider_id: str
    rows: Sequence[SettlementRow]

    @property
    def pence(self) -> int:
        return sum(row.gross_pence for row in self.rows)

    @property
    def amount(self) -> str:
        return pounds(self.pence)

    @property
    def settled_on(self) -> date:
        return min(row.settled_on for row in self.rows)


async def unallocated(
    session: AsyncSession, *, after: tuple[date, str] | None = None
) -> UnallocatedPage:
    """What waits longest comes first."""
    found = _all().subquery()
    page = select(found).order_by(found.c.since, found.c.key).limit(PAGE + 1)
    if after:
        page = page.where(tuple_(found.c.since, found.c.key) > tuple_(*after))
    rows = [
        Unallocated(Source(source), key, since, int(pence), reference)
        for source, key, since, pence, reference in await session.execute(page)
    ]
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return UnallocatedPage(rows[:PAGE], (last.since, last.key) if last else None)


def _all() -> CompoundSelect[str, str, date, int, str]:
    left = (
        select(-func.sum(Posting.pence))
        .where(
            Posting.payment_id == Payment.id,
            Posting.account == AccountCode.UNALLOCATED,
        )
        .scalar_subquery()
    )
    # Only payments of which something was ever unallocated are counted through.
    released = exists().where(
        LedgerEntry.payment_id == Payment.id, LedgerEntry.kind == EntryKind.RELEASED
    )
    overpaid = exists().where(Overpayment.payment_id == Payment.id)
    london = func.timezone("Europe/London", Payment.succeeded_at)
    payments = select(
        literal(Source.PAYMENT.value).label("source"),
        Payment.reference.label("key"),
        func.date(london).label("since"),
        left.label("pence"),
        Payment.reference.label("reference"),
    ).where(overpaid | released | Payment.collective_id.is_not(None), left > 0)
    free = (
        select(-func.sum(Posting.pence))
        .where(
            Posting.payment_id == OtherMoney.id,
            Posting.account == AccountCode.UNALLOCATED,
        )
        .scalar_subquery()
    )
    number = func.lpad(cast(OtherMoney.number, Text), 7, "0")
    money = select(
        literal(Source.MONEY.value),
        literal("MON-") + number,
        OtherMoney.came_on,
        free,
        OtherMoney.statement_reference,
    ).where(free > 0)
    receipts = (
        select(
            literal(Source.RECEIPT.value),
            SettlementRow.provider_id,
            func.min(SettlementRow.settled_on),
            cast(func.sum(SettlementRow.gross_pence), Posting.pence.type),
            cast(func.min(SettlementRow.reference), Text),
        )
        .where(_unidentified())
        .group_by(SettlementRow.provider_id)
        .having(func.sum(SettlementRow.gross_pence) != 0)
    )
    return union_all(payments, receipts, money)


def _unidentified() -> ColumnElement[bool]:
    known = exists().where(SettlementIdentified.row_id == SettlementRow.id)
    return (SettlementRow.state == RowState.UNIDENTIFIED) & ~known


async def receipt_numbered(session: AsyncSession, provider_id: str) -> Receipt:
    """What is still unidentified of it; raises NotFound where that is nothing."""
    receipt = await _receipt(session, provider_id)
    if not receipt.pence:
        raise NotFound
    return receipt


async def _receipt(session: AsyncSession, provider_id: str) -> Receipt:
    rows = await session.scalars(
        select(SettlementRow)
        .where(SettlementRow.provider_id == provider_id, _unidentified())
        .order_by(SettlementRow.settled_on, SettlementRow.line)
    )
    return Receipt(provider_id, rows.all())


async def identify(
    session: AsyncSession,
    receipt: Receipt,
    invoice: Invoice,
    *,
    paid_on: date,
    by: Process,
) -> Payment:
    """It was meant for that invoice: it counts for it, or if it cannot it is an overpayment of it, to be refunded there."""
    await must_not_be_own(session, [invoice.id], by.actor_id)
    await _lock(session, receipt.provider_id)
    receipt = await receipt_numbered(session, receipt.provider_id)
    if receipt.pence < 0:
        raise TakenBack
    if paid_on > receipt.settled_on:
        raise PaidTooEarly(receipt.settled_on)
    payment = await Payment.found(
        session,
        invoice,
        provider_id=receipt.provider_id,
        pence=receipt.pence,
        paid_at=max(start_of(paid_on), invoice.raised_at),
        by=by,
    )
    _is(session, receipt, payment, by)
    invoice.tell(
        FeesEvent.IDENTIFIED, by, payment=payment.reference, pence=receipt.pence
    )
    return payment


async def known_by_now(session: AsyncSession, *, by: Process) -> int:
    """Match what was paid out before we had heard that it was paid; of how many payments."""
    found = await session.execute(
        select(SettlementRow.provider_id, Payment)
        .join(Payment, Payment.provider_id == SettlementRow.provider_id)
        .join(LedgerEntry, LedgerEntry.payment_id == Payment.id)
        .where(_unidentified(), LedgerEntry.kind == EntryKind.PAYMENT_RECEIVED)
        .distinct()
    )
    known = found.all()
    for provider_id, payment in known:
        await _lock(session, provider_id)
        receipt = await _receipt(session, provider_id)
        if not receipt.pence:
            continue
        await ledger.move(
            session,
            EntryKind.IDENTIFIED,
            receipt.pence,
            giver=AccountCode.CARD_CLEARING,
            taker=AccountCode.UNIDENTIFIED,
            payment_id=payment.id,
            by=by,
        )
        _is(session, receipt, payment, by)
    return len(known)


def _is(session: AsyncSession, receipt: Receipt, payment: Payment, by: Process) -> None:
    session.add_all(
        SettlementIdentified(row_id=row.id, payment_id=payment.id, process=by)
        for row in receipt.rows
    )


async def _lock(session: AsyncSession, provider_id: str) -> None:
    """Two officers take turns; the second finds nothing left to identify."""
    key = func.hashtextextended(f"receipt:{provider_id}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))
