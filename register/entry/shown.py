"""What the public may read of an entry's facts at an instant: one pure function for page, API, projection and certificate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from register.entry.facts import (
    AnyRegistration,
    AnyRestriction,
    ConditionKind,
    ConditionTerms,
    Superseded,
    WarningTerms,
)
from register.entry.status import Facts, Status, status_at
from register.kit.clock import day_of, months_after, start_of
from register.rule_set import Rules

A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Restriction:
    """Something that limits or qualifies the registration. `until` is its last day; None while no end is known."""

    kind: str
    text: str | None
    from_on: date
    until_on: date | None
    decision: str | None
    """Where the public may read why."""

    def as_json(self) -> dict[str, str | None]:
        return {
            "kind": self.kind,
            "text": self.text,
            "from": self.from_on.isoformat(),
            "until": self.until_on.isoformat() if self.until_on else None,
            "decision": self.decision,
        }


@dataclass(frozen=True)
class Period:
    """A time of being registered, both days included."""

    from_on: date
    until_on: date

    def as_json(self) -> dict[str, str]:
        return {"from": self.from_on.isoformat(), "until": self.until_on.isoformat()}


@dataclass(frozen=True)
class Shown:
    status: Status
    registered_from: date
    registered_until: date
    restrictions: tuple[Restriction, ...]
    decision: str | None
    """Where the public may read why it was removed."""
    previous_periods: tuple[Period, ...]


def shown_at(
    facts: Facts,
    words: Mapping[UUID, str],
    instant: datetime,
    *,
    cited: Mapping[UUID, str],
) -> Shown | None:
    """None before the entry was first made. `words` holds the public wordings by id, `cited` the addresses by fact."""
    status = status_at(facts, instant)
    if status is None:
        return None
    begun = sorted(
        (r for r in facts.registrations if r.began(instant)),
        key=lambda fact: fact.starts,
    )
    *before, last = [_period(registration, instant) for registration in begun]
    restrictions = (
        restrictions_at(facts, words, instant, cited=cited) if status.current else ()
    )
    decided = [cited.get(one.id) for one in facts.removals if one.holds(instant)]
    return Shown(
        status,
        last.from_on,
        last.until_on,
        restrictions,
        next(filter(None, decided), None),
        tuple(before),
    )


def restrictions_at(
    facts: Facts,
    words: Mapping[UUID, str],
    instant: datetime,
    *,
    cited: Mapping[UUID, str],
) -> tuple[Restriction, ...]:
    """In force at the instant: orders, then conditions, then warnings, each by when it began."""
    kinds: tuple[Sequence[AnyRestriction], ...] = (
        facts.orders,
        facts.conditions,
        facts.warnings,
    )
    found = [
        fact
        for kind in kinds
        for fact in sorted(kind, key=lambda fact: fact.starts)
        if fact.holds(instant)
    ]
    return tuple(_restriction(fact, words, cited) for fact in found)


def told(facts: Facts, rules: Rules, now: datetime) -> Facts:
    """Without the restrictions that ended so long ago that they are not told even of the days on which they stood."""

    def still(fact: AnyRestriction) -> bool:
        end = told_until(fact, rules)
        return end is None or now < end

    return replace(
        facts,
        orders=[order for order in facts.orders if still(order)],
        conditions=[condition for condition in facts.conditions if still(condition)],
        warnings=[warning for warning in facts.warnings if still(warning)],
    )


def told_until(fact: AnyRestriction, rules: Rules) -> datetime | None:
    """None while no end is known. A warning is told for its term; what else there is, as long after it as an entry that ended."""
    end = fact.valid.upper
    if end is None and isinstance(fact, Superseded):
        end = fact.recorded.upper
    if end is None or isinstance(fact, WarningTerms):
        return end
    return start_of(months_after(day_of(end), rules.publication_former_months))


def publication_ends(facts: Facts, rules: Rules, instant: datetime) -> datetime | None:
    """When an entry that has ended stops being shown, counted from what ended it; None while it stands."""
    status = status_at(facts, instant)
    if status is None or status.current:
        return None
    ends = [
        r.valid.upper
        for r in facts.registrations
        if r.valid.upper and r.valid.upper <= instant
    ]
    ends += [removal.starts for removal in facts.removals if removal.holds(instant)]
    months = (
        rules.publication_order_months
        if status is Status.REMOVED_BY_ORDER
        else rules.publication_former_months
    )
    return start_of(months_after(day_of(max(ends)), months)) if ends else None


def _period(registration: AnyRegistration, instant: datetime) -> Period:
    upper = registration.valid.upper
    ended = upper is not None and upper <= instant
    return Period(
        day_of(registration.starts),
        day_of(upper - A_MOMENT) if upper and ended else registration.until_on,
    )


def _restriction(
    fact: AnyRestriction, words: Mapping[UUID, str], cited: Mapping[UUID, str]
) -> Restriction:
    upper = fact.valid.upper
    return Restriction(
        kind=fact.kind,
        text=_text(fact, words),
        from_on=day_of(fact.starts),
        until_on=day_of(upper - A_MOMENT) if upper else None,
        decision=cited.get(fact.id),
    )


def _text(fact: AnyRestriction, words: Mapping[UUID, str]) -> str | None:
    """The public wording, and by when a condition is to be met: of a qualification the month, of anything else the day."""
    said = words.get(fact.text_id) if fact.text_id else None
    due = ""
    if isinstance(fact, ConditionTerms) and fact.due_on:
        month = f"{fact.due_on:%B %Y}"
        due = (
            f"Due by {month}."
            if fact.kind is ConditionKind.QUALIFICATION
            else f"To be met by {fact.due_on.day} {month}."
        )
    return "\n".join(filter(None, (said, due))) or None
