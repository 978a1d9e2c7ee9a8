"""Asking the employer: on the pages of their organisation where they have one, else by a link to whom the applicant names."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import folded_email
from register.application.answers import Eligibility, EmploymentHistory, Endorser
from register.application.application import Application
from register.application.endorsement.endorsement import QueuedEndorsement
from register.application.outside import TO_ASK_AGAIN
from register.application.section import SentSection, sendings_of
from register.application.state import SectionName
from register.by_link import token_of
from register.kit.clock import day_of
from register.kit.post import post
from register.organisation import (
    OrganisationUser,
    open_organisation_of_home,
    users_of,
)
from register.process import Process
from register.request import Request, RequestKind
from register.rule_set import RuleSet

ASKED, REMINDER = "endorsement_asked", "endorsement_reminder"
WAITS, STILL_WAITS = "endorsement_waits", "endorsement_still_waits"


async def ask_endorser(
    session: AsyncSession, application: Application, *, by: Process
) -> None:
    """Ask whom the applicant names now, if they have not been asked or have not answered in time; another's request ends."""
    sent = await last_sent(session, application)
    if sent is None:
        return
    named = endorser_in(sent)
    for request, asked in await endorsers_asked(session, application):
        if named.has_employer and is_reached_alike(named, asked):
            if request.outcome not in TO_ASK_AGAIN:
                return
        elif request.open:
            request.replace(by=by)
    await session.flush()
    if named.has_employer:
        await _ask(session, application, named, sent, by=by)


async def ask_again(
    session: AsyncSession, application: Application, *, by: Process
) -> None:
    """Ask whom the applicant names once more; what they were sent before ends."""
    sent = await last_sent(session, application)
    if sent is None or not (named := endorser_in(sent)).has_employer:
        return
    for request, _ in await endorsers_asked(session, application):
        if request.open:
            request.replace(by=by)
    await session.flush()
    await _ask(session, application, named, sent, by=by)


async def _ask(
    session: AsyncSession,
    application: Application,
    named: Endorser,
    sent: SentSection,
    *,
    by: Process,
) -> None:
    rules = (await session.get_one(RuleSet, application.rule_set_id)).rules
    request = await Request.ask(
        session,
        RequestKind.ENDORSEMENT,
        application_id=application.id,
        person_id=application.person_id,
        items=[{"sent": str(sent.id)}],
        due_on=day_of(by.at) + timedelta(days=rules.endorsement_due_days),
        by=by,
    )
    await session.flush()
    home_id = await _home_of(session, application)
    organisation = (
        await open_organisation_of_home(session, home_id) if home_id else None
    )
    users = await users_of(session, organisation.id) if organisation else []
    if organisation and users:
        email = folded_email(named.email)
        mine = next((u for u in users if u.account.email_folded == email), None)
        session.add(
            QueuedEndorsement(
                request_id=request.id,
                organisation_id=organisation.id,
                user_id=mine.id if mine else None,
            )
        )
        await session.flush()
    await write(session, request, named, first=True, by=by)


async def write(
    session: AsyncSession,
    request: Request,
    named: Endorser,
    *,
    first: bool,
    by: Process,
) -> None:
    """The letters name nobody: an address that was mistyped would tell a stranger who applies."""
    queued = await session.get(QueuedEndorsement, request.id)
    if queued is None:
        letter = ASKED if first else REMINDER
        context = {"token": token_of(request), "due_on": request.due_on}
        await _post(session, named.email, letter, context, request, by=by)
        return
    letter = WAITS if first else STILL_WAITS
    for user in await _who_answers(session, queued):
        context = {"due_on": request.due_on}
        await _post(session, user.account.email, letter, context, request, by=by)


async def _post(
    session: AsyncSession,
    to: str,
    letter: str,
    context: dict[str, object],
    request: Request,
    *,
    by: Process,
) -> None:
    await post(
        session,
        to=to,
        letter=letter,
        context=context,
        key=f"{letter}:{request.id}:{folded_email(to)}",
        application_id=request.application_id,
        now=by.at,
    )


async def _who_answers(
    session: AsyncSession, queued: QueuedEndorsement
) -> list[OrganisationUser]:
    """Whom it was given to, while they act for the organisation; else its lead users."""
    users = await users_of(session, queued.organisation_id)
    given = [user for user in users if user.id == queued.user_id]
    return given or [user for user in users if user.lead]


async def _home_of(session: AsyncSession, application: Application) -> UUID | None:
    """The home of the role that they apply for; else the one in which they say they work now, which they manage first."""
    told = await _last(session, application, SectionName.ELIGIBILITY)
    if told and isinstance(told.answers, Eligibility) and told.answers.home_id:
        return told.answers.home_id
    worked = await _last(session, application, SectionName.EMPLOYMENT)
    if worked is None or not isinstance(worked.answers, EmploymentHistory):
        return None
    posts = [p for p in worked.answers.items if p.home_id and p.until is None]
    posts.sort(key=lambda post: (not post.manages, post.since))
    return posts[0].home_id if posts else None


async def last_sent(
    session: AsyncSession, application: Application
) -> SentSection | None:
    """The section in which the endorser is named, as it was last sent."""
    return await _last(session, application, SectionName.ENDORSEMENT)


async def _last(
    session: AsyncSession, application: Application, name: SectionName
) -> SentSection | None:
    sendings = await sendings_of(session, application.id, name)
    return sendings[0] if sendings else None


def endorser_in(sent: SentSection) -> Endorser:
    answers = sent.answers
    return answers if isinstance(answers, Endorser) else Endorser(has_employer=False)


def is_reached_alike(one: Endorser, other: Endorser) -> bool:
    return (one.name, one.email) == (other.name, other.email)


async def endorsers_asked(
    session: AsyncSession, application: Application
) -> list[tuple[Request, Endorser]]:
    """Every request for an endorsement in the order in which it was made, with the endorser as named then."""
    requests = await session.scalars(
        select(Request)
        .where(
            Request.application_id == application.id,
            Request.kind == RequestKind.ENDORSEMENT,
        )
        .order_by(Request.asked_at)
    )
    sendings = await sendings_of(session, application.id, SectionName.ENDORSEMENT)
    named = {str(sent.id): endorser_in(sent) for sent in sendings}
    return [(request, named[request.items[0]["sent"]]) for request in requests]
