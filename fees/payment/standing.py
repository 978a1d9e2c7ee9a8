"""How invoices stand: for their payer's account and for the finance officer's list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from fees.invoice import Invoice, InvoiceLine
from fees.payment.payment import Overpayment, Payment, Receipt
from register.account import Account
from register.application import Application, ApplicationState
from register.kit.errors import NotFound

PAGE = 50


class InvoiceState(StrEnum):
    PAID = "paid"
    GIVE_BACK = "give_back"
    """Paid for an approval that has been taken back."""
    DUE = "due"
    NOT_PAID = "not_paid"
    """And cannot be paid any more."""


BOUGHT = frozenset({ApplicationState.PAID, ApplicationState.GRANTED})
"""The fee has bought the entry, or will once a last check is done."""


class Show(StrEnum):
    """What a finance officer looks for."""

    DUE = "due"
    PAID = "paid"
    NOT_PAID = "not_paid"
    GIVE_BACK = "give_back"


@dataclass(frozen=True)
class Standing:
    invoice: Invoice
    receipt: Receipt | None
    today: date

    @property
    def state(self) -> InvoiceState:
        if self.receipt:
            bought = self.invoice.application.state in BOUGHT
            return InvoiceState.PAID if bought else InvoiceState.GIVE_BACK
        application = self.invoice.application
        waits = (
            application.state is ApplicationState.APPROVED
            and application.pay_by == self.invoice.pay_by
        )
        last = min(self.invoice.pay_by, self.invoice.covers_until)
        return (
            InvoiceState.DUE if waits and self.today <= last else InvoiceState.NOT_PAID
        )


@dataclass(frozen=True)
class Ledger:
    """An invoice with all that was tried and taken for it."""

    standing: Standing
    lines: Sequence[InvoiceLine]
    payments: Sequence[Payment]
    overpayments: Sequence[Overpayment]


@dataclass(frozen=True)
class StandingPage:
    rows: Sequence[Standing]
    next: str
    """The reference after which the next page begins; empty on the last."""


async def standings_of(
    session: AsyncSession, account: Account, *, today: date
) -> list[Standing]:
    """All that the account was asked to pay, newest first."""
    found = _invoices().where(Invoice.account_id == account.id)
    return await _read(session, found, today)


async def standings(
    session: AsyncSession,
    *,
    show: Show | None,
    before: int | None = None,
    only: int | None = None,
    today: date,
) -> StandingPage:
    """One page of all invoices, the newest first: of those asked for, `before` a number, or the one with a number."""
    found = _invoices().limit(PAGE + 1)
    if show:
        found = found.where(_is(show, today))
    if before is not None:
        found = found.where(Invoice.number < before)
    if only is not None:
        found = found.where(Invoice.number == only)
    rows = await _read(session, found, today)
    following = rows[PAGE - 1].invoice.reference if len(rows) > PAGE else ""
    return StandingPage(rows[:PAGE], following)


async def ledger(
    session: AsyncSession,
    number: int | None,
    *,
    today: date,
    account: Account | None = None,
) -> Ledger:
    """One invoice whole: `account`'s own where one is given. Somebody else's is not there."""
    found = _invoices().where(Invoice.number == number)
    found = found.options(selectinload(Invoice.lines).joinedload(InvoiceLine.scale))
    if account:
        found = found.where(Invoice.account_id == account.id)
    found_ones = await _read(session, found, today)
    if not found_ones:
        raise NotFound
    (standing,) = found_ones
    of_invoice = standing.invoice.id
    payments = await session.scalars(
        select(Payment)
        .where(Payment.invoice_id == of_invoice)
        .order_by(Payment.attempt)
    )
    overpayments = await session.scalars(
        select(Overpayment)
        .where(Overpayment.invoice_id == of_invoice)
        .options(joinedload(Overpayment.payment))
        .order_by(Overpayment.found_at)
    )
    return Ledger(standing, standing.invoice.lines, list(payments), list(overpayments))


async def _read(
    session: AsyncSession, found: Select[Invoice, Receipt], today: date
) -> list[Standing]:
    rows = await session.execute(found)
    return [Standing(invoice, receipt, today) for invoice, receipt in rows]


def _invoices() -> Select[Invoice, Receipt]:
    return (
        select(Invoice, Receipt)
        .outerjoin(Receipt, Receipt.invoice_id == Invoice.id)
        .join(Invoice.application)
        .options(joinedload(Invoice.application), joinedload(Invoice.person))
        .order_by(Invoice.number.desc())
    )


def _is(show: Show, today: date) -> ColumnElement[bool]:
    """The same as `Standing.state` says, for the database."""
    paid = Receipt.invoice_id.is_not(None)
    bought = Application.state.in_(BOUGHT)
    due = (
        ~paid
        & (Application.state == ApplicationState.APPROVED)
        & (Application.pay_by == Invoice.pay_by)
        & (Invoice.pay_by >= today)
        & (Invoice.covers_until >= today)
    )
    match show:
        case Show.PAID:
            return paid & bought
        case Show.DUE:
            return due
        case Show.NOT_PAID:
            return ~paid & ~due
        case Show.GIVE_BACK:
            overpaid = exists().where(Overpayment.invoice_id == Invoice.id)
            return overpaid | (paid & ~bought)
