"""Paying: the intent is kept before GOV.UK Pay is asked, and whatever is in doubt is looked up, never asked for twice."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from fees import ledger
from fees.acts import FeesAct, FeesEvent
from fees.collective import CollectiveInvoice
from fees.govuk_pay import (
    CardPayment,
    Declined,
    GovukPay,
    PayFailed,
    Status,
    TooFast,
    Unreachable,
)
from fees.invoice import Invoice, NothingToPay
from fees.payment.owed import Owed, share, shares_left
from fees.payment.payment import Bill, Payment, Told
from fees.payment.purposes import BUYING
from fees.payment.state import UNSETTLED, PaymentState
from register.account import Account
from register.kit.clock import day_of
from register.kit.db import Sessions
from register.kit.errors import Refused
from register.process import Process

log = structlog.get_logger()

NOT_FOUND = 404
SEARCH_KNOWS_AFTER = timedelta(minutes=2)
"""A search is behind the truth, though never by so much. Nobody can pay what was made and lost: its page was shown to nobody."""
TOGETHER = "Renewal fees of staff, Children's Homes Workforce Register"
BY_AGREEMENT = "Renewal fee by agreement, Children's Homes Workforce Register"
LONGEST_WAIT = "15s"
"""Longer than the longest call to GOV.UK Pay."""


class TooLateToPay(Refused):
    def __init__(self, invoice: Bill) -> None:
        self.invoice = invoice
        super().__init__(f"The last day to pay invoice {invoice.reference} is over.")


async def cancel_collective(
    session: AsyncSession, collective: CollectiveInvoice, *, by: Process
) -> None:
    """Raises CancelledAlready, or PaymentUnderWay while money may yet come for it by card."""
    await _one_at_a_time(session, collective.id)
    under_way = await session.scalar(
        select(Payment.id).where(
            Payment.collective_id == collective.id, Payment.state.in_(UNSETTLED)
        )
    )
    if under_way:
        raise PaymentUnderWay
    collective.cancel(by=by)


async def payments_together(
    session: AsyncSession, collective: CollectiveInvoice
) -> Sequence[Payment]:
    found = await session.scalars(
        select(Payment)
        .where(Payment.collective_id == collective.id)
        .order_by(Payment.attempt)
    )
    return found.all()


async def latest_payment_together(
    session: AsyncSession, organisation_id: UUID
) -> Payment | None:
    """The organisation's newest try, for the same reason."""
    found: Payment | None = await session.scalar(
        select(Payment)
        .join(CollectiveInvoice, Payment.collective_id == CollectiveInvoice.id)
        .where(CollectiveInvoice.organisation_id == organisation_id)
        .order_by(Payment.asked_at.desc(), Payment.attempt.desc())
        .limit(1)
    )
    return found


async def latest_payment(session: AsyncSession, account: Account) -> Payment | None:
    """The account's own newest try to pay: return addresses hold no ids, so this is the one that somebody comes back from."""
    found: Payment | None = await session.scalar(
        select(Payment)
        .join(Invoice)
        .where(Invoice.account_id == account.id, Payment.link_id.is_(None))
        .order_by(Payment.asked_at.desc(), Payment.attempt.desc())
        .limit(1)
    )
    return found


async def go_to_pay(
    session: AsyncSession,
    database: Sessions,
    pay: GovukPay,
    owed: Owed,
    *,
    return_url: str,
    now: datetime,
    by: Account,
    in_shares: bool = False,
    set_up_agreement: str = "",
) -> str:
    """The card page on which the payer goes on; empty where there is none, and then the payment's state says why."""

    async def wanted(own: AsyncSession) -> Wanted:
        buying = BUYING[owed.purpose]
        invoice = await buying.bill(own, owed.about, now=now, by=by)
        return Wanted(invoice, buying.description, in_shares=in_shares)

    return await _go(
        session,
        database,
        pay,
        owed.about,
        wanted,
        method=ByCardPage(return_url, set_up_agreement),
        now=now,
        by=by,
    )


