"""Who would lapse, and why: the one predicate that preview, notice and run read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Exists,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from register.entry import A_MOMENT, Entry, LapseReason
from register.entry.facts import Hold, Lapse, Registration, Removal
from register.kit.clock import end_of
from register.kit.db import Base
from register.kit.jobs import START
from register.part import Part
from register.person import Person
from register.renewal.extension import RenewalExtension
from register.renewal.noticed import LapseNotice, noticed
from register.renewal.renewal import COLUMNS, Renewal, RenewalStep

PAGE = 50


class Fate(StrEnum):
    """What a run does with an entry whose renewal was not finished in time, or why it does nothing."""

    LAPSE = "lapse"
    LATE = "late"
    """It lapses, and is registered again from the moment at which everything was done."""
    SPARED = "spared"
    """Finished late by somebody whom no notice reached: renewed without a gap."""
    HELD = "held"
    """Its period ends without a lapse."""
    NOT_NOTICED = "not_noticed"
    ASKED = "asked"
    """They have asked for more time, and wait for our answer."""
    EXTENDED = "extended"
    DIED = "died"
    MERGED = "merged"

    @property
    def done(self) -> bool:
        """Whether a run does anything."""
        return self in DONE

    @property
    def waits(self) -> bool:
        """Whether somebody of us has something to do before a run has been written to the end."""
        return self in WAITS


DONE = frozenset({Fate.LAPSE, Fate.LATE, Fate.SPARED, Fate.HELD})
WAITS = DONE | {Fate.ASKED}


def concerned(day: date, *what: Any, now: datetime, after: UUID = START) -> Select[Any]:
    """Of each `Entry` whose period ends with that last day to renew and has not been renewed: in SQL, what is asked for.

    `Person` is joined, and `Renewal` where there is one. Its registration stood when the day was over, and stands still.
    `after` is said of each table, or the planner reads some of them from their beginning.
    """
    ends = end_of(day)
    return (
        select(*what)
        .select_from(Entry)
        .join(Registration, Registration.entry_id == Entry.id)
        .join(Person, Person.id == Entry.person_id)
        .outerjoin(
            Renewal,
            and_(
                Renewal.person_id == Entry.person_id,
                Renewal.ends_on == Registration.until_on,
            ),
        )
        .where(
            Entry.id > after,
            Registration.entry_id > after,
            Registration.until_on.in_(_periods(day)),
            or_(Registration.until_on == day, Renewal.last_day == day),
            *_standing(ends, now),
            ~_in_force(Lapse, ends).where(Lapse.entry_id > after),
            ~_in_force(Removal, ends).where(Removal.entry_id > after),
            or_(Renewal.finished_at.is_(None), Renewal.finished_at >= ends),
        )
    )


def _standing(ends: datetime, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Registration.valid.contains(ends - A_MOMENT),
        or_(
            func.upper_inf(Registration.valid),
            func.upper(Registration.valid) > max(now, ends),
        ),
    )


async def those_standing(
    session: AsyncSession, day: date, *, now: datetime, after: UUID, size: int
) -> Sequence[UUID]:
    """The next entries whose period may end with that last day, in order, whatever becomes of them: found without looking
    at all of them, as no plan does that asks for their fates in the same breath.
    """
    periods = await session.scalars(_periods(day))
    found = await session.scalars(
        select(Registration.entry_id)
        .where(
            Registration.entry_id > after,
            Registration.until_on.in_(periods.all()),
            *_standing(end_of(day), now),
        )
        .order_by(Registration.entry_id)
        .limit(size)
    )
    return found.all()


def _periods(day: date) -> CompoundSelect[date]:
    """Whose last day it may be: the period that ends then, and each of which somebody has more time until then."""
    later = aliased(Renewal)
    return select(literal(day)).union(
        select(later.ends_on).where(later.extended_until == day)
    )


def _in_force(kind: type[Base], at: datetime) -> Exists:
    return exists().where(kind.entry_id == Entry.id, kind.valid.contains(at))  # type: ignore[attr-defined]


def fate_on(day: date) -> ColumnElement[Fate]:
    """Of each `Entry` that is concerned."""
    finished = Renewal.finished_at.is_not(None)
    told = noticed(Renewal.id.expression, day)
    return case(
        (Person.deceased_on.is_not(None), literal(Fate.DIED)),
        (Person.merged_into.is_not(None), literal(Fate.MERGED)),
        (Renewal.last_day > day, literal(Fate.EXTENDED)),
        (_asked(), literal(Fate.ASKED)),
        (~told & finished, literal(Fate.SPARED)),
        (~told, literal(Fate.NOT_NOTICED)),
        (_in_force(Hold, end_of(day)), literal(Fate.HELD)),
        (finished, literal(Fate.LATE)),
        else_=literal(Fate.LAPSE),
    )


def _asked() -> Exists:
    return exists().where(
        RenewalExtension.renewal_id == Renewal.id, RenewalExtension.open
    )


def left() -> ColumnElement[str]:
    """The steps that are missing of each `Renewal`, as codes with commas; empty once it is finished, and where there is none."""
    asked = dict.fromkeys(RenewalStep, ~Renewal.only_pays)
    asked[RenewalStep.PAYMENT] = Renewal.id.is_not(None)
    missing = (
        case((asked[step] & getattr(Renewal, column).is_(None), literal(step)))
        for step, column in COLUMNS.items()
    )
    return func.concat_ws(",", *missing)


def why(steps: Sequence[str]) -> LapseReason:
    """Only where nothing but the money was missing is it that."""
    unpaid = list(steps) == [RenewalStep.PAYMENT]
    return LapseReason.NON_PAYMENT if unpaid else LapseReason.NOT_RENEWED


@dataclass(frozen=True)
class Count:
    """So many entries of one fate, with the same steps left."""

    fate: Fate
    left: tuple[RenewalStep, ...]
    entries: int

    @property
    def paid(self) -> bool:
        return RenewalStep.PAYMENT not in self.left

    def as_json(self) -> dict[str, Any]:
        return {"fate": self.fate, "left": list(self.left), "entries": self.entries}


def count_of(told: dict[str, Any]) -> Count:
    return Count(Fate(told["fate"]), _steps(told["left"]), told["entries"])


async def counted(session: AsyncSession, day: date, *, now: datetime) -> list[Count]:
    each = concerned(
        day, fate_on(day).label("fate"), left().label("left"), now=now
    ).subquery()
    rows = await session.execute(
        select(each.c.fate, each.c.left, func.count())
        .group_by(each.c.fate, each.c.left)
        .order_by(each.c.fate, each.c.left)
    )
    return [Count(Fate(fate), _steps(codes.split(",")), n) for fate, codes, n in rows]


def _steps(codes: Sequence[str]) -> tuple[RenewalStep, ...]:
    return tuple(RenewalStep(step) for step in codes if step)


@dataclass(frozen=True)
class Concerned:
    """An entry that a run is about."""

    entry_id: UUID
    person_id: UUID
    number: str
    part: Part
    fate: Fate
    left: tuple[RenewalStep, ...]
    paid_at: datetime | None
    noticed_on: date | None
    finished_at: datetime | None

    @property
    def because(self) -> LapseReason:
        return why(self.left)


@dataclass(frozen=True)
class ConcernedPage:
    rows: list[Concerned]
    next: UUID | None


async def those_concerned(
    session: AsyncSession,
    day: date,
    *,
    now: datetime,
    fate: Fate | None = None,
    but: UUID | None = None,
    after: UUID | None = None,
    size: int = PAGE,
) -> ConcernedPage:
    """In the order of the entries' ids; `but` is the person who reads."""
    served = select(LapseNotice.deemed_on).where(
        LapseNotice.renewal_id == Renewal.id, LapseNotice.last_day == day
    )
    found = (
        concerned(
            day,
            Entry.id,
            Entry.person_id,
            Person.number,
            Entry.part,
            fate_on(day),
            left(),
            Renewal.paid_at,
            served.scalar_subquery(),
            Renewal.finished_at,
            now=now,
            after=after or START,
        )
        .order_by(Registration.entry_id)
        .limit(size + 1)
    )
    if fate:
        found = found.where(fate_on(day) == fate)
    if but:
        found = found.where(Entry.person_id != but)
    rows = [
        Concerned(
            entry_id,
            person_id,
            number,
            part,
            Fate(fate_),
            _steps(missing.split(",")),
            *rest,
        )
        for entry_id, person_id, number, part, fate_, missing, *rest in await session.execute(
            found
        )
    ]
    return ConcernedPage(
        rows[:size], rows[size - 1].entry_id if len(rows) > size else None
    )
