"""The demo's fees: what became of every approved application's, in each way in which a payment can end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle

from sqlalchemy.ext.asyncio import AsyncSession

from fees.acts import FeesAct, FeesEvent
from fees.govuk_pay import CardPayment, Reason, State, Status
from fees.invoice import Invoice, bill
from fees.payment import Payment, PaymentState
from fees.payment.mop_up import GRACE, close_unpaid
from fees.payment.payment import Told
from register.demo import Approved, Fee
from register.kit.clock import end_of
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
    }
    paid_twice = iter([True])
    for one in approved:
        await _take(session, one, tries[one.fee], paid_twice)
    for one in approved:
        if one.fee is Fee.NOT_PAID:
            assert one.application.pay_by  # noqa: S101 - approved
            at = end_of(one.application.pay_by) + GRACE + timedelta(hours=2)
            await close_unpaid(session, at)


async def _take(
    session: AsyncSession,
    one: Approved,
    tries: Iterator[tuple[PaymentState, ...]],
    paid_twice: Iterator[bool],
) -> None:
    assert one.application.approved_at  # noqa: S101 - approved
    at = one.application.approved_at + timedelta(seconds=one.draw.between(5, 55))
    invoice = await bill(session, one.application, now=at)
    paying = Paying(session, one, invoice, at + timedelta(hours=1))
    for state in next(tries):
        await paying.tries(state)
    if one.fee is Fee.PAID:
        paying.later()
        await one.give_number(session, now=paying.at)
        await paying.tries(PaymentState.PAID)
        if next(paid_twice, False):
            await paying.tries(PaymentState.PAID)
    if one.fee is Fee.HELD_BACK:
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
        self.one.application.tell(
            FeesEvent.PAYMENT_STARTED,
            by=process,
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
