"""Requests: what we wait for from somebody outside, until when, and whose turn it is."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from register.kit.clock import end_of
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.process import Fact, Process


class RequestKind(StrEnum):
    FURTHER_INFORMATION = "further_information"
    REFERENCE = "reference"
    ENDORSEMENT = "endorsement"
    REPRESENTATIONS = "representations"
    REFLECTION = "reflection"
    """Of a peer or supervisor, on what somebody learnt."""
    LEARNING = "learning"
    """More of it, from somebody whose year was not enough."""

    @property
    def stops_the_clock(self) -> bool:
        """Whether nothing can be done before the answer comes. While others write, all else is assessed."""
        return self in {RequestKind.FURTHER_INFORMATION, RequestKind.REPRESENTATIONS}


class RequestEvent(StrEnum):
    ASKED = "request:asked"
    REMINDED = "request:reminded"
    RECEIVED = "request:received"
    DECLINED = "request:declined"
    EXPIRED = "request:expired"
    REPLACED = "request:replaced"
    WAIVED = "request:waived"
    MOVED = "request:moved"


class Outcome(StrEnum):
    RECEIVED = "received"
    DECLINED = "declined"
    """They told us that they cannot give what we asked for."""
    EXPIRED = "expired"
    REPLACED = "replaced"
    """By another request: of somebody else, or of the same once more."""
    WAIVED = "waived"
    """We go on without it."""


class AlreadyEnded(Refused):
    def __init__(self, request: "Request") -> None:
        self.request = request
        super().__init__(
            "This request has been answered or has run out, so nothing more can be sent for it."
        )


class StillOpen(Refused):
    def __init__(self, request: "Request") -> None:
        self.request = request
        super().__init__(
            "We have asked for this already and are waiting for the answer."
        )


class Request(Base):
    """Something asked for, of the applicant or of somebody else."""

    __tablename__ = "request"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[RequestKind] = mapped_column(code(RequestKind))
    application_id: Mapped[UUID | None] = mapped_column(index=True)
    entry_id: Mapped[UUID | None] = mapped_column(index=True)
    """What it is about: an application, an entry, or neither where it is about the person."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    about_id: Mapped[UUID | None]
    """Which of several it is about, such as the referee."""
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    items: Mapped[list[Any]]
    """What is asked for, as codes."""
    asked_at: Mapped[datetime]
    due_on: Mapped[date]
    """The last day: the deadline ends at 23:59:59 Europe/London."""
    reminded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(code(Outcome, "outcome"))
    version: Mapped[int] = mapped_column(default=1)

    process: Mapped[Process] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("(ended_at is null) = (outcome is null)", name="ended"),
        CheckConstraint("ended_at >= asked_at", name="order"),
        CheckConstraint(
            "num_nonnulls(application_id, entry_id) = case when kind in ('reflection', 'learning') then 0 else 1 end",
            name="about",
        ),
        CheckConstraint(
            "kind not in ('reflection', 'learning') or about_id is not null",
            name="about_what",
        ),
        Index(
            "request_about_id_ix",
            "about_id",
            postgresql_where="kind in ('reflection', 'learning')",
        ),
        Index(
            "request_one_open",
            "application_id",
            "entry_id",
            "kind",
            "about_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where="ended_at is null",
        ),
    )

    @classmethod
    async def ask(
        cls,
        session: AsyncSession,
        kind: RequestKind,
        *,
        application_id: UUID | None = None,
        entry_id: UUID | None = None,
        person_id: UUID,
        about_id: UUID | None = None,
        items: Sequence[Any],
        due_on: date,
        by: Process,
    ) -> Self:
        """Ask for something; raises StillOpen where the same is being waited for."""
        waiting = await session.scalar(
            select(cls).where(
                cls.application_id.is_not_distinct_from(application_id),
                cls.entry_id.is_not_distinct_from(entry_id),
                cls.kind == kind,
                cls.about_id.is_not_distinct_from(about_id),
                cls.open,
            )
        )
        if waiting:
            raise StillOpen(waiting)
        request = cls(
            id=uuid4(),
            kind=kind,
            application_id=application_id,
            entry_id=entry_id,
            person_id=person_id,
            about_id=about_id,
            process=by,
            items=list(items),
            asked_at=by.at,
            due_on=due_on,
        )
        session.add(request)
        by.tell(
            RequestEvent.ASKED,
            person_id=person_id,
            application_id=application_id,
            request=request.id,
            of=kind,
            due_on=due_on,
        )
        return request

    def remind(self, *, by: Process) -> None:
        self._must_be_open()
        self.reminded_at = by.at
        self._tell(RequestEvent.REMINDED, by)

    def move(self, due_on: date, *, by: Process) -> None:
        """A new last day, before which a reminder comes again."""
        self._must_be_open()
        self.due_on, self.reminded_at = due_on, None
        self._tell(RequestEvent.MOVED, by, due_on=due_on)

    def receive(self, *, by: Process) -> None:
        """The answer has come; late ones count too as long as nobody has let the request expire."""
        self._end(Outcome.RECEIVED, RequestEvent.RECEIVED, by)

    def decline(self, *, because: StrEnum, by: Process) -> None:
        self._end(Outcome.DECLINED, RequestEvent.DECLINED, by, because=because)

    def expire(self, *, by: Process) -> None:
        self._end(Outcome.EXPIRED, RequestEvent.EXPIRED, by)

    def replace(self, *, by: Process) -> None:
        self._end(Outcome.REPLACED, RequestEvent.REPLACED, by)

    def waive(self, *, by: Process) -> None:
        self._end(Outcome.WAIVED, RequestEvent.WAIVED, by)

    @hybrid_property
    def open(self) -> bool:
        return self.ended_at is None

    @open.inplace.expression
    @classmethod
    def _open_in_sql(cls) -> ColumnElement[bool]:
        return cls.ended_at.is_(None)

    def overdue(self, now: datetime) -> bool:
        return self.open and now >= end_of(self.due_on)

    def waited(self, now: datetime) -> timedelta:
        """How long we have waited, or waited, for the answer."""
        return (self.ended_at or now) - self.asked_at

    def _must_be_open(self) -> None:
        if not self.open:
            raise AlreadyEnded(self)

    def _end(
        self, outcome: Outcome, event: RequestEvent, by: Process, **facts: Fact
    ) -> None:
        self._must_be_open()
        self.ended_at, self.outcome = by.at, outcome
        self._tell(event, by, **facts)

    def _tell(self, event: RequestEvent, by: Process, **facts: Fact) -> None:
        by.tell(
            event,
            person_id=self.person_id,
            application_id=self.application_id,
            request=self.id,
            of=self.kind,
            **facts,
        )
