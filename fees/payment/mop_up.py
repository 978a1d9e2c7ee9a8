"""What is done about payments when nobody looks: every open one is read again, and who did not pay in time is told so."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import Text, case, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from fees import govuk_pay, ledger
from fees.acts import FeesAct, FeesEvent
from fees.govuk_pay import Notice, PayFailed
from fees.invoice import Invoice, Purpose, write_to_payer
from fees.ledger import AccountCode, Posting
from fees.payment.paying import check, unsettled_payments
from fees.payment.payment import Payment
from fees.payment.receipt import Receipt
from fees.payment.state import UNSETTLED
from register.account import Account
from register.application import Application, ApplicationAct, ApplicationState
from register.kit.clock import day_of
from register.kit.db import Base
from register.kit.jobs import enqueue, every, job
from register.kit.post import post
from register.process import Event, Process
from register.rule_set import RuleSet

log = structlog.get_logger()

LEFT_ALONE = timedelta(minutes=1)
"""So long the payer's own return is nearly always first."""
GRACE = timedelta(hours=3)
"""A payment lives for 90 minutes at GOV.UK Pay, so by then what was begun on the last day has ended and is known."""
KEPT = timedelta(days=30)
"""GOV.UK Pay gives a message up after little more than three days."""
AT_ONCE = 200
WRITTEN_OFF_AT_ONCE = 1_000


@every(minutes=2)
async def mop_up_payments(session: AsyncSession, now: datetime) -> None:
    """Enough alone: were there no return and no webhook, every payment would still be settled by this."""
    for payment_id in await unsettled_payments(session, asked_before=now - LEFT_ALONE):
        await _check_soon(session, payment_id)


async def _check_soon(session: AsyncSession, payment_id: UUID) -> None:
    await enqueue(
        session,
        "check_payment",
        {"payment_id": payment_id},
        key=f"check_payment:{payment_id}",
    )


@job("check_payment")
async def check_payment(session: AsyncSession, now: datetime, payment_id: UUID) -> None:
    payment = await session.get_one(Payment, payment_id)
    if payment.state.paid:
        return
    try:
        await check(session, govuk_pay.client(), payment, now=now)
    except PayFailed as failed:
        # No failure of ours that staff should see: the next mop-up asks again.
        log.warning(
            "payment not read", payment=payment.reference, error=type(failed).__name__
        )


class PayNotice(Base):
    """A webhook message that was heard. What it said is not kept: it is a hint, and holds the payer's name."""

    __tablename__ = "pay_notice"

    message_id: Mapped[str] = mapped_column(Text, primary_key=True)
    event_type: Mapped[str]
    provider_id: Mapped[str] = mapped_column(index=True)
    received_at: Mapped[datetime]


async def hear(session: AsyncSession, notice: Notice, *, now: datetime) -> bool:
    """Have the payment read again for a message not heard before. Whether it was new."""
    kept = await session.scalar(
        insert(PayNotice)
        .values(
            message_id=notice.message_id,
            event_type=notice.event_type,
            provider_id=notice.resource_id,
            received_at=now,
        )
        .on_conflict_do_nothing(index_elements=["message_id"])
        .returning(PayNotice.message_id)
    )
    if kept is None:
        return False
    payment_id = await session.scalar(
        select(Payment.id).where(Payment.provider_id == notice.resource_id)
    )
    if payment_id:
        await _check_soon(session, payment_id)
    return True


@every(hours=24)
async def forget_pay_notices(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(PayNotice).where(PayNotice.received_at < now - KEPT))


