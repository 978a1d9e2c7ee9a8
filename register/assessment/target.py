"""The target clock: for how long an application has waited for us, and the day on which the time allowed is used up.

Working days, but days for who asks to come back.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CompoundSelect,
    Date,
    Integer,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from register.application import Application, ApplicationKind
from register.assessment.holding import ApplicationHold, HoldReason
from register.kit.clock import (
    BeyondKnownHolidays,
    bank_holidays,
    day_of,
    working_days_after,
    working_days_between,
)
from register.request import Request, RequestKind
from register.rule_set import RuleSet

SECRET = [reason for reason in HoldReason if reason.secret]
STOPPING = [kind for kind in RequestKind if kind.stops_the_clock]
Pause = tuple[date, date | None]
"""The day on which something began to be awaited, and that on which it came."""
Between = Callable[[ColumnElement[date], ColumnElement[date]], ColumnElement[int]]


@dataclass(frozen=True)
class Clock:
    used: int
    """For which it has waited for us, not for the applicant or for something outside."""
    target: int
    in_days: bool
    due_on: date | None
    """The last day of the target; None while the clock stands before it."""
    paused_since: date | None

    @property
    def overdue(self) -> bool:
        return self.used > self.target


def due_day(
    began: date, pauses: Iterable[Pause], target: int, *, in_days: bool = False
) -> date | None:
    """The day on which the target is used up; None where it is not before the clock stops.

    `pauses`: one after the other, none within another.
    """
    start = began
    for since, until in pauses:
        before = (since - start).days if in_days else working_days_between(start, since)
        if before >= target:
            break
        if until is None:
            return None
        target -= before
        start = until
    if in_days:
        return start + timedelta(days=target)
    return working_days_after(start, target)


async def clock_of(
    session: AsyncSession, application: Application, *, now: datetime
) -> Clock:
    row = await session.execute(
        select(waiting_age(now), target())
        .select_from(Application)
        .join(RuleSet, Application.rule_set_id == RuleSet.id)
        .where(Application.id == application.id)
    )
    used, allowed = row.one()
    pauses = (await pauses_of(session, [application.id])).get(application.id, [])
    return clock(application, used, allowed, pauses)


async def decide_by(
    session: AsyncSession, application: Application, *, now: datetime
) -> date | None:
    """The day by which we aim to decide, if nothing more is awaited; None once it has gone by.

    Also where the bank holidays until then are not announced yet. It tells nothing of a hold that is kept from the applicant.
    """
    found = await session.execute(
        select(target() - waiting_age(now, told=True))
        .select_from(Application)
        .join(RuleSet, Application.rule_set_id == RuleSet.id)
        .where(Application.id == application.id)
    )
    left, today = found.scalar_one(), day_of(now)
    if left < 0:
        return None
    if application.kind is ApplicationKind.RESTORATION:
        return today + timedelta(days=left)
    try:
        return working_days_after(today, left)
    except BeyondKnownHolidays:
        return None


def clock(
    application: Application, used: int, target: int, pauses: Sequence[Pause]
) -> Clock:
    began = application.reopened_at or application.submitted_at
    assert began is not None  # noqa: S101 - drafts have no clock
    in_days = application.kind is ApplicationKind.RESTORATION
    standing = since_then(pauses, day_of(began))
    return Clock(
        used,
        target,
        in_days,
        due_day(day_of(began), standing, target, in_days=in_days),
        next((since for since, until in standing if until is None), None),
    )


def since_then(pauses: Iterable[Pause], began: date) -> list[Pause]:
    """Those that lie after the day, put together where they overlap."""
    found: list[Pause] = []
    for since, until in sorted(pauses, key=lambda pause: pause[0]):
        if until is not None and until <= began:
            continue
        since = max(since, began)  # noqa: PLW2901 - the part that counts
        if found and (found[-1][1] is None or since <= found[-1][1]):
            before, end = found[-1]
            found[-1] = (before, None if None in (end, until) else max(end, until))  # type: ignore[type-var]
        else:
            found.append((since, until))
    return found


async def pauses_of(
    session: AsyncSession, ids: Collection[UUID]
) -> dict[UUID, list[Pause]]:
    """When the clock of each application stood, in one query."""
    rows: CompoundSelect[Any] = union_all(
        select(Request.application_id, Request.asked_at, Request.ended_at).where(
            Request.application_id.in_(ids), Request.kind.in_(STOPPING)
        ),
        select(
            ApplicationHold.application_id,
            ApplicationHold.held_at,
            ApplicationHold.released_at,
        ).where(ApplicationHold.application_id.in_(ids)),
        select(Application.id, Application.approved_at, Application.paid_at).where(
            Application.id.in_(ids), Application.approved_at.is_not(None)
        ),
    )
    pauses: dict[UUID, list[Pause]] = {}
    for application_id, since, until in await session.execute(rows):
        ended = day_of(until) if until else None
        pauses.setdefault(application_id, []).append((day_of(since), ended))
    return pauses


_RESTORATION = Application.kind == ApplicationKind.RESTORATION


def target() -> ColumnElement[int]:
    days = case(
        (_RESTORATION, RuleSet.data["restoration_decide_days"].astext),
        else_=RuleSet.data["assessment_target_working_days"].astext,
    )
    return cast(days, Integer)


def waiting_age(now: datetime, *, told: bool = False) -> ColumnElement[int]:
    """`told`: as the applicant may know it; the days of a hold that is kept from them then count as ours."""
    today = literal(day_of(now), Date)
    return case(
        (_RESTORATION, _age(today, days_between, told=told)),
        else_=_age(today, working_days, told=told),
    )


def waiting_age_at_most(now: datetime) -> ColumnElement[int]:
    """Whatever paused: cheap, so that few rows need the exact count beside it."""
    today = literal(day_of(now), Date)
    weekdays = _weekdays_until(today) - _weekdays_until(_began())
    return cast(
        case((_RESTORATION, days_between(_began(), today)), else_=weekdays), Integer
    )


def worked_until(day: ColumnElement[date]) -> ColumnElement[int]:
    """Working days up to a day that the row itself may say."""
    return _age(day, working_days, told=False)


def _age(
    day: ColumnElement[date], between: Between, *, told: bool
) -> ColumnElement[int]:
    """Since the application was sent or opened again, less the days on which it did not wait for us."""
    # A day on which two things were awaited is one day: the times are put together before they are counted.
    waited = union_all(
        _waited(
            Request.asked_at,
            Request.ended_at,
            Request.application_id == Application.id,
            Request.kind.in_(STOPPING),
            day=day,
        ),
        _waited(
            ApplicationHold.held_at,
            ApplicationHold.released_at,
            ApplicationHold.application_id == Application.id,
            ApplicationHold.because.not_in(SECRET) if told else true(),
            day=day,
        ),
        _waited(
            Application.approved_at,
            Application.paid_at,
            Application.approved_at.is_not(None),
            day=day,
        ),
    ).subquery()
    together = select(
        func.unnest(func.range_agg(waited.c.time)).label("time")
    ).subquery()
    paused = (
        select(
            func.coalesce(
                func.sum(
                    between(
                        func.lower(together.c.time) - 1,
                        func.upper(together.c.time) - 1,
                    )
                ),
                0,
            )
        )
        .select_from(together)
        .scalar_subquery()
    )
    return cast(between(_began(), day) - paused, Integer)


def _began() -> ColumnElement[date]:
    return day_in_london(
        func.coalesce(Application.reopened_at, Application.submitted_at)
    )


def _waited(
    since: SQLColumnExpression[Any],
    until: SQLColumnExpression[Any],
    *which: ColumnElement[bool],
    day: ColumnElement[date],
) -> Select[Any]:
    """Stretches of days of one application, each after its first day and up to and with its last."""
    start = func.greatest(day_in_london(since), _began())
    last = func.least(func.coalesce(day_in_london(until), day), day)
    time = func.daterange(start, func.greatest(last, start), "(]").label("time")
    return select(time).where(*which).correlate(Application)


def day_in_london(moment: SQLColumnExpression[Any]) -> ColumnElement[date]:
    return cast(func.timezone("Europe/London", moment), Date)


def days_between(
    start: ColumnElement[date], end: ColumnElement[date]
) -> ColumnElement[int]:
    return cast(end - start, Integer)


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
