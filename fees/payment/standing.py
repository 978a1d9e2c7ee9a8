"""How invoices stand: for their payer's account and for the finance officer's list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    case,
    exists,
    func,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from fees.credit_note import CreditNote, credit_notes_of
from fees.invoice import Invoice, InvoiceLine, Purpose
from fees.ledger import AccountCode, EntryKind, LedgerEntry, Posting
from fees.money import pounds
from fees.payment.payment import Overpayment, Payment
from fees.payment.receipt import Receipt
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
    OWED_AGAIN = "owed_again"
    """What had paid it was taken back; what it bought stays."""
    CREDITED = "credited"
    """All of it is taken back."""


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
    credited_pence: int
    left_pence: int
    today: date

    @property
    def left(self) -> str:
        """What is still owed."""
        return pounds(self.left_pence)

    @property
    def state(self) -> InvoiceState:
        if self.credited_pence == self.invoice.amount_pence:
            return InvoiceState.CREDITED
        if self.receipt and self.left_pence:
            return InvoiceState.OWED_AGAIN
        if self.receipt:
            return InvoiceState.PAID if self._bought else InvoiceState.GIVE_BACK
        year = self.invoice.covers_until
        in_time = self.invoice.payable_on(self.today) and (
            year is None or self.today <= year
        )
        return InvoiceState.DUE if in_time and self._waits else InvoiceState.NOT_PAID

    @property
    def _bought(self) -> bool:
        application = self.invoice.application
        if application is None or self.invoice.purpose is Purpose.SCRUTINY:
            return True
        return application.state in BOUGHT

    @property
    def _waits(self) -> bool:
        application = self.invoice.application
        if application is None:
            return True
        if self.invoice.purpose is Purpose.SCRUTINY:
            return application.scrutiny_waits
        return (
            application.state is ApplicationState.APPROVED
            and application.pay_by == self.invoice.pay_by
        )


@dataclass(frozen=True)
class Record:
    """An invoice with all that was tried, taken and given back for it."""

    standing: Standing
    lines: Sequence[InvoiceLine]
    payments: Sequence[Payment]
    overpayments: Sequence[Overpayment]
    credit_notes: Sequence[CreditNote]
    postings: Sequence[Posting]


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


async def record(
    session: AsyncSession,
    number: int | None,
    *,
    today: date,
    account: Account | None = None,
) -> Record:
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
    postings = await session.scalars(
        select(Posting)
        .join(Posting.entry)
        .where(
            (Posting.invoice_id == of_invoice)
            | Posting.payment_id.in_(
                select(Payment.id).where(Payment.invoice_id == of_invoice)
            )
        )
        .options(contains_eager(Posting.entry))
        .order_by(LedgerEntry.number, Posting.id)
    )
    return Record(
        standing,
        standing.invoice.lines,
        payments.all(),
        overpayments.all(),
        await credit_notes_of(session, of_invoice),
        postings.all(),
    )


async def _read(
    session: AsyncSession, found: Select[Invoice, Receipt, int, int], today: date
) -> list[Standing]:
    rows = await session.execute(found)
    return [
        Standing(invoice, receipt, int(credited), int(left), today)
        for invoice, receipt, credited, left in rows
    ]


def _credited() -> ScalarSelect[int]:
    return (
        select(func.coalesce(func.sum(CreditNote.amount_pence), 0))
        .where(CreditNote.invoice_id == Invoice.id)
        .scalar_subquery()
    )


def _left() -> ScalarSelect[int]:
    return (
        select(func.coalesce(func.sum(Posting.pence), 0))
        .where(
            Posting.invoice_id == Invoice.id,
            Posting.account == AccountCode.RECEIVABLE,
        )
        .scalar_subquery()
    )


def _to_give_back() -> ColumnElement[bool]:
    """Something came for it that pays for nothing. Only payments of which that was ever so are counted through."""
    unallocated = (
        select(func.sum(Posting.pence))
        .where(
            Posting.payment_id == Payment.id,
            Posting.account == AccountCode.UNALLOCATED,
        )
        .scalar_subquery()
    )
    released = exists().where(
        LedgerEntry.payment_id == Payment.id, LedgerEntry.kind == EntryKind.RELEASED
    )
    overpaid = exists().where(Overpayment.payment_id == Payment.id)
    return Invoice.id.in_(
        select(Payment.invoice_id).where(overpaid | released, unallocated < 0)
    )


def _invoices() -> Select[Invoice, Receipt, int, int]:
    return (
        select(Invoice, Receipt, _credited(), _left())
        .outerjoin(Receipt, Receipt.invoice_id == Invoice.id)
        .outerjoin(Invoice.application)
        .options(
            joinedload(Invoice.application),
            joinedload(Invoice.renewal),
            joinedload(Invoice.person),
        )
        .order_by(Invoice.number.desc())
    )


def _is(show: Show, today: date) -> ColumnElement[bool]:
    """The same as `Standing.state` says, for the database."""
    paid = Receipt.invoice_id.is_not(None)
    bought = (Invoice.purpose != Purpose.APPLICATION) | Application.state.in_(BOUGHT)
    waits = case(
        (
            Invoice.purpose == Purpose.APPLICATION,
            (Application.state == ApplicationState.APPROVED)
            & (Application.pay_by == Invoice.pay_by),
        ),
        (Invoice.purpose == Purpose.SCRUTINY, Application.scrutiny_waits),
        else_=true(),
    )
    again = paid & (_left() > 0)
    year = func.coalesce(Invoice.covers_until, today)
    due = ~paid & waits & Invoice.is_payable_on(today) & (year >= today)
    match show:
        case Show.PAID:
            return paid & bought & ~again & (_credited() < Invoice.amount_pence)
        case Show.DUE:
            return due
        case Show.NOT_PAID:
            return (again | ~paid & ~due) & (_credited() < Invoice.amount_pence)
        case Show.GIVE_BACK:
            return _to_give_back() | (
                paid & ~bought & ~again & (_credited() < Invoice.amount_pence)
            )
