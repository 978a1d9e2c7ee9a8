"""Keeping something longer than its time: for a court, a complaint or an inquiry, until a day."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.application import Application
from register.kit.clock import day_of
from register.kit.db import Base
from register.kit.errors import NotFound, Refused
from register.process import Process, TextKind


class RetentionAct(StrEnum):
    ERASE = "retention:erase"
    KEEP_LONGER = "retention:keep_longer"
    LET_GO = "retention:let_go"


class RetentionEvent(StrEnum):
    ERASED = "retention:erased"
    KEPT_LONGER = "retention:kept_longer"
    LET_GO = "retention:let_go"


class NotLonger(Refused):
    def __init__(self) -> None:
        super().__init__("The day until which it is kept must be in the future.")


class KeptLonger(Base):
    """Nothing of this application is erased up to and with that day."""

    __tablename__ = "kept_longer"

    application_id: Mapped[UUID] = mapped_column(
        ForeignKey("application.id"), primary_key=True
    )
    until_on: Mapped[date]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))


async def keep_longer(
    session: AsyncSession,
    application: Application,
    *,
    until_on: date,
    words: str,
    by: Process,
) -> KeptLonger:
    """Raises NotLonger."""
    if until_on <= day_of(by.at):
        raise NotLonger
    kept = await session.get(KeptLonger, application.id, with_for_update=True)
    if kept is None:
        kept = KeptLonger(application_id=application.id)
        session.add(kept)
    kept.until_on, kept.process_id = until_on, by.id
    by.say(TextKind.INTERNAL, words)
    application.tell(RetentionEvent.KEPT_LONGER, by=by, until=until_on)
    return kept


async def let_go(
    session: AsyncSession, application: Application, *, by: Process
) -> None:
    """Keep it as long as everything else; raises NotFound where it is not kept longer."""
    kept = await session.get(KeptLonger, application.id, with_for_update=True)
    if kept is None:
        raise NotFound
    await session.delete(kept)
    application.tell(RetentionEvent.LET_GO, by=by)


async def kept_longer(
    session: AsyncSession, now: datetime
) -> list[tuple[KeptLonger, str]]:
    """What is kept longer now, with the reference of the application, by the day on which that ends."""
    rows = await session.execute(
        select(KeptLonger, Application.reference)
        .join(Application, KeptLonger.application_id == Application.id)
        .where(KeptLonger.until_on >= day_of(now))
        .order_by(KeptLonger.until_on, Application.reference)
    )
    return [(kept, reference) for kept, reference in rows]
