"""What the scrutiny of a qualification from abroad costs, and its invoice: one an application, from when it was sent."""

from dataclasses import dataclass
from datetime import date, datetime

import structlog
from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from fees import ledger
from fees.acts import FeesAct, FeesEvent
from fees.invoice.invoice import (
    Invoice,
    InvoiceLine,
    NothingToPay,
    Purpose,
    write_to_payer,
)
from fees.invoice.posting import post_raised
from fees.ledger import AccountCode, Posting
from fees.money import pounds
from fees.scale import FeeKind, FeeScale, NoFeeSet
from register.account import Account
from register.application import Application
from register.kit.clock import day_of, working_days_after
from register.kit.errors import Refused
from register.kit.jobs import every
from register.process import Process
from register.rule_set import RuleSet

log = structlog.get_logger()

AT_ONCE = 200


@dataclass(frozen=True)
class ScrutinyFee:
    """Before or without an invoice."""

    scale: FeeScale | None
    """None where no price is set: then it costs nothing."""
    pay_by: date

    @property
    def amount_pence(self) -> int:
        return self.scale.amount_pence if self.scale else 0

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)


def of(application: Application) -> str:
    return f"scrutiny in application {application.reference}"


async def scrutiny_fee(session: AsyncSession, application: Application) -> ScrutinyFee:
    """At the price of the day on which it was first sent; raises NothingToPay."""
    if application.scrutiny_asked_at is None:
        raise NothingToPay(of(application))
    on = day_of(application.scrutiny_asked_at)
    rules = (await session.get_one(RuleSet, application.rule_set_id)).rules
    pay_by = working_days_after(on, rules.payment_window_working_days)
    try:
        scale = await FeeScale.on(
            session, FeeKind.OVERSEAS_SCRUTINY, application.part, on
        )
    except NoFeeSet:
        return ScrutinyFee(None, pay_by)
    return ScrutinyFee(scale, pay_by)


async def scrutiny_invoice(
    session: AsyncSession, application: Application
) -> Invoice | None:
    found: Invoice | None = await session.scalar(
        select(Invoice).where(
            Invoice.application_id == application.id,
            Invoice.purpose == Purpose.SCRUTINY,
        )
    )
    return found


async def bill_scrutiny(
    session: AsyncSession,
    application: Application,
    *,
    now: datetime,
    by: Account | None = None,
) -> Invoice:
    """The one invoice of its scrutiny, for whoever asks first; raises NothingToPay.

    Where a decision was undone, it waits again for what was written off.
    """
    # The job of the minute and the payer's click meet here: without the lock both would raise one.
    await application.lock(session)
    if not application.scrutiny_waits:
        raise NothingToPay(of(application))
    if raised := await scrutiny_invoice(session, application):
        await ledger.lock_invoice(session, raised.id)
        if await ledger.written_off_on(session, raised.id):
            process = Process.begin(session, FeesAct.RAISE_INVOICE, now=now, actor=by)
            await ledger.recover(session, raised.id, by=process)
        return raised
    fee = await scrutiny_fee(session, application)
    if not fee.scale or not fee.amount_pence:
        raise NothingToPay(of(application))
    return await _raise(session, application, fee.scale, fee.pay_by, now=now, by=by)


async def _raise(
    session: AsyncSession,
    application: Application,
    scale: FeeScale,
    pay_by: date,
    *,
    now: datetime,
    by: Account | None,
) -> Invoice:
    process = Process.begin(session, FeesAct.RAISE_INVOICE, now=now, actor=by)
    invoice = Invoice(
        purpose=Purpose.SCRUTINY,
        application_id=application.id,
        person_id=application.person_id,
        account_id=application.account_id,
        process=process,
        raised_at=now,
        pay_by=pay_by,
        amount_pence=scale.amount_pence,
        lines=[
            InvoiceLine(
                position=1, fee_scale_id=scale.id, amount_pence=scale.amount_pence
            )
        ],
    )
    session.add(invoice)
    await post_raised(session, process)
    invoice.tell(
        FeesEvent.INVOICE_RAISED,
        process,
        invoice=invoice.reference,
        pence=invoice.amount_pence,
        pay_by=invoice.pay_by,
    )
    await write_to_payer(
        session, invoice, "scrutiny_invoice", now=now, application=application
    )
    return invoice


@every(minutes=1)
async def raise_scrutinies(session: AsyncSession, now: datetime) -> None:
    """Bill whoever has sent a qualification from abroad; where that costs nothing, the scrutiny waits for nothing."""
    written_off = (
        select(func.sum(Posting.pence))
        .where(
            Posting.invoice_id == Invoice.id,
            Posting.account == AccountCode.WRITTEN_OFF,
        )
        .scalar_subquery()
    )
    billed = exists().where(
        Invoice.application_id == Application.id,
        Invoice.purpose == Purpose.SCRUTINY,
        func.coalesce(written_off, 0) == 0,
    )
    waiting = select(Application).where(Application.scrutiny_waits, ~billed)
    # Whom somebody is at work on waits for the next minute.
    waiting = waiting.limit(AT_ONCE).with_for_update(skip_locked=True, of=Application)
    for application in (await session.scalars(waiting)).all():
        fee = await scrutiny_fee(session, application)
        if not fee.amount_pence:
            process = Process.begin(session, FeesAct.LET_OFF_SCRUTINY, now=now)
            await application.clear_scrutiny(session, by=process)
            continue
        try:
            async with session.begin_nested():
                await bill_scrutiny(session, application, now=now)
        except Refused as refused:
            # One that cannot be billed must not keep the others from it.
            log.warning(
                "no scrutiny billed",
                application=str(application.id),
                because=type(refused).__name__,
            )
