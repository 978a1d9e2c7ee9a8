"""Asking referees: each has a link of their own, which ends with its request."""

from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.application.answers import Referee, References
from register.application.application import Application
from register.application.outside import TO_ASK_AGAIN
from register.application.section import SentSection, sendings_of
from register.application.state import SectionName
from register.by_link import token_of
from register.kit.clock import day_of
from register.kit.post import post
from register.process import Process
from register.request import Request, RequestKind
from register.rule_set import RuleSet

LETTER = "reference_asked"


async def ask_referees(
    session: AsyncSession, application: Application, *, by: Process
) -> None:
    """Ask whoever the applicant names now and has not been asked, or has not answered in time; other links end."""
    sent = await last_sent(session, application)
    if sent is None:
        return
    referees = {referee.id: referee for referee in referees_in(sent)}
    known = await referees_asked(session, application)
    settled = set()
    for request, asked in known:
        named = referees.get(asked.id)
        if named and _is_reached_alike(named, asked):
            if request.outcome not in TO_ASK_AGAIN:
                settled.add(named.id)
        elif request.open:
            request.replace(by=by)
    await session.flush()
    for referee in referees.values():
        if referee.id not in settled:
            await ask_referee(session, application, referee, sent, by=by)


def _is_reached_alike(one: Referee, other: Referee) -> bool:
    return (one.name, one.email) == (other.name, other.email)


async def ask_referee(
    session: AsyncSession,
    application: Application,
    referee: Referee,
    sent: SentSection,
    *,
    by: Process,
) -> Request:
    """`sent` is where the applicant named them."""
    rules = (await session.get_one(RuleSet, application.rule_set_id)).rules
    request = await Request.ask(
        session,
        RequestKind.REFERENCE,
        application_id=application.id,
        person_id=application.person_id,
        about_id=referee.id,
        items=[{"sent": str(sent.id)}],
        due_on=day_of(by.at) + timedelta(days=rules.reference_due_days),
        by=by,
    )
    await write_to_referee(session, request, referee, LETTER, by=by)
    return request


async def ask_again(
    session: AsyncSession,
    application: Application,
    request: Request,
    referee: Referee,
    *,
    by: Process,
) -> None:
    """Ask the same referee once more by a link that takes the place of the one they have."""
    sent = await last_sent(session, application)
    if sent is None:
        return
    if request.open:
        request.replace(by=by)
        await session.flush()
    await ask_referee(session, application, referee, sent, by=by)


async def write_to_referee(
    session: AsyncSession,
    request: Request,
    referee: Referee,
    letter: str,
    *,
    by: Process,
) -> None:
    """The letter names nobody: an address that was mistyped would tell a stranger who applies."""
    await post(
        session,
        to=referee.email,
        letter=letter,
        context={"token": token_of(request), "due_on": request.due_on},
        key=f"{letter}:{request.id}",
        application_id=request.application_id,
        now=by.at,
    )


async def awaited(session: AsyncSession, application: Application) -> bool:
    """Whether a referee may still answer."""
    waiting = exists().where(
        Request.application_id == application.id,
        Request.kind == RequestKind.REFERENCE,
        Request.open,
    )
    return bool(await session.scalar(select(waiting)))


async def last_sent(
    session: AsyncSession, application: Application
) -> SentSection | None:
    """The section in which referees are named, as it was last sent."""
    sendings = await sendings_of(session, application.id, SectionName.REFERENCES)
    return sendings[0] if sendings else None


def referees_in(sent: SentSection) -> list[Referee]:
    answers = sent.answers
    return answers.items if isinstance(answers, References) else []


async def referees_asked(
    session: AsyncSession, application: Application
) -> list[tuple[Request, Referee]]:
    """Every request to a referee in the order in which they were asked, with the referee as named then."""
    requests = await session.scalars(
        select(Request).where(
            Request.application_id == application.id,
            Request.kind == RequestKind.REFERENCE,
        )
    )
    sendings = await sendings_of(session, application.id, SectionName.REFERENCES)
    named = {
        (str(sent.id), referee.id): (n, referee)
        for sent in sendings
        for n, referee in enumerate(referees_in(sent))
    }
    found = [
        (request.asked_at, *named[request.items[0]["sent"], request.about_id], request)
        for request in requests
        if request.about_id
        # Not kept for good: the request outlives what was sent.
        and (request.items[0]["sent"], request.about_id) in named
    ]
    found.sort(key=lambda row: row[:2])
    return [(request, referee) for _, _, referee, request in found]
