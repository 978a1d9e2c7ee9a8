"""The status of an entry, computed: one pure function over dated facts, with its rules in order."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

from register.entry.facts import (
    AnyCondition,
    AnyHold,
    AnyLapse,
    AnyOrder,
    AnyRegistration,
    AnyRemoval,
    AnyRestriction,
    AnyWarning,
    Fact,
    RemovalReason,
)


class Status(StrEnum):
    """The public status codes, the same stored, sent and searched."""

    REGISTERED = "registered"
    SUSPENDED = "suspended"
    LAPSED = "lapsed"
    REMOVED = "removed"
    REMOVED_VOLUNTARY = "removed_voluntary"
    REMOVED_BY_ORDER = "removed_by_order"
    HELD = "held"

    @property
    def may_practise(self) -> bool:
        return self is Status.REGISTERED

    @property
    def current(self) -> bool:
        """Whether the entry stands in the register, rather than having ended."""
        return self in {Status.REGISTERED, Status.SUSPENDED, Status.HELD}


BY_ORDER = frozenset({RemovalReason.ORDER, RemovalReason.AUTOMATIC})
VOLUNTARY = frozenset({RemovalReason.VOLUNTARY, RemovalReason.VOLUNTARY_DURING_CASE})


@dataclass(frozen=True)
class Facts:
    """All that we hold, or held, of one entry."""

    registrations: Sequence[AnyRegistration] = ()
    lapses: Sequence[AnyLapse] = ()
    removals: Sequence[AnyRemoval] = ()
    orders: Sequence[AnyOrder] = ()
    conditions: Sequence[AnyCondition] = ()
    warnings: Sequence[AnyWarning] = ()
    holds: Sequence[AnyHold] = ()

    def __iter__(self) -> Iterator[Fact]:
        for kind in fields(self):
            yield from getattr(self, kind.name)

    @property
    def restrictions(self) -> list[AnyRestriction]:
        return [*self.orders, *self.conditions, *self.warnings]

    def bounds(self) -> set[datetime]:
        """Every moment at which a fact begins or ends."""
        ends = (end for fact in self for end in (fact.valid.lower, fact.valid.upper))
        return {end for end in ends if end is not None}


def in_force(facts: Iterable[Fact], instant: datetime) -> bool:
    return any(fact.holds(instant) for fact in facts)


def removed(facts: Facts, instant: datetime, reasons: frozenset[RemovalReason]) -> bool:
    return in_force((r for r in facts.removals if r.because in reasons), instant)


def suspended(facts: Facts, instant: datetime) -> bool:
    return in_force((order for order in facts.orders if order.kind.suspends), instant)


def ever_registered(facts: Facts, instant: datetime) -> bool:
    return any(registration.began(instant) for registration in facts.registrations)


Rule = Callable[[Facts, datetime], bool]

RULES: tuple[tuple[Rule, Status | None], ...] = (
    (lambda facts, at: not ever_registered(facts, at), None),
    (lambda facts, at: removed(facts, at, BY_ORDER), Status.REMOVED_BY_ORDER),
    (
        lambda facts, at: removed(
            facts, at, frozenset(RemovalReason) - BY_ORDER - VOLUNTARY
        ),
        Status.REMOVED,
    ),
    (lambda facts, at: removed(facts, at, VOLUNTARY), Status.REMOVED_VOLUNTARY),
    # A hold put on somebody who lapsed before must not show: it would tell the public of a case.
    (lambda facts, at: in_force(facts.lapses, at), Status.LAPSED),
    (
        lambda facts, at: in_force(facts.registrations, at) and suspended(facts, at),
        Status.SUSPENDED,
    ),
    (lambda facts, at: in_force(facts.registrations, at), Status.REGISTERED),
    (lambda facts, at: in_force(facts.holds, at), Status.HELD),
    (ever_registered, Status.LAPSED),
)
"""The first rule that holds decides: the worst first, and a period that ended without a fact of its own counts as lapsed."""


def status_at(facts: Facts, instant: datetime) -> Status | None:
    """The status at an instant; None before the entry was first made."""
    return next(status for rule, status in RULES if rule(facts, instant))
