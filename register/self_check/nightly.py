"""The check of each night: its batches as jobs, and what it found, for staff to read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from sqlalchemy import ForeignKey, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from register.kit.db import Base, code
from register.kit.jobs import enqueue, every, job
from register.self_check.checking import check_next
from register.self_check.surfaces import Difference, Surface

log = structlog.get_logger(__name__)

FROM_THE_FIRST = UUID(int=0)
A_NIGHT = timedelta(hours=20)
"""A worker that starts again in the day begins no second one."""
LONGEST, OVERDUE = timedelta(hours=6), timedelta(hours=36)
"""A check takes no longer than the one, and the next one ends before the other."""
KEPT = timedelta(days=90)
LISTED = 500


class SelfCheck(Base):
    __tablename__ = "self_check"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    begun_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    people: Mapped[int] = mapped_column(default=0)


class SelfCheckDifference(Base):
    """Numbers and names of fields only."""

    __tablename__ = "self_check_difference"

    check_id: Mapped[UUID] = mapped_column(
        ForeignKey("self_check.id", ondelete="CASCADE"), primary_key=True
    )
    surface: Mapped[Surface] = mapped_column(code(Surface), primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)


@every(hours=24)
async def begin_self_check(session: AsyncSession, now: datetime) -> None:
    """Through the queue from here on, batch by batch, so that a worker that dies loses no more than one."""
    lately = select(exists().where(SelfCheck.begun_at > now - A_NIGHT))
    if await session.scalar(lately):
        return
    await session.execute(delete(SelfCheck).where(SelfCheck.begun_at < now - KEPT))
    check = SelfCheck(id=uuid4(), begun_at=now)
    session.add(check)
    await session.flush()
    await _go_on(session, check, FROM_THE_FIRST)


@job("check_some")
async def check_some(
    session: AsyncSession, now: datetime, check_id: UUID, after: UUID
) -> None:
    check = await session.get_one(SelfCheck, check_id)
    checked = await check_next(session, after=after, now=now)
    check.people += checked.people
    found = [
        {
            "check_id": check_id,
            "surface": difference.surface,
            "number": difference.number,
            "field": difference.field,
        }
        for difference in checked.differences
    ]
    if found:
        # How many and no more: the numbers stand on a page that staff read, and not in a log.
        log.error(
            "the register differs from itself", check=str(check_id), found=len(found)
        )
        written = insert(SelfCheckDifference).on_conflict_do_nothing()
        await session.execute(written, found)
    if checked.last:
        await _go_on(session, check, checked.last)
    else:
        check.ended_at = now


async def _go_on(session: AsyncSession, check: SelfCheck, after: UUID) -> None:
    await enqueue(session, "check_some", {"check_id": check.id, "after": after})


@dataclass(frozen=True)
class Report:
    """The check that was begun last, with the first of what it found."""

    check: SelfCheck
    found: int
    differences: list[Difference]

    def alarms(self, now: datetime) -> bool:
        """Something differs, or the check has not come to its end in time."""
        return bool(self.found) or self.late(now)

    def late(self, now: datetime) -> bool:
        ended = self.check.ended_at
        return (
            now > self.check.begun_at + LONGEST
            if ended is None
            else now > ended + OVERDUE
        )


async def latest(session: AsyncSession, *, limit: int = LISTED) -> Report | None:
    check = await session.scalar(
        select(SelfCheck).order_by(SelfCheck.begun_at.desc()).limit(1)
    )
    if check is None:
        return None
    of_it = SelfCheckDifference.check_id == check.id
    count = select(func.count()).where(of_it)
    rows = await session.scalars(
        select(SelfCheckDifference)
        .where(of_it)
        .order_by(
            SelfCheckDifference.number,
            SelfCheckDifference.surface,
            SelfCheckDifference.field,
        )
        .limit(limit)
    )
    return Report(
        check,
        (await session.execute(count)).scalar_one(),
        [Difference(row.surface, row.number, row.field) for row in rows],
    )
