"""What an account paid in a tax year and got back in it: what has come and gone, on the day on which it did.

What others paid for it is told too, and counts for nothing: only who pays a fee themselves may have tax relief on it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload

from fees.acts import FeesEvent
from fees.collective import CollectiveShare
from fees.invoice import Invoice
from fees.ledger import AccountCode, Posting
from fees.money import pounds
from fees.money_refund import MoneyRefund, refunds_of
from fees.other_money import MoneyReversal, OtherMoney
from fees.payment import Payment, PaymentState
from fees.refund import Refund, RefundState
from fees.tax_year import moments_of, tax_year_of
from register.account import Account
from register.kit.clock import day_of, start_of
from register.process import Event, Process


class Payer(StrEnum):
    """By whom, and how."""

    CARD = "card"
    TRANSFER = "transfer"
    CHEQUE = "cheque"
    LINK = "link"
    """Whoever was given a link to pay it."""
    EMPLOYER = "employer"

    @property
    def themselves(self) -> bool:
        """As far as we can see: a statement of the bank's names no account."""
        return self not in {Payer.LINK, Payer.EMPLOYER}


@dataclass(frozen=True)
class Paid:
    """Money that came, or below nothing that went back."""

    at: datetime
    reference: str
    invoice: Invoice
    pence: int
    payer: Payer = Payer.CARD
    left_pence: int = 0
    """How much of it pays for nothing and has not gone back."""

    @property
    def amount(self) -> str:
        return pounds(self.pence)


@dataclass(frozen=True)
class Statement:
    year: int
    lines: Sequence[Paid]

    @property
    def begins(self) -> date:
        return day_of(moments_of(self.year)[0])

    @property
    def ends(self) -> date:
        return day_of(moments_of(self.year)[1]) - timedelta(days=1)

    @property
    def own(self) -> Sequence[Paid]:
        return [line for line in self.lines if line.payer.themselves]

    @property
    def of_others(self) -> Sequence[Paid]:
        return [line for line in self.lines if not line.payer.themselves]

    @property
    def total(self) -> str:
        return pounds(sum(line.pence for line in self.own))

    @property
    def unallocated_pence(self) -> int:
        """Of what they paid in the year, how much pays for nothing and has not gone back."""
        return sum(line.left_pence for line in self.own)

    @property
    def unallocated(self) -> str:
        return pounds(self.unallocated_pence)

    @property
    def last(self) -> datetime:
        """The last thing that it tells of."""
        return self.lines[-1].at


async def statement(
    session: AsyncSession, account: Account, year: int
) -> Statement | None:
    """None where nothing came or went."""
    first, after = moments_of(year)
    lines = [
        line for line in await _all_of(session, account) if first <= line.at < after
    ]
    return Statement(year, lines) if lines else None


async def years_paid_in(session: AsyncSession, account: Account) -> list[int]:
    """The tax years of which there is a statement, by the year in which each begins, the newest first."""
    lines = await _all_of(session, account)
    return sorted({tax_year_of(day_of(line.at)).year for line in lines}, reverse=True)


async def _all_of(session: AsyncSession, account: Account) -> list[Paid]:
    own = Invoice.account_id == account.id
    lines = [
        *await _by_card(session, own),
        *await _refunded(session, own),
        *await _otherwise(session, own),
        *await _by_employer(session, own),
    ]
    return sorted(lines, key=lambda line: (line.at, line.reference))


def _by_link() -> ColumnElement[bool]:
    """Nobody who is signed in began it, and no agreement took it."""
    return Payment.taken_by.is_(None) & exists().where(
        Event.person_id == Invoice.person_id,
        Event.kind == FeesEvent.PAYMENT_STARTED,
        Event.data["payment"].astext == Payment.reference,
        Process.id == Event.process_id,
        Process.actor_id.is_(None),
    )


async def _by_card(session: AsyncSession, own: ColumnElement[bool]) -> Iterable[Paid]:
    rows = await session.execute(
        select(Payment, _by_link())
        .join(Payment.invoice)
        .where(own, Payment.state == PaymentState.PAID)
        .options(contains_eager(Payment.invoice).joinedload(Invoice.application))
    )
    found = rows.all()
    left = await _unallocated(session, [payment.id for payment, _ in found])
    return [
        Paid(
            payment.succeeded_at,
            payment.reference,
            payment.invoice,
            payment.amount_pence,
            Payer.LINK if by_link else Payer.CARD,
            left[payment.id],
        )
        for payment, by_link in found
        if payment.succeeded_at and payment.invoice
    ]


