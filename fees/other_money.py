"""Money that came otherwise than by card, as a finance officer reads it on a bank statement: never altered, only reversed.

It counts from the start of the day on which it came: a statement knows no hour, so that the doubt is the payer's to gain from,
and no moment lies after the one at which it is recorded. What came before it was asked for counts from the day on which it was.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    exists,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fees import ledger
from fees.acts import FeesEvent
from fees.collective import invoices_of, shared_before
from fees.credit_note import SecondPersonNeeded
from fees.invoice import Invoice, write_to_payer
from fees.ledger import AccountCode, EntryKind, LedgerEntry, Posting
from fees.money import pounds
from fees.own_money import must_not_be_own
from fees.payment import (
    Bill,
    Came,
    OverpaidBecause,
    PaidBy,
    Receipt,
    count,
    counts_from,
    share_out,
)
from register.kit.clock import day_of, start_of
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.part import Part
from register.process import Process
from register.proposal import withdraw_waiting
from register.rule_set import RuleSet

LISTED = 100


class MoneyKind(StrEnum):
    TRANSFER = "transfer"
    CHEQUE = "cheque"

    @property
    def paid_by(self) -> PaidBy:
        return PaidBy(self.value)


class ReversedBecause(StrEnum):
    RECORDED_WRONG = "recorded_wrong"
    BOUNCED = "bounced"
    """The bank took it back."""
    NOT_FOR_US = "not_for_us"
    """Returned to whoever sent it by mistake."""

    @property
    def sends_it_back(self) -> bool:
        return self is ReversedBecause.NOT_FOR_US


class NotYetCome(Refused):
    def __init__(self) -> None:
        super().__init__("The day on which it came must be today or in the past.")


class ReversedAlready(Refused):
    def __init__(self, money: "OtherMoney") -> None:
        self.money = money
        super().__init__(f"{money.reference} is reversed.")


class GivenBack(Refused):
    def __init__(self, money: "OtherMoney") -> None:
        self.money = money
        super().__init__(
            f"Some of {money.reference} was given back, so it cannot be reversed."
        )


class NothingFree(Refused):
    def __init__(self, money: "OtherMoney") -> None:
        self.money = money
        super().__init__(f"All of {money.reference} pays for something already.")


class NotCounted(Refused):
    def __init__(self, bill: Bill, because: OverpaidBecause) -> None:
        self.because = because
        super().__init__(
            f"It cannot be counted towards invoice {bill.reference}: {WHY_NOT[because]}."
        )


WHY_NOT = {
    OverpaidBecause.PAID_ALREADY: "that is paid already",
    OverpaidBecause.LATE: "the money came after the last day to pay",
    OverpaidBecause.CLOSED: "the application has closed",
    OverpaidBecause.YEAR_OVER: "its registration year is over",
    OverpaidBecause.MORE_THAN_OWED: "there is nothing on it that this money can pay",
    OverpaidBecause.NOT_GRANTED: "the entry cannot be made",
    OverpaidBecause.NOT_RENEWED: "the renewal does not take it",
}


class OtherMoney(Base):
    """The database refuses to change or forget one. What it pays for stands in the ledger."""

    __tablename__ = "other_money"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    kind: Mapped[MoneyKind] = mapped_column(code(MoneyKind, "kind"))
    amount_pence: Mapped[int]
    came_on: Mapped[date]
    statement_reference: Mapped[str]
    """What stands beside it on the statement: it may be a name, and goes into no event."""
    recorded_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    process: Mapped[Process] = relationship(lazy="raise")
    reversal: Mapped["MoneyReversal | None"] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("amount_pence > 0", name="amount_pence"),
        Index(None, "came_on", "amount_pence"),
    )

    @classmethod
    async def record(
        cls,
        session: AsyncSession,
        kind: MoneyKind,
        pence: int,
        *,
        came_on: date,
        statement_reference: str,
        by: Process,
    ) -> Self:
        """Raises NotYetCome."""
        if came_on > day_of(by.at):
            raise NotYetCome
        money = cls(
            id=uuid4(),
            kind=kind,
            amount_pence=pence,
            came_on=came_on,
            statement_reference=statement_reference,
            recorded_at=by.at,
            process=by,
            reversal=None,
        )
        session.add(money)
        await session.flush()
        await ledger.receive(session, money.id, pence, held_in=AccountCode.BANK, by=by)
        by.tell(
            FeesEvent.OTHER_MONEY_RECORDED,
            money=money.reference,
            of=kind,
            pence=pence,
            came_on=came_on,
        )
        return money

    @property
    def reference(self) -> str:
        return f"MON-{self.number:07d}"

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)

    async def pay_for(self, session: AsyncSession, bill: Bill, *, by: Process) -> int:
        """Whatever of it is free goes to the invoice, as far as that needs it; how much is left over.

        Raises AboutYourself, ReversedAlready, NothingFree or NotCounted, and then has changed nothing.
        """
        theirs = await invoices_of(session, bill)
        await must_not_be_own(session, theirs, by.actor_id)
        await ledger.lock_payment(session, self.id)
        await self.must_stand(session)
        free = await ledger.unallocated_of(session, self.id)
        if not free:
            raise NothingFree(self)
        async with session.begin_nested():
            return await self._pay_for(session, bill, free, by=by)

    async def _pay_for(
        self, session: AsyncSession, bill: Bill, free: int, *, by: Process
    ) -> int:
        at = start_of(self.came_on)
        if not isinstance(bill, Invoice):
            bill.must_stand()
            if await shared_before(session, bill, self.id):
                raise NotCounted(bill, OverpaidBecause.MORE_THAN_OWED)
            left = await share_out(
                session,
                bill,
                payment_id=self.id,
                reference=self.reference,
                pence=free,
                at=at,
                by=by,
            )
            if left == free:
                raise NotCounted(bill, OverpaidBecause.MORE_THAN_OWED)
            return left
        since = counts_from(at, bill)
        came = Came(self.id, self.reference, free, since, self.kind.paid_by)
        counted = await count(session, came, bill, by=by)
        if not counted.pence:
            raise NotCounted(bill, counted.because or OverpaidBecause.MORE_THAN_OWED)
        return free - counted.pence

    async def must_stand(self, session: AsyncSession) -> None:
        if await session.get(MoneyReversal, self.id):
            raise ReversedAlready(self)

    async def reverse(
        self, session: AsyncSession, because: ReversedBecause, *, by: Process
    ) -> None:
        """One officer alone; raises SecondPersonNeeded, AboutYourself, ReversedAlready or GivenBack."""
        limit = await alone_pence(session, now=by.at)
        if because.sends_it_back and self.amount_pence > limit:
            raise SecondPersonNeeded(limit)
        await self.take_back(session, because, by=by)
        await withdraw_waiting(session, about_reversal(self), by=by)

    async def must_be_whole(self, session: AsyncSession) -> None:
        """Raises ReversedAlready or GivenBack."""
        await self.must_stand(session)
        pays = sum((await ledger.allocated_from(session, self.id)).values())
        if pays + await ledger.unallocated_of(session, self.id) < self.amount_pence:
            raise GivenBack(self)

    async def must_not_pay_for(self, session: AsyncSession, by: Process) -> None:
        """Whoever acts; raises AboutYourself."""
        theirs = await ledger.ever_paid_by(session, self.id)
        await must_not_be_own(session, theirs, by.actor_id)

    async def take_back(
        self, session: AsyncSession, because: ReversedBecause, *, by: Process
    ) -> None:
        """What it paid for is owed again, as its payers are told, and nothing changes in the register.

        Raises AboutYourself, ReversedAlready or GivenBack.
        """
        await ledger.lock_payment(session, self.id)
        await self.must_not_pay_for(session, by)
        for invoice_id in sorted(await ledger.allocated_from(session, self.id)):
            await ledger.lock_invoice(session, invoice_id)
        await self.must_be_whole(session)
        for invoice_id, pence in (
            await ledger.allocated_from(session, self.id)
        ).items():
            released = await ledger.move(
                session,
                EntryKind.RELEASED,
                pence,
                giver=AccountCode.UNALLOCATED,
                taker=AccountCode.RECEIVABLE,
                invoice_id=invoice_id,
                payment_id=self.id,
                by=by,
            )
            await self._tell_payer(session, released, pence, because, by=by)
        await ledger.move(
            session,
            EntryKind.REVERSED,
            self.amount_pence,
            giver=AccountCode.BANK,
            taker=AccountCode.UNALLOCATED,
            payment_id=self.id,
            by=by,
        )
        session.add(
            MoneyReversal(
                money_id=self.id, because=because, reversed_at=by.at, process=by
            )
        )
        by.tell(
            FeesEvent.OTHER_MONEY_REVERSED,
            money=self.reference,
            pence=self.amount_pence,
            because=because,
        )
        await session.flush()

    async def _tell_payer(
        self,
        session: AsyncSession,
        released: LedgerEntry,
        pence: int,
        because: ReversedBecause,
        *,
        by: Process,
    ) -> None:
        invoice = await session.get_one(Invoice, released.invoice_id)
        await write_to_payer(
            session,
            invoice,
            "owed_again",
            now=by.at,
            key=released.id,
            money=self,
            because=because,
            pence=pounds(pence),
            left=pounds(await ledger.owed_on(session, invoice.id)),
            bought=await session.get(Receipt, invoice.id) is not None,
        )


class MoneyReversal(Base):
    __tablename__ = "money_reversal"

    money_id: Mapped[UUID] = mapped_column(
        ForeignKey("other_money.id"), primary_key=True
    )
    because: Mapped[ReversedBecause] = mapped_column(code(ReversedBecause, "because"))
    reversed_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    process: Mapped[Process] = relationship(lazy="raise")


def about_reversal(money: OtherMoney) -> str:
    """As a proposal names it."""
    return f"reverse_money:{money.reference.lower()}"


async def alone_pence(session: AsyncSession, *, now: datetime) -> int:
    """What one officer may send back of it: it belongs to no part, so the rules for managers, the first of them, say it."""
    rule_set = await RuleSet.on(session, Part.MANAGER, day_of(now))
    return rule_set.rules.refund_alone_pence


async def alike(
    session: AsyncSession,
    kind: MoneyKind,
    pence: int,
    *,
    came_on: date,
    statement_reference: str,
) -> OtherMoney | None:
    """The same once more: most likely one that was recorded already."""
    found: OtherMoney | None = await session.scalar(
        select(OtherMoney)
        .where(
            OtherMoney.kind == kind,
            OtherMoney.amount_pence == pence,
            OtherMoney.came_on == came_on,
            func.lower(OtherMoney.statement_reference) == statement_reference.lower(),
            ~exists().where(MoneyReversal.money_id == OtherMoney.id),
        )
        .order_by(OtherMoney.number.desc())
        .limit(1)
    )
    return found


async def other_money(
    session: AsyncSession, *, before: int | None = None
) -> Sequence[OtherMoney]:
    """The newest first."""
    found = (
        select(OtherMoney)
        .options(joinedload(OtherMoney.reversal))
        .order_by(OtherMoney.number.desc())
        .limit(LISTED + 1)
    )
    if before is not None:
        found = found.where(OtherMoney.number < before)
    return (await session.scalars(found)).all()


def read_money_reference(typed: str) -> int | None:
    digits = typed.upper().removeprefix("MON-")
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= 12
    return int(digits) if is_number else None


async def money_numbered(session: AsyncSession, reference: str) -> OtherMoney:
    """Raises NotFound."""
    found: OtherMoney | None = await session.scalar(
        select(OtherMoney)
        .where(OtherMoney.number == read_money_reference(reference))
        .options(joinedload(OtherMoney.reversal))
    )
    if found is None:
        raise NotFound
    return found


async def paid_for_by(
    session: AsyncSession, money: OtherMoney
) -> Sequence[tuple[Invoice, int]]:
    """Which invoices it pays, and how much of each."""
    paid = -func.sum(Posting.pence)
    rows = await session.execute(
        select(Invoice, paid)
        .join(Posting, Posting.invoice_id == Invoice.id)
        .where(
            Posting.payment_id == money.id, Posting.account == AccountCode.RECEIVABLE
        )
        .group_by(Invoice.id)
        .having(paid > 0)
        .order_by(Invoice.number)
    )
    return [(invoice, int(pence)) for invoice, pence in rows]
