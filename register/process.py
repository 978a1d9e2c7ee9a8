"""Processes: what was done, by whom, when and why; their events are the one history that every timeline is drawn from."""

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from register.account import Account
from register.kit.db import Base, code

PLAIN = re.compile(r"[A-Za-z0-9_:./+\-]{0,80}")
"""A code, an id, a number or a date. Words have spaces, and stand in process_text."""

Fact = str | int | bool | UUID | date | None


class WordsInEvent(Exception):
    """An event was handed something that is not a code, an id, a date or pence: a bug, stopped before it is kept for ever."""


class TextKind(StrEnum):
    REASON = "reason"
    NOTE = "note"
    INTERNAL = "internal"
    PUBLIC = "public"


class Process(Base):
    """One act: its moment is the moment of everything it does. `kind` is a StrEnum of the module that acts."""

    __tablename__ = "process"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str]
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    """None when a job acts."""
    approver_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None]

    events: Mapped[list["Event"]] = relationship(lazy="raise", back_populates="process")
    texts: Mapped[list["ProcessText"]] = relationship(
        lazy="raise", back_populates="process"
    )

    __table_args__ = (
        CheckConstraint("approver_id <> actor_id", name="two_people"),
        Index(None, "actor_id", "at"),
        CheckConstraint("kind ~ '^[a-z0-9_:]+$'", name="kind"),
    )

    @classmethod
    def begin(
        cls,
        session: AsyncSession,
        kind: StrEnum,
        *,
        now: datetime,
        actor: Account | None = None,
        approver: Account | None = None,
        reason: StrEnum | str | None = None,
    ) -> Self:
        process = cls(
            id=uuid4(),
            kind=kind,
            at=now,
            actor_id=actor.id if actor else None,
            approver_id=approver.id if approver else None,
            reason=reason,
            events=[],
            texts=[],
        )
        session.add(process)
        return process

    def tell(
        self,
        kind: StrEnum,
        *,
        person_id: UUID | None = None,
        application_id: UUID | None = None,
        **facts: Fact,
    ) -> None:
        """Add the line of history. `facts` are codes, ids, dates and pence only; raises WordsInEvent."""
        data = {name: plain(value) for name, value in facts.items()}
        self.events.append(
            Event(
                kind=kind,
                at=self.at,
                person_id=person_id,
                application_id=application_id,
                data=data,
            )
        )

    def say(self, kind: TextKind, words: str) -> "ProcessText":
        """Keep the words of the act where they can be erased."""
        text = ProcessText(id=uuid4(), kind=kind, words=words)
        self.texts.append(text)
        return text


class Event(Base):
    """A line of history. The database refuses to change or delete one."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    application_id: Mapped[UUID | None] = mapped_column(index=True)
    data: Mapped[dict[str, Any]]

    process: Mapped[Process] = relationship(lazy="raise", back_populates="events")

    __table_args__ = (
        CheckConstraint("kind ~ '^[a-z0-9_:]+$'", name="kind"),
        CheckConstraint(
            """not jsonb_path_exists(data, '$.** ? (@.type() == "string" && @ like_regex "[[:space:]]")')""",
            name="no_words",
        ),
    )


class ProcessText(Base):
    """Words of an act. Only the role register_eraser may delete them, through erase_words(), which leaves an event behind."""

    __tablename__ = "process_text"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"), index=True)
    kind: Mapped[TextKind] = mapped_column(code(TextKind))
    words: Mapped[str]

    process: Mapped[Process] = relationship(lazy="raise", back_populates="texts")

    __table_args__ = (CheckConstraint("words <> ''", name="some_words"),)


async def timeline(
    session: AsyncSession,
    *,
    persons: Collection[UUID] = (),
    application_id: UUID | None = None,
    kinds: Iterable[StrEnum] | None = None,
    before: int | None = None,
    limit: int = 200,
) -> list[tuple[Event, Process, Account | None]]:
    """The events of one person or application, newest first, each with its act and who did it.

    `persons`: the person, and whoever was merged into them. `kinds`: what a reader may see.
    `before`: the event at which the page before ended.
    """
    lines = select(Event, Process, Account).join(
        Process, Event.process_id == Process.id
    )
    lines = lines.outerjoin(Account, Process.actor_id == Account.id)
    if persons:
        lines = lines.where(Event.person_id.in_(persons))
    if application_id:
        lines = lines.where(Event.application_id == application_id)
    if kinds is not None:
        lines = lines.where(Event.kind.in_(list(kinds)))
    if before is not None:
        lines = lines.where(Event.id < before)
    rows = await session.execute(lines.order_by(Event.id.desc()).limit(limit))
    return [(event, process, account) for event, process, account in rows]


def plain(value: Fact) -> str | int | bool | None:
    if value is None or isinstance(value, bool | int):
        return value
    text = value.isoformat() if isinstance(value, date) else str(value)
    if not PLAIN.fullmatch(text):
        raise WordsInEvent
    return text
