"""How long what was billed and paid is kept: some years after the tax year in which the last thing happened to it.

The ledger stays: it knows an invoice and money by their numbers, and nobody by name.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from fees.agreement import AgreementState, CardAgreement, CollectionNotice
from fees.collective import CollectiveInvoice, CollectiveLine, CollectiveShare
from fees.credit_note import CreditNote
from fees.invoice import Invoice, InvoiceLine
from fees.ledger import AccountCode, LedgerEntry, Posting
from fees.money_refund import MoneyRefund
from fees.other_money import MoneyReversal, OtherMoney
from fees.pay_link import PayLink
from fees.payment import Overpayment, Payment, Receipt
from fees.refund import Refund
from fees.tax_year import tax_year_of
from register.kit.clock import day_of, months_after, start_of
from register.kit.db import Role, acting_as
from register.retention import KeptLonger, forgets, longest


async def _kept_since(session: AsyncSession, day: date, now: datetime) -> datetime:
    """What happened before that goes on that day."""
    months = await longest(session, "retention_fees_months", now)
    return start_of(tax_year_of(months_after(day, -months)))


OF_AN_INVOICE: dict[str, Any] = {
    "lines": InvoiceLine,
    "payments": Payment,
    "receipts": Receipt,
    "overpayments": Overpayment,
    "credit notes": CreditNote,
    "links to pay": PayLink,
    "notices of collections": CollectionNotice,
}


async def old_invoices(session: AsyncSession, day: date, now: datetime) -> Select[UUID]:
    """Of whatever application or year; while a court or an inquiry wants the application, its invoices stay too."""
    before = await _kept_since(session, day, now)
    since = (
        (Payment, or_(Payment.ended_at.is_(None), Payment.ended_at >= before)),
        (Receipt, Receipt.paid_at >= before),
        (Overpayment, Overpayment.found_at >= before),
        (CreditNote, CreditNote.given_at >= before),
        (PayLink, PayLink.made_at >= before),
        (CollectionNotice, CollectionNotice.told_at >= before),
        (LedgerEntry, LedgerEntry.at >= before),
    )
    refunded_since = (
        exists()
        .where(Payment.invoice_id == Invoice.id, Refund.payment_id == Payment.id)
        .where(or_(Refund.ended_at.is_(None), Refund.ended_at >= before))
    )
    pays_for_another = exists().where(
        Payment.invoice_id == Invoice.id,
        Receipt.payment_id == Payment.id,
        Receipt.invoice_id != Invoice.id,
    )
    return (
        select(Invoice.id)
        .where(
            Invoice.raised_at < before,
            ~pays_for_another,
            ~refunded_since,
            *(
                ~exists().where(kind.invoice_id == Invoice.id, lately)
                for kind, lately in since
            ),
            ~exists().where(
                KeptLonger.application_id == Invoice.application_id,
                KeptLonger.until_on >= day_of(now),
            ),
        )
        .order_by(Invoice.number)
    )


@forgets("fees", over=old_invoices)
async def forget_invoices(session: AsyncSession, ids: Sequence[UUID]) -> dict[str, int]:
    """Whole: with what was tried and taken."""
    counts = {"invoices": len(ids)}
    for name, kind in OF_AN_INVOICE.items():
        of_them = select(func.count()).where(kind.invoice_id.in_(ids))
        counts[name] = await session.scalar(of_them) or 0
    counts["refunds"] = (
        await session.scalar(
            select(func.count(Refund.id))
            .join(Payment, Refund.payment_id == Payment.id)
            .where(Payment.invoice_id.in_(ids))
        )
        or 0
    )
    await _erase(session, func.erase_invoice, ids)
    return counts


async def old_collectives(
    session: AsyncSession, day: date, now: datetime
) -> Select[UUID]:
    """Of employers, once nobody's own invoice is left of them."""
    before = await _kept_since(session, day, now)
    of_it = Payment.collective_id == CollectiveInvoice.id
    return (
        select(CollectiveInvoice.id)
        .where(
            CollectiveInvoice.raised_at < before,
            or_(
                CollectiveInvoice.cancelled_at.is_(None),
                CollectiveInvoice.cancelled_at < before,
            ),
            ~exists().where(
                CollectiveLine.collective_id == CollectiveInvoice.id,
                Invoice.id == CollectiveLine.invoice_id,
            ),
            ~exists().where(
                of_it, or_(Payment.ended_at.is_(None), Payment.ended_at >= before)
            ),
            ~exists().where(of_it, _moved_since(Payment.id, before)),
            ~exists().where(of_it, _free(Payment.id) > 0),
            ~exists().where(
                of_it,
                Refund.payment_id == Payment.id,
                or_(Refund.ended_at.is_(None), Refund.ended_at >= before),
            ),
            ~exists().where(
                CollectiveShare.collective_id == CollectiveInvoice.id,
                _moved_since(CollectiveShare.payment_id, before),
            ),
        )
        .order_by(CollectiveInvoice.number)
    )


