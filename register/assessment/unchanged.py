"""Nobody decides on what they have not seen: an act on a page that has gone stale is turned down, with what changed since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.application import Application, SectionName
from register.assessment.acts import AssessmentEvent
from register.kit.errors import Refused
from register.process import Event, Process

RESTRICTED = frozenset(name for name in SectionName if name.restricted)


@dataclass(frozen=True)
class Seen:
    """What a page showed, carried by its form: the version of the application and its last line of history."""

    version: int
    latest: int


@dataclass(frozen=True)
class Change:
    kind: str
    at: datetime
    who: str | None
    facts: dict[str, Any]


class Overtaken(Refused):
    """Carries what changed, and what the officer had written, which must not be lost. Plain values: the act is undone by then."""

    def __init__(
        self, application: Application, changes: Sequence[Change], words: str
    ) -> None:
        self.reference, self.changes, self.words = (
            application.reference,
            changes,
            words,
        )
        super().__init__(
            f"Application {application.reference} has changed since you opened the page. Nothing that you sent has been done."
        )


async def seen_now(session: AsyncSession, application: Application) -> Seen:
    latest = await session.scalar(
        select(func.max(Event.id)).where(Event.application_id == application.id)
    )
    return Seen(application.version, latest or 0)


async def lock_unchanged(
    session: AsyncSession, application: Application, *, seen: Seen, words: str = ""
) -> None:
    """Keep others from the application until the act is done; raises Overtaken where somebody was first."""
    await application.lock(session)
    if application.version != seen.version:
        raise Overtaken(
            application, await changes_since(session, application, seen), words
        )


async def changes_since(
    session: AsyncSession, application: Application, seen: Seen
) -> list[Change]:
    """The lines of history that the page did not show, oldest first, but for readings and restricted sections."""
    rows = await session.execute(
        select(Event, Account.name)
        .join(Process, Event.process_id == Process.id)
        .outerjoin(Account, Process.actor_id == Account.id)
        .where(
            Event.application_id == application.id,
            Event.id > seen.latest,
            Event.kind != AssessmentEvent.RESTRICTED_READ,
        )
        .order_by(Event.id)
    )
    return [
        Change(e.kind, e.at, name, dict(e.data))
        for e, name in rows
        if e.data.get("section") not in RESTRICTED
    ]
