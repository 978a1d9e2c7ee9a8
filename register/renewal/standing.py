"""How it stands with somebody's renewal: one answer, from the renewal, the entries and the moment, and shown to all alike."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from register.entry import Entry
from register.kit.clock import day_of, end_of
from register.renewal.renewal import Renewal, RenewalStep
from register.rule_set import Rules, RuleSet


class RenewalState(StrEnum):
    """Payment alone renews nobody, so that no state is called paid."""

    NOT_OPEN = "not_open"
    OPEN = "open"
    EXTENDED = "extended"
    """Open, with a later last day."""
    ONLY_PAYMENT = "only_payment"
    PAID_NOT_RENEWED = "paid_not_renewed"
    OVERDUE = "overdue"
    """The last day has gone by and nobody has lapsed yet."""
    RENEWED = "renewed"
    LATE = "late"
    """Finished after the last day: what becomes of it is decided when the deadline is run."""
    CURABLE = "curable"
    """Lapsed, and may still finish."""
    OVERLOOKED = "overlooked"
    """The time to finish is over, and they are in the register still: no run could end it, or none was released."""
    TOO_LATE = "too_late"
    ENDED = "ended"
    """Not in the register any more for another reason, so that there is nothing to renew."""

    @property
    def may_act(self) -> bool:
        """Whether there is something that the person can do."""
        return self in CAN_ACT

    @property
    def may_ask(self) -> bool:
        """Whether more time can be asked for: whoever has lapsed has nothing left of which the last day could be moved."""
        return self in CAN_ASK

    @property
    def told(self) -> bool:
        return self is not RenewalState.ENDED


CAN_ACT = frozenset(
    {
        RenewalState.OPEN,
        RenewalState.EXTENDED,
        RenewalState.ONLY_PAYMENT,
        RenewalState.PAID_NOT_RENEWED,
        RenewalState.OVERDUE,
        RenewalState.CURABLE,
    }
)
CAN_ASK = CAN_ACT - {RenewalState.CURABLE} | {RenewalState.OVERLOOKED}


@dataclass(frozen=True)
class Kept:
    """What the entries of somebody come to at a moment."""

    until_on: date | None = None
    """The last day of the registration that stands, the latest of several; None where none stands."""
    lapsed: bool = False
    """Some entry has lapsed for not being renewed then, and has not been removed since. A later renewal has lapses of its own."""

    @classmethod
    def of(cls, entries: Sequence[Entry], renewal: Renewal, *, at: datetime) -> Self:
        begins, ends = end_of(renewal.ends_on), end_of(renewal.until_on)
        return cls(
            until_of(entries, at=at),
            any(
                lapse.holds(at) and begins <= lapse.starts < ends
                for entry in entries
                if not any(removal.holds(at) for removal in entry.removals)
                for lapse in entry.lapses
            ),
        )


def until_of(entries: Sequence[Entry], *, at: datetime) -> date | None:
    return max(
        (r.until_on for e in entries for r in e.registrations if r.holds(at)),
        default=None,
    )


@dataclass(frozen=True)
class Standing:
    state: RenewalState
    day: date
    """The last day to do something, the last day of the registration, or the first day on which it can be renewed."""
    left: Sequence[RenewalStep] = ()
    paid: bool = False
    renewal: Renewal | None = None


@dataclass(frozen=True)
class Case:
    """All that the state depends on."""

    renewal: Renewal
    kept: Kept
    rules: Rules
    at: datetime

    @property
    def finished(self) -> bool:
        return self.renewal.finished_at is not None

    @property
    def gone(self) -> bool:
        return self.kept.until_on is None and not self.kept.lapsed

    @property
    def renewed(self) -> bool:
        """In time, or since: a late one that was cured."""
        until = self.kept.until_on
        return self.finished and until is not None and until >= self.renewal.until_on

    @property
    def over(self) -> bool:
        """They have come back for a later period without it."""
        until = self.kept.until_on
        return until is not None and until > self.renewal.ends_on

    @property
    def in_time(self) -> bool:
        return self.at < end_of(self.renewal.last_day)

    @property
    def stands(self) -> bool:
        return self.kept.until_on is not None

    @property
    def cure_over(self) -> bool:
        return self.at >= end_of(self.rules.cure_ends(self.renewal.last_day))


Rule = Callable[[Case], bool]

RULES: tuple[tuple[Rule, RenewalState], ...] = (
    (lambda case: case.gone, RenewalState.ENDED),
    (lambda case: case.renewed, RenewalState.RENEWED),
    (lambda case: case.finished and not case.over, RenewalState.LATE),
    (lambda case: case.over, RenewalState.NOT_OPEN),
    (lambda case: case.cure_over and case.stands, RenewalState.OVERLOOKED),
    (lambda case: case.cure_over, RenewalState.TOO_LATE),
    (lambda case: case.kept.lapsed, RenewalState.CURABLE),
    (lambda case: not case.in_time, RenewalState.OVERDUE),
    (lambda case: case.renewal.paid_at is not None, RenewalState.PAID_NOT_RENEWED),
    (
        lambda case: list(case.renewal.left) == [RenewalStep.PAYMENT],
        RenewalState.ONLY_PAYMENT,
    ),
    (lambda case: case.renewal.extended_until is not None, RenewalState.EXTENDED),
    (lambda _: True, RenewalState.OPEN),
)
"""The first rule that holds decides. Its twin in SQL is `twin.py`."""


def state_of(renewal: Renewal, kept: Kept, rules: Rules, at: datetime) -> RenewalState:
    case = Case(renewal, kept, rules, at)
    return next(state for rule, state in RULES if rule(case))


def standing_of(
    renewal: Renewal | None, entries: Sequence[Entry], rules: Rules, *, at: datetime
) -> Standing | None:
    """None where there is nothing to renew, now or later."""
    if renewal is None:
        return _without(entries, rules, at=at)
    kept = Kept.of(entries, renewal, at=at)
    state = state_of(renewal, kept, rules, at)
    if not state.told:
        return None
    if state is RenewalState.NOT_OPEN:
        return _without(entries, rules, at=at)
    day = _day(state, renewal, rules)
    left = () if renewal.finished_at else renewal.left
    return Standing(state, day, left, renewal.paid_at is not None, renewal)


def _without(
    entries: Sequence[Entry], rules: Rules, *, at: datetime
) -> Standing | None:
    """Who is registered has the day from which they can renew; it is today where the renewal is only about to be opened."""
    until = until_of(entries, at=at)
    if until is None:
        return None
    return Standing(RenewalState.NOT_OPEN, rules.renewal_opens(until))


def _day(state: RenewalState, renewal: Renewal, rules: Rules) -> date:
    if state is RenewalState.RENEWED:
        return renewal.until_on
    if state in AFTER_THE_LAST_DAY:
        return rules.cure_ends(renewal.last_day)
    return renewal.last_day


AFTER_THE_LAST_DAY = frozenset(
    {
        RenewalState.OVERDUE,
        RenewalState.CURABLE,
        RenewalState.OVERLOOKED,
        RenewalState.TOO_LATE,
    }
)


async def standing(
    session: AsyncSession, person_id: UUID, *, now: datetime
) -> Standing | None:
    return (await standings(session, [person_id], now=now)).get(person_id)


async def standings(
    session: AsyncSession, person_ids: Collection[UUID], *, now: datetime
) -> dict[UUID, Standing]:
    """Of each that has something to renew, in as many queries as one takes."""
    entries = await _entries(session, person_ids)
    renewals = await _latest(session, person_ids)
    rules: dict[str, Rules] = {}
    found = {}
    for person_id, theirs in entries.items():
        renewal = renewals.get(person_id)
        if renewal:
            ruled_by = renewal.rule_set.rules
        else:
            part = min((one.part for one in theirs), key=lambda one: one.position)
            if part not in rules:
                rules[part] = (await RuleSet.on(session, part, day_of(now))).rules
            ruled_by = rules[part]
        if one := standing_of(renewal, theirs, ruled_by, at=now):
            found[person_id] = one
    return found


async def standings_of(
    session: AsyncSession, renewals: Sequence[Renewal], *, now: datetime
) -> dict[UUID, Standing]:
    """How it stands with each of them, by its id, whatever came of a later one; their sets of rules are loaded."""
    entries = await _entries(session, [one.person_id for one in renewals])
    found = {}
    for renewal in renewals:
        theirs = entries.get(renewal.person_id, [])
        if one := standing_of(renewal, theirs, renewal.rule_set.rules, at=now):
            found[renewal.id] = one
    return found


KEPT_OF = ("registrations", "lapses", "removals")


async def _entries(
    session: AsyncSession, person_ids: Collection[UUID]
) -> dict[UUID, list[Entry]]:
    """With no more of their facts than it takes: every page of a renewal asks."""
    rows = await session.scalars(
        select(Entry)
        .where(Entry.person_id.in_(person_ids))
        .options(*(selectinload(getattr(Entry, kind)) for kind in KEPT_OF))
        .order_by(Entry.id)
    )
    found: dict[UUID, list[Entry]] = {}
    for entry in rows:
        found.setdefault(entry.person_id, []).append(entry)
    return found


async def _latest(
    session: AsyncSession, person_ids: Collection[UUID]
) -> dict[UUID, Renewal]:
    """Of the period that ends last."""
    rows = await session.scalars(
        select(Renewal)
        .where(Renewal.person_id.in_(person_ids))
        .options(joinedload(Renewal.rule_set))
        .order_by(Renewal.ends_on)
    )
    return {renewal.person_id: renewal for renewal in rows}
