"""Learning that has had its time: a year's records go some years after it, with all that was sent with them and said of them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    delete,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from register.cpd import LearningAct, LearningEvent, LearningLess, LearningRecord
from register.cpd.audit import AuditCase, LearningAudit
from register.cpd.audit.case import Assessment
from register.cpd.peers import ask_no_more, forget_peers
from register.kit.clock import day_of, months_after
from register.kit.db import Role, acting_as
from register.kit.jobs import enqueue, every, job
from register.part import Part
from register.process import Process, ProcessText
from register.rule_set import RuleSet

A_NIGHT = 200
"""So many people at most: whoever set a figure wrong loses no more than that before somebody sees it."""


@every(hours=24)
async def erase_old_learning(session: AsyncSession, now: datetime) -> None:
    """One job for each person and year, so that a fault with one keeps nothing of the others."""
    last = await last_kept(session, now=now)
    both = [
        select(kind.person_id, kind.year_end).where(
            kind.year_end < last, ~_in_audit(kind.person_id, kind.year_end)
        )
        for kind in (LearningRecord, LearningLess)
    ]
    rows = both[0].union(both[1]).order_by("year_end", "person_id").limit(A_NIGHT)
    for person_id, year_end in (await session.execute(rows)).all():
        of: dict[str, str | int | UUID] = {
            "person": person_id,
            "year_end": year_end.isoformat(),
        }
        await enqueue(session, "erase_learning", of)


async def last_kept(session: AsyncSession, *, now: datetime) -> date:
    """A year that ended before that day is kept no more: by the longest time that the rules of any part say."""
    today = day_of(now)
    years = [
        (await RuleSet.on(session, part, today)).rules.retention_cpd_years
        for part in Part
    ]
    return months_after(today, -12 * max(years))


@job("erase_learning")
async def erase_learning(
    session: AsyncSession, now: datetime, person: UUID, year_end: str
) -> None:
    """Looked at once more, as the rules may have changed since."""
    ended = date.fromisoformat(year_end)
    if ended >= await last_kept(session, now=now):
        return
    if await session.scalar(select(_in_audit(literal(person), literal(ended)))):
        return
    found = await session.scalars(
        select(LearningRecord)
        .where(LearningRecord.person_id == person, LearningRecord.year_end == ended)
        .with_for_update()
    )
    records = found.all()
    by = Process.begin(session, LearningAct.ERASE, now=now)
    await ask_no_more(session, [one.id for one in records], by=by)
    await session.flush()
    for record in records:
        await forget_peers(session, record.id)
        await record.forget(session)
    await _forget_less(session, person, ended, now=now)
    await _forget_findings(session, person, ended, now=now)
    by.tell(LearningEvent.ERASED, person_id=person, until=ended, records=len(records))


def _in_audit(
    person: SQLColumnExpression[UUID], ended: SQLColumnExpression[date]
) -> ColumnElement[bool]:
    """Nothing goes while somebody looks at it."""
    return exists().where(
        AuditCase.audit_id == LearningAudit.id,
        AuditCase.person_id == person,
        LearningAudit.year_end == ended,
        AuditCase.ended_at.is_(None),
    )


async def _forget_less(
    session: AsyncSession, person: UUID, ended: date, *, now: datetime
) -> None:
    """Why somebody was away, in codes and words."""
    which = (LearningLess.person_id == person) & (LearningLess.year_end == ended)
    acts = select(LearningLess.process_id).where(which)
    decisions = select(LearningLess.decided_in).where(which)
    texts = await session.scalars(
        select(ProcessText.id).where(
            ProcessText.process_id.in_(acts) | ProcessText.process_id.in_(decisions)
        )
    )
    ids = texts.all()
    await session.execute(delete(LearningLess).where(which))
    await _erase(session, ids, now=now)


async def _forget_findings(
    session: AsyncSession, person: UUID, ended: date, *, now: datetime
) -> None:
    """What assessors wrote; what they found is kept as a code, for the figures."""
    texts = await session.scalars(
        select(ProcessText.id)
        .join(Assessment, Assessment.words_id == ProcessText.id)
        .join(AuditCase, Assessment.case_id == AuditCase.id)
        .join(LearningAudit, AuditCase.audit_id == LearningAudit.id)
        .where(AuditCase.person_id == person, LearningAudit.year_end == ended)
    )
    await _erase(session, texts.all(), now=now)


async def _erase(
    session: AsyncSession, texts: Sequence[UUID], *, now: datetime
) -> None:
    async with acting_as(session, Role.ERASER):
        for text_id in texts:
            await session.execute(select(func.erase_words(text_id, now)))
