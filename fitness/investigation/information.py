"""Requests for information: what we asked somebody outside for, until when, and what became of it.

In the words of register/request.py, which tells a person's timeline of each request: of what is asked for in a case nobody may
read there.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from fitness.case import Case, CaseEventKind, CaseText, Stage, say
from fitness.investigation.evidence import Source
from fitness.numbers import next_number
from register.kit.clock import day_of, end_of
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.process import Process
from register.request import Outcome


class Answered(Refused):
    def __init__(self) -> None:
        super().__init__("This request is answered or has ended already.")


class DueBefore(Refused):
    """An answer cannot be due before it was asked for."""

    def __init__(self) -> None:
        super().__init__("The last day to answer must be after today.")


class StillTime(Refused):
    def __init__(self) -> None:
        super().__init__(
            "There is still time to answer this request, so it has not run out."
        )


class InformationRequest(Base):
    __tablename__ = "information_request"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    number: Mapped[int]
    asked_of: Mapped[Source] = mapped_column(code(Source, "asked_of"))
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    to_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """Who there, and how they are reached."""
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """What for."""
    asked_at: Mapped[datetime]
    due_on: Mapped[date]
    """The last day: the deadline ends at 23:59:59 Europe/London."""
    reminded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(code(Outcome, "outcome"))
    replaces_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("information_request.id")
    )

    process: Mapped[Process] = relationship(lazy="raise")
    to: Mapped[CaseText | None] = relationship(lazy="raise", foreign_keys=to_id)
    text: Mapped[CaseText | None] = relationship(lazy="raise", foreign_keys=text_id)

    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("(ended_at is null) = (outcome is null)", name="ended"),
        CheckConstraint("ended_at >= asked_at", name="order"),
        Index(
            "information_request_open",
            "due_on",
            "case_id",
            postgresql_where="ended_at is null",
        ),
    )

    @property
    def label(self) -> str:
        return f"R{self.number}"

    @classmethod
    async def ask(
        cls,
        session: AsyncSession,
        case: Case,
        words: str,
        *,
        asked_of: Source,
        to: str,
        due_on: date,
        replaces: "InformationRequest | None" = None,
        by: Process,
    ) -> Self:
        """What it replaces ends; raises NotNow, DueBefore or Answered."""
        case.must_be(Stage.INVESTIGATION)
        if due_on <= day_of(by.at):
            raise DueBefore
        if replaces:
            replaces.end(session, case, Outcome.REPLACED, by=by)
        request = cls(
            id=uuid4(),
            case_id=case.id,
            number=await next_number(session, cls.number, cls.case_id, case.id),
            asked_of=asked_of,
            process=by,
            to=say(session, case.id, to, by=by),
            text=say(session, case.id, words, by=by),
            asked_at=by.at,
            due_on=due_on,
            replaces_id=replaces.id if replaces else None,
        )
        session.add(request)
        case.tell(
            session,
            CaseEventKind.INFORMATION_ASKED,
            by=by,
            request=request.label,
            of=asked_of,
            until=due_on,
        )
        return request

    def remind(self, session: AsyncSession, case: Case, *, by: Process) -> None:
        """Raises Answered."""
        self._must_be_open()
        self.reminded_at = by.at
        case.tell(
            session, CaseEventKind.INFORMATION_REMINDED, by=by, request=self.label
        )

    def end(
        self, session: AsyncSession, case: Case, outcome: Outcome, *, by: Process
    ) -> None:
        """Late answers count too as long as nobody has let it run out. Raises Answered, or StillTime where it cannot have."""
        self._must_be_open()
        if outcome is Outcome.EXPIRED and not self.overdue(by.at):
            raise StillTime
        self.ended_at, self.outcome = by.at, outcome
        case.tell(
            session,
            CaseEventKind.INFORMATION_ENDED,
            by=by,
            request=self.label,
            outcome=outcome,
        )

    @hybrid_property
    def open(self) -> bool:
        return self.ended_at is None

    @open.inplace.expression
    @classmethod
    def _open_in_sql(cls) -> ColumnElement[bool]:
        return cls.ended_at.is_(None)

    def overdue(self, now: datetime) -> bool:
        return self.open and now >= end_of(self.due_on)

    def _must_be_open(self) -> None:
        if not self.open:
            raise Answered


async def requests_of(
    session: AsyncSession, case_id: UUID
) -> Sequence[InformationRequest]:
    """In the order of their numbers."""
    found = await session.scalars(
        select(InformationRequest)
        .where(InformationRequest.case_id == case_id)
        .options(joinedload(InformationRequest.text), joinedload(InformationRequest.to))
        .order_by(InformationRequest.number)
    )
    return found.all()


async def request_in(
    session: AsyncSession, case_id: UUID, number: int, *, lock: bool = False
) -> InformationRequest:
    """Raises NotFound."""
    found = (
        select(InformationRequest)
        .where(
            InformationRequest.case_id == case_id, InformationRequest.number == number
        )
        .options(joinedload(InformationRequest.text), joinedload(InformationRequest.to))
    )
    request = await session.scalar(
        found.with_for_update(of=InformationRequest) if lock else found
    )
    if request is None:
        raise NotFound
    return request
