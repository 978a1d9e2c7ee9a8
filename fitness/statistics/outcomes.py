"""What came of cases, by the grounds and by the standards of what was alleged in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Select,
    SQLColumnExpression,
    Subquery,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case, ClosedBecause, visible_to
from fitness.investigation.allegation import Allegation, AllegationVersion
from fitness.order import CaseOrder, Ended, Measure
from register.account import Account
from register.kit.clock import months_after, start_of

MONTHS = 12


class Cut(StrEnum):
    GROUND = "ground"
    STANDARD = "standard"


COLUMNS = {
    Cut.GROUND: AllegationVersion.grounds,
    Cut.STANDARD: AllegationVersion.standards,
}
Counts = Mapping[tuple[Cut, str | None, Any], int]
"""By a ground or a standard, and what came of it; under None cases in which nothing was alleged under any."""


@dataclass(frozen=True)
class Outcomes:
    ends: Counts
    """Cases closed, by ClosedBecause. A case counts once under each of its grounds."""
    measures: Counts
    """Orders made, and not quashed, by Measure."""


async def outcomes(session: AsyncSession, reader: Account, *, today: date) -> Outcomes:
    """Of the last twelve months."""
    since = start_of(months_after(today, -MONTHS))
    ends: dict[tuple[Cut, str | None, ClosedBecause], int] = {}
    measures: dict[tuple[Cut, str | None, Measure], int] = {}
    for cut in Cut:
        for code, because, count in await session.execute(_ends(cut, reader, since)):
            ends[cut, code, because] = count
        for code, measure, count in await session.execute(
            _measures(cut, reader, since)
        ):
            measures[cut, code, measure] = count
    return Outcomes(ends, measures)


def _ends(cut: Cut, reader: Account, since: datetime) -> Select[Any]:
    alleged = _alleged(COLUMNS[cut])
    return (
        select(alleged.c.code, Case.because, func.count())
        .select_from(Case)
        .outerjoin(alleged, alleged.c.case_id == Case.id)
        .where(visible_to(reader), Case.closed_at >= since)
        .group_by(alleged.c.code, Case.because)
    )


def _measures(cut: Cut, reader: Account, since: datetime) -> Select[Any]:
    alleged = _alleged(COLUMNS[cut])
    return (
        select(alleged.c.code, CaseOrder.measure, func.count())
        .select_from(CaseOrder)
        .join(Case, Case.id == CaseOrder.case_id)
        .outerjoin(alleged, alleged.c.case_id == Case.id)
        .where(
            visible_to(reader),
            CaseOrder.made_at >= since,
            CaseOrder.because.is_distinct_from(Ended.QUASHED),
        )
        .group_by(alleged.c.code, CaseOrder.measure)
    )


def _alleged(codes: SQLColumnExpression[Any]) -> Subquery:
    """Each code of each case once, as its allegations read now; what was withdrawn is not alleged."""
    latest = (
        select(AllegationVersion.case_id, codes.label("codes"))
        .join(Allegation, Allegation.id == AllegationVersion.allegation_id)
        .where(Allegation.withdrawn_at.is_(None))
        .ext(distinct_on(AllegationVersion.allegation_id))
        .order_by(AllegationVersion.allegation_id, AllegationVersion.version.desc())
        .subquery()
    )
    return (
        select(
            latest.c.case_id,
            func.jsonb_array_elements_text(latest.c.codes).label("code"),
        )
        .distinct()
        .subquery()
    )
