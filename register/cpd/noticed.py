"""Records of different people that say nearly the same, for staff to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload, selectinload

from register.account import Account
from register.cpd.record import LearningAlike, LearningRecord
from register.kit.errors import NotFound

PAGE = 50


@dataclass(frozen=True)
class Noticed:
    record: LearningRecord
    others: int
    percent: int
    """In common with the one that it is most like."""


@dataclass(frozen=True)
class NoticedPage:
    rows: Sequence[Noticed]
    next: UUID | None


async def noticed(
    session: AsyncSession, reader: Account, *, after: UUID | None = None
) -> NoticedPage:
    """The latest first; nothing that is the reader's own."""
    other = aliased(LearningRecord)
    at = func.max(LearningAlike.noticed_at)
    found = (
        select(
            LearningRecord,
            func.count(),
            func.max(LearningAlike.percent),
        )
        .join(LearningAlike, LearningAlike.record_id == LearningRecord.id)
        .join(other, LearningAlike.other_id == other.id)
        .where(other.person_id != LearningRecord.person_id)
        .options(selectinload(LearningRecord.person))
        .group_by(LearningRecord.id)
        .order_by(at.desc(), LearningRecord.id.desc())
        .limit(PAGE + 1)
    )
    if reader.person_id:
        found = found.where(
            LearningRecord.person_id != reader.person_id,
            other.person_id != reader.person_id,
        )
    if after:
        last = select(
            func.max(LearningAlike.noticed_at), LearningAlike.record_id
        ).where(LearningAlike.record_id == after)
        last = last.group_by(LearningAlike.record_id)
        found = found.having(tuple_(at, LearningRecord.id) < last.scalar_subquery())
    rows = [Noticed(*row) for row in await session.execute(found)]
    return NoticedPage(rows[:PAGE], rows[PAGE - 1].record.id if rows[PAGE:] else None)


async def record_for(
    session: AsyncSession, reader: Account, record_id: UUID
) -> LearningRecord:
    """For staff; raises NotFound, and of their own."""
    record = await session.scalar(
        select(LearningRecord)
        .where(LearningRecord.id == record_id)
        .options(joinedload(LearningRecord.person))
    )
    if record is None or record.person_id == reader.person_id:
        raise NotFound
    return record
