"""Timelines: lines of history as a page shows them; their words are in templates/timelines."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from register.account import Account
from register.application import SectionName
from register.process import Event, Process

RESTRICTED = frozenset(name for name in SectionName if name.restricted)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Line:
    kind: str
    at: datetime
    who: str | None
    """The name of the member of staff; empty for the person themself, None for the service."""
    facts: dict[str, Any]


def lines(
    history: Iterable[tuple[Event, Process, Account | None]],
    *,
    shown: Callable[[Event], bool],
) -> list[Line]:
    return [
        line_of(event.kind, event.at, account.name if account else None, event.data)
        for event, _, account in history
        if shown(event)
    ]


def line_of(kind: str, at: datetime, who: str | None, facts: dict[str, Any]) -> Line:
    return Line(
        kind, at, who, {name: _readable(value) for name, value in facts.items()}
    )


def restricted(event: Event) -> bool:
    """Whether the line tells of a section that only some may read: for the others it did not happen."""
    return event.data.get("section") in RESTRICTED


def _readable(value: Any) -> Any:
    if isinstance(value, str) and DAY.fullmatch(value):
        return date.fromisoformat(value)
    return value
