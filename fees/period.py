"""Months of the ledger: each is closed by two finance officers once it is over, and then nothing is posted in it any more.

None is opened again: what was wrong is put right by an entry of today.
"""

import csv
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import StringIO
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    case,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fees.acts import FeesEvent
from fees.ledger import LedgerAccount, LedgerEntry, Posting
from fees.money import pounds
from register.account import Account
from register.kit.clock import day_of, months_after, start_of
from register.kit.db import Base
from register.kit.errors import NotFound, Refused
from register.process import Process
from register.proposal import Proposal, ProposalKind, carries_out

HEADINGS = (
    "document",
    "date",
    "account",
    "account_name",
    "debit",
    "credit",
    "entries",
    "first_entry",
    "last_entry",
)


class NotOver(Refused):
    def __init__(self, month: date) -> None:
        self.month = month
        super().__init__(f"{name_of(month)} is not over yet.")


class NotNext(Refused):
    def __init__(self, month: date) -> None:
        self.month = month
        super().__init__(f"Close {name_of(month)} first.")


class ClosedAlready(Refused):
    def __init__(self, month: date) -> None:
        self.month = month
        super().__init__(f"{name_of(month)} is closed. No month is opened again.")


class ChangedSince(Refused):
    def __init__(self, month: date) -> None:
        self.month = month
        super().__init__(
            f"Something was posted in {name_of(month)} after this was proposed. Return it, and look at the balances again."
        )


class OutOfBalance(Exception):
    """A trial balance that does not come to nothing: a bug, and nothing to close on."""


class AccountingPeriod(Base):
    """A month that is closed; one without a row is open. The database refuses to change or delete one."""

    __tablename__ = "accounting_period"

    month: Mapped[date] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime]
    entries: Mapped[int]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    process: Mapped[Process] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint(
            "month = date_trunc('month', month::timestamp)::date", name="month"
        ),
        CheckConstraint("entries >= 0", name="entries"),
        CheckConstraint(
            "closed_at >= (month + interval '1 month') at time zone 'Europe/London'",
            name="over",
        ),
    )


@dataclass(frozen=True)
class Balance:
    """One account in a trial balance; debits are above nothing, credits below."""

    account: str
    title: str
    before_pence: int
    debit_pence: int
    credit_pence: int

    @property
    def after_pence(self) -> int:
        return self.before_pence + self.debit_pence + self.credit_pence

    @property
    def before(self) -> str:
        return pounds(self.before_pence)

    @property
    def debit(self) -> str:
        return pounds(self.debit_pence)

    @property
    def credit(self) -> str:
        return pounds(-self.credit_pence)

    @property
    def after(self) -> str:
        return pounds(self.after_pence)


@dataclass(frozen=True)
class TrialBalance:
    month: date
    rows: Sequence[Balance]
    entries: int

    @property
    def debit(self) -> str:
        return pounds(sum(row.debit_pence for row in self.rows))

    @property
    def credit(self) -> str:
        return pounds(-sum(row.credit_pence for row in self.rows))

    @property
    def left_pence(self) -> int:
        """What it does not come to nothing by."""
        return sum(row.after_pence for row in self.rows)

    @property
    def left(self) -> str:
        return pounds(self.left_pence)


def month_of(day: date) -> date:
    return day.replace(day=1)


def key_of(month: date) -> str:
    """2027-03, in addresses and file names."""
    return f"{month:%Y-%m}"


def name_of(month: date) -> str:
    return f"{month:%B %Y}"


def about(month: date) -> str:
    """As a proposal names it."""
    return f"period:{key_of(month)}"


def read_month(text: str) -> date:
    """Raises NotFound."""
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise NotFound from None
    if key_of(month) != text:
        raise NotFound
    return month


async def first_month(session: AsyncSession) -> date | None:
    """In which anything was posted."""
    first = await session.scalar(select(func.min(LedgerEntry.at)))
    return month_of(day_of(first)) if first else None


async def months(session: AsyncSession, *, today: date) -> list[tuple[date, bool]]:
    """All in which anything may have been posted, the newest first, and whether each is closed."""
    first = await first_month(session)
    closed = set(await session.scalars(select(AccountingPeriod.month)))
    found, month = [], month_of(today)
    while first and month >= first:
        found.append((month, month in closed))
        month = months_after(month, -1)
    return found


async def next_to_close(session: AsyncSession) -> date | None:
    """The month after the last that is closed; before any is, the first of all."""
    last = await session.scalar(select(func.max(AccountingPeriod.month)))
    return months_after(last, 1) if last else await first_month(session)


