"""Notices that could not be sent when they were due, since nobody knew where to: kept, word for word, until they are served.

What they tell stands all the same: an order begins, and a decision is made, whether or not its registrant can be told.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fitness.case import Case, CaseEventKind, CaseText, say
from fitness.investigation.drawn import Drawn, way_in, word
from fitness.investigation.served import CaseService, ServiceKind
from fitness.notice_template import Gap, NoticeKind, NoticeTemplate
from register.kit.db import Base, code
from register.notice import CannotBeServed
from register.process import Process


class OwedNotice(Base):
    __tablename__ = "owed_notice"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    kind: Mapped[ServiceKind] = mapped_column(code(ServiceKind, "kind"))
    template_id: Mapped[UUID] = mapped_column(ForeignKey("notice_template.id"))
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    due_at: Mapped[datetime]
    about_id: Mapped[UUID | None]
    """As of a `CaseService`."""
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """What somebody wrote for it alone."""
    filled_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    letter_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    service_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_service.id"), unique=True
    )
    """By which it was served at last."""

    process: Mapped[Process] = relationship(lazy="raise")
    template: Mapped[NoticeTemplate] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise", foreign_keys=text_id)
    filled: Mapped[CaseText | None] = relationship(lazy="raise", foreign_keys=filled_id)
    letter: Mapped[CaseText | None] = relationship(lazy="raise", foreign_keys=letter_id)


class DroppedNotice(Base):
    """One that came back, or that is owed, and is not to be served; why, the history says. The database refuses to change one."""

    __tablename__ = "dropped_notice"

    of_id: Mapped[UUID] = mapped_column(primary_key=True)
    """A `CaseService` or an `OwedNotice`."""
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    at: Mapped[datetime]

    process: Mapped[Process] = relationship(lazy="raise")


async def serve_or_owe(
    session: AsyncSession,
    case: Case,
    kind: ServiceKind,
    notice: NoticeKind,
    said: Mapping[Gap, str],
    *,
    text: CaseText | None = None,
    about_id: UUID | None = None,
    by: Process,
) -> None:
    """Where there is no way to reach the registrant, it is due until somebody serves it."""
    worded = await word(session, case, notice, said, now=by.at)
    try:
        way = await way_in(session, case)
    except CannotBeServed:
        session.add(
            OwedNotice(
                case_id=case.id,
                kind=kind,
                template=worded.template,
                process=by,
                due_at=by.at,
                about_id=about_id,
                text=text,
                filled=say(session, case.id, worded.words, by=by),
                letter=say(session, case.id, worded.letter, by=by),
            )
        )
        case.tell(session, CaseEventKind.NOT_SERVED, by=by, of=kind)
    else:
        drawn = Drawn(worded, way, by.at)
        await CaseService.serve(
            session, case, kind, drawn, text=text, about_id=about_id, by=by
        )
    await session.flush()
