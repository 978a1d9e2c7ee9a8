"""The clock of an investigation: its age against the target, how long it was on hold, and how long we waited for others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fitness.case import Case
from fitness.investigation.hold import InvestigationHold
from fitness.investigation.information import InformationRequest
from register.kit.clock import day_of

DAY = timedelta(days=1)
Span = tuple[date, date | None]
"""From a day until another, which does not count; without one it lasts."""


@dataclass(frozen=True)
class InvestigationClock:
    """In days. While it is on hold the target moves with every day."""

    age: int
    held: int
    waited: int
    target_on: date

    @property
    def counted(self) -> int:
        """Of its age, what counts against the target."""
        return self.age - self.held

    def late(self, today: date) -> bool:
        return today > self.target_on


def read(
    began_on: date,
    today: date,
    *,
    target_days: int,
    holds: Iterable[Span],
    requests: Iterable[Span],
) -> InvestigationClock:
    """A day on which two holds lasted, or two answers were awaited, counts once."""
    held = days_of(holds, began_on, today)
    return InvestigationClock(
        age=(today - began_on).days,
        held=held,
        waited=days_of(requests, began_on, today),
        target_on=began_on + timedelta(days=target_days + held),
    )


def days_of(spans: Iterable[Span], began_on: date, today: date) -> int:
    """How many days from the one to before the other lie in any of the spans."""
    counted, reached = 0, began_on
    for start, end in sorted(spans, key=lambda span: span[0]):
        first, past = max(start, reached), min(end or today, today)
        if past > first:
            counted += (past - first).days
            reached = past
    return counted


def clock_of(
    case: Case,
    today: date,
    *,
    holds: Iterable[InvestigationHold],
    requests: Iterable[InformationRequest],
) -> InvestigationClock:
    """Of a case that is investigated."""
    return read(
        day_of(case.stage_since),
        today,
        target_days=case.rule_set.rules.investigation_target_days,
        holds=[(one.from_on, _after(one.until_on)) for one in holds],
        requests=[(day_of(one.asked_at), _day(one.ended_at)) for one in requests],
    )


def _after(day: date | None) -> date | None:
    return day + DAY if day else None


def _day(moment: datetime | None) -> date | None:
    return day_of(moment) if moment else None
