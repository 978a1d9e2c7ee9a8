"""Statistics of applications to join: how many came and how they were decided, how long that took, how old is what waits.

Who comes back is not counted: those applications have a target in days, not in working days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, Select, SQLColumnExpression, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from register.application import Application, ApplicationKind, ApplicationState
from register.assessment.assigning import IN_HAND
from register.assessment.target import (
    day_in_london,
    target,
    worked_until,
)
from register.kit.clock import day_of, months_after, start_of
from register.part import Part
from register.rule_set import RuleSet

FEWEST = 5
"""A smaller number might tell of somebody (domain.md 12)."""
MOST = 2**31 - 1
ONCE = 0
"""As an offset it keeps PostgreSQL from working out the age of a row anew for each figure that asks for it."""
MONTHS = 12
"""Before the month that is not over yet."""


FIRST = Application.kind == ApplicationKind.FIRST


class Measure(StrEnum):
    RECEIVED = "received"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    MEDIAN = "median_working_days"
    NINETIETH = "ninetieth_percentile_working_days"
    WITHIN_TARGET = "percent_within_target"
    OPEN_TO_5 = "open_to_5_working_days"
    OPEN_TO_10 = "open_6_to_10_working_days"
    OPEN_TO_20 = "open_11_to_20_working_days"
    OPEN_TO_40 = "open_21_to_40_working_days"
    OPEN_OVER_40 = "open_over_40_working_days"

    @property
    def of_a_month(self) -> bool:
        return self not in BANDS

    @property
    def counts(self) -> bool:
        """Whether it is a number of applications, rather than a time or a share."""
        return self not in {Measure.MEDIAN, Measure.NINETIETH, Measure.WITHIN_TARGET}


BANDS: dict[Measure, tuple[int, int]] = {
    Measure.OPEN_TO_5: (0, 5),
    Measure.OPEN_TO_10: (6, 10),
    Measure.OPEN_TO_20: (11, 20),
    Measure.OPEN_TO_40: (21, 40),
    Measure.OPEN_OVER_40: (41, MOST),
}
"""The working days, both ends with, for which what is open has waited for us."""


@dataclass(frozen=True)
class Figure:
    measure: Measure
    part: Part
    month: date | None
    """Its first day; None for what is open now."""
    value: int | None
    """None where it might tell of somebody."""


async def statistics(session: AsyncSession, *, now: datetime) -> list[Figure]:
    """Every figure of each part that has one, in as many queries however many applications there are."""
    since = start_of(months_after(day_of(now).replace(day=1), -MONTHS))
    figures = [
        Figure(Measure.RECEIVED, part, month, shown(count))
        for part, month, count in await session.execute(
            _by_month(Application.submitted_at, since)
        )
    ]
    figures += [
        Figure(Measure.WITHDRAWN, part, month, shown(count))
        for part, month, count in await session.execute(
            _by_month(Application.closed_at, since).where(
                Application.state == ApplicationState.WITHDRAWN,
                Application.submitted_at.is_not(None),
                Application.decided_at.is_(None),
            )
        )
    ]
    for row in await session.execute(_decided(since)):
        figures += _of_decided(tuple(row))
    for part, *counts in await session.execute(_open(now)):
        figures += [
            Figure(band, part, None, shown(count))
            for band, count in zip(BANDS, counts, strict=True)
        ]
    return sorted(figures, key=_place)


def shown(count: int, *, of: int | None = None) -> int | None:
    """The count, or None where it is too small; so it is where the others `of` so many are too few."""
    if 0 < count < FEWEST or (of is not None and 0 < of - count < FEWEST):
        return None
    return count


def _of_decided(row: tuple[Any, ...]) -> Iterable[Figure]:
    part, month, approved, refused, median, ninetieth, within = row
    total = approved + refused
    told = total >= FEWEST
    kept = told and shown(within, of=total) is not None
    yield Figure(Measure.APPROVED, part, month, shown(approved))
    yield Figure(Measure.REFUSED, part, month, shown(refused))
    yield Figure(Measure.MEDIAN, part, month, median if told else None)
    yield Figure(Measure.NINETIETH, part, month, ninetieth if told else None)
    percent = 100 * within // total
    yield Figure(Measure.WITHIN_TARGET, part, month, percent if kept else None)


def _place(figure: Figure) -> tuple[int, date, int]:
    when = figure.month or date.max
    return figure.part.position, when, list(Measure).index(figure.measure)


def _by_month(
    moment: SQLColumnExpression[Any], since: datetime
) -> Select[Part, date, int]:
    month = _month(moment)
    return (
        select(Application.part, month, func.count())
        .where(moment >= since, FIRST)
        .group_by(Application.part, month)
    )


def _month(moment: SQLColumnExpression[Any]) -> ColumnElement[date]:
    return cast(func.date_trunc("month", day_in_london(moment)), Date)


def _decided(since: datetime) -> Select[Any]:
    one = (
        select(
            Application.part,
            _month(Application.decided_at).label("month"),
            Application.approved_at.label("approved_at"),
            worked_until(day_in_london(Application.decided_at)).label("used"),
            target().label("target"),
        )
        .join(RuleSet, Application.rule_set_id == RuleSet.id)
        .where(Application.decided_at >= since, FIRST)
        .offset(ONCE)
        .subquery()
        .c
    )
    return select(
        one.part,
        one.month,
        func.count(one.approved_at),
        func.count().filter(one.approved_at.is_(None)),
        func.percentile_disc(0.5).within_group(one.used),
        func.percentile_disc(0.9).within_group(one.used),
        func.count().filter(one.used <= one.target),
    ).group_by(one.part, one.month)


def _open(now: datetime) -> Select[Any]:
    today = literal(day_of(now), Date)
    one = (
        select(Application.part, worked_until(today).label("used"))
        .where(Application.state.in_(IN_HAND), FIRST)
        .offset(ONCE)
        .subquery()
        .c
    )
    counts = (
        func.count().filter(one.used.between(lowest, highest))
        for lowest, highest in BANDS.values()
    )
    return select(one.part, *counts).group_by(one.part)
