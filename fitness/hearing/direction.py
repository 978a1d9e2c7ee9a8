"""Directions: what somebody is to do before a hearing, and by when."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.case import Case, CaseEventKind, CaseText, say
from fitness.hearing.hearing import Hearing
from fitness.hearing.notice import NotToldOfTheCase, serve, when_and_where
from fitness.investigation.drawn import ERASED, Drawn, draw
from fitness.investigation.served import ServiceKind
from fitness.notice_template import Gap, NoticeKind
from fitness.numbers import next_number
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.kit.pages import day
from register.process import Process


class Directed(StrEnum):
    """Who is to do it."""

    US = "us"
    REGISTRANT = "registrant"
    BOTH = "both"

    @property
    def to_be_told(self) -> bool:
        """By a notice: of what only we are to do, the registrant reads on the page of their case."""
        return self is not Directed.US


class DueInThePast(Refused):
    def __init__(self) -> None:
        super().__init__("What is directed is due today or later.")


class MetAlready(Refused):
    def __init__(self) -> None:
        super().__init__("This direction has been met already.")


class Direction(Base):
    __tablename__ = "hearing_direction"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    hearing_id: Mapped[UUID] = mapped_column(ForeignKey("hearing.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    number: Mapped[int]
    directed: Mapped[Directed] = mapped_column(code(Directed, "directed"))
    due_on: Mapped[date]
    given_at: Mapped[datetime]
    met_at: Mapped[datetime | None]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("hearing_id", "number"),
        CheckConstraint("met_at >= given_at", name="order"),
    )

    @classmethod
    async def give(
        cls,
        session: AsyncSession,
        case: Case,
        hearing: Hearing,
        words: str,
        *,
        directed: Directed,
        due_on: date,
        by: Process,
    ) -> Self:
        """What the registrant is to do is served on them.

        Raises HearingOver, DueInThePast, NotToldOfTheCase or CannotBeServed.
        """
        drawn = await cls.draw(
            session, case, hearing, words, directed=directed, due_on=due_on, now=by.at
        )
        direction = cls(
            id=uuid4(),
            hearing_id=hearing.id,
            case_id=case.id,
            number=await next_number(session, cls.number, cls.hearing_id, hearing.id),
            directed=directed,
            due_on=due_on,
            given_at=by.at,
            process=by,
            text=say(session, case.id, words, by=by),
        )
        session.add(direction)
        hearing.tell(
            session,
            case,
            CaseEventKind.DIRECTED,
            by=by,
            direction=direction.number,
            until=due_on,
        )
        await session.flush()
        if drawn:
            await serve(
                session,
                case,
                hearing,
                ServiceKind.DIRECTIONS,
                drawn,
                about_id=direction.id,
                by=by,
            )
        return direction

    @staticmethod
    async def draw(
        session: AsyncSession,
        case: Case,
        hearing: Hearing,
        words: str,
        *,
        directed: Directed,
        due_on: date,
        now: datetime,
    ) -> Drawn | None:
        """As `give` would serve it, None where there is nothing to serve; raises what it does."""
        hearing.must_be_open()
        if due_on < day_of(now):
            raise DueInThePast
        if not directed.to_be_told:
            return None
        if case.told_at is None:
            raise NotToldOfTheCase
        return await _draw(session, case, hearing, words, due_on=due_on, now=now)

    async def draw_again(
        self,
        session: AsyncSession,
        case: Case,
        hearing: Hearing,
        *,
        by_post: bool = False,
        now: datetime,
    ) -> Drawn:
        """Before the day that the hearing has now. Raises CannotBeServed."""
        words = self.text.words if self.text else ERASED
        return await _draw(
            session,
            case,
            hearing,
            words,
            due_on=self.due_on,
            by_post=by_post,
            now=now,
        )

    def meet(
        self, session: AsyncSession, case: Case, hearing: Hearing, *, by: Process
    ) -> None:
        if self.met_at:
            raise MetAlready
        self.met_at = by.at
        hearing.tell(
            session, case, CaseEventKind.DIRECTION_MET, by=by, direction=self.number
        )

    def late(self, today: date) -> bool:
        return self.met_at is None and today > self.due_on


async def _draw(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    words: str,
    *,
    due_on: date,
    by_post: bool = False,
    now: datetime,
) -> Drawn:
    said = when_and_where(hearing) | {Gap.LAST_DAY: day(due_on), Gap.OUR_WORDS: words}
    return await draw(
        session, case, NoticeKind.DIRECTIONS, said, by_post=by_post, now=now
    )


async def directions_of(session: AsyncSession, hearing: Hearing) -> Sequence[Direction]:
    """In the order in which they were given."""
    found = await session.scalars(
        select(Direction)
        .where(Direction.hearing_id == hearing.id)
        .options(joinedload(Direction.text))
        .order_by(Direction.number)
    )
    return found.all()
