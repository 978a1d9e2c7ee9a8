"""What an approved application costs, and its invoice."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

import structlog
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from fees.acts import FeesAct, FeesEvent
from fees.invoice.invoice import (
    Invoice,
    InvoiceLine,
    NothingToPay,
    OffBecause,
    Purpose,
    write_to_payer,
)
from fees.invoice.posting import post_raised
from fees.money import pounds
from fees.scale import DiscountFor, FeeKind, FeeScale
from register.account import Account
from register.application import Application, ApplicationAct, ApplicationState
from register.entry import Entry
from register.entry.facts import Registration
from register.kit.clock import day_of, start_of
from register.kit.errors import Refused
from register.kit.jobs import every
from register.person import Person
from register.process import Process
from register.rule_set import RuleSet

log = structlog.get_logger()

AT_ONCE = 200


@dataclass(frozen=True)
class Fee:
    """What one price comes to for somebody who is entered on a day, before or by an invoice."""

    scale: FeeScale
    months: int | None
    amount_pence: int
    """To pay, with what is less taken off."""
    off_pence: int = 0
    off_because: OffBecause | None = None

    @classmethod
    def whole(cls, scale: FeeScale, *, on: date, until: date) -> Self:
        months = scale.months(on=on, until=until)
        return cls(scale, months, scale.charge(on=on, until=until))

    def less(self, pence: int, because: OffBecause) -> Self:
        """With so much taken off, as far as there is something to take off."""
        off = min(pence, self.amount_pence)
        if not off:
            return self
        return replace(
            self,
            amount_pence=self.amount_pence - off,
            off_pence=off,
            off_because=because,
        )

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)

    @property
    def off(self) -> str:
        return pounds(self.off_pence)


@dataclass(frozen=True)
class Fees:
    """All that an application is to be paid for: who comes back pays for that, and for being registered."""

    registration: Fee
    restoration: Fee | None
    until: date

    @property
    def each(self) -> list[Fee]:
        return [fee for fee in (self.restoration, self.registration) if fee]

    @property
    def amount_pence(self) -> int:
        return sum(fee.amount_pence for fee in self.each)

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)


def of(application: Application) -> str:
    return f"application {application.reference}"


async def fees_of(
    session: AsyncSession, application: Application, *, now: datetime
) -> Fees:
    """What an approved application costs: as its invoice says once there is one, else by the scale; raises NothingToPay."""
    on, until = await _year(session, application, day_of(now))
    if invoice := await _invoice_of(session, application, until):
        return await _as_billed(session, invoice, until)
    return await _by_the_scale(session, application, on=on, until=until, now=now)


async def _year(
    session: AsyncSession, application: Application, today: date
) -> tuple[date, date]:
    """The registration year of its approval, from that day on, or of today once that year is over."""
    if application.approved_at is None:
        raise NothingToPay(of(application))
    rules = (await session.get_one(RuleSet, application.rule_set_id)).rules
    approved_on = day_of(application.approved_at)
    on = approved_on if rules.period_end(approved_on) >= today else today
    return on, rules.period_end(on)


async def _invoice_of(
    session: AsyncSession, application: Application, until: date
) -> Invoice | None:
    found: Invoice | None = await session.scalar(
        select(Invoice).where(
            Invoice.application_id == application.id,
            Invoice.purpose == Purpose.APPLICATION,
            Invoice.covers_until == until,
            Invoice.pay_by == application.pay_by,
        )
    )
    return found


async def _as_billed(session: AsyncSession, invoice: Invoice, until: date) -> Fees:
    rows = await session.execute(
        select(FeeScale, InvoiceLine)
        .join(InvoiceLine.scale)
        .where(InvoiceLine.invoice_id == invoice.id)
    )
    fees = {
        scale.kind: Fee(
            scale, line.months, line.amount_pence, line.off_pence, line.off_because
        )
        for scale, line in rows
    }
    return Fees(fees[FeeKind.REGISTRATION], fees.get(FeeKind.RESTORATION), until)


async def _by_the_scale(
    session: AsyncSession,
    application: Application,
    *,
    on: date,
    until: date,
    now: datetime,
) -> Fees:
    async def priced(kind: FeeKind) -> Fee:
        scale = await FeeScale.on(session, kind, application.part, on)
        return Fee.whole(scale, on=on, until=until)

    registration = await priced(FeeKind.REGISTRATION)
    back = await application.restores(session)
    person = await session.get_one(Person, application.person_id)
    if not back and person.number is None:
        discount = registration.scale.discount(DiscountFor.FIRST_YEAR)
        off = discount.off(registration.amount_pence) if discount else 0
        registration = registration.less(off, OffBecause.FIRST_YEAR)
    elif not registration.scale.each_part:
        held = await _held(session, application, on=on, until=until, now=now)
        registration = registration.less(held, OffBecause.OTHER_PART)
    restoration = await priced(FeeKind.RESTORATION) if back else None
    return Fees(registration, restoration, until)


async def _held(
    session: AsyncSession,
    application: Application,
    *,
    on: date,
    until: date,
    now: datetime,
) -> int:
    """What the dearest of the other parts costs for the same time that they are registered in now: one fee a person.

    Whether it has been paid is asked by its own invoice, and what becomes of it later changes nothing of this one.
    """
    rows = await session.execute(
        select(FeeScale, Registration.until_on)
        .join(Entry, Entry.part == FeeScale.part)
        .join(Registration, Registration.entry_id == Entry.id)
        .where(
            Entry.person_id == application.person_id,
            Entry.part != application.part,
            Registration.valid.contains(now),
            FeeScale.kind == FeeKind.REGISTRATION,
            FeeScale.valid.contains(start_of(on)),
            ~FeeScale.each_part,
        )
    )
    return max(
        (
            scale.charge(on=on, until=_paid_until(last_day, on=on, until=until))
            for scale, last_day in rows
        ),
        default=0,
    )


def _paid_until(last_day: date, *, on: date, until: date) -> date:
    """What ends before the year does counts until then; what stands after its last day is asked to renew for the year."""
    return min(last_day, until) if last_day >= on else until


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
    on, until = await _year(session, application, day_of(now))
    if raised := await _invoice_of(session, application, until):
        return raised
    fees = await _by_the_scale(session, application, on=on, until=until, now=now)
    if not fees.amount_pence:
        raise NothingToPay(of(application))
    return await _raise(session, application, fees, now=now, by=by)


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
    """Bill every approved application that has no invoice for its registration year, or let it off where nothing is asked.

    Of somebody with several, one after the other: what the next costs is known once the one before is paid, or has closed.
    """
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
        ~_another_is_billed(today),
    )
    # In the order in which the pages ask for them. Whom somebody is at work on waits for the next minute.
    due = due.order_by(Application.pay_by, Application.id).limit(AT_ONCE)
    due = due.with_for_update(skip_locked=True)
    for application_id in await session.scalars(due):
        try:
            async with session.begin_nested():
                await _bill_or_let_off(
                    session, await session.get_one(Application, application_id), now=now
                )
        except Refused as refused:
            # One that cannot be billed must not keep the others from it.
            log.warning(
                "no invoice raised",
                application=str(application_id),
                because=type(refused).__name__,
            )


def _another_is_billed(today: date) -> ColumnElement[bool]:
    """Another of theirs waits for its fee."""
    another = aliased(Application)
    return exists().where(
        another.person_id == Application.person_id,
        another.id != Application.id,
        another.state == ApplicationState.APPROVED,
        Invoice.application_id == another.id,
        Invoice.purpose == Purpose.APPLICATION,
        Invoice.covers_until >= today,
        Invoice.pay_by == another.pay_by,
    )


async def _bill_or_let_off(
    session: AsyncSession, application: Application, *, now: datetime
) -> None:
    waits = select(Application.id).where(
        Application.id == application.id, _another_is_billed(day_of(now))
    )
    if await session.scalar(waits):
        return
    fees = await fees_of(session, application, now=now)
    if fees.amount_pence:
        await bill(session, application, now=now)
    else:
        await _let_off(session, application, now=now)


async def _let_off(
    session: AsyncSession, application: Application, *, now: datetime
) -> None:
    """Of whom nothing is asked has paid: no payment would ever tell the application so."""
    grant = Process.begin(session, ApplicationAct.GRANT, now=now)
    await application.paid(session, at=now, by=grant)
