"""Leaving the register while a case goes on: the test of it, two people, and what follows for register, orders and case."""

import itertools

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from fitness.case import ClosedBecause, NotNow, Stage
from fitness.fence import Capacity, look_as
from fitness.leaving import (
    CaseLeaving,
    DecidedAlready,
    Decision,
    NeedsAnother,
    NotAskedThen,
    NotForLeaving,
    ProposedAlready,
    leavings_of,
)
from fitness.order import Ended
from register.account import StaffRole
from register.entry import Entry, RemovalReason, Status
from register.kit.clock import day_of
from register.leaving import Leaving, LeavingReason, LeavingState
from tests.fitness.investigating import (
    act,
    make_case,
    make_investigated,
    make_investigator,
)
from tests.fitness.ordering import DAY, make_interim
from tests.make import NOW, make_account
from tests.reading import Page

TEST = {
    "stopped": True,
    "stays_away": True,
    "for_health": False,
    "in_public_interest": True,
}
LATER = NOW + DAY


@pytest.fixture
async def officer(session):
    return await make_investigator(session, name="Inez Vance")


@pytest.fixture
async def registrar(session):
    return await make_account(session, StaffRole.REGISTRAR)


@pytest.fixture
async def case(session, officer):
    return await make_investigated(session, taker=officer)


async def propose(session, case, officer, **more):
    return await CaseLeaving.propose(
        session,
        case,
        officer,
        **TEST | {"asked_on": day_of(LATER)} | more,
        words="They have retired.",
        by=act(session, officer, now=LATER),
    )


async def decide(session, leaving, case, decider, decision, *, investigates=False):
    by = act(session, decider, now=LATER)
    await leaving.decide(
        session,
        case,
        decider,
        decision,
        investigates=investigates,
        words="So it is.",
        by=by,
    )
    if decision is Decision.AGREED:
        await leaving.carry_out(session, case, by=by)


async def entry_of(session, case):
    found = select(Entry.id).where(Entry.person_id == case.person_id)
    return await Entry.load(session, await session.scalar(found))


@pytest.mark.parametrize(
    "answers", list(itertools.product([True, False], repeat=4)), ids=str
)
async def test_it_is_proposed_only_where_the_test_is_met(
    session, case, officer, answers
):
    stopped, stays_away, for_health, in_public_interest = answers
    test = dict(zip(TEST, answers, strict=True))

    if stopped and in_public_interest and (stays_away or for_health):
        assert (await propose(session, case, officer, **test)).open
    else:
        with pytest.raises(NotForLeaving):
            await propose(session, case, officer, **test)


async def test_agreed_they_are_out_at_once_and_the_case_is_closed(
    session, case, officer, registrar
):
    interim = await make_interim(session, case)
    leaving = await propose(session, case, officer)

    await decide(session, leaving, case, registrar, Decision.AGREED)

    entry = await entry_of(session, case)
    assert entry.status_at(LATER) is Status.REMOVED_VOLUNTARY
    assert entry.removals[0].because is RemovalReason.VOLUNTARY_DURING_CASE
    assert interim.because is Ended.OVERTAKEN
    assert (case.stage, case.because) == (Stage.CLOSED, ClosedBecause.LEFT)
    assert not entry.held_at(LATER)


async def test_a_request_to_leave_is_answered_with_it(
    session, case, officer, registrar
):
    entry = await entry_of(session, case)
    asked = await Leaving.ask(
        session,
        await Entry.load(session, entry.id),
        because=LeavingReason.RETIRED,
        last_day=day_of(LATER) + 30 * DAY,
        by=act(session),
    )
    leaving = await propose(session, case, officer)

    await decide(session, leaving, case, registrar, Decision.AGREED)

    assert asked.state is LeavingState.AGREED
    assert asked.last_day == day_of(LATER)


async def test_declined_everything_goes_on(session, case, officer, registrar):
    leaving = await propose(session, case, officer)

    await decide(session, leaving, case, registrar, Decision.DECLINED)

    assert case.stage is Stage.INVESTIGATION
    assert (await entry_of(session, case)).status_at(LATER) is Status.REGISTERED
    assert (await propose(session, case, officer)).open


async def test_whoever_proposed_it_does_not_decide_it(session, case, registrar):
    leaving = await propose(session, case, registrar)

    with pytest.raises(NeedsAnother):
        await decide(session, leaving, case, registrar, Decision.AGREED)


async def test_whoever_investigates_does_not_decide_it(session, case, officer):
    other = await make_account(session, StaffRole.REGISTRAR)
    leaving = await propose(session, case, officer)

    with pytest.raises(NeedsAnother):
        await decide(session, leaving, case, other, Decision.AGREED, investigates=True)


async def test_the_database_refuses_one_who_decides_on_what_they_proposed(
    session, case, officer
):
    leaving = await propose(session, case, officer)

    with pytest.raises(DBAPIError, match="case_leaving_two_ck"):
        await session.execute(
            update(CaseLeaving)
            .where(CaseLeaving.id == leaving.id)
            .values(decision="agreed", decided_at=LATER, decided_by=officer.id)
        )


async def test_it_is_proposed_once_and_decided_once(session, case, officer, registrar):
    leaving = await propose(session, case, officer)
    with pytest.raises(ProposedAlready):
        await propose(session, case, officer)

    await decide(session, leaving, case, registrar, Decision.DECLINED)

    with pytest.raises(DecidedAlready):
        await decide(session, leaving, case, registrar, Decision.AGREED)


async def test_nobody_asked_tomorrow(session, case, officer):
    with pytest.raises(NotAskedThen):
        await propose(session, case, officer, asked_on=day_of(LATER) + DAY)


async def test_at_triage_nobody_leaves_so(session, officer):
    case = await make_case(session, taker=officer)

    with pytest.raises(NotNow):
        await propose(session, case, officer)


# On its page


SENT = {
    "asked_on-day": "10",
    "asked_on-month": "3",
    "asked_on-year": "2027",
    "stopped": "yes",
    "stays_away": "yes",
    "for_health": "no",
    "in_public_interest": "yes",
    "words": "They have retired.",
}


async def test_one_proposes_and_another_decides_on_the_page(
    session, officer, registrar, browser, clock
):
    case = await make_investigated(session, taker=officer, now=NOW - DAY)
    at = f"/staff/cases/{case.reference}/leaving"
    await browser.sign_in(officer)
    wrong = await browser.post(at, data=SENT | {"stopped": "no"})
    assert wrong.status_code == 422
    assert "They have retired." in wrong.text
    await browser.post(at, data=SENT)
    forbidden = await browser.post(f"{at}/decision", data={})
    assert forbidden.status_code == 403

    await browser.sign_in(registrar)
    assert (await browser.post(f"{at}/decision", data={})).status_code == 422
    page = Page(await browser.get(at))
    assert page.facts["State"] == "Waits for a second person"
    sent = {"decision": "agreed", "words": "The public is safe."}
    await browser.post(f"{at}/decision", data=sent)
    page = Page(await browser.get(at))

    assert page.facts["State"] == "Agreed"
    assert (await browser.post(f"{at}/decision", data=sent)).status_code == 404
    await look_as(session, Capacity.SERVICE)
    await session.refresh(case)
    assert case.because is ClosedBecause.LEFT
    assert len(await leavings_of(session, case)) == 1
