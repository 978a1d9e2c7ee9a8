"""Cases as a list: those of which somebody may know, the oldest of a stage first."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from fitness.case.case import Case, visible_to
from fitness.case.member import CaseMember
from fitness.case.state import Stage
from register.account import Account

PAGE = 25


@dataclass(frozen=True)
class CasePage:
    rows: Sequence[Case]
    next: UUID | None
    """The last of these, where there are more."""


async def cases(
    session: AsyncSession,
    reader: Account,
    *,
    stage: Stage | None = None,
    theirs: bool = False,
    after: UUID | None = None,
) -> CasePage:
    """Open ones unless a stage is asked for; `theirs`: in which the reader has a place."""
    found = (
        select(Case)
        .where(visible_to(reader))
        .options(joinedload(Case.person), joinedload(Case.rule_set))
        .order_by(Case.stage_since, Case.id)
        .limit(PAGE + 1)
    )
    found = found.where(Case.stage == stage if stage else Case.stage != Stage.CLOSED)
    if theirs:
        found = found.where(
            Case.id.in_(
                select(CaseMember.case_id).where(
                    CaseMember.account_id == reader.id, CaseMember.left_at.is_(None)
                )
            )
        )
    if after:
        last = select(Case.stage_since, Case.id).where(Case.id == after)
        found = found.where(tuple_(Case.stage_since, Case.id) > last.scalar_subquery())
    rows = (await session.scalars(found)).all()
    more = len(rows) > PAGE
    return CasePage(rows[:PAGE], rows[PAGE - 1].id if more else None)
