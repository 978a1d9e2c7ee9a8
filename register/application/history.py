"""Days that a history does not cover."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple, Protocol

DAY = timedelta(days=1)


class Span(NamedTuple):
    """Both days included."""

    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1


class Dated(Protocol):
    @property
    def since(self) -> date: ...
    @property
    def until(self) -> date | None: ...


def gaps(
    history: Iterable[Dated], *, since: date, until: date, longer_than: int = 0
) -> list[Span]:
    """The times from `since` to `until` that nothing covers, if they are longer than so many days; overlaps are fine."""
    return [
        gap
        for gap in _uncovered(history, since=since, until=until)
        if gap.days > longer_than
    ]


def _uncovered(history: Iterable[Dated], *, since: date, until: date) -> Iterator[Span]:
    free = since
    for line in sorted(history, key=lambda line: line.since):
        if line.since > free:
            yield Span(free, min(line.since - DAY, until))
        free = max(free, (line.until or until) + DAY)
        if free > until:
            return
    yield Span(free, until)
