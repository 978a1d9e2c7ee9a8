"""Leaving the register at one's own request: the registrant asks, two people agree, and nobody does while a hold stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from register.account import Account
from register.entry import Entry, EntryHeld, RemovalReason
from register.kit.clock import day_of, end_of
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.post import Letter, letter_of
from register.notice import open_notice
from register.person import Person
from register.process import Process, TextKind
from register.proposal import Proposal, ProposalKind, carries_out, withdraw_waiting
from register.reaching import write_to

AGREED = "leaving_agreed"


class LeavingAct(StrEnum):
    ASK = "leaving:ask"
    WITHDRAW = "leaving:withdraw"
    PROPOSE = "leaving:propose"
    RETURN = "leaving:return"
    AGREE = "leaving:agree"
    TURN_DOWN = "leaving:turn_down"


class LeavingEvent(StrEnum):
    ASKED = "leaving:asked"
    WITHDRAWN = "leaving:withdrawn"
    AGREED = "leaving:agreed"
    TURNED_DOWN = "leaving:turned_down"


class LeavingReason(StrEnum):
    RETIRED = "retired"
    OTHER_WORK = "other_work"
    ABROAD = "abroad"
    BREAK = "break"
    OTHER = "other"


class LeavingState(StrEnum):
    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    AGREED = "agreed"
    TURNED_DOWN = "turned_down"


class AlreadyLeaving(Refused):
    def __init__(self) -> None:
        super().__init__(
            "You have asked to leave this part already. We will write to you."
        )


class NotEntered(Refused):
    def __init__(self) -> None:
        super().__init__("Only somebody who is in the register can ask to leave it.")


class ToBeRemoved(Refused):
    """Whoever may be removed does not leave by this door first."""

    def __init__(self) -> None:
        super().__init__(
            "There is a notice that this entry may be removed. That is decided first."
        )


class LeavingEnded(Refused):
    def __init__(self) -> None:
        super().__init__("This request to leave the register has ended already.")


class DayGone(Refused):
    def __init__(self) -> None:
        super().__init__("The last day in the register cannot be in the past.")


class Leaving(Base):
    """A registrant's wish to leave one part."""

    __tablename__ = "leaving"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    because: Mapped[LeavingReason] = mapped_column(code(LeavingReason))
    last_day: Mapped[date]
    """The last day on which they wish to be registered."""
    asked_at: Mapped[datetime]
    state: Mapped[LeavingState] = mapped_column(
        code(LeavingState, "state"), default=LeavingState.ASKED
    )
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    entry: Mapped[Entry] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("(state = 'asked') = (ended_at is null)", name="ended"),
        Index(
            "leaving_one_open",
            "entry_id",
            unique=True,
            postgresql_where="state = 'asked'",
        ),
        Index("leaving_open", "asked_at", "id", postgresql_where="state = 'asked'"),
    )

    @classmethod
    async def ask(
        cls,
        session: AsyncSession,
        entry: Entry,
        *,
        because: LeavingReason,
        last_day: date,
        by: Process,
    ) -> Self:
        """Raises NotEntered, AlreadyLeaving, DayGone or ToBeRemoved. That an entry is held is not told here."""
        status = entry.status_at(by.at)
        if status is None or not status.current:
            raise NotEntered
        if last_day < day_of(by.at):
            raise DayGone
        if await session.scalar(
            select(cls.id).where(cls.entry_id == entry.id, cls.open)
        ):
            raise AlreadyLeaving
        await _must_not_be_noticed(session, entry)
        leaving = cls(
            id=uuid4(),
            entry=entry,
            person_id=entry.person_id,
            because=because,
            last_day=last_day,
            asked_at=by.at,
            state=LeavingState.ASKED,
        )
        session.add(leaving)
        leaving._tell(LeavingEvent.ASKED, by)
        await session.flush()
        await leaving._write(session, "leaving_asked", by=by)
        return leaving

    @hybrid_property
    def open(self) -> bool:
        return self.state is LeavingState.ASKED

    @open.inplace.expression
    @classmethod
    def _open_in_sql(cls) -> ColumnElement[bool]:
        return cls.state == LeavingState.ASKED

    @property
    def about(self) -> str:
        """As a proposal names it."""
        return f"leaving:{self.id}"

    async def withdraw(self, session: AsyncSession, *, by: Process) -> None:
        """They stay; what waits for a second person waits no longer. Raises LeavingEnded."""
        self._end(LeavingState.WITHDRAWN, LeavingEvent.WITHDRAWN, by)
        await withdraw_waiting(session, self.about, by=by)

    async def propose(
        self, session: AsyncSession, *, proposer: Account, by: Process
    ) -> Proposal:
        """To agree; raises EntryHeld or ToBeRemoved: who is looked into does not leave by this door."""
        self._must_be_open()
        entry = await Entry.load(session, self.entry_id)
        if entry.held_at(by.at):
            raise EntryHeld(entry)
        await _must_not_be_noticed(session, entry)
        return await Proposal.make(
            session,
            ProposalKind.AGREE_TO_LEAVE,
            about=self.about,
            person_id=self.person_id,
            data={"leaving": str(self.id)},
            touched=[],
            proposer=proposer,
            by=by,
        )

    async def turn_down(
        self, session: AsyncSession, *, words: str, by: Process
    ) -> None:
        """With the words that the registrant will read; raises LeavingEnded."""
        self._end(LeavingState.TURNED_DOWN, LeavingEvent.TURNED_DOWN, by)
        by.say(TextKind.PUBLIC, words)
        await withdraw_waiting(session, self.about, by=by)
        await self._write(session, "leaving_turned_down", by=by, words=words)

    async def agree(self, session: AsyncSession, *, by: Process) -> None:
        """The entry ends with the last day, or with today where it has gone by; raises EntryHeld, ToBeRemoved or NotPossible."""
        entry = await Entry.load(session, self.entry_id, lock=True)
        if entry.held_at(by.at):
            raise EntryHeld(entry)
        await _must_not_be_noticed(session, entry)
        context = self._agreement(entry, now=by.at)
        self.last_day = context["last_day"]
        self._end(LeavingState.AGREED, LeavingEvent.AGREED, by)
        on = end_of(self.last_day)
        await entry.remove(session, on=on, because=RemovalReason.VOLUNTARY, by=by)
        await self._write(session, AGREED, by=by, **context)

    async def agreed_otherwise(self, session: AsyncSession, *, by: Process) -> None:
        """Whatever held the entry let it go itself, and with this moment; raises LeavingEnded."""
        self.last_day = day_of(by.at)
        self._end(LeavingState.AGREED, LeavingEvent.AGREED, by)
        await withdraw_waiting(session, self.about, by=by)

    def letter_before(self, entry: Entry, *, now: datetime) -> Letter:
        """What the registrant will read if we agree now."""
        return letter_of(AGREED, self._agreement(entry, now=now))

    def _agreement(self, entry: Entry, *, now: datetime) -> dict[str, Any]:
        return {
            "last_day": max(self.last_day, day_of(now)),
            "number": entry.person.number,
        }

    def _must_be_open(self) -> None:
        if not self.open:
            raise LeavingEnded

    def _end(self, state: LeavingState, event: LeavingEvent, by: Process) -> None:
        self._must_be_open()
        self.state, self.ended_at = state, by.at
        self._tell(event, by)

    def _tell(self, event: LeavingEvent, by: Process) -> None:
        by.tell(
            event,
            person_id=self.person_id,
            entry=self.entry_id,
            because=self.because,
            last_day=self.last_day,
        )

    async def _write(
        self, session: AsyncSession, letter: str, *, by: Process, **context: object
    ) -> None:
        await write_to(
            session,
            self.person_id,
            letter,
            context={"leaving": self, **context},
            key=f"{letter}:{self.id}",
            now=by.at,
        )


