"""The demo's fees: what became of every approved application's, in each way in which a payment can end, and of a scrutiny's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fees.acts import FeesAct, FeesEvent
from fees.govuk_pay import CardPayment, Reason, State, Status
from fees.invoice import Invoice, bill, bill_scrutiny
from fees.payment import Payment, PaymentState
from fees.payment.mop_up import GRACE, close_unpaid
from fees.payment.payment import Told
from fees.reconciliation import take_in
from fees.reconciliation.file import Told as Settled
from register.demo import Approved, Fee
from register.kit.clock import day_of, end_of
from register.process import Process

TELLS = {
    PaymentState.OPEN: State(Status.CREATED, finished=False),
    PaymentState.PAID: State(Status.SUCCESS, finished=True),
    PaymentState.DECLINED: State(Status.FAILED, finished=True, code=Reason.DECLINED),
    PaymentState.CANCELLED: State(
        Status.FAILED, finished=True, code=Reason.CANCELLED_BY_PAYER
    ),
    PaymentState.EXPIRED: State(Status.FAILED, finished=True, code=Reason.EXPIRED),
    PaymentState.FAILED: State(Status.ERROR, finished=True, code=Reason.PROVIDER_ERROR),
}
"""How GOV.UK Pay says it."""

BEFORE_PAID: tuple[tuple[PaymentState, ...], ...] = (
    (),
    (PaymentState.DECLINED,),
    (PaymentState.CANCELLED, PaymentState.NEVER_MADE),
    (PaymentState.EXPIRED, PaymentState.FAILED),
    (),
)
WHILE_WAITING: tuple[tuple[PaymentState, ...], ...] = (
    (PaymentState.DECLINED, PaymentState.ASKING),
    (PaymentState.CANCELLED, PaymentState.OPEN),
    (PaymentState.DECLINED, PaymentState.EXPIRED),
)
NOTHING_TRIED: tuple[tuple[PaymentState, ...], ...] = ((),)
WITHOUT_SUCCESS: tuple[tuple[PaymentState, ...], ...] = (
    (PaymentState.DECLINED,),
    (),
)
A_DAY, A_MINUTE = timedelta(days=1), timedelta(minutes=1)
SETTLED, CARD_FEE, SHORT = 200, 50, 10
"""How many payments, what the provider keeps of each, and how much one of them is short by: pence."""
LASTED = timedelta(minutes=3)
"""From the asking to what became of it."""


async def take_fees(session: AsyncSession, approved: Sequence[Approved]) -> None:
    """Bill each, and let each try to pay as its story goes; those who do not pay in time are closed at the end."""
    tries: dict[Fee, Iterator[tuple[PaymentState, ...]]] = {
        Fee.PAID: cycle(BEFORE_PAID),
        Fee.WAITED_FOR: cycle(WHILE_WAITING),
        Fee.NOT_TRIED: cycle(NOTHING_TRIED),
        Fee.NOT_PAID: cycle(WITHOUT_SUCCESS),
        Fee.HELD_BACK: cycle(NOTHING_TRIED),
        Fee.SCRUTINY: cycle(NOTHING_TRIED),
    }
    paid_twice = iter([True])
    for one in approved:
        await _take(session, one, tries[one.fee], paid_twice)
    for one in approved:
        if one.fee is Fee.NOT_PAID:
            assert one.application.pay_by  # noqa: S101 - approved
            at = end_of(one.application.pay_by) + GRACE + timedelta(hours=2)
            await close_unpaid(session, at)
    if any(one.application.approved_at for one in approved):
        await _settle(session, now=approved[0].draw.now)


async def _settle(session: AsyncSession, *, now: datetime) -> None:
    """The provider pays out what was paid; of one payment a little less, and something that we know nothing of."""
    paid = await session.scalars(
        select(Payment)
        .where(Payment.state == PaymentState.PAID, Payment.succeeded_at < now - A_DAY)
        .order_by(Payment.succeeded_at, Payment.reference)
        .limit(SETTLED)
    )
    yesterday = day_of(now - A_DAY)
    rows = [
        Settled(
            line,
            one.provider_id or "",
            one.reference,
            one.amount_pence - SHORT * (line == 2),
            CARD_FEE,
            one.amount_pence - SHORT * (line == 2) - CARD_FEE,
            yesterday,
            1,
        )
        for line, one in enumerate(paid, start=2)
    ]
    unknown = ("demounidentified", "INV-9999999-1", 9000, CARD_FEE, 9000 - CARD_FEE)
    rows.append(Settled(len(rows) + 2, *unknown, yesterday, 1))
    by = Process.begin(session, FeesAct.TAKE_IN_SETTLEMENT, now=now - A_MINUTE)
    await take_in(session, b"demo", rows, by=by)


async def _take(
    session: AsyncSession,
    one: Approved,
    tries: Iterator[tuple[PaymentState, ...]],
    paid_twice: Iterator[bool],
) -> None:
    waits_since = one.application.approved_at or one.application.scrutiny_asked_at
    assert waits_since  # noqa: S101 - approved, or to be scrutinised
    at = waits_since + timedelta(seconds=one.draw.between(5, 55))
    raised = bill_scrutiny if one.fee is Fee.SCRUTINY else bill
    invoice = await raised(session, one.application, now=at)
    paying = Paying(session, one, invoice, at + timedelta(hours=1))
    for state in next(tries):
        await paying.tries(state)
    if one.fee is Fee.PAID:
        paying.later()
        await one.give_number(session, now=paying.at)
        await paying.tries(PaymentState.PAID)
        if next(paid_twice, False):
            await paying.tries(PaymentState.PAID)
    if one.fee in {Fee.HELD_BACK, Fee.SCRUTINY}:
        paying.later()
        await paying.tries(PaymentState.PAID)


@dataclass
class Paying:
    """Somebody who has an invoice to pay, and the moment they have come to."""

    session: AsyncSession
    one: Approved
    invoice: Invoice
    at: datetime
    attempts: int = 0

    def later(self) -> None:
        """Some hours, or a day: in time in any case, and before the demo's day."""
        soon = self.at + timedelta(minutes=self.one.draw.between(10, 1500))
        self.at = min(soon, self.one.draw.now - timedelta(minutes=9))

    async def tries(self, state: PaymentState) -> None:
        payment = await self._ask()
        if state is PaymentState.ASKING:
            return
        self.at += LASTED
        if state is PaymentState.NEVER_MADE:
            await payment.give_up(self.session, state, now=self.at, by=self.one.account)
        else:
            await payment.settle(
                self.session,
                Told(self._told(payment, state), self.at - timedelta(seconds=9)),
                now=self.at,
                by=self.one.account,
            )
        await self.session.flush()
        self.at += timedelta(minutes=self.one.draw.between(1, 20))

    async def _ask(self) -> Payment:
        """The intent, as it is kept before GOV.UK Pay is asked."""
        self.attempts += 1
        payment = Payment(
            invoice_id=self.invoice.id,
            attempt=self.attempts,
            reference=f"{self.invoice.reference}-{self.attempts}",
            amount_pence=self.invoice.amount_pence,
            state=PaymentState.ASKING,
            asked_at=self.at,
        )
        self.session.add(payment)
        await self.session.flush()
        process = Process.begin(
            self.session, FeesAct.START_PAYMENT, now=self.at, actor=self.one.account
        )
        self.invoice.tell(
            FeesEvent.PAYMENT_STARTED,
            process,
            payment=payment.reference,
            pence=payment.amount_pence,
        )
        return payment

    def _told(self, payment: Payment, state: PaymentState) -> CardPayment:
        return CardPayment(
            payment_id=f"demo{self.one.draw.uuid().hex[:22]}",
            reference=payment.reference,
            amount=payment.amount_pence,
            state=TELLS[state],
            created_date=payment.asked_at,
        )
