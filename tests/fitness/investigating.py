"""Cases for tests: somebody registered, an office of investigators, and who looks."""

from fitness.case import Case, ClosedBecause
from fitness.fence import Capacity, look_as
from fitness.triage import Factor, TriageDecision, TriageFactor, TriageOutcome, Weight
from register.account import StaffRole
from tests.make import NOW, make_account, make_entry, make_process


async def make_investigator(session, **more):
    return await make_account(session, StaffRole.INVESTIGATOR, **more)


async def make_case(session, *, taker=None, person=None, now=NOW):
    """At triage; afterwards the service itself looks."""
    taker = taker or await make_investigator(session)
    person = person or (await make_entry(session)).person
    await look_as(session, Capacity.STAFF, taker.id)
    case = await Case.open(
        session, person, taker=taker, by=act(session, taker, now=now)
    )
    await session.flush()
    await look_as(session, Capacity.SERVICE)
    return case


def act(session, actor=None, *, now=NOW):
    return make_process(session, now=now, actor=actor)


def weigh(session, case, *, now=NOW, **weights):
    """Every factor, each against unless it is said how."""
    for factor in Factor:
        TriageFactor.weigh(
            session,
            case,
            factor,
            weights.get(factor, Weight.AGAINST),
            words="So it seems.",
            by=act(session, now=now),
        )


async def make_investigated(session, *, now=NOW, **more):
    case = await make_case(session, now=now, **more)
    weigh(session, case, now=now, seriousness=Weight.FOR)
    await session.flush()
    await TriageDecision.decide(
        session,
        case,
        TriageOutcome.OPENED,
        words="A child was hurt.",
        by=act(session, now=now),
    )
    await session.flush()
    return case


async def close(session, case, *, now=NOW):
    await case.close(session, ClosedBecause.TRIAGE_CLOSED, by=act(session, now=now))
    await session.flush()
