"""Saving a section: what may be changed at which time, and what the register itself takes over from it."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.application.answers import (
    Answers,
    Eligibility,
    Identity,
    PortfolioMap,
    Qualifications,
)
from register.application.application import Application
from register.application.evidence import (
    Evidence,
    EvidenceKind,
    evidence_of,
    forget_evidence,
)
from register.application.records import call_the_person
from register.application.section import (
    ApplicationSection,
    section_of,
    sendings_of,
)
from register.application.state import ApplicationState, SectionName
from register.kit import files
from register.kit.clock import months_after
from register.kit.errors import Refused
from register.kit.uploads import Received
from register.person import Person
from register.request import Request, RequestKind
from register.rule_set import Rules, RuleSet, by_portfolio


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
    found: frozenset[SectionName] = frozenset()
    if application.state is ApplicationState.DRAFT:
        found = frozenset(application.kind.sections)
    if application.state is ApplicationState.INFORMATION_REQUESTED:
        request = await open_request(session, application)
        found = sections_asked(request) if request else found
    if SectionName.QUALIFICATIONS in found and await _owes_map(session, application):
        return found | {SectionName.PORTFOLIO}
    return found


async def _owes_map(session: AsyncSession, application: Application) -> bool:
    """Whether a qualification is claimed by a portfolio of which nothing has been sent."""
    row = await section_of(session, application.id, SectionName.QUALIFICATIONS)
    held = row.answers if row else None
    if not isinstance(held, Qualifications) or not held.accepted_ids:
        return False
    if not await by_portfolio(session, held.accepted_ids):
        return False
    return not await sendings_of(session, application.id, SectionName.PORTFOLIO)


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
    if isinstance(answers, Identity) and application.state is ApplicationState.DRAFT:
        # Later the name is taken over when the answer is sent: staff must not decide on one that never was.
        await call_the_person(session, application, answers)
    if isinstance(answers, Eligibility):
        rule_set = await session.get_one(RuleSet, application.rule_set_id)
        application.register_by = register_by(answers, rule_set.rules)
    await session.flush()


async def attach(
    session: AsyncSession,
    application: Application,
    section: SectionName,
    kind: EvidenceKind,
    received: Received,
    *,
    item_id: UUID | None = None,
    now: datetime,
) -> Evidence:
    """Add a file to a section, which `open_for_change` has locked."""
    stored = await files.keep(session, received, owner=application.account_id, now=now)
    evidence = Evidence(
        id=uuid4(),
        application_id=application.id,
        section=section,
        item_id=item_id,
        kind=kind,
        file_id=stored.id,
        added_at=now,
    )
    session.add(evidence)
    await touch(session, application, section, now=now)
    return evidence


async def may_be_taken_back(
    session: AsyncSession, application: Application, evidence: Evidence
) -> bool:
    """What was sent stays; what was added since may go again."""
    if evidence.section not in await open_sections(session, application):
        return False
    request = await open_request(session, application)
    return request is None or evidence.added_at >= request.asked_at


async def detach(
    session: AsyncSession,
    application: Application,
    evidence: Evidence,
    *,
    now: datetime,
) -> None:
    """Take a file back; raises SectionClosed for one that was sent."""
    saved = await open_for_change(session, application, evidence.section)
    if not await may_be_taken_back(session, application, evidence):
        raise SectionClosed(application)
    await forget_evidence(session, evidence)
    if isinstance(saved, PortfolioMap):
        left = saved.without(evidence.id)
        await keep(session, application, evidence.section, left, now=now)
    await touch(session, application, evidence.section, now=now)


async def forget_draft(session: AsyncSession, application: Application) -> None:
    """Delete all that was saved of an application that was never sent, and the name of somebody we know nothing else of."""
    for evidence in await evidence_of(session, application.id):
        await forget_evidence(session, evidence)
    await session.execute(
        delete(ApplicationSection).where(
            ApplicationSection.application_id == application.id
        )
    )
    person = await session.get_one(Person, application.person_id)
    sent = select(Application.id).where(
        Application.person_id == person.id, Application.submitted_at.is_not(None)
    )
    if not person.number and not await session.scalar(sent.limit(1)):
        person.call("", "")
        person.birth_date = None


def register_by(answers: Eligibility, rules: Rules) -> date | None:
    """The day by which somebody in that role must be in the register."""
    if not answers.started_on:
        return None
    return months_after(answers.started_on, rules.register_by_months)


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
