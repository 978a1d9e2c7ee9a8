"""Paying: the intent is kept before GOV.UK Pay is asked, and whatever is in doubt is looked up, never asked for twice."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from fees.acts import FeesAct, FeesEvent
from fees.govuk_pay import CardPayment, Declined, GovukPay, PayFailed, Unreachable
from fees.invoice import Invoice, bill
from fees.payment.payment import Payment, Told
from fees.payment.state import UNSETTLED, PaymentState
from register.account import Account
from register.application import Application, ApplicationState
from register.kit.clock import end_of
from register.kit.db import Sessions
from register.kit.errors import Refused
from register.process import Process

log = structlog.get_logger()

NOT_FOUND = 404
SEARCH_KNOWS_AFTER = timedelta(minutes=2)
"""A search is behind the truth, though never by so much. Nobody can pay what was made and lost: its page was shown to nobody."""
LONGEST_WAIT = "15s"
"""Longer than the longest call to GOV.UK Pay."""


class TooLateToPay(Refused):
    def __init__(self, application: Application) -> None:
        self.application = application
        super().__init__(
            f"The last day to pay for application {application.reference} is over."
        )


async def to_pay(session: AsyncSession, account: Account) -> Application | None:
    """The account's approved application that waits for its fee; the most pressing where there are several."""
    found: Application | None = await session.scalar(
        select(Application)
        .where(
            Application.account_id == account.id,
            Application.state == ApplicationState.APPROVED,
        )
        .order_by(Application.pay_by, Application.id)
        .limit(1)
    )
    return found


async def latest_payment(session: AsyncSession, account: Account) -> Payment | None:
    """The account's newest try to pay: return addresses hold no ids, so this is the one that somebody comes back from."""
    found: Payment | None = await session.scalar(
        select(Payment)
        .join(Invoice)
        .where(Invoice.account_id == account.id)
        .order_by(Payment.asked_at.desc(), Payment.attempt.desc())
        .limit(1)
    )
    return found


async def go_to_pay(
    session: AsyncSession,
    database: Sessions,
    pay: GovukPay,
    application: Application,
    *,
    return_url: str,
    now: datetime,
    by: Account,
) -> str:
    """The card page on which the payer goes on; empty where there is none, and then the payment's state says why."""
    await _one_at_a_time(session, application.id)
    async with database.begin() as own:
        # Committed before GOV.UK Pay is asked: were it kept with the answer, a crash in between would lose that we asked.
        payment_id, fresh = await _intend(own, application.id, now=now, by=by)
    payment = await session.get_one(Payment, payment_id)
    try:
        told = (
            await _ask(session, pay, payment, return_url, now=now, by=by)
            if fresh
            else await check(session, pay, payment, now=now, by=by)
        )
    except PayFailed as failed:
        log.warning(
            "payment in doubt", payment=payment.reference, error=type(failed).__name__
        )
        return ""
    return told.next_url if told and pay.shows(told.next_url) else ""


async def _one_at_a_time(session: AsyncSession, application_id: UUID) -> None:
    """A double click waits here until the first has its answer, then goes on with the same payment."""
    await session.execute(select(func.set_config("lock_timeout", LONGEST_WAIT, True)))
    key = func.hashtextextended(f"pay:{application_id}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def _intend(
    session: AsyncSession, application_id: UUID, *, now: datetime, by: Account
) -> tuple[UUID, bool]:
    """The payment to go on with, and whether it is new; raises NothingToPay or TooLateToPay."""
    application = await session.get_one(Application, application_id)
    invoice = await bill(session, application, now=now, by=by)
    tries = list(
        await session.scalars(select(Payment).where(Payment.invoice_id == invoice.id))
    )
    if unsettled := [payment for payment in tries if payment.state.unsettled]:
        return unsettled[0].id, False
    if now >= end_of(invoice.pay_by):
        raise TooLateToPay(application)
    attempt = len(tries) + 1
    payment = Payment(
        invoice_id=invoice.id,
        attempt=attempt,
        reference=f"{invoice.reference}-{attempt}",
        amount_pence=invoice.amount_pence,
        state=PaymentState.ASKING,
        asked_at=now,
    )
    session.add(payment)
    await session.flush()
    process = Process.begin(session, FeesAct.START_PAYMENT, now=now, actor=by)
    application.tell(
        FeesEvent.PAYMENT_STARTED,
        by=process,
        payment=payment.reference,
        pence=payment.amount_pence,
    )
    return payment.id, True


async def _ask(
    session: AsyncSession,
    pay: GovukPay,
    payment: Payment,
    return_url: str,
    *,
    now: datetime,
    by: Account,
) -> CardPayment | None:
    """Ask GOV.UK Pay for the payment: only ever done by the request that recorded the intent."""
    try:
        made = await pay.create(
            amount_pence=payment.amount_pence,
            reference=payment.reference,
            description="Registration fee, Children's Homes Workforce Register",
            return_url=return_url,
        )
    except (Unreachable, Declined) as failed:
        log.warning(
            "payment not made", payment=payment.reference, error=type(failed).__name__
        )
        await payment.give_up(session, PaymentState.NEVER_MADE, now=now, by=by)
        return None
    await payment.settle(session, Told(made), now=now, by=by)
    return made


async def check(
    session: AsyncSession,
    pay: GovukPay,
    payment: Payment,
    *,
    now: datetime,
    by: Account | None = None,
) -> CardPayment | None:
    """Read the payment again at GOV.UK Pay and take in what it says; raises PayFailed where it says nothing."""
    told = await _look(pay, payment)
    if told:
        await payment.settle(session, told, now=now, by=by)
        return told.payment
    if payment.provider_id:
        await payment.give_up(session, PaymentState.FAILED, now=now, by=by)
    elif now >= payment.asked_at + SEARCH_KNOWS_AFTER:
        await payment.give_up(session, PaymentState.NEVER_MADE, now=now, by=by)
    return None


async def _look(pay: GovukPay, payment: Payment) -> Told | None:
    """What GOV.UK Pay knows of it now; None if nothing."""
    try:
        provider_id = payment.provider_id or await _search(pay, payment.reference)
        if not provider_id:
            return None
        found = await pay.payment(provider_id)
        confirmed = found.state.status.paid
        return Told(found, await pay.succeeded_at(provider_id) if confirmed else None)
    except Declined as declined:
        if declined.status == NOT_FOUND:
            return None
        raise


async def _search(pay: GovukPay, reference: str) -> str:
    found = await pay.referenced(reference)
    # We ask once for each reference. Should there be two after all, the one that was paid is the one that counts.
    best = max(found, key=lambda p: (p.state.status.paid, p.created_date), default=None)
    return best.payment_id if best else ""


async def unsettled_payments(
    session: AsyncSession, *, asked_before: datetime
) -> list[UUID]:
    return list(
        await session.scalars(
            select(Payment.id)
            .where(Payment.state.in_(UNSETTLED), Payment.asked_at <= asked_before)
            .order_by(Payment.asked_at)
        )
    )