async def go_to_pay_together(
    session: AsyncSession,
    database: Sessions,
    pay: GovukPay,
    collective_id: UUID,
    *,
    return_url: str,
    now: datetime,
    by: Account,
) -> str:
    """The same for all that an organisation has taken over at once."""

    async def wanted(own: AsyncSession) -> Wanted:
        collective = await own.get_one(CollectiveInvoice, collective_id)
        collective.must_stand()
        return Wanted(collective, TOGETHER)

    return await _go(
        session,
        database,
        pay,
        collective_id,
        wanted,
        method=ByCardPage(return_url),
        now=now,
        by=by,
    )


class Method(Protocol):
    """How money is asked for. Direct debit would be another."""

    async def ask(
        self, pay: GovukPay, payment: Payment, description: str
    ) -> CardPayment: ...


@dataclass(frozen=True)
class ByCardPage:
    """The payer goes to a page. After OutcomeUnknown it must be looked up, never asked for again."""

    return_url: str
    set_up_agreement: str = ""

    async def ask(
        self, pay: GovukPay, payment: Payment, description: str
    ) -> CardPayment:
        return await pay.create(
            amount_pence=payment.amount_pence,
            reference=payment.reference,
            description=description,
            return_url=self.return_url,
            set_up_agreement=self.set_up_agreement,
        )


@dataclass(frozen=True)
class ByAgreement:
    """Nobody is asked. The payment's own id is the key, so that asking again takes nothing more."""

    agreement_id: str

    async def ask(
        self, pay: GovukPay, payment: Payment, description: str
    ) -> CardPayment:
        return await pay.take(
            agreement_id=self.agreement_id,
            amount_pence=payment.amount_pence,
            reference=payment.reference,
            description=description,
            key=str(payment.id),
        )


class PaymentUnderWay(Refused):
    def __init__(self) -> None:
        super().__init__(
            "A card payment of this invoice has begun. Finish it, or wait until it has ended."
        )


class BegunByAnother(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Somebody else has begun to pay this invoice, and we cannot stop that at this moment. Nothing was begun for you,"
            " and no money was taken from you. Try again in a few minutes: what they do not finish ends within 90 minutes."
        )


async def go_to_pay_by_link(
    session: AsyncSession,
    database: Sessions,
    pay: GovukPay,
    invoice: Invoice,
    *,
    link_id: UUID,
    return_url: str,
    now: datetime,
) -> str:
    """The same for one that is raised, whoever pays it; raises BegunByAnother."""
    invoice_id = invoice.id
    buying = BUYING[invoice.purpose]
    about = buying.about(invoice)

    async def wanted(own: AsyncSession) -> Wanted:
        bill = await own.get_one(Invoice, invoice_id)
        return Wanted(bill, buying.description, link_id=link_id)

    await _one_at_a_time(session, about)
    async with database.begin() as own:
        # Committed before another begins: there is only ever one at a time.
        is_free = await _stop_others(own, pay, invoice_id, link_id, now=now)
    if not is_free:
        raise BegunByAnother
    if await ledger.owed_on(session, invoice_id) < 1:
        return ""
    return await _go(
        session,
        database,
        pay,
        about,
        wanted,
        method=ByCardPage(return_url),
        now=now,
        by=None,
    )


async def _stop_others(
    session: AsyncSession,
    pay: GovukPay,
    invoice_id: UUID,
    link_id: UUID,
    *,
    now: datetime,
) -> bool:
    """Whether nothing is open but what that link has begun, for all that is owed: another's page may make an agreement of the
    card, or take but an instalment.
    """
    begun = await session.scalar(
        select(Payment).where(
            Payment.invoice_id == invoice_id, Payment.state.in_(UNSETTLED)
        )
    )
    if begun is None:
        return True
    owed = await ledger.owed_on(session, invoice_id)
    if begun.link_id == link_id and begun.amount_pence == owed:
        return True
    try:
        told = await check(session, pay, begun, now=now)
        if told and told.state.status in WITHOUT_A_CARD and not begun.taken_by:
            await pay.cancel(told.payment_id)
            await check(session, pay, begun, now=now)
    except PayFailed as failed:
        log.warning(
            "payment not stopped", payment=begun.reference, error=type(failed).__name__
        )
    return not begun.state.unsettled


