"""Invoices: what is owed, by whom, for what and by when. A row never changes; that it is paid is a receipt."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

import structlog
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    UniqueConstraint,
    exists,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fees.acts import FeesAct, FeesEvent
from fees.money import pounds
from fees.scale import FeeKind, FeeScale
from register.account import Account
from register.application import Application, ApplicationKind, ApplicationState
from register.kit.clock import day_of
from register.kit.db import Base
from register.kit.errors import Refused
from register.kit.jobs import every
from register.kit.post import post
from register.person import Person
from register.process import Process
from register.rule_set import RuleSet

log = structlog.get_logger()

AT_ONCE = 200


class NothingToPay(Refused):
    def __init__(self, application: Application) -> None:
        self.application = application
        super().__init__(
            f"There is no fee to pay for application {application.reference} now."
        )


class Invoice(Base):
    """The fee for one application and one registration year. Its number counts up and may have gaps."""

    __tablename__ = "invoice"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    """Who is asked to pay it."""
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    raised_at: Mapped[datetime]
    pay_by: Mapped[date]
    """The last day on which it may be paid."""
    covers_until: Mapped[date]
    """The last day of the registration year that it pays for: paid later, it would pay for a year that is over."""
    amount_pence: Mapped[int]

    application: Mapped[Application] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise")
    lines: Mapped[list["InvoiceLine"]] = relationship(
        lazy="raise", order_by="InvoiceLine.position", back_populates="invoice"
    )

    __table_args__ = (
        # Approved again after a reversal, the same year is billed again.
        UniqueConstraint("application_id", "covers_until", "pay_by"),
        CheckConstraint("amount_pence > 0", name="amount_pence"),
    )

    @property
    def reference(self) -> str:
        return invoice_reference(self.number)

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)


class InvoiceLine(Base):
    __tablename__ = "invoice_line"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"))
    position: Mapped[int]
    fee_scale_id: Mapped[UUID] = mapped_column(ForeignKey("fee_scale.id"))
    months: Mapped[int | None]
    """Of the year; None where the fee is not shared out by months."""
    amount_pence: Mapped[int]

    invoice: Mapped[Invoice] = relationship(lazy="raise", back_populates="lines")
    scale: Mapped[FeeScale] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("invoice_id", "position"),
        CheckConstraint("amount_pence >= 0", name="amount_pence"),
        CheckConstraint("months between 1 and 12", name="months"),
    )

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)


def invoice_reference(number: int) -> str:
    """INV-0000123, on letters, receipts and bank statements."""
    return f"INV-{number:07d}"


def read_invoice_reference(typed: str) -> int | None:
    digits = typed.upper().removeprefix("INV-")
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= 12
    return int(digits) if is_number else None


class Fee:
    """What one price comes to for somebody who is entered on a day, before or without an invoice."""

    def __init__(self, scale: FeeScale, *, on: date, until: date) -> None:
        self.scale, self.until = scale, until
        self.months = scale.months(on=on, until=until)
        self.amount_pence = scale.charge(on=on, until=until)

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


async def fees_of(
    session: AsyncSession, application: Application, *, today: date
) -> Fees:
    """What an approved application costs: for the registration year of its approval, or of today once that year is over."""
    if application.approved_at is None:
        raise NothingToPay(application)
    rules = (await session.get_one(RuleSet, application.rule_set_id)).rules
    approved_on = day_of(application.approved_at)
    on = approved_on if rules.period_end(approved_on) >= today else today
    until = rules.period_end(on)

    async def priced(kind: FeeKind) -> Fee:
        scale = await FeeScale.on(session, kind, application.part, on)
        return Fee(scale, on=on, until=until)

    back = application.kind is ApplicationKind.RESTORATION
    return Fees(
        await priced(FeeKind.REGISTRATION),
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
        raise NothingToPay(application)
    fees = await fees_of(session, application, today=day_of(now))
    raised = await session.scalar(
        select(Invoice).where(
            Invoice.application_id == application.id,
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
        )
        for n, fee in enumerate(fees.each, start=1)
    ]
    invoice = Invoice(
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
    await session.flush()
    application.tell(
        FeesEvent.INVOICE_RAISED,
        by=process,
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


async def write_to_payer(
    session: AsyncSession,
    invoice: Invoice,
    letter: str,
    *,
    now: datetime,
    key: UUID | None = None,
    **context: object,
) -> None:
    """Post one of the letters about an invoice; each once for `key`."""
    account = await session.get_one(Account, invoice.account_id)
    await post(
        session,
        to=account.email,
        letter=f"fees/{letter}",
        context={"invoice": invoice, **context},
        key=f"fees/{letter}:{key or invoice.id}",
        person_id=invoice.person_id,
        application_id=invoice.application_id,
        now=now,
    )


@every(minutes=1)
async def raise_due(session: AsyncSession, now: datetime) -> None:
    """Bill every approved application that has no invoice for its registration year, and say so to the payer."""
    today = day_of(now)
    billed = exists().where(
        Invoice.application_id == Application.id,
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
