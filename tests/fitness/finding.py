"""Investigations for tests: what is alleged, found, asked, held, served and disclosed, plausible where it is not said how."""

from datetime import timedelta

from sqlalchemy import select

from fitness.case import Place, members
from fitness.investigation.allegation import Allegation, Alleged, Ground
from fitness.investigation.disclosure import Disclosure
from fitness.investigation.evidence import CaseEvidence, Kept, Source
from fitness.investigation.hold import HeldFor, InvestigationHold
from fitness.investigation.information import InformationRequest
from fitness.investigation.plan import PlanStep
from fitness.investigation.proceeding import (
    Proceeding,
    ProceedingKind,
    ProceedingState,
)
from fitness.investigation.served import CaseService
from fitness.investigation.witness import Standing, Witness
from register.account import Account
from register.kit.clock import day_of
from register.kit.post import Failure, Message, MessageState
from tests.fitness.investigating import act, make_investigated
from tests.make import NOW, make_account, make_entry

TODAY = day_of(NOW)
DAY = timedelta(days=1)
STRUCK = Alleged("You struck a child.", from_on=TODAY - 30 * DAY)


async def make_told(session, *, now=NOW, **more):
    """An investigation of which the registrant has been given notice, and the account by which they read it."""
    person = (await make_entry(session)).person
    account = await make_account(session, person=person)
    case = await make_investigated(session, person=person, now=now, **more)
    await notice(session, case, now=now)
    return case, account


async def notice(session, case, words="We look into a concern.", *, now=NOW, **more):
    service = await CaseService.give_notice(
        session, case, words, by=act(session, now=now), **more
    )
    await session.flush()
    return service


async def went_astray(session, service):
    message = await session.get(Message, service.message_id)
    await session.refresh(message)
    message.fail(now=NOW, because=Failure.UNDELIVERABLE)
    assert message.state is MessageState.FAILED
    await session.flush()


async def draw(session, case, *particulars, now=NOW, **more):
    allegation = await Allegation.draw(
        session,
        case,
        particulars or [STRUCK],
        grounds=more.pop("grounds", [Ground.MISCONDUCT]),
        standards=more.pop("standards", ["R1"]),
        by=act(session, now=now),
    )
    await session.flush()
    return allegation


async def redraw(session, case, allegation, *particulars, now=NOW, **more):
    await allegation.redraw(
        session,
        case,
        particulars or [STRUCK],
        grounds=more.pop("grounds", [Ground.MISCONDUCT]),
        standards=more.pop("standards", ["R1"]),
        by=act(session, now=now),
    )
    await session.flush()


async def log(session, case, words="The log of that shift", *, now=NOW, **more):
    item = await CaseEvidence.log(
        session,
        case,
        words,
        source=more.pop("source", Source.EMPLOYER),
        dated_on=more.pop("dated_on", TODAY - 30 * DAY),
        received_on=more.pop("received_on", TODAY),
        kept=more.pop("kept", None),
        by=act(session, now=now),
        **more,
    )
    await session.flush()
    return item


async def make_witness(session, case, name="Ada Beck", contact="07700 900123"):
    witness = await Witness.name_one(
        session,
        case,
        name=name,
        contact=contact,
        standing=Standing.COLLEAGUE,
        by=act(session),
    )
    await session.flush()
    return witness


async def ask(session, case, words="The logs of March", *, now=NOW, **more):
    request = await InformationRequest.ask(
        session,
        case,
        words,
        asked_of=more.pop("asked_of", Source.EMPLOYER),
        to=more.pop("to", "The manager of the home"),
        due_on=more.pop("due_on", day_of(now) + 14 * DAY),
        by=act(session, now=now),
        **more,
    )
    await session.flush()
    return request


async def make_proceeding(session, case, *, now=NOW, **more):
    proceeding = await Proceeding.log(
        session,
        case,
        more.pop("words", "They interview the child."),
        kind=more.pop("kind", ProceedingKind.POLICE),
        state=more.pop("state", ProceedingState.OPEN),
        opened_on=more.pop("opened_on", TODAY - 20 * DAY),
        contact=more.pop("contact", "DC Hart"),
        check_on=more.pop("check_on", day_of(now) + 28 * DAY),
        by=act(session, now=now),
    )
    await session.flush()
    return proceeding


async def hold(session, case, because=HeldFor.POLICE, *, now=NOW, **more):
    held = await InvestigationHold.begin(
        session,
        case,
        because,
        words=more.pop("words", "The police ask us to wait."),
        told=more.pop("told", True),
        review_on=more.pop("review_on", day_of(now) + 28 * DAY),
        by=act(session, now=now),
    )
    await session.flush()
    return held


async def plan(session, case, words="Ask the home for its logs", *, who=None, **more):
    step = await PlanStep.plan(
        session,
        case,
        words,
        who=who or await investigator_of(session, case),
        due_on=more.pop("due_on", TODAY + 7 * DAY),
        by=act(session),
    )
    await session.flush()
    return step


async def investigator_of(session, case):
    (first, *_) = [
        one
        for one in await members(session, case.id)
        if one.place is Place.INVESTIGATOR
    ]
    return await session.get_one(Account, first.account_id)


async def disclose(session, case, allegations=None, evidence=(), *, now=NOW, **more):
    """What is alleged and nothing else, unless it is said what."""
    chosen = allegations or [await draw(session, case)]
    disclosure = await Disclosure.disclose(
        session, case, chosen, list(evidence), by=act(session, now=now), **more
    )
    await session.flush()
    return disclosure


async def comment(session, case, disclosure, words="I was not there.", *, now=NOW, **m):
    said = await disclosure.comment(session, case, words, by=act(session, now=now), **m)
    await session.flush()
    return said


async def messages(session):
    found = await session.scalars(select(Message).order_by(Message.created_at))
    return found.all()


async def investigate(session, case):
    """Something of each kind, of which part is disclosed."""
    await plan(session, case)
    await make_witness(session, case)
    await ask(session, case)
    await make_proceeding(session, case)
    await draw(session, case)
    shown, changed = await draw(session, case), await draw(session, case)
    open_ = await log(session, case)
    await log(session, case, kept=Kept.CHILD)
    await log(session, case)
    await disclose(session, case, [shown, changed], [open_])
    await redraw(session, case, changed)
