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
from fitness.numbers import next_number
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.process import Process


class Directed(StrEnum):
    """Who is to do it."""

    US = "us"
    REGISTRANT = "registrant"
    BOTH = "both"


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
        """Raises HearingOver or DueInThePast."""
        hearing.must_be_open()
        if due_on < day_of(by.at):
            raise DueInThePast
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
        return direction

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


async def directions_of(session: AsyncSession, hearing: Hearing) -> Sequence[Direction]:
    """In the order in which they were given."""
    found = await session.scalars(
        select(Direction)
        .where(Direction.hearing_id == hearing.id)
        .options(joinedload(Direction.text))
        .order_by(Direction.number)
    )
    return found.all()
