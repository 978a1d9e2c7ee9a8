"""Payments: tries to pay an invoice by card, what became of each, and the receipt that one of them buys."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

import structlog
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fees.acts import FeesAct, FeesEvent
from fees.govuk_pay import CardPayment
from fees.invoice import Invoice, write_to_payer
from fees.money import pounds
from fees.payment.state import PaymentState
from register.account import Account
from register.application import Application, ApplicationAct, ApplicationState
from register.kit.clock import end_of
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.process import Process

log = structlog.get_logger()


class OverpaidBecause(StrEnum):
    """Why money that came pays for nothing."""

    PAID_ALREADY = "paid_already"
    LATE = "late"
    """The payer confirmed it after the last day to pay."""
    CLOSED = "closed"
    """The application had ended otherwise."""
    YEAR_OVER = "year_over"
    """The registration year that the invoice was for had ended."""
    NOT_GRANTED = "not_granted"
    """The register refused the entry."""


@dataclass(frozen=True)
class Told:
    """What GOV.UK Pay says of a payment, and when the payer confirmed it if it went through."""

    payment: CardPayment
    succeeded_at: datetime | None = None


class Payment(Base):
    """One try. It is recorded before GOV.UK Pay is asked, so that no answer that is lost can lose it."""

    __tablename__ = "payment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"))
    attempt: Mapped[int]
    reference: Mapped[str] = mapped_column(unique=True)
    """What GOV.UK Pay is searched for."""
    amount_pence: Mapped[int]
    state: Mapped[PaymentState] = mapped_column(
        code(PaymentState, "state"), default=PaymentState.ASKING
    )
    provider_id: Mapped[str | None] = mapped_column(unique=True)
    """GOV.UK Pay's own number for it."""
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    invoice: Mapped[Invoice] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("invoice_id", "attempt"),
        Index(
            "payment_one_unsettled",
            "invoice_id",
            unique=True,
            postgresql_where=text("state in ('asking', 'open')"),
        ),
        CheckConstraint("attempt > 0", name="attempt"),
        CheckConstraint("amount_pence > 0", name="amount_pence"),
        CheckConstraint("(state = 'paid') = (succeeded_at is not null)", name="paid"),
        CheckConstraint(
            "(state in ('asking', 'open')) = (ended_at is null)", name="ended"
        ),
        CheckConstraint(
            "state in ('asking', 'never_made') or provider_id is not null",
            name="provider_id",
        ),
    )

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)

    async def lock(self, session: AsyncSession) -> Self:
        """Return, webhook, poll and mop-up may all bring the same news at once: the first to have the row takes it in."""
        await session.refresh(
            self, attribute_names=LOCKED_COLUMNS, with_for_update=True
        )
        return self

    async def settle(
        self,
        session: AsyncSession,
        told: Told,
        *,
        now: datetime,
        by: Account | None = None,
    ) -> None:
        """Take in what GOV.UK Pay says; heard again, late or in another order it changes nothing more."""
        await self.lock(session)
        if not self._is(told.payment):
            raise ValueError(f"That is not payment {self.reference}")
        state = PaymentState.told(told.payment.state)
        if not self.state.may_become(state):
            return
        self.provider_id = told.payment.payment_id
        if state.unsettled:
            self.state = state
        else:
            succeeded_at = min(told.succeeded_at or now, now) if state.paid else None
            await self._end(session, state, now=now, by=by, succeeded_at=succeeded_at)

    def _is(self, payment: CardPayment) -> bool:
        return (
            payment.reference == self.reference
            and payment.amount == self.amount_pence
            and self.provider_id in (None, payment.payment_id)
        )

    async def give_up(
        self,
        session: AsyncSession,
        state: PaymentState,
        *,
        now: datetime,
        by: Account | None = None,
    ) -> None:
        """GOV.UK Pay knows nothing of it."""
        await self.lock(session)
        if self.state.may_become(state):
            await self._end(session, state, now=now, by=by)

    async def _end(
        self,
        session: AsyncSession,
        state: PaymentState,
        *,
        now: datetime,
        by: Account | None,
        succeeded_at: datetime | None = None,
    ) -> None:
        self.state, self.ended_at, self.succeeded_at = state, now, succeeded_at
        invoice = await session.get_one(Invoice, self.invoice_id)
        process = Process.begin(session, FeesAct.SETTLE_PAYMENT, now=now, actor=by)
        if succeeded_at is None:
            self._tell(FeesEvent.PAYMENT_ENDED, invoice, process, end=state)
        else:
            self._tell(FeesEvent.PAYMENT_SUCCEEDED, invoice, process)
            await self._pay_for(session, invoice, succeeded_at, by=process)

    async def _pay_for(
        self,
        session: AsyncSession,
        invoice: Invoice,
        succeeded_at: datetime,
        *,
        by: Process,
    ) -> None:
        """The money buys the entry, or is to be given back: one of the two is on record when this transaction ends."""
        application = await session.get_one(Application, invoice.application_id)
        await application.lock(session)
        because = objection(invoice, application, succeeded_at)
        if because is None:
            because = await self._grant(
                session, invoice, application, succeeded_at, by=by
            )
        if because is not None:
            await self._give_back(session, invoice, because, by=by)

    async def _grant(
        self,
        session: AsyncSession,
        invoice: Invoice,
        application: Application,
        succeeded_at: datetime,
        *,
        by: Process,
    ) -> OverpaidBecause | None:
        """Receipt and entry, both or neither; the entry begins on the day on which the payer paid, or after a last check."""
        receipt = Receipt(
            invoice_id=invoice.id,
            application_id=application.id,
            payment_id=self.id,
            paid_at=succeeded_at,
            process=by,
        )
        try:
            async with session.begin_nested():
                session.add(receipt)
                grant = Process.begin(session, ApplicationAct.GRANT, now=by.at)
                await application.paid(session, at=succeeded_at, by=grant)
        except Refused as refused:
            # The money has been taken: were this raised, the payment would be forgotten with it.
            why = type(refused).__name__
        else:
            self._tell(FeesEvent.FEE_PAID, invoice, by)
            await write_to_payer(
                session, invoice, "receipt", now=by.at, receipt=receipt
            )
            return None
        log.error("paid but not granted", payment=self.reference, because=why)
        return OverpaidBecause.NOT_GRANTED

    async def _give_back(
        self,
        session: AsyncSession,
        invoice: Invoice,
        because: OverpaidBecause,
        *,
        by: Process,
    ) -> None:
        overpayment = Overpayment(
            payment_id=self.id,
            invoice_id=invoice.id,
            amount_pence=self.amount_pence,
            because=because,
            found_at=by.at,
            process=by,
        )
        session.add(overpayment)
        self._tell(FeesEvent.OVERPAID, invoice, by, because=because)
        await write_to_payer(
            session,
            invoice,
            "overpayment",
            now=by.at,
            key=self.id,
            overpayment=overpayment,
        )

    def _tell(
        self, event: FeesEvent, invoice: Invoice, by: Process, **facts: str
    ) -> None:
        by.tell(
            event,
            person_id=invoice.person_id,
            application_id=invoice.application_id,
            payment=self.reference,
            pence=self.amount_pence,
            **facts,
        )


