"""The queue: applications that wait for a decision, oldest first, with the working days that each has waited for us."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    Date,
    Integer,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.elements import ColumnElement

from register.account import Account
from register.application import Application, ApplicationKind, ApplicationState
from register.assessment.assigning import IN_HAND
from register.assessment.holding import ApplicationHold, HoldReason
from register.assessment.readers import visible_to
from register.kit.clock import (
    BeyondKnownHolidays,
    bank_holidays,
    day_of,
    working_days_after,
)
from register.part import Part
from register.request import Request, RequestKind
from register.rule_set import RuleSet

PAGE = 50
COUNTED = 1000
"""Past this many the page says "1,000+": counting all would cost more the larger the queue."""


SECRET = [reason for reason in HoldReason if reason.secret]


class Holder(StrEnum):
    """Whose applications a reader wants to see."""

    ME = "me"
    NOBODY = "nobody"
    ANYONE = "anyone"


@dataclass(frozen=True)
class Filter:
    holder: Holder = Holder.ANYONE
    state: ApplicationState | None = None
    part: Part | None = None
    overdue: bool = False
    held: bool = False


@dataclass(frozen=True)
class Waiting:
    application: Application
    age: int
    """For which it has waited for us, not for the applicant: working days, but of a restoration days."""
    target: int
    held: bool

    @property
    def overdue(self) -> bool:
        return self.age > self.target


@dataclass(frozen=True)
class QueuePage:
    rows: Sequence[Waiting]
    count: int
    """As many as there are, or one more than COUNTED."""
    next: str | None
    """The reference after which the next page begins."""


async def queue(
    session: AsyncSession,
    reader: Account,
    wanted: Filter,
    *,
    now: datetime,
    after: str | None = None,
) -> QueuePage:
    """One page in two queries, however long the queue is."""
    age, target = waiting_age(now), _target()
    chosen = [visible_to(reader), *_chosen(wanted, reader, age, target)]
    lines = (
        select(Application, age, target, _held())
        .join(RuleSet, Application.rule_set_id == RuleSet.id)
        .options(joinedload(Application.person), joinedload(Application.assigned_to))
        .where(*chosen)
        .order_by(Application.submitted_at, Application.id)
        .limit(PAGE + 1)
    )
    if after:
        lines = lines.where(_behind(after))
    rows = [Waiting(*row) for row in await session.execute(lines)]
    return QueuePage(
        rows[:PAGE],
        await _count(session, chosen),
        rows[PAGE - 1].application.reference if len(rows) > PAGE else None,
    )


def _chosen(
    wanted: Filter,
    reader: Account,
    age: ColumnElement[int],
    target: ColumnElement[int],
) -> list[ColumnElement[bool]]:
    states = {wanted.state} if wanted.state else IN_HAND
    chosen: list[ColumnElement[bool]] = [Application.state.in_(states)]
    if wanted.holder is Holder.ME:
        chosen.append(Application.assigned_to_id == reader.id)
    if wanted.holder is Holder.NOBODY:
        chosen.append(Application.assigned_to_id.is_(None))
    if wanted.part:
        chosen.append(Application.part == wanted.part)
    if wanted.overdue:
        chosen.append(age > target)
    if wanted.held:
        chosen.append(_held())
    return chosen


def _held() -> ColumnElement[bool]:
    return exists().where(
        ApplicationHold.application_id == Application.id,
        ApplicationHold.released_at.is_(None),
    )


def _behind(reference: str) -> ColumnElement[bool]:
    last = (
        select(Application.submitted_at, Application.id)
        .where(Application.reference == reference)
        .scalar_subquery()
    )
    return tuple_(Application.submitted_at, Application.id) > last


async def count_of(
    session: AsyncSession, reader: Account, wanted: Filter, *, now: datetime
) -> int:
    """As many as there are, or one more than COUNTED."""
    chosen = _chosen(wanted, reader, waiting_age(now), _target())
    return await _count(session, [visible_to(reader), *chosen])


async def _count(session: AsyncSession, chosen: Sequence[ColumnElement[bool]]) -> int:
    some: Select[int] = (
        select(literal(1))
        .select_from(Application)
        .join(RuleSet, Application.rule_set_id == RuleSet.id)
        .where(*chosen)
        .limit(COUNTED + 1)
    )
    found = await session.scalar(select(func.count()).select_from(some.subquery()))
    return found or 0


def _target() -> ColumnElement[int]:
    days = case(
        (_RESTORATION, RuleSet.data["restoration_decide_days"].astext),
        else_=RuleSet.data["assessment_target_working_days"].astext,
    )
    return cast(days, Integer)


_RESTORATION = Application.kind == ApplicationKind.RESTORATION
"""Its time is counted in days, any other's in working days."""


def waiting_age(now: datetime, *, told: bool = False) -> ColumnElement[int]:
    """`told`: as the applicant may know it; the days of a hold that is kept from them then count as ours."""
    return case(
        (_RESTORATION, _age(now, days_between, told=told)),
        else_=_age(now, working_days, told=told),
    )


def _age(
    now: datetime,
    between: Callable[[ColumnElement[date], ColumnElement[date]], ColumnElement[int]],
    *,
    told: bool,
) -> ColumnElement[int]:
    """Since the application was sent or opened again, less the days on which it did not wait for us."""
    today = literal(day_of(now), Date)
    began = day_in_london(
        func.coalesce(Application.reopened_at, Application.submitted_at)
    )
    # A day on which two things were awaited is one day: the times are put together before they are counted.
    waited = union_all(
        _waited(
            Request.asked_at,
            Request.ended_at,
            Request.application_id == Application.id,
            Request.kind.in_([kind for kind in RequestKind if kind.stops_the_clock]),
            began=began,
            today=today,
        ),
        _waited(
            ApplicationHold.held_at,
            ApplicationHold.released_at,
            ApplicationHold.application_id == Application.id,
            ApplicationHold.because.not_in(SECRET) if told else true(),
            began=began,
            today=today,
        ),
        _waited(
            Application.approved_at,
            Application.paid_at,
            Application.approved_at.is_not(None),
            began=began,
            today=today,
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
    return cast(between(began, today) - paused, Integer)


def _waited(
    since: SQLColumnExpression[Any],
    until: SQLColumnExpression[Any],
    *which: ColumnElement[bool],
    began: ColumnElement[date],
    today: ColumnElement[date],
) -> Select[Any]:
    """Stretches of days of one application, each after its first day and up to and with its last."""
    start = func.greatest(day_in_london(since), began)
    end = func.greatest(func.coalesce(day_in_london(until), today), start)
    time = func.daterange(start, end, "(]").label("time")
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


async def age_of(
    session: AsyncSession, application: Application, *, now: datetime
) -> int:
    """How long one application has waited for us."""
    age = await session.scalar(
        select(waiting_age(now)).where(Application.id == application.id)
    )
    return age or 0


async def decide_by(
    session: AsyncSession, application: Application, *, now: datetime
) -> date | None:
    """The day by which we aim to decide, if nothing more is awaited; None once it has gone by.

    Also where the bank holidays until then are not announced yet. It tells nothing of a hold that is kept from the applicant.
    """
    found = await session.execute(
        select(_target() - waiting_age(now, told=True))
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
