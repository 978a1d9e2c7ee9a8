"""Refunds: money that pays for nothing goes back to the card it came from. None changes a registration by itself.

The intent is committed before GOV.UK Pay is asked, and a job asks. What is in doubt is looked up; and since GOV.UK Pay refuses
where another amount is left than we say, even asking twice gives back once.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

import structlog
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fees import govuk_pay, ledger
from fees.acts import FeesAct, FeesEvent
from fees.collective import CollectiveInvoice, CollectiveLine, invoices_of
from fees.credit_note import SecondPersonNeeded, alone_pence
from fees.govuk_pay import (
    CardRefund,
    Declined,
    GovukPay,
    PayFailed,
    RefundStatus,
    TooFast,
)
from fees.invoice import Invoice, write_to_payer
from fees.ledger import AccountCode, EntryKind
from fees.money import pounds
from fees.own_money import must_not_be_own
from fees.payment import Bill, Payment
from register.account import Account
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.jobs import enqueue, every, job
from register.process import Process
from register.proposal import Proposal, ProposalKind, carries_out

log = structlog.get_logger()

MISMATCH = 412


class RefundState(StrEnum):
    ASKED = "asked"
    """We mean to ask GOV.UK Pay. Whether it knows is not known yet."""
    SUBMITTED = "submitted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """Nothing went back."""

    @property
    def unsettled(self) -> bool:
        return self in UNSETTLED

    def may_become(self, other: "RefundState") -> bool:
        return other in MOVES[self]


UNSETTLED = frozenset({RefundState.ASKED, RefundState.SUBMITTED})
MOVES: dict[RefundState, frozenset[RefundState]] = {
    RefundState.ASKED: frozenset(
        {RefundState.SUBMITTED, RefundState.SUCCEEDED, RefundState.FAILED}
    ),
    RefundState.SUBMITTED: frozenset({RefundState.SUCCEEDED, RefundState.FAILED}),
    RefundState.SUCCEEDED: frozenset(),
    RefundState.FAILED: frozenset(),
}
TOLD = {
    RefundStatus.SUBMITTED: RefundState.SUBMITTED,
    RefundStatus.SUCCESS: RefundState.SUCCEEDED,
    RefundStatus.ERROR: RefundState.FAILED,
}


class FailedBecause(StrEnum):
    MISMATCH = "mismatch"
    """Another amount is left at GOV.UK Pay than we believe."""
    DECLINED = "declined"
    """GOV.UK Pay does not do it."""
    PROVIDER = "provider"
    """It was tried, and did not go through."""


class NotThatMuch(Refused):
    def __init__(self, left: int) -> None:
        self.left = left
        super().__init__(
            f"Enter an amount: {pounds(left)} of this payment can be refunded."
        )


class RefundUnderWay(Refused):
    def __init__(self) -> None:
        super().__init__(
            "A refund of this payment is on its way. Wait until it has come to its end."
        )


class Refund(Base):
    """Its number counts up and may have gaps; the database refuses to forget one."""

    __tablename__ = "refund"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"))
    amount_pence: Mapped[int]
    state: Mapped[RefundState] = mapped_column(code(RefundState, "state"))
    failed_because: Mapped[FailedBecause | None] = mapped_column(
        code(FailedBecause, "failed_because")
    )
    provider_id: Mapped[str | None] = mapped_column(unique=True)
    """GOV.UK Pay's own number for it."""
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    version: Mapped[int] = mapped_column(default=1)

    payment: Mapped[Payment] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index(
            "refund_one_unsettled",
            "payment_id",
            unique=True,
            postgresql_where="state in ('asked', 'submitted')",
        ),
        Index(None, "payment_id"),
        CheckConstraint("amount_pence > 0", name="amount_pence"),
        CheckConstraint(
            "(state in ('asked', 'submitted')) = (ended_at is null)", name="ended"
        ),
        CheckConstraint(
            "(state = 'failed') = (failed_because is not null)", name="failed"
        ),
        CheckConstraint(
            "state in ('asked', 'failed') or provider_id is not null",
            name="provider_id",
        ),
    )

    @property
    def reference(self) -> str:
        return f"REF-{self.number:07d}"

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)

    async def lock(self, session: AsyncSession) -> Self:
        """Webhook, mop-up and job may bring the same news at once."""
        await session.flush()
        await session.refresh(
            self, attribute_names=LOCKED_COLUMNS, with_for_update=True
        )
        return self

    async def settle(
        self, session: AsyncSession, told: CardRefund, *, now: datetime
    ) -> None:
        """Take in what GOV.UK Pay says; heard again, late or in another order it changes nothing more."""
        await self.lock(session)
        if told.amount != self.amount_pence or self.provider_id not in {
            None,
            told.refund_id,
        }:
            raise ValueError(f"That is not refund {self.reference}")
        state = TOLD[told.status]
        if not self.state.may_become(state):
            return
        self.provider_id = told.refund_id
        if state.unsettled:
            self.state = state
        elif state is RefundState.SUCCEEDED:
            await self._end(session, state, now=now)
        else:
            await self.fail(session, FailedBecause.PROVIDER, now=now)

    async def fail(
        self, session: AsyncSession, because: FailedBecause, *, now: datetime
    ) -> None:
        """Nothing went back: the money is unallocated again."""
        await self.lock(session)
        if self.state.may_become(RefundState.FAILED):
            self.failed_because = because
            await self._end(session, RefundState.FAILED, now=now)

    async def _end(
        self, session: AsyncSession, state: RefundState, *, now: datetime
    ) -> None:
        self.state, self.ended_at = state, now
        process = Process.begin(session, FeesAct.SETTLE_REFUND, now=now)
        payment = await session.get_one(Payment, self.payment_id)
        bill = await payment.bill(session)
        went = state is RefundState.SUCCEEDED
        await ledger.move(
            session,
            EntryKind.REFUND_SUCCEEDED if went else EntryKind.REFUND_FAILED,
            self.amount_pence,
            giver=AccountCode.CARD_CLEARING if went else AccountCode.UNALLOCATED,
            taker=AccountCode.REFUNDS_PAYABLE,
            payment_id=payment.id,
            by=process,
        )
        facts = {} if went else {"because": str(self.failed_because)}
        self._tell(
            FeesEvent.REFUNDED if went else FeesEvent.REFUND_FAILED,
            payment,
            bill,
            process,
            **facts,
        )
        if went:
            await self._write(session, bill, now=now)

    async def _write(self, session: AsyncSession, bill: Bill, *, now: datetime) -> None:
        if isinstance(bill, CollectiveInvoice):
            await bill.write(session, "refund", now=now, key=self.id, refund=self)
        else:
            await write_to_payer(
                session, bill, "refund", now=now, key=self.id, refund=self
            )

    def _tell(
        self,
        event: FeesEvent,
        payment: Payment,
        bill: Bill,
        by: Process,
        **facts: str,
    ) -> None:
        bill.tell(
            event,
            by,
            refund=self.reference,
            payment=payment.reference,
            pence=self.amount_pence,
            **facts,
        )