async def _refunded(session: AsyncSession, own: ColumnElement[bool]) -> Iterable[Paid]:
    rows = await session.execute(
        select(Refund, _by_link())
        .join(Refund.payment)
        .join(Payment.invoice)
        .where(own, Refund.state == RefundState.SUCCEEDED)
        .options(
            contains_eager(Refund.payment)
            .contains_eager(Payment.invoice)
            .joinedload(Invoice.application)
        )
    )
    return [
        Paid(
            refund.ended_at,
            refund.reference,
            refund.payment.invoice,
            -refund.amount_pence,
            Payer.LINK if by_link else Payer.CARD,
        )
        for refund, by_link in rows
        if refund.ended_at and refund.payment.invoice
    ]


async def _otherwise(session: AsyncSession, own: ColumnElement[bool]) -> Iterable[Paid]:
    """Transfers and cheques that were recorded for their invoices. What bounced never came."""
    shared = exists().where(
        CollectiveShare.payment_id == Posting.payment_id,
        CollectiveShare.invoice_id == Posting.invoice_id,
    )
    rows = await session.execute(
        select(OtherMoney, Invoice, Posting.pence)
        .join(Posting, Posting.payment_id == OtherMoney.id)
        .join(Invoice, Invoice.id == Posting.invoice_id)
        .where(
            own,
            Posting.account == AccountCode.RECEIVABLE,
            ~shared,
            ~exists().where(MoneyReversal.money_id == OtherMoney.id),
        )
        .options(joinedload(Invoice.application))
        .order_by(Posting.id)
    )
    found: dict[UUID, list[tuple[OtherMoney, Invoice, int]]] = defaultdict(list)
    for money, invoice, pence in rows:
        found[money.id].append((money, invoice, -pence))
    left = await _unallocated(session, found)
    lines: list[Paid] = []
    for money_id, moves in found.items():
        given = await refunds_of(session, moves[0][0])
        lines += _of_money(moves, given, left[money_id])
    return lines


def _of_money(
    moves: Sequence[tuple[OtherMoney, Invoice, int]],
    given: Sequence[MoneyRefund],
    free: int,
) -> Iterable[Paid]:
    """The most that it ever paid of theirs: what was taken out again came from them too, and may have gone back."""
    money, invoice, _ = moves[0]
    payer = Payer(money.kind.value)
    paid = most = 0
    for _, _, pence in moves:
        paid += pence
        most = max(most, paid)
    theirs = most - paid
    for one in given:
        back = min(one.amount_pence, theirs)
        theirs -= back
        if back:
            yield Paid(one.refunded_at, one.reference, invoice, -back, payer)
    came, left = start_of(money.came_on), min(free, theirs)
    yield Paid(came, money.reference, invoice, most, payer, left)


async def _by_employer(
    session: AsyncSession, own: ColumnElement[bool]
) -> Iterable[Paid]:
    rows = await session.execute(
        select(
            Invoice,
            CollectiveShare.pence,
            Payment.succeeded_at,
            Payment.reference,
            OtherMoney,
        )
        .join(CollectiveShare, CollectiveShare.invoice_id == Invoice.id)
        .outerjoin(Payment, Payment.id == CollectiveShare.payment_id)
        .outerjoin(OtherMoney, OtherMoney.id == CollectiveShare.payment_id)
        .where(
            own,
            CollectiveShare.pence > 0,
            ~exists().where(MoneyReversal.money_id == CollectiveShare.payment_id),
        )
        .options(joinedload(Invoice.application))
    )
    lines = []
    for invoice, pence, succeeded_at, reference, money in rows:
        at = start_of(money.came_on) if money else succeeded_at
        if at:
            by = money.reference if money else reference
            lines.append(Paid(at, by, invoice, pence, Payer.EMPLOYER))
    return lines


async def _unallocated(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, int]:
    rows = await session.execute(
        select(Posting.payment_id, -func.sum(Posting.pence))
        .where(
            Posting.account == AccountCode.UNALLOCATED,
            Posting.payment_id.in_(list(ids)),
        )
        .group_by(Posting.payment_id)
    )
    left: dict[UUID, int] = defaultdict(int)
    for payment_id, pence in rows:
        if payment_id:
            left[payment_id] = int(pence)
    return left
