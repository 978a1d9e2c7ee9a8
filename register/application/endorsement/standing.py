"""How it stands with the endorsement, whether the applicant may name somebody else, and whether a grant may be proposed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.application.answers import Endorser
from register.application.application import Application
from register.application.endorsement.asking import (
    ask_endorser,
    endorser_in,
    endorsers_asked,
    is_reached_alike,
    last_sent,
)
from register.application.endorsement.endorsement import EndorsementWaiver
from register.application.keeping import open_sections
from register.application.outside import REPLACEABLE, STILL_OPEN
from register.application.section import SentSection, section_of
from register.application.state import ApplicationEvent, SectionName
from register.kit.errors import Refused
from register.process import Process
from register.request import Outcome, Request


class NotToBeNamed(Refused):
    def __init__(self) -> None:
        super().__init__("Somebody else cannot be named to endorse you now.")


@dataclass(frozen=True)
class Named:
    """Who shall endorse, with what we last asked of them; without an employer there is nobody to ask."""

    endorser: Endorser
    request: Request | None
    replaceable: bool

    @property
    def awaited(self) -> bool:
        return bool(self.request and self.request.open)

    @property
    def outcome(self) -> Outcome | None:
        return self.request.outcome if self.request else None


async def endorser_of(session: AsyncSession, application: Application) -> Named | None:
    """Whom the applicant names now; None before the application is sent."""
    sent = await last_sent(session, application)
    if sent is None:
        return None
    named, request = endorser_in(sent), None
    for asked, endorser in await endorsers_asked(session, application):
        if named.has_employer and is_reached_alike(named, endorser):
            request = asked
    unanswered = request.outcome in REPLACEABLE if request else True
    may_change = application.state in STILL_OPEN and (
        SectionName.ENDORSEMENT not in await open_sections(session, application)
    )
    return Named(named, request, may_change and unanswered)


async def name_endorser(
    session: AsyncSession, application: Application, endorser: Endorser, *, by: Process
) -> None:
    """In place of somebody who has not endorsed, or of nobody; they are asked at once. Raises NotToBeNamed."""
    await application.lock(session)
    named = await endorser_of(session, application)
    row = await section_of(session, application.id, SectionName.ENDORSEMENT)
    if named is None or row is None or not named.replaceable:
        raise NotToBeNamed
    row.write(endorser, now=by.at)
    session.add(SentSection.of(row, now=by.at))
    await session.flush()
    application.tell(ApplicationEvent.ENDORSER_NAMED, by=by)
    await ask_endorser(session, application, by=by)


async def is_endorsed(session: AsyncSession, application: Application) -> bool:
    """By whom the applicant names now, or waived since anybody was last asked; who comes back needs none."""
    if SectionName.ENDORSEMENT not in application.kind.sections:
        return True
    named = await endorser_of(session, application)
    if named and named.outcome is Outcome.RECEIVED:
        return True
    waivers = await waivers_of(session, application)
    asked = [request for request, _ in await endorsers_asked(session, application)]
    return bool(waivers) and not any(
        request.asked_at > waivers[-1].waived_at for request in asked
    )


async def waivers_of(
    session: AsyncSession, application: Application
) -> Sequence[EndorsementWaiver]:
    found = await session.scalars(
        select(EndorsementWaiver)
        .where(EndorsementWaiver.application_id == application.id)
        .order_by(EndorsementWaiver.waived_at)
    )
    return list(found)
