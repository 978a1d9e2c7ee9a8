"""Judging qualifications: what each one an applicant holds is worth for the part, and which take a second person."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from register.account import Account
from register.application import Application, ApplicationState, SectionName
from register.application.section import latest_sent
from register.assessment.acts import AssessmentEvent
from register.assessment.check import (
    NothingSent,
    NotUnderAssessment,
    must_be_assessing,
)
from register.assessment.steps import CHECKING, took_a_step
from register.kit.errors import NotFound, Refused
from register.process import Process
from register.proposal import (
    AlreadyProposed,
    Proposal,
    ProposalKind,
    carries_out,
    waiting_on,
)
from register.qualification import Qualification
from register.rule_set import Route, Verdict


class ScrutinyFirst(Refused):
    def __init__(self, qualification: Qualification) -> None:
        self.qualification = qualification
        super().__init__(
            "A qualification from abroad counts only after a scrutiny that a second person confirms."
        )


class PortfolioFirst(Refused):
    def __init__(self, qualification: Qualification) -> None:
        self.qualification = qualification
        super().__init__(
            "A portfolio counts only after two assessors have signed it and a second person has confirmed the verdict."
        )


class SentSince(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The applicant has sent their qualifications or portfolio again since. Return it, so that they are looked at again."
        )


async def qualifications_of(
    session: AsyncSession, application: Application
) -> list[Qualification]:
    found = await session.scalars(
        select(Qualification)
        .where(Qualification.person_id == application.person_id)
        .options(joinedload(Qualification.accepted))
        .order_by(Qualification.awarded_on.desc().nulls_last(), Qualification.title)
    )
    return list(found)


async def qualification_in(
    session: AsyncSession, application: Application, qualification_id: UUID
) -> Qualification:
    """Raises NotFound for one that is not the applicant's."""
    for held in await qualifications_of(session, application):
        if held.id == qualification_id:
            return held
    raise NotFound


async def judge(
    session: AsyncSession,
    application: Application,
    qualification_id: UUID,
    verdict: Verdict,
    *,
    officer: Account,
    by: Process,
) -> None:
    """Say what it is worth; raises ScrutinyFirst or PortfolioFirst where one person may not find that it counts."""
    must_be_assessing(application, officer)
    qualification = await qualification_in(session, application, qualification_id)
    if waiting := await waiting_on(session, about_qualification(qualification)):
        raise AlreadyProposed(waiting)
    if qualification.verdict is verdict:
        return
    if verdict is not Verdict.NO and qualification.by_portfolio:
        raise PortfolioFirst(qualification)
    if verdict is not Verdict.NO and qualification.from_abroad:
        raise ScrutinyFirst(qualification)
    qualification.verify(verdict, now=by.at)
    application.tell(
        AssessmentEvent.QUALIFICATION_JUDGED,
        by=by,
        qualification=qualification.id,
        verdict=verdict,
    )


def about_qualification(qualification: Qualification) -> str:
    """As a proposal names it."""
    return f"qualification:{qualification.id}"


async def put_to_second(
    session: AsyncSession,
    application: Application,
    qualification: Qualification,
    verdict: Verdict,
    route: Route,
    *,
    proposer: Account,
    by: Process,
) -> Proposal:
    """Somebody who assessed nothing of the application must agree before the qualification carries the verdict."""
    sent = await answers_behind(session, application, route)
    return await Proposal.make(
        session,
        ProposalKind.CONFIRM_VERDICT,
        about=about_qualification(qualification),
        application_id=application.id,
        person_id=application.person_id,
        data={
            "reference": application.reference,
            "verdict": verdict,
            "route": route,
            "sent": str(sent),
        },
        touched=await took_a_step(session, application, CHECKING),
        proposer=proposer,
        by=by,
    )


async def answers_behind(
    session: AsyncSession, application: Application, route: Route
) -> UUID:
    """The answers that were sent last of what such a claim rests on; raises NothingSent."""
    names = {SectionName.QUALIFICATIONS}
    if route is Route.PORTFOLIO:
        names.add(SectionName.PORTFOLIO)
    sent = await latest_sent(session, application.id, names)
    if not sent:
        raise NothingSent
    return max(sent, key=lambda one: (one.sent_at, one.name)).id


@carries_out(ProposalKind.CONFIRM_VERDICT)
async def confirm(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    """Raises NotUnderAssessment, or SentSince."""
    application = await session.get_one(Application, proposal.application_id)
    await application.lock(session)
    if application.state is not ApplicationState.UNDER_ASSESSMENT:
        raise NotUnderAssessment(application)
    route = Route(proposal.data["route"])
    sent = await answers_behind(session, application, route)
    if str(sent) != proposal.data["sent"]:
        raise SentSince
    qualification = await qualification_in(session, application, UUID(proposal.key))
    verdict = Verdict(proposal.data["verdict"])
    qualification.verify(verdict, now=by.at)
    application.tell(
        AssessmentEvent.QUALIFICATION_CONFIRMED,
        by=by,
        qualification=qualification.id,
        verdict=verdict,
    )