WITHOUT_A_CARD = frozenset({Status.CREATED, Status.STARTED})
"""As long as nobody has given one, stopping it takes nothing from anybody."""


@dataclass(frozen=True)
class Wanted:
    bill: Bill
    description: str
    """What GOV.UK Pay shows above the card."""
    in_shares: bool = False
    link_id: UUID | None = None

    @property
    def tries(self) -> ColumnElement[bool]:
        if isinstance(self.bill, CollectiveInvoice):
            return Payment.collective_id == self.bill.id
        return Payment.invoice_id == self.bill.id

    async def too_late(self, session: AsyncSession, *, today: date) -> bool:
        if isinstance(self.bill, CollectiveInvoice):
            return today > self.bill.pay_by
        payable = select(Invoice.is_payable_on(today)).where(Invoice.id == self.bill.id)
        return not (await session.execute(payable)).scalar_one()

    async def due_pence(self, session: AsyncSession) -> int:
        if isinstance(self.bill, CollectiveInvoice):
            return await self.bill.due_pence(session)
        pence = await ledger.owed_on(session, self.bill.id)
        shares = await shares_left(session, self.bill.id) if self.in_shares else 1
        return share(pence, shares)


async def _go(
    session: AsyncSession,
    database: Sessions,
    pay: GovukPay,
    about: UUID | None,
    wanted: Callable[[AsyncSession], Awaitable[Wanted]],
    *,
    method: Method,
    now: datetime,
    by: Account | None,
) -> str:
    await _one_at_a_time(session, about)
    async with database.begin() as own:
        # Committed before GOV.UK Pay is asked: were it kept with the answer, a crash in between would lose that we asked.
        payment_id, description = await _intend(own, await wanted(own), now=now, by=by)
    payment = await session.get_one(Payment, payment_id)
    try:
        told = (
            await _ask(session, pay, payment, description, method, now=now, by=by)
            if description
            else await check(session, pay, payment, now=now, by=by)
        )
    except PayFailed as failed:
        log.warning(
            "payment in doubt", payment=payment.reference, error=type(failed).__name__
        )
        return ""
    return told.next_url if told and pay.shows(told.next_url) else ""


async def alone(session: AsyncSession, about: UUID | None) -> bool:
    """Whether nobody is paying for that at this moment; until the transaction ends nobody can."""
    key = func.hashtextextended(f"pay:{about}", 0)
    return bool(await session.scalar(select(func.pg_try_advisory_xact_lock(key))))


async def _one_at_a_time(session: AsyncSession, about: UUID | None) -> None:
    """A double click waits here until the first has its answer, then goes on with the same payment."""
    await session.execute(select(func.set_config("lock_timeout", LONGEST_WAIT, True)))
    key = func.hashtextextended(f"pay:{about}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def _intend(
    session: AsyncSession,
    wanted: Wanted,
    *,
    now: datetime,
    by: Account | None,
) -> tuple[UUID, str]:
    """The payment to go on with, and if it is new what it is for; raises NothingToPay or TooLateToPay."""
    bill = wanted.bill
    tries = list(await session.scalars(select(Payment).where(wanted.tries)))
    if unsettled := [payment for payment in tries if payment.state.unsettled]:
        return unsettled[0].id, ""
    if await wanted.too_late(session, today=day_of(now)):
        raise TooLateToPay(bill)
    process = Process.begin(session, FeesAct.START_PAYMENT, now=now, actor=by)
    if isinstance(bill, Invoice):
        await ledger.lock_invoice(session, bill.id)
        await ledger.recover(session, bill.id, by=process)
    pence = await wanted.due_pence(session)
    if pence < 1:
        raise NothingToPay(f"invoice {bill.reference}")
    attempt = len(tries) + 1
    together = isinstance(bill, CollectiveInvoice)
    payment = Payment(
        invoice_id=None if together else bill.id,
        collective_id=bill.id if together else None,
        attempt=attempt,
        reference=f"{bill.reference}-{attempt}",
        amount_pence=pence,
        state=PaymentState.ASKING,
        link_id=wanted.link_id,
        asked_at=now,
    )
    session.add(payment)
    await session.flush()
    bill.tell(
        FeesEvent.PAYMENT_STARTED,
        process,
        payment=payment.reference,
        pence=payment.amount_pence,
    )
    return payment.id, wanted.description