LOCKED_COLUMNS = [
    column.key for column in Refund.__table__.columns if column.key != "id"
]


def about(bill: Bill) -> str:
    """As a proposal names it."""
    if isinstance(bill, CollectiveInvoice):
        return f"refund:{bill.reference.lower()}"
    return f"refund:{bill.number}"


async def refundable(session: AsyncSession, payment: Payment) -> int:
    """What of it pays for nothing, and has not been asked back."""
    return await ledger.unallocated_of(session, payment.id)


async def alone_left(
    session: AsyncSession, bill: Bill, payment: Payment, *, now: datetime
) -> int:
    """What one officer may still refund alone: many small ones are not a way around the second."""
    limit = await alone_pence(session, await _any_invoice(session, bill), now=now)
    gone = await session.scalar(
        select(func.coalesce(func.sum(Refund.amount_pence), 0)).where(
            Refund.payment_id == payment.id, Refund.state != RefundState.FAILED
        )
    )
    return max(0, limit - int(gone or 0))


async def _any_invoice(session: AsyncSession, bill: Bill) -> Invoice:
    """One whose rules say it: of a collective invoice the first that is still kept."""
    if isinstance(bill, Invoice):
        return bill
    found = await session.scalar(
        select(Invoice)
        .join(CollectiveLine, CollectiveLine.invoice_id == Invoice.id)
        .where(CollectiveLine.collective_id == bill.id)
        .order_by(CollectiveLine.position)
        .limit(1)
    )
    if found is None:
        raise NotFound
    return found


