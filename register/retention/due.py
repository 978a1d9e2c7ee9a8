"""What has had its time, by the rules of its part that are in force: domain.md 11 says how long each kind of record is kept.

The register itself, with its numbers, dates and decisions, is kept for good; so is the history, which holds no words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.appeal import Appeal
from register.application import Application, ApplicationState, SectionName
from register.application.section import ApplicationSection, SentSection
from register.entry import ConditionKind, Entry
from register.entry.facts import Condition, Hold, Registration
from register.kit.clock import day_of, months_after, start_of
from register.part import Part
from register.retention.keeping import KeptLonger
from register.rule_set import Rules, RuleSet

ENDED = (
    ApplicationState.REFUSED,
    ApplicationState.WITHDRAWN,
    ApplicationState.CLOSED_UNPAID,
)
A_SHORT_MONTH = timedelta(days=4)
"""By so much the last day of a month may move where months are counted."""


class Kind(StrEnum):
    HEALTH = "health"
    """What somebody told of their health, once that is decided."""
    APPLICATION = "application"
    """All that was told and sent in an application, and what was written about it."""


@dataclass(frozen=True)
class Due:
    kind: Kind
    application_id: UUID
    reference: str
    part: Part
    on: date
    """The first day on which it is not kept any more."""


async def due_by(
    session: AsyncSession,
    day: date,
    *,
    now: datetime,
    only: UUID | None = None,
    limit: int = 500,
) -> list[Due]:
    """What is not kept any more on that day or before it, the longest due first; of one application, if `only` says so."""
    found: list[Due] = []
    for part in Part:
        rules = (await RuleSet.on(session, part, day_of(now))).rules
        for kind, months, since, lines in _lines(part, rules, now):
            lately = start_of(months_after(day, -months) + A_SHORT_MONTH)
            which = [since < lately, ~_kept_longer(day_of(now)), ~_appealed()]
            if only:
                which.append(Application.id == only)
            rows = await session.execute(
                lines.where(*which).order_by(since).limit(limit)
            )
            found += [
                Due(kind, id_, reference, part, months_after(day_of(began), months))
                for id_, reference, began in rows
            ]
    due = [one for one in found if one.on <= day]
    return sorted(due, key=lambda one: (one.on, one.reference, one.kind))[:limit]


def _lines(
    part: Part, rules: Rules, now: datetime
) -> Iterator[tuple[Kind, int, ColumnElement[datetime], Select[UUID, str, datetime]]]:
    """Of each kind: how many months it is kept, from when, and the applications that it is still kept of."""
    closed = func.coalesce(Application.closed_at, Application.decided_at)
    yield (
        Kind.HEALTH,
        rules.retention_health_months,
        closed,
        _applications(part, closed).where(
            Application.over, _told(SectionName.HEALTH), ~_conditioned(now)
        ),
    )
    yield (
        Kind.APPLICATION,
        rules.retention_ended_months,
        closed,
        _applications(part, closed).where(Application.state.in_(ENDED), _told()),
    )
    left = _left()
    yield (
        Kind.APPLICATION,
        rules.retention_granted_months,
        left,
        _applications(part, left).where(
            Application.state == ApplicationState.GRANTED,
            _told(),
            ~_in_register(now),
        ),
    )


def _applications(
    part: Part, since: ColumnElement[datetime]
) -> Select[UUID, str, datetime]:
    return select(Application.id, Application.reference, since).where(
        Application.part == part
    )


def _told(section: SectionName | None = None) -> ColumnElement[bool]:
    """Whether answers are kept."""
    return or_(
        *(
            exists().where(
                kind.application_id == Application.id,
                *([kind.name == section] if section else []),
            )
            for kind in (ApplicationSection, SentSection)
        )
    )


def _kept_longer(today: date) -> ColumnElement[bool]:
    return exists().where(
        KeptLonger.application_id == Application.id, KeptLonger.until_on >= today
    )


def _appealed() -> ColumnElement[bool]:
    return exists().where(Appeal.application_id == Application.id, Appeal.waiting)


def _of_its_entry() -> ColumnElement[bool]:
    return (Entry.person_id == Application.person_id) & (Entry.part == Application.part)


def _conditioned(now: datetime) -> ColumnElement[bool]:
    """Health is not resolved while a condition stands that may rest on it."""
    return exists().where(
        _of_its_entry(),
        Condition.entry_id == Entry.id,
        Condition.kind == ConditionKind.REGISTRATION,
        Condition.valid.contains(now),
    )


def _in_register(now: datetime) -> ColumnElement[bool]:
    """Registered or held, now or from a day to come."""
    return or_(
        exists().where(
            _of_its_entry(),
            Registration.entry_id == Entry.id,
            or_(
                func.upper_inf(Registration.valid),
                func.upper(Registration.valid) > now,
            ),
        ),
        exists().where(
            _of_its_entry(), Hold.entry_id == Entry.id, Hold.valid.contains(now)
        ),
    )


def _left() -> ColumnElement[datetime]:
    """When the entry left the register for the last time."""
    return (
        select(func.max(func.upper(Registration.valid)))
        .join(Entry, Registration.entry_id == Entry.id)
        .where(_of_its_entry())
        .scalar_subquery()
    )
