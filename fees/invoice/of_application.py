"""What an approved application costs, and its invoice."""

from dataclasses import dataclass
from datetime import date, datetime

import structlog
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from fees.acts import FeesAct, FeesEvent
from fees.invoice.invoice import (
    Invoice,
    InvoiceLine,
    NothingToPay,
    Purpose,
    write_to_payer,
)
from fees.invoice.posting import post_raised
from fees.money import pounds
from fees.scale import DiscountFor, FeeKind, FeeScale
from register.account import Account
from register.application import Application, ApplicationState
from register.kit.clock import day_of
from register.kit.errors import Refused
from register.kit.jobs import every
from register.person import Person
from register.process import Process
from register.rule_set import RuleSet

log = structlog.get_logger()

AT_ONCE = 200


class Fee:
    """What one price comes to for somebody who is entered on a day, before or without an invoice."""

    def __init__(
        self,
        scale: FeeScale,
        *,
        on: date,
        until: date,
        because: DiscountFor | None = None,
    ) -> None:
        self.scale, self.until = scale, until
        self.months = scale.months(on=on, until=until)
        charge = scale.charge(on=on, until=until)
        discount = scale.discount(because) if because else None
        self.off_pence = discount.off(charge) if discount else 0
        self.off_because = because if discount else None
        self.amount_pence = charge - self.off_pence

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)


@dataclass(frozen=True)
class Fees:
    """All that an application is to be paid for: who comes back pays for that, and for being registered."""

    registration: Fee
    restoration: Fee | None

    @property
    def each(self) -> list[Fee]:
        return [fee for fee in (self.restoration, self.registration) if fee]

    @property
    def until(self) -> date:
        return self.registration.until

    @property
    def amount_pence(self) -> int:
        return sum(fee.amount_pence for fee in self.each)

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)


def of(application: Application) -> str:
    return f"application {application.reference}"


async def fees_of(
    session: AsyncSession, application: Application, *, today: date
) -> Fees:
    """What an approved application costs: for the registration year of its approval, or of today once that year is over."""
    if application.approved_at is None:
        raise NothingToPay(of(application))
    rules = (await session.get_one(RuleSet, application.rule_set_id)).rules
    approved_on = day_of(application.approved_at)
    on = approved_on if rules.period_end(approved_on) >= today else today
    until = rules.period_end(on)

    async def priced(kind: FeeKind, because: DiscountFor | None = None) -> Fee:
        scale = await FeeScale.on(session, kind, application.part, on)
        return Fee(scale, on=on, until=until, because=because)

    back = await application.restores(session)
    person = await session.get_one(Person, application.person_id)
    new = not back and person.number is None
    return Fees(
        await priced(FeeKind.REGISTRATION, DiscountFor.FIRST_YEAR if new else None),
        await priced(FeeKind.RESTORATION) if back else None,
    )


async def bill(
    session: AsyncSession,
    application: Application,
    *,
    now: datetime,
    by: Account | None = None,
) -> Invoice:
    """The invoice of an approved application, raised once for each registration year and approval; raises NothingToPay."""
    # The job of the minute and the payer's click meet here: without the lock both would raise one.
    await application.lock(session)
    if application.state is not ApplicationState.APPROVED or not application.pay_by:
        raise NothingToPay(of(application))
    fees = await fees_of(session, application, today=day_of(now))
    raised = await session.scalar(
        select(Invoice).where(
            Invoice.application_id == application.id,
            Invoice.purpose == Purpose.APPLICATION,
            Invoice.covers_until == fees.until,
            Invoice.pay_by == application.pay_by,
        )
    )
    return raised or await _raise(session, application, fees, now=now, by=by)


async def _raise(
    session: AsyncSession,
    application: Application,
    fees: Fees,
    *,
    now: datetime,
    by: Account | None,
) -> Invoice:
    process = Process.begin(session, FeesAct.RAISE_INVOICE, now=now, actor=by)
    lines = [
        InvoiceLine(
            position=n,
            fee_scale_id=fee.scale.id,
            months=fee.months,
            amount_pence=fee.amount_pence,
            off_pence=fee.off_pence,
            off_because=fee.off_because,
        )
        for n, fee in enumerate(fees.each, start=1)
    ]
    invoice = Invoice(
        purpose=Purpose.APPLICATION,
        application_id=application.id,
        person_id=application.person_id,
        account_id=application.account_id,
        process=process,
        raised_at=now,
        pay_by=application.pay_by,
        covers_until=fees.until,
        amount_pence=fees.amount_pence,
        lines=lines,
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
        session,
        invoice,
        "invoice",
        now=now,
        application=application,
        fees=fees,
    )
    return invoice


@every(minutes=1)
async def raise_due(session: AsyncSession, now: datetime) -> None:
    """Bill every approved application that has no invoice for its registration year, and say so to the payer."""
    today = day_of(now)
    billed = exists().where(
        Invoice.application_id == Application.id,
        Invoice.purpose == Purpose.APPLICATION,
        Invoice.covers_until >= today,
        Invoice.pay_by == Application.pay_by,
    )
    due = select(Application.id).where(
        Application.state == ApplicationState.APPROVED,
        Application.pay_by >= today,
        ~billed,
    )
    # Whom somebody is at work on waits for the next minute.
    due = due.limit(AT_ONCE).with_for_update(skip_locked=True)
    for application_id in await session.scalars(due):
        try:
            async with session.begin_nested():
                await bill(
                    session, await session.get_one(Application, application_id), now=now
                )
        except Refused as refused:
            # One that cannot be billed must not keep the others from it.
            log.warning(
                "no invoice raised",
                application=str(application_id),
                because=type(refused).__name__,
            )