async def refund(
    session: AsyncSession, payment: Payment, pence: int, *, by: Process
) -> Refund:
    """One officer alone; raises AboutYourself, SecondPersonNeeded, NotThatMuch or RefundUnderWay."""
    await ledger.lock_payment(session, payment.id)
    bill = await payment.bill(session)
    left = await alone_left(session, bill, payment, now=by.at)
    if pence > left:
        raise SecondPersonNeeded(left)
    return await _ask(session, bill, payment, pence, by=by)


async def propose(
    session: AsyncSession,
    payment: Payment,
    pence: int,
    *,
    proposer: Account,
    by: Process,
) -> Proposal:
    """Raises AboutYourself, NotThatMuch, RefundUnderWay or AlreadyProposed."""
    bill = await payment.bill(session)
    await must_not_be_own(session, await whose(session, bill, payment), by.actor_id)
    await must_be_possible(session, payment, pence)
    return await Proposal.make(
        session,
        ProposalKind.REFUND,
        about=about(bill),
        person_id=bill.person_id if isinstance(bill, Invoice) else None,
        data={"payment": str(payment.id), "pence": pence},
        touched=[],
        proposer=proposer,
        by=by,
    )


@carries_out(ProposalKind.REFUND)
async def refund_proposed(
    session: AsyncSession, proposal: Proposal, by: Process
) -> None:
    payment = await session.get_one(Payment, UUID(proposal.data["payment"]))
    bill = await payment.bill(session)
    await ledger.lock_payment(session, payment.id)
    await _ask(session, bill, payment, proposal.data["pence"], by=by)


async def whose(session: AsyncSession, bill: Bill, payment: Payment) -> set[UUID]:
    """The invoices whose money it is: what it was tried for, and what it ever paid."""
    tried = await invoices_of(session, bill)
    return {*tried, *await ledger.ever_paid_by(session, payment.id)}


async def must_be_possible(session: AsyncSession, payment: Payment, pence: int) -> None:
    under_way = await session.scalar(
        select(Refund.id).where(
            Refund.payment_id == payment.id, Refund.state.in_(UNSETTLED)
        )
    )
    if under_way:
        raise RefundUnderWay
    left = await refundable(session, payment)
    if not 0 < pence <= left:
        raise NotThatMuch(left)


async def _ask(
    session: AsyncSession,
    bill: Bill,
    payment: Payment,
    pence: int,
    *,
    by: Process,
) -> Refund:
    await must_not_be_own(session, await whose(session, bill, payment), by.actor_id)
    await must_be_possible(session, payment, pence)
    asked = Refund(
        id=uuid4(),
        payment_id=payment.id,
        amount_pence=pence,
        state=RefundState.ASKED,
        asked_at=by.at,
        process=by,
    )
    session.add(asked)
    await ledger.move(
        session,
        EntryKind.REFUND_ASKED,
        pence,
        giver=AccountCode.REFUNDS_PAYABLE,
        taker=AccountCode.UNALLOCATED,
        payment_id=payment.id,
        by=by,
    )
    asked._tell(FeesEvent.REFUND_ASKED, payment, bill, by)  # noqa: SLF001 - its own
    await _check_soon(session, asked.id)
    return asked


async def _check_soon(session: AsyncSession, refund_id: UUID) -> None:
    await enqueue(
        session,
        "check_refund",
        {"refund_id": refund_id},
        key=f"check_refund:{refund_id}",
    )