@forgets("collective", over=old_collectives)
async def forget_collectives(
    session: AsyncSession, ids: Sequence[UUID]
) -> dict[str, int]:
    """Whole: with whose fees they took over, what was tried and what went back."""
    counts = {"collective invoices": len(ids)}
    kinds: dict[str, Any] = {
        "lines": CollectiveLine,
        "shares": CollectiveShare,
        "payments": Payment,
    }
    for name, kind in kinds.items():
        of_them = select(func.count()).where(kind.collective_id.in_(ids))
        counts[name] = await session.scalar(of_them) or 0
    counts["refunds"] = (
        await session.scalar(
            select(func.count(Refund.id))
            .join(Payment, Refund.payment_id == Payment.id)
            .where(Payment.collective_id.in_(ids))
        )
        or 0
    )
    await _erase(session, func.erase_collective, ids)
    return counts


async def old_money(session: AsyncSession, day: date, now: datetime) -> Select[UUID]:
    """Transfers and cheques, once nothing is kept that they paid. What waits to be given back is somebody's, however old."""
    before = await _kept_since(session, day, now)
    pays = exists().where(
        Posting.payment_id == OtherMoney.id,
        Posting.account == AccountCode.RECEIVABLE,
        Invoice.id == Posting.invoice_id,
    )
    shared = exists().where(CollectiveShare.payment_id == OtherMoney.id)
    return (
        select(OtherMoney.id)
        .where(
            OtherMoney.recorded_at < before,
            ~_moved_since(OtherMoney.id, before),
            _free(OtherMoney.id) == 0,
            ~pays,
            ~shared,
        )
        .order_by(OtherMoney.number)
    )


@forgets("other_money", over=old_money)
async def forget_money(session: AsyncSession, ids: Sequence[UUID]) -> dict[str, int]:
    counts = {"transfers and cheques": len(ids)}
    kinds: dict[str, Any] = {"reversals": MoneyReversal, "refunds": MoneyRefund}
    for name, kind in kinds.items():
        of_them = select(func.count()).where(kind.money_id.in_(ids))
        counts[name] = await session.scalar(of_them) or 0
    await _erase(session, func.erase_money, ids)
    return counts


async def old_agreements(
    session: AsyncSession, day: date, now: datetime
) -> Select[UUID]:
    """That have ended, once nothing is kept that was taken by them."""
    before = await _kept_since(session, day, now)
    return (
        select(CardAgreement.id)
        .where(
            CardAgreement.state == AgreementState.ENDED,
            CardAgreement.ended_at < before,
            ~exists().where(Payment.taken_by == CardAgreement.provider_id),
        )
        .order_by(CardAgreement.number)
    )


@forgets("agreements", over=old_agreements)
async def forget_agreements(
    session: AsyncSession, ids: Sequence[UUID]
) -> dict[str, int]:
    of_them = select(func.count()).where(CollectionNotice.agreement_id.in_(ids))
    notices = await session.scalar(of_them) or 0
    await _erase(session, func.erase_agreement, ids)
    return {"card agreements": len(ids), "notices of collections": notices}


def _moved_since(
    money: InstrumentedAttribute[UUID], before: datetime
) -> ColumnElement[bool]:
    return exists().where(LedgerEntry.payment_id == money, LedgerEntry.at >= before)


def _free(money: InstrumentedAttribute[UUID]) -> ColumnElement[int]:
    return (
        select(func.coalesce(-func.sum(Posting.pence), 0))
        .where(Posting.payment_id == money, Posting.account == AccountCode.UNALLOCATED)
        .scalar_subquery()
    )


async def _erase(session: AsyncSession, function: Any, ids: Sequence[UUID]) -> None:
    """The database lets only its own functions do it."""
    async with acting_as(session, Role.ERASER):
        for one in ids:
            await session.execute(select(function(one)))
