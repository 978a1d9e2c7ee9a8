"""Saving a section: what may be changed at which time, and what the register itself takes over from it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.application.answers import Answers, Identity
from register.application.application import Application
from register.application.section import ApplicationSection, section_of
from register.application.state import ApplicationState, SectionName
from register.kit.errors import Refused
from register.kit.security.sealing import blind_index
from register.person import Person
from register.request import Request, RequestKind

DRAFT_SECTIONS = frozenset(SectionName)


class SectionClosed(Refused):
    def __init__(self, application: Application) -> None:
        self.application = application
        super().__init__(
            "This part of your application has been sent, so it cannot be changed now."
        )


async def open_request(
    session: AsyncSession, application: Application
) -> Request | None:
    """What the applicant has been asked for and has not sent yet."""
    found: Request | None = await session.scalar(
        select(Request).where(
            Request.application_id == application.id,
            Request.kind == RequestKind.FURTHER_INFORMATION,
            Request.open,
        )
    )
    return found


async def open_sections(
    session: AsyncSession, application: Application
) -> frozenset[SectionName]:
    """What the applicant may change now: all of a draft, later only what we asked about."""
    if application.state is ApplicationState.DRAFT:
        return DRAFT_SECTIONS
    if application.state is not ApplicationState.INFORMATION_REQUESTED:
        return frozenset()
    request = await open_request(session, application)
    return sections_asked(request) if request else frozenset()


def sections_asked(request: Request) -> frozenset[SectionName]:
    return frozenset(SectionName(item["section"]) for item in request.items)


async def open_for_change(
    session: AsyncSession, application: Application, section: SectionName
) -> Answers | None:
    """Lock the application and give what is saved of the section; raises SectionClosed."""
    await application.lock(session)
    if section not in await open_sections(session, application):
        raise SectionClosed(application)
    saved = await section_of(session, application.id, section)
    return saved.answers if saved else None


async def keep(
    session: AsyncSession,
    application: Application,
    section: SectionName,
    answers: Answers,
    *,
    now: datetime,
) -> None:
    """Save the section, which `open_for_change` has locked."""
    row = await section_of(session, application.id, section)
    if row and row.answers == answers:
        return
    if row is None:
        row = ApplicationSection(application_id=application.id, name=section)
        session.add(row)
    row.write(answers, now=now)
    if isinstance(answers, Identity):
        await _call_the_person(session, application, answers)
    await session.flush()


async def touch(
    session: AsyncSession,
    application: Application,
    section: SectionName,
    *,
    now: datetime,
) -> None:
    """Count a change of its evidence as a change of the section."""
    if row := await section_of(session, application.id, section):
        row.saved_at = now
        await session.flush()


async def _call_the_person(
    session: AsyncSession, application: Application, identity: Identity
) -> None:
    """Somebody with a number keeps the name that the register shows, until an officer changes it."""
    person = await session.get_one(Person, application.person_id)
    person.ni_number_index = (
        blind_index(identity.ni_number, purpose="ni number")
        if identity.ni_number
        else None
    )
    if not person.number:
        person.call(identity.given_names, identity.family_name)
        person.birth_date = identity.birth_date


async def others_with_the_number(session: AsyncSession, person: Person) -> list[Person]:
    """Persons with the same National Insurance number: for staff, never for the applicant."""
    if person.ni_number_index is None:
        return []
    same = select(Person).where(
        Person.ni_number_index == person.ni_number_index,
        Person.id != person.id,
        Person.merged_into.is_(None),
    )
    return list(await session.scalars(same))
