"""The history of a case: its events, which are never changed, and its words, which may one day be erased."""

from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Uuid,
    cast,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fitness.case.acts import CaseEventKind
from register.account import Account
from register.kit.db import Base, code
from register.process import Process, plain


class CaseEvent(Base):
    """A line. Codes, ids, dates and numbers only; the database refuses to change or delete one."""

    __tablename__ = "case_event"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    kind: Mapped[CaseEventKind] = mapped_column(code(CaseEventKind))
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]]

    process: Mapped[Process] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint(
            """not jsonb_path_exists(data, '$.** ? (@.type() == "string" && @ like_regex "[[:space:]]")')""",
            name="no_words",
        ),
    )


class CaseText(Base):
    """What somebody wrote in a case. Never changed; who writes again writes another."""

    __tablename__ = "case_text"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    words: Mapped[str]

    process: Mapped[Process] = relationship(lazy="raise")

    __table_args__ = (CheckConstraint("words <> ''", name="some_words"),)


def tell(
    session: AsyncSession,
    case_id: UUID,
    kind: CaseEventKind,
    *,
    by: Process,
    **facts: Any,
) -> None:
    """Add a line; raises WordsInEvent for what is no code, id, date or number."""
    session.add(
        CaseEvent(
            case_id=case_id,
            process=by,
            kind=kind,
            at=by.at,
            data={name: plain(value) for name, value in facts.items()},
        )
    )


def say(session: AsyncSession, case_id: UUID, words: str, *, by: Process) -> CaseText:
    text = CaseText(id=uuid4(), case_id=case_id, process=by, words=words)
    session.add(text)
    return text


class Line(NamedTuple):
    event: CaseEvent
    account: Account | None
    """Who did it; None for the service."""
    words: str
    """That belong to it; empty too once they are erased."""


async def history(
    session: AsyncSession,
    case_id: UUID,
    *,
    kinds: tuple[StrEnum, ...] = (),
    before: int | None = None,
    limit: int | None = None,
) -> list[Line]:
    """Newest first; `before`: the event at which the page before ended."""
    lines = (
        select(CaseEvent, Account, func.coalesce(CaseText.words, ""))
        .join(Process, CaseEvent.process_id == Process.id)
        .outerjoin(Account, Process.actor_id == Account.id)
        .outerjoin(CaseText, CaseText.id == cast(CaseEvent.data["text"].astext, Uuid))
        .where(CaseEvent.case_id == case_id)
        .order_by(CaseEvent.id.desc())
        .limit(limit)
    )
    if kinds:
        lines = lines.where(CaseEvent.kind.in_(kinds))
    if before is not None:
        lines = lines.where(CaseEvent.id < before)
    return [Line(*row) for row in await session.execute(lines)]
