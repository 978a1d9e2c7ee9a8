"""The target clock: working days for which an application has waited for us, and the day on which those allowed are used up."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Date,
    Integer,
    SQLColumnExpression,
    and_,
    bindparam,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from register.application import Application
from register.kit.clock import (
    bank_holidays,
    day_of,
    working_days_after,
    working_days_between,
)
from register.request import Request, RequestKind
from register.rule_set import RuleSet

STOPPING = [kind for kind in RequestKind if kind.stops_the_clock]
Pause = tuple[date, date | None]
"""The day on which we asked, and that on which the answer came."""


@dataclass(frozen=True)
class Clock:
    used: int
    """Working days for which it has waited for us, not for the applicant."""
    target: int
    due_on: date | None
    """The last working day of the target; None while the clock stands before it."""
    paused_since: date | None

    @property
    def overdue(self) -> bool:
        return self.used > self.target


def due_day(sent: date, pauses: Iterable[Pause], target: int) -> date | None:
    """The day on which the target is used up; None where it is not before the clock stops."""
    start = sent
    for asked, answered in pauses:
        before = working_days_between(start, asked)
        if before >= target:
            break
        if answered is None:
            return None
        target -= before
        start = answered
    return working_days_after(start, target)


async def clock_of(
    session: AsyncSession, application: Application, *, now: datetime
) -> Clock:
    row = await session.execute(
        select(working_age(now), target())
        .select_from(Application)
        .join(RuleSet, Application.rule_set_id == RuleSet.id)
        .where(Application.id == application.id)
    )
    used, allowed = row.one()
    pauses = (await pauses_of(session, [application.id])).get(application.id, [])
    return clock(application, used, allowed, pauses)


def clock(
    application: Application, used: int, target: int, pauses: list[Pause]
) -> Clock:
    assert application.submitted_at is not None  # noqa: S101 - drafts have no clock
    return Clock(
        used,
        target,
        due_day(day_of(application.submitted_at), pauses, target),
        next((asked for asked, answered in pauses if answered is None), None),
    )


async def pauses_of(
    session: AsyncSession, ids: Collection[UUID]
) -> dict[UUID, list[Pause]]:
    """When the clock of each application stood, the earliest first, in one query."""
    found = await session.execute(
        select(Request.application_id, Request.asked_at, Request.ended_at)
        .where(Request.application_id.in_(ids), Request.kind.in_(STOPPING))
        .order_by(Request.asked_at)
    )
    pauses: dict[UUID, list[Pause]] = {}
    for application_id, asked, ended in found:
        answered = day_of(ended) if ended else None
        pauses.setdefault(application_id, []).append((day_of(asked), answered))
    return pauses


def target() -> ColumnElement[int]:
    return cast(RuleSet.data["assessment_target_working_days"].astext, Integer)


def working_age(now: datetime) -> ColumnElement[int]:
    """Working days since the application was sent, less those on which an answer of the applicant was awaited."""
    return worked_until(literal(day_of(now), Date))


def working_age_at_most(now: datetime) -> ColumnElement[int]:
    """Mondays to Fridays since it was sent, whatever paused: cheap, so that few rows need the exact count beside it."""
    sent = day_in_london(Application.submitted_at)
    return cast(
        _weekdays_until(literal(day_of(now), Date)) - _weekdays_until(sent), Integer
    )


def worked_until(day: ColumnElement[date]) -> ColumnElement[int]:
    """The same up to a day that the row itself may say."""
    waited = working_days(
        day_in_london(Request.asked_at),
        func.coalesce(day_in_london(Request.ended_at), day),
    )
    paused = (
        select(func.coalesce(func.sum(waited), 0))
        .where(
            Request.application_id == Application.id,
            Request.kind.in_(STOPPING),
        )
        .correlate(Application)
        .scalar_subquery()
    )
    sent = day_in_london(Application.submitted_at)
    return cast(working_days(sent, day) - paused, Integer)


def day_in_london(moment: SQLColumnExpression[Any]) -> ColumnElement[date]:
    return cast(func.timezone("Europe/London", moment), Date)


def working_days(
    start: ColumnElement[date], end: ColumnElement[date]
) -> ColumnElement[int]:
    """The twin of clock.working_days_between in SQL: weekdays by arithmetic, less the bank holidays among them."""
    holidays = bindparam(
        "holidays",
        sorted(day for day in bank_holidays() if day.weekday() < 5),
        type_=ARRAY(Date),
        unique=False,
    )
    holiday = func.unnest(holidays).column_valued("holiday")
    off = (
        select(func.count())
        .where(and_(holiday > start, holiday <= end))
        .scalar_subquery()
    )
    return _weekdays_until(end) - _weekdays_until(start) - off


def _weekdays_until(day: ColumnElement[date]) -> ColumnElement[int]:
    """Mondays to Fridays from Monday 1 January 1900 up to and with the day."""
    count = day - literal(date(1900, 1, 1), Date) + 1
    return func.div(count, 7) * 5 + func.least(func.mod(count, 7), 5)
