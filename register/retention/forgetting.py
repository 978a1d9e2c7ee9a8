"""Records that belong to no application: each package says which of its own have had their time, and how they are erased."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.kit.clock import day_of
from register.kit.jobs import enqueue, every, job
from register.part import Part
from register.process import Process
from register.retention.erasing import Erasure
from register.retention.keeping import RetentionAct, RetentionEvent
from register.rule_set import RuleSet

A_NIGHT = 5_000
"""So many records of a kind a night at most: whoever set a figure wrong loses no more before somebody sees it."""

Over = Callable[[AsyncSession, date, datetime], Awaitable[Select[UUID]]]
"""The records that are not kept any more on that day, by the rules of now, the oldest first."""
Forget = Callable[[AsyncSession, Sequence[UUID]], Awaitable[dict[str, int]]]
"""Erases those, and counts the rows of each kind that went."""


@dataclass(frozen=True)
class Forgetter:
    over: Over
    forget: Forget


FORGETTERS: dict[str, Forgetter] = {}


def forgets(kind: str, over: Over) -> Callable[[Forget], Forget]:
    """Mark the function that erases the records of a kind, once they are among what `over` finds."""

    def mark(forget: Forget) -> Forget:
        FORGETTERS[kind] = Forgetter(over, forget)
        return forget

    return mark


@dataclass(frozen=True)
class Soon:
    """How many records of a kind go tonight, and how many by a day."""

    kind: str
    tonight: int
    by_then: int


async def over_soon(
    session: AsyncSession, now: datetime, *, within: timedelta
) -> list[Soon]:
    """Of the kinds of which some go."""
    found = []
    for kind, forgetter in FORGETTERS.items():
        counts = []
        for day in (day_of(now), day_of(now + within)):
            going = (await forgetter.over(session, day, now)).subquery()
            counts.append(
                await session.scalar(select(func.count()).select_from(going)) or 0
            )
        found.append(Soon(kind, *counts))
    return [soon for soon in found if soon.by_then]


async def longest(session: AsyncSession, figure: str, now: datetime) -> int:
    """Months that hold for what is of no part: those of the part that keeps it longest."""
    sets = [await RuleSet.on(session, part, day_of(now)) for part in Part]
    return max(int(getattr(one.rules, figure)) for one in sets)


@every(hours=24)
async def forget_what_is_over(
    session: AsyncSession,
    now: datetime,  # noqa: ARG001 - as every job is called
) -> None:
    """One job a kind, so that a fault with one keeps nothing of the others."""
    for kind in FORGETTERS:
        await enqueue(session, "forget_records", {"kind": kind})


@job("forget_records")
async def forget_records(session: AsyncSession, now: datetime, kind: str) -> None:
    forgetter = FORGETTERS[kind]
    over = await forgetter.over(session, day_of(now), now)
    ids = (await session.scalars(over.limit(A_NIGHT))).all()
    if not ids:
        return
    by = Process.begin(session, RetentionAct.ERASE, now=now, reason=kind)
    counts = await forgetter.forget(session, ids)
    session.add(Erasure.of(kind, counts, by=by))
    by.tell(RetentionEvent.ERASED, of=kind)
