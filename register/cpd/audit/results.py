"""What audits came to, in numbers: exact for staff, and with nothing that tells of fewer than five for the public."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from register.account import Account
from register.cpd.audit.audit import LearningAudit
from register.cpd.audit.case import AuditCase, CaseState, Work, work_on
from register.kit.errors import NotFound

FEW = 5
PAGE = 50


@dataclass(frozen=True)
class Results:
    accepted: int
    advised: int
    not_met: int
    """Found not enough by two people, whatever came of it afterwards."""
    open: int


async def results_of(session: AsyncSession, audit: LearningAudit) -> Results:
    failed = case((AuditCase.failed_at.is_not(None), True), else_=False)
    rows = await session.execute(
        select(AuditCase.state, failed, func.count())
        .where(AuditCase.audit_id == audit.id)
        .group_by(AuditCase.state, failed)
    )
    counts: Counter[str] = Counter()
    for state, has_failed, count in rows:
        if has_failed:
            counts["not_met"] += count
        elif state in (CaseState.ACCEPTED, CaseState.ADVISED):
            counts[state] += count
        if not state.over:
            counts["open"] += count
    return Results(
        counts["accepted"], counts["advised"], counts["not_met"], counts["open"]
    )


def published(count: int | None) -> int | None:
    """None for what would tell of fewer than five."""
    return count if count is not None and (count == 0 or count >= FEW) else None


@dataclass(frozen=True)
class CasePage:
    rows: Sequence[AuditCase]
    next: UUID | None


async def cases_of(
    session: AsyncSession,
    reader: Account,
    audit: LearningAudit,
    *,
    after: UUID | None = None,
) -> CasePage:
    """What is still to be done before what is over, by reference; nothing that is the reader's own."""
    order = (case((AuditCase.ended_at.is_(None), 0), else_=1), AuditCase.reference)
    found = (
        select(AuditCase)
        .where(AuditCase.audit_id == audit.id)
        .options(joinedload(AuditCase.person))
    )
    if reader.person_id:
        found = found.where(AuditCase.person_id != reader.person_id)
    if after:
        last = select(*order).where(AuditCase.id == after)
        found = found.where(tuple_(*order) > last.scalar_subquery())
    rows = (await session.scalars(found.order_by(*order).limit(PAGE + 1))).all()
    return CasePage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


async def case_for(
    session: AsyncSession, reader: Account, case_id: UUID, *, lock: bool = False
) -> Work:
    """For whoever leads the audit; raises NotFound, and of their own."""
    work = await work_on(session, case_id, lock=lock)
    if work.case.person_id == reader.person_id:
        raise NotFound
    return work
