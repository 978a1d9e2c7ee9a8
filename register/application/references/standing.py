"""How it stands with each referee, and whether the applicant may name another."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from register.application.answers import Referee, References
from register.application.application import Application
from register.application.keeping import open_sections
from register.application.outside import REPLACEABLE, STILL_OPEN
from register.application.references.asking import (
    ask_referee,
    last_sent,
    referees_asked,
    referees_in,
)
from register.application.section import SentSection, section_of
from register.application.state import ApplicationEvent, SectionName
from register.kit.errors import Refused
from register.process import Process
from register.request import Outcome, Request


class NotToBeReplaced(Refused):
    def __init__(self) -> None:
        super().__init__("Another referee cannot be named in place of this one now.")


@dataclass(frozen=True)
class Named:
    """A referee of an application, with what we last asked of them."""

    referee: Referee
    request: Request
    replaceable: bool

    @property
    def awaited(self) -> bool:
        return self.request.open

    @property
    def outcome(self) -> Outcome | None:
        return self.request.outcome


async def referees_of(session: AsyncSession, application: Application) -> list[Named]:
    """Whom the applicant names now, in their order."""
    sent = await last_sent(session, application)
    if sent is None:
        return []
    latest = {
        asked.id: request
        for request, asked in await referees_asked(session, application)
    }
    may_change = application.state in STILL_OPEN and (
        SectionName.REFERENCES not in await open_sections(session, application)
    )
    return [
        Named(
            referee,
            latest[referee.id],
            may_change and latest[referee.id].outcome in REPLACEABLE,
        )
        for referee in referees_in(sent)
        if referee.id in latest
    ]


async def to_be_replaced(
    session: AsyncSession, application: Application, referee_id: UUID
) -> Named:
    """Raises NotToBeReplaced where the referee may still answer, has answered, or is not named any more."""
    for named in await referees_of(session, application):
        if named.referee.id == referee_id and named.replaceable:
            return named
    raise NotToBeReplaced


async def name_another(
    session: AsyncSession,
    application: Application,
    former: UUID,
    referee: Referee,
    *,
    by: Process,
) -> None:
    """Name another referee in place of one who gave no reference; they are asked at once. Raises NotToBeReplaced."""
    await application.lock(session)
    await to_be_replaced(session, application, former)
    row = await section_of(session, application.id, SectionName.REFERENCES)
    if row is None or not isinstance(row.answers, References):
        raise NotToBeReplaced
    named = [referee if r.id == former else r for r in row.answers.items]
    row.write(References(items=named), now=by.at)
    sent = SentSection.of(row, now=by.at)
    session.add(sent)
    await session.flush()
    application.tell(ApplicationEvent.REFEREE_NAMED, by=by)
    await ask_referee(session, application, referee, sent, by=by)