async def trial_balance(session: AsyncSession, month: date) -> TrialBalance:
    """Every account, whether or not anything was posted to it."""
    start, end = start_of(month), start_of(months_after(month, 1))
    before = LedgerEntry.at < start
    rows = await session.execute(
        select(
            LedgerAccount.code,
            LedgerAccount.title,
            _sum(before),
            _sum(~before & (Posting.pence > 0)),
            _sum(~before & (Posting.pence < 0)),
        )
        .outerjoin(Posting, Posting.account == LedgerAccount.code)
        .outerjoin(
            LedgerEntry, (LedgerEntry.id == Posting.entry_id) & (LedgerEntry.at < end)
        )
        .group_by(LedgerAccount.code, LedgerAccount.title)
        .order_by(LedgerAccount.code)
    )
    entries = await session.scalar(
        select(func.count()).where(LedgerEntry.at >= start, LedgerEntry.at < end)
    )
    return TrialBalance(
        month,
        [Balance(code, title, *map(int, sums)) for code, title, *sums in rows],
        entries or 0,
    )


def _sum(where: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((where, Posting.pence), else_=0)), 0)


async def propose(
    session: AsyncSession, month: date, *, proposer: Account, by: Process
) -> Proposal:
    """Raises NotOver, NotNext, ClosedAlready or AlreadyProposed."""
    found = await must_be_possible(session, month, now=by.at)
    return await Proposal.make(
        session,
        ProposalKind.CLOSE_PERIOD,
        about=about(month),
        data={"month": month.isoformat(), "entries": found.entries},
        touched=[],
        proposer=proposer,
        by=by,
    )


async def must_be_possible(
    session: AsyncSession, month: date, *, now: datetime
) -> TrialBalance:
    if await session.get(AccountingPeriod, month):
        raise ClosedAlready(month)
    if now < start_of(months_after(month, 1)):
        raise NotOver(month)
    following = await next_to_close(session)
    if following != month:
        raise NotNext(following) if following and following < month else NotFound
    found = await trial_balance(session, month)
    if found.left_pence:
        raise OutOfBalance(month)
    return found


@carries_out(ProposalKind.CLOSE_PERIOD)
async def close(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    """Raises ChangedSince where something was still posted in it, or what `propose` raises."""
    month = date.fromisoformat(proposal.data["month"])
    # Who posts in the month holds this lock together with others; alone, we know that nobody does.
    key = func.hashtextextended(f"period:{key_of(month)}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))
    found = await must_be_possible(session, month, now=by.at)
    if found.entries != proposal.data["entries"]:
        raise ChangedSince(month)
    session.add(
        AccountingPeriod(
            month=month, closed_at=by.at, entries=found.entries, process=by
        )
    )
    by.tell(FeesEvent.PERIOD_CLOSED, month=key_of(month), entries=found.entries)
    await session.flush()


async def general_ledger(session: AsyncSession, month: date) -> AsyncIterator[str]:
    """A closed month as CSV: a document a day, in it a line an account. Its bytes are always the same; raises NotFound."""
    if not await session.get(AccountingPeriod, month):
        raise NotFound
    yield _line(HEADINGS)
    day, end = month, months_after(month, 1)
    while day < end:
        for line in await _day(session, day):
            yield _line(line)
        day += timedelta(days=1)


async def _day(session: AsyncSession, day: date) -> list[tuple[object, ...]]:
    rows = await session.execute(
        select(
            LedgerAccount.code,
            LedgerAccount.title,
            _sum(Posting.pence > 0),
            _sum(Posting.pence < 0),
            func.count(LedgerEntry.id.distinct()),
            func.min(LedgerEntry.number),
            func.max(LedgerEntry.number),
        )
        .join(Posting, Posting.account == LedgerAccount.code)
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .where(
            LedgerEntry.at >= start_of(day),
            LedgerEntry.at < start_of(day + timedelta(days=1)),
        )
        .group_by(LedgerAccount.code, LedgerAccount.title)
        .order_by(LedgerAccount.code)
    )
    return [
        (f"CHW-{day:%Y%m%d}", day, code, title, plain(debit), plain(-credit), *numbers)
        for code, title, debit, credit, *numbers in rows
    ]


def plain(pence: int) -> str:
    """1234.50, as other programs read it."""
    whole, rest = divmod(abs(int(pence)), 100)
    return f"{'-' if pence < 0 else ''}{whole}.{rest:02d}"


def _line(cells: Sequence[object]) -> str:
    written = StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