@every(hours=6)
async def remind_unpaid(session: AsyncSession, now: datetime) -> None:
    """Remind each payer once, some days before the last day to pay."""
    today = day_of(now)
    of_scrutiny = Invoice.purpose == Purpose.SCRUTINY
    reminded = exists().where(
        Event.application_id == Application.id,
        Event.kind == FeesEvent.REMINDED,
        Event.at
        >= case(
            (of_scrutiny, Application.scrutiny_asked_at),
            else_=Application.approved_at,
        ),
    )
    waits = case(
        (of_scrutiny, Application.scrutiny_waits),
        else_=(Application.state == ApplicationState.APPROVED)
        & (Application.pay_by == Invoice.pay_by)
        & (Invoice.covers_until >= today),
    )
    owing = (
        select(Invoice, Application)
        .join(Application, Invoice.application_id == Application.id)
        .join(RuleSet, Application.rule_set_id == RuleSet.id)
        .where(
            waits,
            Invoice.pay_by >= today,
            Invoice.pay_by - today
            <= RuleSet.data["payment_reminder_days"].as_integer(),
            ~reminded,
        )
    )
    owing = owing.limit(AT_ONCE).with_for_update(skip_locked=True, of=Application)
    for invoice, application in (await session.execute(owing)).all():
        process = Process.begin(session, FeesAct.REMIND, now=now)
        application.tell(FeesEvent.REMINDED, by=process, invoice=invoice.reference)
        of_entry = invoice.purpose is Purpose.APPLICATION
        letter = "reminder" if of_entry else "scrutiny_reminder"
        await write_to_payer(session, invoice, letter, now=now, application=application)


@every(minutes=15)
async def write_off_unpaid(session: AsyncSession, now: datetime) -> None:
    """What can never be paid any more is owed no more, once no payment of it can still come good.

    What is owed again of it, as some of it came or was credited after all, is written off again.
    """
    left = (
        select(func.sum(Posting.pence))
        .where(
            Posting.invoice_id == Invoice.id,
            Posting.account == AccountCode.RECEIVABLE,
        )
        .scalar_subquery()
    )
    for_nothing = case(
        (Invoice.purpose == Purpose.SCRUTINY, ~Application.scrutiny_waits),
        else_=(Application.state != ApplicationState.APPROVED)
        | (Application.pay_by != Invoice.pay_by),
    )
    over = ~Invoice.is_payable_on(day_of(now - GRACE)) | (
        Invoice.covers_until < day_of(now - GRACE)
    )
    under_way = exists().where(
        Payment.invoice_id == Invoice.id, Payment.state.in_(UNSETTLED)
    )
    lost = (
        select(Invoice)
        .outerjoin(Application, Application.id == Invoice.application_id)
        .where(
            ~exists().where(Receipt.invoice_id == Invoice.id),
            for_nothing | over,
            ~under_way,
            left > 0,
        )
        .order_by(Invoice.number)
        .limit(WRITTEN_OFF_AT_ONCE)
    )
    for invoice in (await session.scalars(lost)).all():
        process = Process.begin(session, FeesAct.WRITE_OFF, now=now)
        pence = await ledger.write_off(session, invoice.id, by=process)
        invoice.tell(
            FeesEvent.WRITTEN_OFF, process, invoice=invoice.reference, pence=pence
        )


@every(minutes=15)
async def close_unpaid(session: AsyncSession, now: datetime) -> None:
    """Close the applications whose last day to pay is over, once no payment of theirs can still come good."""
    under_way = (
        exists()
        .where(Invoice.application_id == Application.id)
        .where(Payment.invoice_id == Invoice.id, Payment.state.in_(UNSETTLED))
    )
    overdue = select(Application).where(
        Application.state == ApplicationState.APPROVED,
        Application.pay_by < day_of(now - GRACE),
        ~under_way,
    )
    overdue = overdue.limit(AT_ONCE).with_for_update(skip_locked=True, of=Application)
    for application in await session.scalars(overdue):
        process = Process.begin(session, ApplicationAct.CLOSE_UNPAID, now=now)
        application.close_unpaid(by=process)
        account = await session.get_one(Account, application.account_id)
        await post(
            session,
            to=account.email,
            letter="fees/closed_unpaid",
            context={"application": application},
            key=f"fees/closed_unpaid:{application.id}:{application.pay_by}",
            person_id=application.person_id,
            application_id=application.id,
            now=now,
        )