async def _must_not_be_noticed(session: AsyncSession, entry: Entry) -> None:
    if await open_notice(session, entry_id=entry.id):
        raise ToBeRemoved


async def let_go(session: AsyncSession, entry: Entry, *, by: Process) -> None:
    """Out of the register now, although it is held: agreed by those who hold it. A request to leave is answered with it."""
    await entry.remove(
        session, on=by.at, because=RemovalReason.VOLUNTARY_DURING_CASE, by=by
    )
    asked_for = await session.scalars(
        select(Leaving)
        .where(Leaving.entry_id == entry.id, Leaving.open)
        .with_for_update()
    )
    for leaving in asked_for.all():
        await leaving.agreed_otherwise(session, by=by)


@carries_out(ProposalKind.AGREE_TO_LEAVE)
async def agree(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    leaving = await session.get_one(Leaving, UUID(proposal.data["leaving"]))
    await leaving.agree(session, by=by)


@dataclass(frozen=True)
class LeavingPage:
    rows: Sequence[Leaving]
    next: UUID | None


PAGE = 50


async def asked(
    session: AsyncSession, reader: Account, *, after: UUID | None = None
) -> LeavingPage:
    """Who has asked to leave, the oldest first; nobody reads of their own request here."""
    found = (
        _shown_to(reader)
        .where(Leaving.open)
        .order_by(Leaving.asked_at, Leaving.id)
        .limit(PAGE + 1)
    )
    if after:
        last = select(Leaving.asked_at, Leaving.id).where(Leaving.id == after)
        found = found.where(
            tuple_(Leaving.asked_at, Leaving.id) > last.scalar_subquery()
        )
    rows = list(await session.scalars(found))
    return LeavingPage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


async def leaving_for(
    session: AsyncSession, reader: Account, leaving_id: UUID, *, lock: bool = False
) -> Leaving:
    """Raises NotFound."""
    found = _shown_to(reader).where(Leaving.id == leaving_id)
    if lock:
        found = found.with_for_update(of=Leaving)
    leaving = await session.scalar(found)
    if leaving is None:
        raise NotFound
    return leaving


def _shown_to(reader: Account) -> Select[Leaving]:
    found = select(Leaving).options(
        joinedload(Leaving.person), joinedload(Leaving.entry)
    )
    return found.where(of_others(reader))


def of_others(reader: Account) -> ColumnElement[bool]:
    return Leaving.person_id != reader.person_id if reader.person_id else true()


async def entries_of(session: AsyncSession, person_id: UUID) -> list[Entry]:
    """All that somebody has in the register, with its facts."""
    ids = await session.scalars(select(Entry.id).where(Entry.person_id == person_id))
    return await Entry.load_many(session, list(ids))


async def own_leavings(session: AsyncSession, person_id: UUID) -> list[Leaving]:
    """What somebody has asked, the newest first."""
    found = await session.scalars(
        select(Leaving)
        .where(Leaving.person_id == person_id)
        .options(joinedload(Leaving.entry))
        .order_by(Leaving.asked_at.desc())
    )
    return list(found)
