"""Notes: what officers write down for each other about an application."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.application import Application
from register.assessment.acts import AssessmentEvent
from register.process import Event, Process, ProcessText, TextKind


@dataclass(frozen=True)
class Note:
    at: datetime
    who: str
    words: str


def note(application: Application, words: str, *, by: Process) -> None:
    application.tell(AssessmentEvent.NOTED, by=by)
    by.say(TextKind.NOTE, words)


async def notes_of(session: AsyncSession, application: Application) -> list[Note]:
    """The notes on an application, the latest first; an erased one is not there any more."""
    rows = await session.execute(
        select(Event.at, Account.name, ProcessText.words)
        .join(Process, Event.process_id == Process.id)
        .join(Account, Process.actor_id == Account.id)
        .join(ProcessText, ProcessText.process_id == Process.id)
        .where(
            Event.application_id == application.id,
            Event.kind == AssessmentEvent.NOTED,
            ProcessText.kind == TextKind.NOTE,
        )
        .order_by(Event.id.desc())
    )
    return [Note(at, who, words) for at, who, words in rows]