@job("check_refund")
async def check_refund(session: AsyncSession, now: datetime, refund_id: UUID) -> None:
    """Asked by whoever did it, by webhook and by mop-up: the first finds what is left to do."""
    asked = await session.get_one(Refund, refund_id)
    try:
        await check(session, govuk_pay.client(), asked, now=now)
    except PayFailed as failed:
        # No failure of ours that staff should see: the next mop-up asks again.
        log.warning(
            "refund not read", refund=asked.reference, error=type(failed).__name__
        )


async def check(
    session: AsyncSession, pay: GovukPay, asked: Refund, *, now: datetime
) -> None:
    """Look for it at GOV.UK Pay, and ask for what is not there; raises PayFailed where it stays in doubt."""
    await asked.lock(session)
    if not asked.state.unsettled:
        return
    payment = await session.get_one(Payment, asked.payment_id)
    assert payment.provider_id  # noqa: S101 - it was paid
    told = await _look(session, pay, payment.provider_id, asked)
    if told is None and asked.state is RefundState.ASKED:
        told = await _request(session, pay, payment, asked, now=now)
    if told:
        await asked.settle(session, told, now=now)


async def _look(
    session: AsyncSession, pay: GovukPay, provider_id: str, asked: Refund
) -> CardRefund | None:
    """Ours by its number; before we know that, the one of our amount that is none of the others we know."""
    found = await pay.refunds(provider_id)
    if asked.provider_id:
        return next((one for one in found if one.refund_id == asked.provider_id), None)
    known = set(
        await session.scalars(
            select(Refund.provider_id).where(Refund.payment_id == asked.payment_id)
        )
    )
    ours = [
        one
        for one in found
        if one.refund_id not in known and one.amount == asked.amount_pence
    ]
    return min(ours, key=lambda one: one.created_date, default=None)


async def _request(
    session: AsyncSession,
    pay: GovukPay,
    payment: Payment,
    asked: Refund,
    *,
    now: datetime,
) -> CardRefund | None:
    gone = await session.scalar(
        select(func.coalesce(func.sum(Refund.amount_pence), 0)).where(
            Refund.payment_id == payment.id,
            Refund.id != asked.id,
            Refund.state != RefundState.FAILED,
        )
    )
    try:
        return await pay.refund(
            payment.provider_id or "",
            amount_pence=asked.amount_pence,
            available_pence=payment.amount_pence - int(gone or 0),
        )
    except TooFast:
        raise
    except Declined as declined:
        log.warning("refund declined", refund=asked.reference, status=declined.status)
        mismatch = declined.status == MISMATCH
        because = FailedBecause.MISMATCH if mismatch else FailedBecause.DECLINED
        await asked.fail(session, because, now=now)
        return None


@every(minutes=2)
async def mop_up_refunds(
    session: AsyncSession,
    now: datetime,  # noqa: ARG001 - one shape for all
) -> None:
    """Enough alone, were no webhook ever heard."""
    for refund_id in await session.scalars(
        select(Refund.id).where(Refund.state.in_(UNSETTLED)).order_by(Refund.asked_at)
    ):
        await _check_soon(session, refund_id)


async def hear_of_refunds(session: AsyncSession, provider_id: str) -> None:
    """Have what is on its way back of that payment read again: a webhook message says that something may have changed."""
    for refund_id in await session.scalars(
        select(Refund.id)
        .join(Refund.payment)
        .where(Payment.provider_id == provider_id, Refund.state.in_(UNSETTLED))
    ):
        await _check_soon(session, refund_id)


async def refunds_of(session: AsyncSession, invoice_id: UUID) -> Sequence[Refund]:
    found = await session.scalars(
        select(Refund)
        .join(Refund.payment)
        .where(Payment.invoice_id == invoice_id)
        .order_by(Refund.number)
    )
    return found.all()


async def refunds_together(
    session: AsyncSession, collective_id: UUID
) -> Sequence[Refund]:
    found = await session.scalars(
        select(Refund)
        .join(Refund.payment)
        .where(Payment.collective_id == collective_id)
        .order_by(Refund.number)
    )
    return found.all()