def objection(
    invoice: Invoice, application: Application, succeeded_at: datetime
) -> OverpaidBecause | None:
    """Why money that came at that moment cannot pay the invoice."""
    if application.paid_at is not None:
        return OverpaidBecause.PAID_ALREADY
    approved = application.state is ApplicationState.APPROVED
    if not approved or application.pay_by != invoice.pay_by:
        return OverpaidBecause.CLOSED
    if succeeded_at >= end_of(invoice.pay_by):
        return OverpaidBecause.LATE
    if succeeded_at >= end_of(invoice.covers_until):
        return OverpaidBecause.YEAR_OVER
    return None


class Receipt(Base):
    """An invoice is paid: once, by one payment. No row, not paid."""

    __tablename__ = "receipt"

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), primary_key=True)
    application_id: Mapped[UUID] = mapped_column(
        ForeignKey("application.id"), unique=True
    )
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"), unique=True)
    paid_at: Mapped[datetime]
    """When the payer confirmed it, not when we heard of it."""
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    invoice: Mapped[Invoice] = relationship(lazy="raise")
    payment: Mapped[Payment] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise")


class Overpayment(Base):
    """Money that came and pays for nothing: to be given back by a finance officer."""

    __tablename__ = "overpayment"

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"), primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    amount_pence: Mapped[int]
    because: Mapped[OverpaidBecause] = mapped_column(code(OverpaidBecause, "because"))
    found_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    payment: Mapped[Payment] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise")
    invoice: Mapped[Invoice] = relationship(lazy="raise")

    __table_args__ = (CheckConstraint("amount_pence > 0", name="amount_pence"),)

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)


LOCKED_COLUMNS = [
    column.key for column in Payment.__table__.columns if column.key != "id"
]
