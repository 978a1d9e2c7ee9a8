"""Bank transfers and cheques given back: what of them pays for nothing goes to the account that it came from."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fees import ledger
from fees.acts import FeesEvent
from fees.collective import CollectiveInvoice, CollectiveShare
from fees.credit_note import SecondPersonNeeded
from fees.ledger import AccountCode, EntryKind
from fees.money import pounds
from fees.other_money import OtherMoney, alone_pence
from fees.refund import NotThatMuch
from register.account import Account
from register.kit.db import Base
from register.process import Process
from register.proposal import Proposal, ProposalKind, carries_out


class MoneyRefund(Base):
    """The database refuses to change or forget one."""

    __tablename__ = "money_refund"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    money_id: Mapped[UUID] = mapped_column(ForeignKey("other_money.id"), index=True)
    amount_pence: Mapped[int]
    refunded_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    process: Mapped[Process] = relationship(lazy="raise")

    __table_args__ = (CheckConstraint("amount_pence > 0", name="amount_pence"),)

    @property
    def reference(self) -> str:
        return f"BRF-{self.number:07d}"

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)


def about(money: OtherMoney) -> str:
    """As a proposal names it."""
    return f"refund_money:{money.reference.lower()}"


async def alone_left(session: AsyncSession, money: OtherMoney, *, now: datetime) -> int:
    """What one officer may still refund alone: many small ones are not a way around the second."""
    limit = await alone_pence(session, now=now)
    gone = await session.scalar(
        select(func.coalesce(func.sum(MoneyRefund.amount_pence), 0)).where(
            MoneyRefund.money_id == money.id
        )
    )
    return max(0, limit - int(gone or 0))


async def refund(
    session: AsyncSession, money: OtherMoney, pence: int, *, by: Process
) -> MoneyRefund:
    """One officer alone; raises AboutYourself, SecondPersonNeeded, ReversedAlready or NotThatMuch."""
    await ledger.lock_payment(session, money.id)
    left = await alone_left(session, money, now=by.at)
    if pence > left:
        raise SecondPersonNeeded(left)
    return await _give_back(session, money, pence, by=by)


async def propose(
    session: AsyncSession,
    money: OtherMoney,
    pence: int,
    *,
    proposer: Account,
    by: Process,
) -> Proposal:
    """Raises AboutYourself, ReversedAlready, NotThatMuch or AlreadyProposed."""
    await money.must_not_pay_for(session, by)
    await must_be_possible(session, money, pence)
    return await Proposal.make(
        session,
        ProposalKind.REFUND_MONEY,
        about=about(money),
        data={"money": str(money.id), "pence": pence},
        touched=[],
        proposer=proposer,
        by=by,
    )


@carries_out(ProposalKind.REFUND_MONEY)
async def refund_proposed(
    session: AsyncSession, proposal: Proposal, by: Process
) -> None:
    data = proposal.data
    money = await session.get_one(OtherMoney, UUID(data["money"]))
    await ledger.lock_payment(session, money.id)
    await _give_back(session, money, data["pence"], by=by)


async def must_be_possible(
    session: AsyncSession, money: OtherMoney, pence: int
) -> None:
    """Only what pays for nothing: what anybody's fee was paid with is not touched."""
    await money.must_stand(session)
    left = await ledger.unallocated_of(session, money.id)
    if not 0 < pence <= left:
        raise NotThatMuch(left)


async def _give_back(
    session: AsyncSession, money: OtherMoney, pence: int, *, by: Process
) -> MoneyRefund:
    await money.must_not_pay_for(session, by)
    await must_be_possible(session, money, pence)
    given = MoneyRefund(
        id=uuid4(),
        money_id=money.id,
        amount_pence=pence,
        refunded_at=by.at,
        process=by,
    )
    session.add(given)
    await session.flush()
    await ledger.move(
        session,
        EntryKind.REFUND_SUCCEEDED,
        pence,
        giver=AccountCode.BANK,
        taker=AccountCode.UNALLOCATED,
        payment_id=money.id,
        by=by,
    )
    by.tell(
        FeesEvent.MONEY_REFUNDED,
        money=money.reference,
        refund=given.reference,
        pence=pence,
    )
    await _write_to_employers(session, money, given, now=by.at)
    return given


async def _write_to_employers(
    session: AsyncSession, money: OtherMoney, given: MoneyRefund, *, now: datetime
) -> None:
    """Nobody else is known to have sent it."""
    theirs = (
        select(CollectiveShare.collective_id)
        .where(CollectiveShare.payment_id == money.id)
        .distinct()
    )
    for collective_id in await session.scalars(theirs):
        collective = await session.get_one(CollectiveInvoice, collective_id)
        await collective.write(
            session,
            "money_refund",
            now=now,
            key=given.id,
            money=money,
            refund=given,
        )


async def refunds_of(session: AsyncSession, money: OtherMoney) -> Sequence[MoneyRefund]:
    found = await session.scalars(
        select(MoneyRefund)
        .where(MoneyRefund.money_id == money.id)
        .order_by(MoneyRefund.number)
    )
    return found.all()
