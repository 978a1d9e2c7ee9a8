"""The conditions that are over their day, or soon will be, of everybody in the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, exists, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.elements import ColumnElement

from register.account import Account
from register.condition.clock import ClockPause
from register.entry import Entry
from register.entry.facts import Condition
from register.kit.clock import day_of

PAGE = 50
SOON = timedelta(days=28)


class ConditionDue(StrEnum):
    OVERDUE = "overdue"
    SOON = "soon"


@dataclass(frozen=True)
class DuePage:
    rows: Sequence[tuple[Condition, Entry]]
    next: UUID | None


def due_of_others(
    reader: Account, due: ConditionDue, *, now: datetime
) -> Select[Condition]:
    """Nobody reads of their own here, nor of one whose clock stands still."""
    found = (
        select(Condition)
        .join(Entry, Entry.id == Condition.entry_id)
        .where(
            Condition.valid.contains(now),
            _within(due, day_of(now)),
            ~exists().where(
                ClockPause.condition_id == Condition.id, ClockPause.until_on.is_(None)
            ),
        )
    )
    if reader.person_id:
        found = found.where(Entry.person_id != reader.person_id)
    return found


def _within(due: ConditionDue, today: date) -> ColumnElement[bool]:
    if due is ConditionDue.OVERDUE:
        return Condition.due_on < today
    return Condition.due_on.between(today, today + SOON)


async def conditions_due(
    session: AsyncSession,
    reader: Account,
    due: ConditionDue,
    *,
    now: datetime,
    after: UUID | None = None,
) -> DuePage:
    """A page of them, the longest due first."""
    lines = (
        due_of_others(reader, due, now=now)
        .add_columns(Entry)
        .options(joinedload(Entry.person))
        .order_by(Condition.due_on, Condition.id)
        .limit(PAGE + 1)
    )
    if after:
        last = select(Condition.due_on, Condition.id).where(Condition.id == after)
        lines = lines.where(
            tuple_(Condition.due_on, Condition.id) > last.scalar_subquery()
        )
    rows = [(condition, entry) for condition, entry in await session.execute(lines)]
    return DuePage(rows[:PAGE], rows[PAGE - 1][0].id if len(rows) > PAGE else None)
