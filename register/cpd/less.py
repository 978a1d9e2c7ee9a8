"""Asking for less: whoever was away for long may be granted fewer records for a year, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from register.account import Account
from register.cpd.acts import LearningEvent
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.post import post
from register.person import Person
from register.process import Process, TextKind
from register.proposal import AboutYourself


class LessReason(StrEnum):
    PARENTAL_LEAVE = "parental_leave"
    SICKNESS = "sickness"
    CARING = "caring"
    """For somebody close."""
    BEREAVEMENT = "bereavement"
    OTHER = "other"


class LessState(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    TURNED_DOWN = "turned_down"


class AskedForLess(Refused):
    def __init__(self) -> None:
        super().__init__(
            "You have asked for less learning for this year already. We will write to you."
        )


class DecidedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("This has been decided already.")


class LearningLess(Base):
    """A wish to do less in one year, with what became of it."""

    __tablename__ = "learning_less"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    year_end: Mapped[date]
    because: Mapped[LessReason] = mapped_column(code(LessReason))
    from_on: Mapped[date]
    until_on: Mapped[date]
    """The last day away, as far as they know it."""
    state: Mapped[LessState] = mapped_column(code(LessState, "state"))
    records: Mapped[int | None]
    """How many are asked of each kind at most, where it was granted; 0 for nothing at all."""
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    decided_in: Mapped[UUID | None] = mapped_column(ForeignKey("process.id"))
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise", foreign_keys=process_id)
    decision: Mapped[Process | None] = relationship(
        lazy="raise", foreign_keys=decided_in
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("from_on <= until_on", name="days"),
        CheckConstraint("records >= 0", name="records"),
        CheckConstraint(
            "(state = 'granted') = (records is not null) and (state = 'asked') = (decided_at is null)"
            " and (decided_at is null) = (decided_in is null)",
            name="decided",
        ),
        Index(
            "learning_less_one",
            "person_id",
            "year_end",
            unique=True,
            postgresql_where="state <> 'turned_down'",
        ),
        Index(
            "learning_less_waiting",
            "asked_at",
            "id",
            postgresql_where="state = 'asked'",
        ),
    )

    @classmethod
    async def ask(
        cls,
        session: AsyncSession,
        person_id: UUID,
        *,
        year_end: date,
        because: LessReason,
        from_on: date,
        until_on: date,
        words: str,
        by: Process,
    ) -> Self:
        """Raises AskedForLess."""
        standing = select(cls.id).where(
            cls.person_id == person_id,
            cls.year_end == year_end,
            cls.state != LessState.TURNED_DOWN,
        )
        if await session.scalar(standing):
            raise AskedForLess
        asked = cls(
            id=uuid4(),
            person_id=person_id,
            year_end=year_end,
            because=because,
            from_on=from_on,
            until_on=until_on,
            state=LessState.ASKED,
            asked_at=by.at,
            process=by,
        )
        if words:
            by.say(TextKind.REASON, words)
        session.add(asked)
        asked._tell(LearningEvent.LESS_ASKED, by, because=because)
        await session.flush()
        return asked

    async def grant(
        self, session: AsyncSession, *, records: int, officer: Account, by: Process
    ) -> None:
        """At most so many records of each kind; raises DecidedAlready or AboutYourself."""
        self._decide(LessState.GRANTED, officer, by)
        self.records = records
        self._tell(LearningEvent.LESS_GRANTED, by, records=records)
        await self._write(session, "learning_less_granted", by=by)

    async def turn_down(
        self, session: AsyncSession, *, words: str, officer: Account, by: Process
    ) -> None:
        """With the words that the registrant reads; raises DecidedAlready or AboutYourself."""
        self._decide(LessState.TURNED_DOWN, officer, by)
        by.say(TextKind.PUBLIC, words)
        self._tell(LearningEvent.LESS_TURNED_DOWN, by)
        await self._write(session, "learning_less_turned_down", by=by, words=words)

    @hybrid_property
    def waiting(self) -> bool:
        return self.state is LessState.ASKED

    @waiting.inplace.expression
    @classmethod
    def _waiting_in_sql(cls) -> ColumnElement[bool]:
        return cls.state == LessState.ASKED

    @property
    def words(self) -> str:
        """What they told us of it, as long as it is kept."""
        return "\n\n".join(text.words for text in self.process.texts)

    def _decide(self, state: LessState, officer: Account, by: Process) -> None:
        if not self.waiting:
            raise DecidedAlready
        if officer.person_id == self.person_id:
            raise AboutYourself
        self.state, self.decided_at, self.decision = state, by.at, by

    def _tell(self, event: LearningEvent, by: Process, **facts: Any) -> None:
        by.tell(
            event, person_id=self.person_id, less=self.id, until=self.year_end, **facts
        )

    async def _write(
        self, session: AsyncSession, letter: str, *, by: Process, **more: Any
    ) -> None:
        account = await session.scalar(
            select(Account).where(Account.person_id == self.person_id)
        )
        if account:
            await post(
                session,
                to=account.email,
                letter=letter,
                context={"less": self, **more},
                key=f"{letter}:{self.id}",
                person_id=self.person_id,
                now=by.at,
            )


async def less_of(
    session: AsyncSession, person_id: UUID, *, year_end: date
) -> LearningLess | None:
    """What was granted for that year."""
    found: LearningLess | None = await session.scalar(
        select(LearningLess).where(
            LearningLess.person_id == person_id,
            LearningLess.year_end == year_end,
            LearningLess.state == LessState.GRANTED,
        )
    )
    return found


async def all_less_of(session: AsyncSession, person_id: UUID) -> Sequence[LearningLess]:
    """All that somebody has asked for, the newest first."""
    found = await session.scalars(
        _whole()
        .where(LearningLess.person_id == person_id)
        .order_by(LearningLess.asked_at.desc(), LearningLess.id)
    )
    return found.all()


async def less_for(
    session: AsyncSession, reader: Account, less_id: UUID, *, lock: bool = False
) -> LearningLess:
    """For staff; raises NotFound, and of their own."""
    found = _shown_to(reader).where(LearningLess.id == less_id)
    if lock:
        found = found.with_for_update(of=LearningLess).execution_options(
            populate_existing=True
        )
    less = await session.scalar(found)
    if less is None:
        raise NotFound
    return less


PAGE = 50


@dataclass(frozen=True)
class LessPage:
    rows: Sequence[LearningLess]
    next: UUID | None


async def less_waiting(
    session: AsyncSession, reader: Account, *, after: UUID | None = None
) -> LessPage:
    """What nobody has decided on, the one that waits longest first."""
    found = _shown_to(reader).where(LearningLess.waiting)
    if after:
        last = select(LearningLess.asked_at, LearningLess.id).where(
            LearningLess.id == after
        )
        found = found.where(
            tuple_(LearningLess.asked_at, LearningLess.id) > last.scalar_subquery()
        )
    rows = await session.scalars(
        found.order_by(LearningLess.asked_at, LearningLess.id).limit(PAGE + 1)
    )
    shown = rows.all()
    return LessPage(shown[:PAGE], shown[PAGE - 1].id if len(shown) > PAGE else None)


def _shown_to(reader: Account) -> Select[LearningLess]:
    found = _whole()
    if reader.person_id:
        found = found.where(LearningLess.person_id != reader.person_id)
    return found


def _whole() -> Select[LearningLess]:
    return select(LearningLess).options(
        joinedload(LearningLess.person),
        joinedload(LearningLess.process).selectinload(Process.texts),
        joinedload(LearningLess.decision).selectinload(Process.texts),
    )
