"""Payments: tries to pay an invoice by card, and what became of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    and_,
    func,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fees import ledger
from fees.acts import FeesAct, FeesEvent
from fees.collective import CollectiveInvoice
from fees.govuk_pay import CardPayment
from fees.invoice import Invoice, write_to_payer
from fees.ledger import AccountCode, EntryKind
from fees.money import pounds
from fees.payment.counting import Came, buy, count, write_of_all, write_of_part
from fees.payment.purposes import BUYING, OverpaidBecause
from fees.payment.receipt import PaidBy
from fees.payment.sharing import share_out
from fees.payment.state import PaymentState
from register.account import Account
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.process import Process

Bill = Invoice | CollectiveInvoice
"""What a card can pay at once."""


class CannotPayFor(Refused):
    def __init__(self, invoice: Invoice, because: OverpaidBecause) -> None:
        self.invoice, self.because = invoice, because
        super().__init__(f"Invoice {invoice.reference} cannot be paid with this money.")


class NotThatMuchLeft(Refused):
    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(
            f"Enter an amount: {pounds(most)} of this money can pay for that invoice."
            if most
            else "Nothing is owed on that invoice, or nothing of this money is left."
        )


@dataclass(frozen=True)
class Told:
    """What GOV.UK Pay says of a payment, and when the payer confirmed it if it went through."""

    payment: CardPayment
    succeeded_at: datetime | None = None


class Payment(Base):
    """One try. It is recorded before GOV.UK Pay is asked, so that no answer that is lost can lose it."""

    __tablename__ = "payment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    invoice_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoice.id"))
    collective_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("collective_invoice.id")
    )
    attempt: Mapped[int]
    reference: Mapped[str] = mapped_column(unique=True)
    """What GOV.UK Pay is searched for."""
    amount_pence: Mapped[int]
    state: Mapped[PaymentState] = mapped_column(
        code(PaymentState, "state"), default=PaymentState.ASKING
    )
    provider_id: Mapped[str | None] = mapped_column(unique=True)
    """GOV.UK Pay's own number for it."""
    taken_by: Mapped[str | None] = mapped_column(index=True)
    """GOV.UK Pay's number of the agreement by which it is taken without the payer."""
    can_retry: Mapped[bool | None]
    """Of one by agreement that failed: whether GOV.UK Pay lets another be taken by it."""
    let_go_at: Mapped[datetime | None]
    """Of one by agreement that is in doubt: since when it is only looked for, and asked for no more."""
    link_id: Mapped[UUID | None]
    """The link by which somebody else began it. Whoever comes by a link goes on with nothing else."""
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    invoice: Mapped[Invoice | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("invoice_id", "attempt"),
        UniqueConstraint("collective_id", "attempt"),
        CheckConstraint("num_nonnulls(invoice_id, collective_id) = 1", name="what_for"),
        Index(
            "payment_one_unsettled_together",
            "collective_id",
            unique=True,
            postgresql_where=text("state in ('asking', 'open')"),
        ),
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
        CheckConstraint("let_go_at is null or taken_by is not null", name="let_go"),
        CheckConstraint(
            "link_id is null or (taken_by is null and invoice_id is not null)",
            name="link",
        ),
    )

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)

    @hybrid_property
    def to_be_taken(self) -> bool:
        """By agreement, and not known to be there: it is asked for again, with the same key."""
        return (
            self.state is PaymentState.ASKING
            and self.taken_by is not None
            and self.let_go_at is None
        )

    @to_be_taken.inplace.expression
    @classmethod
    def _to_be_taken_in_sql(cls) -> ColumnElement[bool]:
        return and_(
            cls.state == PaymentState.ASKING,
            cls.taken_by.is_not(None),
            cls.let_go_at.is_(None),
        )

    @property
    def asked_until(self) -> datetime | None:
        """The last moment at which it may have been asked for; None while it still is."""
        return self.let_go_at if self.taken_by else self.asked_at

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
        self.can_retry = told.payment.state.can_retry
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

    async def let_go(self, session: AsyncSession, *, now: datetime) -> None:
        """Ask for it no more. It ends only once GOV.UK Pay is sure to know what became of what was asked before."""
        await self.lock(session)
        if self.to_be_taken:
            self.let_go_at = now

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
        bill = await self.bill(session)
        process = Process.begin(session, FeesAct.SETTLE_PAYMENT, now=now, actor=by)
        if succeeded_at is None:
            self._tell(FeesEvent.PAYMENT_ENDED, bill, process, end=state)
        else:
            self._tell(FeesEvent.PAYMENT_SUCCEEDED, bill, process)
            await ledger.receive(session, self.id, self.amount_pence, by=process)
            await self._pay_for(session, bill, succeeded_at, by=process)

    async def bill(self, session: AsyncSession) -> Bill:
        """What it was tried for."""
        if self.collective_id:
            return await session.get_one(CollectiveInvoice, self.collective_id)
        return await session.get_one(Invoice, self.invoice_id)

    async def _pay_for(
        self,
        session: AsyncSession,
        bill: Bill,
        succeeded_at: datetime,
        *,
        by: Process,
    ) -> None:
        """The money buys what it was asked for, or is to be given back: one of the two is on record when this ends."""
        if isinstance(bill, CollectiveInvoice):
            await share_out(
                session,
                bill,
                payment_id=self.id,
                reference=self.reference,
                pence=self.amount_pence,
                at=succeeded_at,
                by=by,
            )
            return
        came = Came(self.id, self.reference, self.amount_pence, succeeded_at)
        counted = await count(session, came, bill, by=by)
        if excess := self.amount_pence - counted.pence:
            because = counted.because or OverpaidBecause.MORE_THAN_OWED
            await self._give_back(session, bill, excess, because, by=by)

    @classmethod
    async def found(
        cls,
        session: AsyncSession,
        invoice: Invoice,
        *,
        provider_id: str,
        pence: int,
        paid_at: datetime,
        by: Process,
    ) -> Self:
        """A payment that we never heard of, and of which the provider has paid us out: it counts for that invoice, if it can."""
        tries = select(func.coalesce(func.max(cls.attempt), 0)).where(
            cls.invoice_id == invoice.id
        )
        attempt = int(await session.scalar(tries) or 0) + 1
        payment = cls(
            id=uuid4(),
            invoice_id=invoice.id,
            attempt=attempt,
            reference=f"{invoice.reference}-{attempt}",
            amount_pence=pence,
            state=PaymentState.PAID,
            provider_id=provider_id,
            asked_at=paid_at,
            ended_at=by.at,
            succeeded_at=paid_at,
        )
        session.add(payment)
        await session.flush()
        payment._tell(FeesEvent.PAYMENT_SUCCEEDED, invoice, by)
        await ledger.receive(
            session, payment.id, pence, by=by, held_in=AccountCode.UNIDENTIFIED
        )
        await payment._pay_for(session, invoice, paid_at, by=by)
        return payment

    async def reallocate(
        self, session: AsyncSession, invoice: Invoice, pence: int, *, by: Process
    ) -> None:
        """Let what of it pays for nothing pay for that invoice; raises CannotPayFor or NotThatMuchLeft."""
        assert self.succeeded_at  # noqa: S101 - money came
        buying = BUYING[invoice.purpose]
        # It had come before: it counts from then on, or from when it was asked for.
        at = max(self.succeeded_at, invoice.raised_at)
        because = await buying.objection(session, invoice, at, now=by.at)
        await ledger.lock_payment(session, self.id)
        await ledger.lock_invoice(session, invoice.id)
        if because:
            raise CannotPayFor(invoice, because)
        await ledger.recover(session, invoice.id, by=by)
        owed = await ledger.owed_on(session, invoice.id)
        most = min(owed, await ledger.unallocated_of(session, self.id))
        if not 0 < pence <= most:
            raise NotThatMuchLeft(most)
        await ledger.move(
            session,
            EntryKind.REALLOCATED,
            pence,
            giver=AccountCode.RECEIVABLE,
            taker=AccountCode.UNALLOCATED,
            invoice_id=invoice.id,
            payment_id=self.id,
            by=by,
        )
        invoice.tell(FeesEvent.REALLOCATED, by, payment=self.reference, pence=pence)
        paid_by = PaidBy.EMPLOYER if self.collective_id else PaidBy.CARD
        came = Came(self.id, self.reference, pence, at, paid_by)
        if pence < owed:
            await write_of_part(session, came, invoice, pence, left=owed - pence, by=by)
            return
        bought = await buy(session, came, invoice, buying, by=by)
        await write_of_all(session, came, invoice, buying, bought, by=by)

    async def _give_back(
        self,
        session: AsyncSession,
        invoice: Invoice,
        pence: int,
        because: OverpaidBecause,
        *,
        by: Process,
    ) -> None:
        """It stays unallocated until a finance officer refunds it."""
        overpayment = Overpayment(
            payment_id=self.id,
            invoice_id=invoice.id,
            amount_pence=pence,
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

    def _tell(self, event: FeesEvent, bill: Bill, by: Process, **facts: str) -> None:
        bill.tell(event, by, payment=self.reference, pence=self.amount_pence, **facts)


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
