"""Inflow and outflow: how many cases were opened and closed in each month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Date,
    Select,
    SQLColumnExpression,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case, visible_to
from register.account import Account
from register.assessment.target import day_in_london
from register.kit.clock import months_after, start_of

MONTHS = 24
"""With the one that is not over yet."""
OPENED, CLOSED = "opened", "closed"


@dataclass(frozen=True)
class Flow:
    month: date
    """Its first day."""
    opened: int
    closed: int


async def flow(
    session: AsyncSession, reader: Account, *, today: date
) -> Sequence[Flow]:
    """The earliest month first, and none left out."""
    this = today.replace(day=1)
    months = [months_after(this, -back) for back in reversed(range(MONTHS))]
    since = start_of(months[0])
    # Asked for once: two of the same statement may not be drawn up twice under one name.
    seen = visible_to(reader)
    each = union_all(
        _in_months(OPENED, Case.opened_at, seen, since),
        _in_months(CLOSED, Case.closed_at, seen, since),
    ).subquery()
    rows = await session.execute(
        select(
            each.c.month, *(_count(each.c.what == one) for one in (OPENED, CLOSED))
        ).group_by(each.c.month)
    )
    counts = {month: (opened, closed) for month, opened, closed in rows}
    return [Flow(month, *counts.get(month, (0, 0))) for month in months]


def _in_months(
    what: str,
    moment: SQLColumnExpression[Any],
    seen: SQLColumnExpression[bool],
    since: datetime,
) -> Select[str, date]:
    month = cast(func.date_trunc("month", day_in_london(moment)), Date)
    found = select(literal(what).label("what"), month.label("month"))
    return found.where(seen, moment >= since)


def _count(which: SQLColumnExpression[bool]) -> SQLColumnExpression[int]:
    return func.count(case((which, 1)))
