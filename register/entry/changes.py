"""What changed of an entry within a time, as the public may read it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from register.entry.shown import A_MOMENT
from register.entry.status import Facts, Status, status_at


class Changed(StrEnum):
    STATUS = "status"
    RESTRICTION = "restriction"


@dataclass(frozen=True)
class Change:
    """From one status to another; or a restriction began (`before` is None) or ended (`after` is None)."""

    at: datetime
    what: Changed
    before: str | None
    after: str | None


def changes_between(
    facts: Facts, told: Facts, start: datetime, end: datetime
) -> tuple[Change, ...]:
    """In order, both ends included. Of the restrictions only those that are `told`."""
    found: list[Change] = []
    for at in sorted(bound for bound in facts.bounds() if start <= bound <= end):
        before, after = status_at(facts, at - A_MOMENT), status_at(facts, at)
        if before is not after:
            found.append(Change(at, Changed.STATUS, before, after))
        found += _restrictions_changed(told, at, before, after)
    return tuple(found)


def _restrictions_changed(
    told: Facts, at: datetime, before: Status | None, after: Status | None
) -> list[Change]:
    """They are shown only while the entry stands."""
    found = []
    for fact in told.restrictions:
        if fact.valid.upper == at and before and before.current:
            found.append(Change(at, Changed.RESTRICTION, fact.kind, None))
        if fact.valid.lower == at and after and after.current:
            found.append(Change(at, Changed.RESTRICTION, None, fact.kind))
    return found
