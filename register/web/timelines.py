"""Timelines: lines of history as a page shows them; their words are in templates/timelines."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.application import SectionName
from register.process import Event, Process, timeline
from register.web.paging import before_of

RESTRICTED = frozenset(name for name in SectionName if name.restricted)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
PAGE = 100


@dataclass(frozen=True)
class Line:
    kind: str
    at: datetime
    who: str | None
    """The name of the member of staff; empty for the person themself, None for the service."""
    facts: dict[str, Any]


@dataclass(frozen=True)
class History:
    """One page of a timeline; `first` and `onward` are addresses, empty where they lead nowhere."""

    lines: list[Line]
    first: str
    onward: str


async def history_page(
    session: AsyncSession,
    request: Request[Any, Any, Any],
    *,
    shown: Callable[[Event], bool],
    persons: Collection[UUID] = (),
    application_id: UUID | None = None,
) -> History:
    """The page of the timeline of a person or an application that the address asks for; the oldest lines are reached too."""
    before = before_of(request)
    found = await timeline(
        session,
        persons=persons,
        application_id=application_id,
        before=before,
        limit=PAGE + 1,
    )
    path = request.url.path
    return History(
        await _with_names(session, lines(found[:PAGE], shown=shown)),
        path if before is not None else "",
        f"{path}?before={found[PAGE - 1][0].id}" if len(found) > PAGE else "",
    )


async def _with_names(session: AsyncSession, told: list[Line]) -> list[Line]:
    """Who was given something: the history holds the account only."""
    ids = {line.facts["assigned_to"] for line in told if "assigned_to" in line.facts}
    if not ids:
        return told
    rows = await session.execute(
        select(Account.id, Account.name).where(Account.id.in_(map(UUID, ids)))
    )
    names = {str(account_id): name for account_id, name in rows}
    return [
        replace(
            line,
            facts=line.facts | {"to": names.get(line.facts.get("assigned_to", ""), "")},
        )
        for line in told
    ]


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
