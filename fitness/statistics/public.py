"""What everybody may read of fitness to practise: numbers of whole years, of which the small ones are not told.

A year that is not over would be told anew each day, and what was added on a day would tell of somebody.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    cast,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case, ClosedBecause
from fitness.concern import Concern
from fitness.fence import Capacity, look_as, look_away
from fitness.order import CaseOrder, Measure
from register.assessment.statistics import shown
from register.assessment.target import day_in_london
from register.kit.clock import day_of, start_of
from register.public_statistics import Chapter, tells_everybody

YEARS = 5
APART = {
    ClosedBecause.JOINED,
    ClosedBecause.RESTORED,
    ClosedBecause.RESTORATION_REFUSED,
    ClosedBecause.SENT_BACK,
    ClosedBecause.WITHDRAWN,
}
"""A case that was joined goes on in another, and came to nothing by itself; whether somebody is restored is not told."""
ENDS = [end for end in ClosedBecause if end not in APART]
OF_A_CONCERN = Case.proposal_id.is_(None)
TEMPLATE = "fitness/statistics/public.html"
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Year:
    """None where a number is too small to be told."""

    year: int
    received: int | None
    """Concerns."""
    opened: int | None
    ends: Mapping[ClosedBecause, int | None]
    closed: int | None
    measures: Mapping[Measure, int | None]
    ordered: int | None


@tells_everybody
async def told_to_everybody(session: AsyncSession, now: datetime) -> Chapter:
    return Chapter(TEMPLATE, await years(session, today=day_of(now)))


async def years(session: AsyncSession, *, today: date) -> Sequence[Year]:
    """The last ones that are over, the latest first, from the first in which there was anything."""
    since, until = date(today.year - YEARS, 1, 1), date(today.year, 1, 1)
    span = start_of(since), start_of(until)
    await look_as(session, Capacity.SERVICE)
    received = await _by_year(session, _count(Concern.sent_at, span))
    opened = await _by_year(session, _count(Case.opened_at, span, where=OF_A_CONCERN))
    ends = await _by_year(
        session, _count(Case.closed_at, span, Case.because, where=OF_A_CONCERN)
    )
    measures = await _by_year(
        session, _count(CaseOrder.made_at, span, CaseOrder.measure)
    )
    await look_away(session)
    first = min([*received, *opened, *ends, *measures], default=until.year)
    return [
        Year(
            year,
            shown(sum(received[year].values())),
            shown(sum(opened[year].values())),
            *told(ends[year], ENDS),
            *told(measures[year], Measure),
        )
        for year in reversed(range(first, until.year))
    ]


def told(
    counts: Mapping[K, int], kinds: Iterable[K]
) -> tuple[Mapping[K, int | None], int | None]:
    """Each number that is not too small, and their sum, unless it would give away one that is."""
    whole = {kind: counts.get(kind, 0) for kind in kinds}
    numbers = {kind: shown(count) for kind, count in whole.items()}
    return numbers, None if None in numbers.values() else sum(whole.values())


def _count(
    moment: SQLColumnExpression[Any],
    span: tuple[datetime, datetime],
    kind: SQLColumnExpression[Any] | None = None,
    *,
    where: ColumnElement[bool] | None = None,
) -> Select[Any]:
    """By London's year, and by kind where there are kinds."""
    year = cast(func.date_part("year", day_in_london(moment)), Integer)
    first, end = span
    by = [year] if kind is None else [year, kind]
    counted = [moment >= first, moment < end, *([] if where is None else [where])]
    return select(func.count(), *by).where(*counted).group_by(*by)


async def _by_year(
    session: AsyncSession, counts: Select[Any]
) -> Mapping[int, Mapping[Any, int]]:
    found: dict[int, dict[Any, int]] = defaultdict(dict)
    for count, year, *kind in await session.execute(counts):
        found[year][kind[0] if kind else None] = count
    return found
