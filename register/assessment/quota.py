"""How much of what is restricted one member of staff opens in a day: past one figure they are warned, past another locked out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from register.account import Account
from register.application import Application, SectionName
from register.assessment.acts import AssessmentAct, AssessmentEvent, ReadingEvent
from register.kit.clock import day_of, start_of
from register.kit.db import Base
from register.kit.errors import NotFound, Refused
from register.part import Part
from register.process import Event, Process, TextKind
from register.renewal import Renewal
from register.rule_set import RuleSet


class ReadingLocked(Refused):
    def __init__(self) -> None:
        super().__init__(
            "You have opened many restricted sections today, so no more are shown to you."
            " A team manager or the Registrar can let you go on."
        )


class YourOwnLock(Refused):
    def __init__(self) -> None:
        super().__init__("This is about you, so somebody else must release it.")


class ReleasedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("This was released already.")


class ReadingLock(Base):
    """Keeps an account from what is restricted until somebody else has looked into it and released it."""

    __tablename__ = "reading_lock"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    locked_at: Mapped[datetime]
    sections: Mapped[int]
    """How many had been opened."""
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))

    account: Mapped[Account] = relationship(lazy="raise", foreign_keys=[account_id])

    __table_args__ = (
        CheckConstraint(
            "(released_at is null) = (released_by_id is null)", name="released"
        ),
        CheckConstraint("released_by_id <> account_id", name="two_people"),
        Index(
            "reading_lock_one_open",
            "account_id",
            unique=True,
            postgresql_where="released_at is null",
        ),
    )

    @classmethod
    def of(cls, reader: Account, quota: "Quota", *, by: Process) -> Self:
        lock = cls(
            id=uuid4(),
            account_id=reader.id,
            locked_at=by.at,
            sections=quota.opened,
        )
        by.tell(
            ReadingEvent.LOCKED,
            lock=lock.id,
            account=reader.id,
            sections=quota.opened,
        )
        return lock

    def release(self, *, words: str, by: Process, releaser: Account) -> None:
        """Let the account read again; its count begins anew."""
        if self.released_at:
            raise ReleasedAlready
        if releaser.id == self.account_id:
            raise YourOwnLock
        self.released_at, self.released_by_id = by.at, releaser.id
        by.tell(ReadingEvent.RELEASED, lock=self.id, account=self.account_id)
        by.say(TextKind.INTERNAL, words)


@dataclass(frozen=True)
class Quota:
    """How many different sections a reader has opened since midnight or their release, and what the rules say to that."""

    opened: int
    warn: int
    lock: int

    @property
    def warns(self) -> bool:
        return self.opened >= self.warn

    @property
    def locks(self) -> bool:
        return self.opened >= self.lock


async def count_reading(
    session: AsyncSession,
    application: Application,
    section: SectionName,
    *,
    reader: Account,
    by: Process,
) -> Quota:
    """Write down that a section is opened, warn, and lock what would come after it; raises ReadingLocked."""

    def tell() -> None:
        application.tell(AssessmentEvent.RESTRICTED_READ, by=by, section=section)

    return await _count(session, application.part, tell, reader=reader, by=by)


async def count_reading_of_renewal(
    session: AsyncSession,
    renewal: Renewal,
    section: SectionName,
    *,
    reader: Account,
    by: Process,
) -> Quota:
    """The same of what was told in a renewal."""
    rule_set = await session.get_one(RuleSet, renewal.rule_set_id)

    def tell() -> None:
        by.tell(
            AssessmentEvent.RESTRICTED_READ,
            person_id=renewal.person_id,
            renewal=renewal.id,
            section=section,
        )

    return await _count(session, rule_set.part, tell, reader=reader, by=by)


async def _count(
    session: AsyncSession,
    part: Part,
    tell: Callable[[], None],
    *,
    reader: Account,
    by: Process,
) -> Quota:
    # Two pages opened at once are counted one after the other.
    await session.execute(
        select(Account.id)
        .where(Account.id == reader.id)
        .with_for_update(key_share=True)
    )
    since = await _counted_since(session, reader, now=by.at)
    rules = (await RuleSet.on(session, part, day_of(by.at))).rules
    warn, lock = rules.restricted_reads_warn, rules.restricted_reads_lock
    before = Quota(await _opened(session, reader, since), warn, lock)
    tell()
    await session.flush()
    after = Quota(await _opened(session, reader, since), warn, lock)
    if after.warns and not before.warns:
        by.tell(ReadingEvent.WARNED, account=reader.id, sections=after.opened)
    if after.locks:
        session.add(ReadingLock.of(reader, after, by=by))
    return after


async def _counted_since(
    session: AsyncSession, reader: Account, *, now: datetime
) -> datetime:
    """The beginning of the day, or a release in it; raises ReadingLocked."""
    rows = await session.execute(
        select(
            func.bool_or(ReadingLock.released_at.is_(None)),
            func.max(ReadingLock.released_at),
        ).where(ReadingLock.account_id == reader.id)
    )
    locked, released = rows.one()
    if locked:
        raise ReadingLocked
    midnight = start_of(day_of(now))
    return max(released, midnight) if released else midnight


async def _opened(session: AsyncSession, reader: Account, since: datetime) -> int:
    """The same section opened again is not another."""
    section = tuple_(
        Event.application_id,
        Event.data["renewal"].astext,
        Event.data["section"].astext,
    )
    found = await session.scalar(
        select(func.count(section.distinct()))
        .join(Process, Event.process_id == Process.id)
        .where(
            Process.actor_id == reader.id,
            Process.at >= since,
            Process.kind == AssessmentAct.READ,
            Event.kind == AssessmentEvent.RESTRICTED_READ,
        )
    )
    return found or 0


# For those who look into it


@dataclass(frozen=True)
class Warned:
    account: Account
    at: datetime
    sections: int
    """How many they had opened by then."""


async def locked_readers(session: AsyncSession) -> Sequence[ReadingLock]:
    """Who waits for a release, the longest first."""
    found = await session.scalars(
        select(ReadingLock)
        .options(joinedload(ReadingLock.account))
        .where(ReadingLock.released_at.is_(None))
        .order_by(ReadingLock.locked_at, ReadingLock.id)
    )
    return found.all()


async def warned_today(session: AsyncSession, *, now: datetime) -> list[Warned]:
    """The newest first."""
    found = await session.execute(
        select(Account, Event.at, Event.data["sections"].as_integer())
        .join(Process, Process.actor_id == Account.id)
        .join(Event, Event.process_id == Process.id)
        .where(
            Event.kind == ReadingEvent.WARNED,
            Process.kind == AssessmentAct.READ,
            Process.at >= start_of(day_of(now)),
        )
        .order_by(Event.at.desc(), Event.id.desc())
    )
    return [Warned(*row) for row in found]


async def reading_lock_for(
    session: AsyncSession, lock_id: UUID, *, lock: bool = False
) -> ReadingLock:
    """Raises NotFound."""
    found = select(ReadingLock).where(ReadingLock.id == lock_id)
    found = found.options(joinedload(ReadingLock.account))
    if lock:
        found = found.with_for_update(of=ReadingLock)
    one = await session.scalar(found)
    if one is None:
        raise NotFound
    return one