async def _ask(
    session: AsyncSession,
    pay: GovukPay,
    payment: Payment,
    description: str,
    method: Method,
    *,
    now: datetime,
    by: Account | None,
) -> CardPayment | None:
    """Ask GOV.UK Pay for the payment: only ever done by the request that recorded the intent."""
    try:
        made = await method.ask(pay, payment, description)
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
    elif payment.asked_until and now >= payment.asked_until + SEARCH_KNOWS_AFTER:
        await payment.give_up(session, PaymentState.NEVER_MADE, now=now, by=by)
    return None


async def take(
    session: AsyncSession, pay: GovukPay, payment: Payment, *, now: datetime
) -> None:
    """Ask by agreement, as often as it takes; raises PayFailed where it is to be asked again.

    A plain no does not end it: an answer that was lost before may have been a yes, so it is looked for first.
    """
    assert payment.taken_by  # noqa: S101 - by agreement
    method = ByAgreement(payment.taken_by)
    try:
        made = await method.ask(pay, payment, BY_AGREEMENT)
    except TooFast:
        raise
    except Declined as declined:
        log.warning("payment not taken", payment=payment.reference, error=str(declined))
        await payment.let_go(session, now=now)
        return
    # Asked again, it may have gone through since.
    is_paid = made.state.status.paid
    told = await _told(pay, made.payment_id) if is_paid else Told(made)
    await payment.settle(session, told, now=now)


async def _look(pay: GovukPay, payment: Payment) -> Told | None:
    """What GOV.UK Pay knows of it now; None if nothing."""
    try:
        provider_id = payment.provider_id or await _search(pay, payment.reference)
        if not provider_id:
            return None
        return await _told(pay, provider_id)
    except Declined as declined:
        if declined.status == NOT_FOUND:
            return None
        raise


async def _told(pay: GovukPay, provider_id: str) -> Told:
    """Asks at once when it was paid, which is of use only where it was: mostly it was, and somebody waits."""
    confirming = asyncio.create_task(pay.succeeded_at(provider_id))
    try:
        found = await pay.payment(provider_id)
        if not found.state.status.paid:
            return Told(found, None)
        # It may have been paid between the two answers.
        confirmed = await confirming or await pay.succeeded_at(provider_id)
        return Told(found, confirmed)
    finally:
        confirming.cancel()
        await asyncio.gather(confirming, return_exceptions=True)


async def _search(pay: GovukPay, reference: str) -> str:
    found = await pay.referenced(reference)
    # We ask once for each reference. Should there be two after all, the one that was paid is the one that counts.
    best = max(found, key=lambda p: (p.state.status.paid, p.created_date), default=None)
    return best.payment_id if best else ""


async def unsettled_payments(
    session: AsyncSession, *, asked_before: datetime
) -> list[UUID]:
    """Those to be looked at; what is still to be taken by agreement is asked for instead, by the job that takes it."""
    return list(
        await session.scalars(
            select(Payment.id)
            .where(
                Payment.state.in_(UNSETTLED),
                Payment.asked_at <= asked_before,
                ~Payment.to_be_taken,
            )
            .order_by(Payment.asked_at)
        )
    )
