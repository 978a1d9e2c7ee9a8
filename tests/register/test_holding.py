"""Applications on hold: nobody decides, the clock stands still, and the applicant is told what they may know."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from register.application import ApplicationState, SectionName
from register.assessment import (
    AssessmentAct,
    Filter,
    HoldReason,
    NotOnHold,
    NotToBeHeld,
    NotYourApplication,
    OnHold,
    Outcome,
    Turn,
    clock_of,
    hold,
    hold_on,
    holds_of,
    propose_refusal,
    queue,
    release,
)
from register.assessment.holding import ApplicationHold
from register.kit.clock import working_days_between
from register.kit.post import Message
from register.request import Request, RequestKind
from tests.make import NOW, make_process
from tests.register.assessing import (
    act,
    check_all,
    heard,
    make_caseworker,
    make_office,
    make_sent,
    proposed_grant,
    proposed_refusal,
)


@pytest.fixture
async def office(session):
    return await make_office(session)


@pytest.fixture
async def application(session, office):
    return await make_sent(session, officer=office.caseworker)


async def held(session, application, officer, because=HoldReason.COURT, now=NOW):
    by = act(session, AssessmentAct.HOLD, officer, now=now)
    found = await hold(
        session,
        application,
        because=because,
        words="The court sits in May",
        officer=officer,
        by=by,
    )
    await session.flush()
    return found


async def released(session, application, officer, now=NOW):
    by = act(session, AssessmentAct.RELEASE, officer, now=now)
    await release(session, application, words="Acquitted", officer=officer, by=by)
    await session.flush()


async def approve(session, proposal, approver):
    by = act(session, AssessmentAct.APPROVE, approver)
    await proposal.approve(session, approver=approver, by=by)


async def letters(session, application):
    found = select(Message.letter).where(Message.application_id == application.id)
    return set(await session.scalars(found))


async def test_nothing_is_proposed_while_it_is_on_hold(session, office, application):
    await check_all(
        session,
        application,
        officer=office.caseworker,
        but={SectionName.DBS: Outcome.NOT_MET},
    )
    await heard(session, application, office.caseworker)
    await held(session, application, office.caseworker)
    refusing = {
        "proposer": office.caseworker,
        "by": act(session, AssessmentAct.PROPOSE, office.caseworker),
    }

    with pytest.raises(OnHold):
        await propose_refusal(session, application, **refusing)
    await released(session, application, office.caseworker)
    proposal = await propose_refusal(session, application, **refusing)

    assert proposal.waiting


@pytest.mark.parametrize("proposed", [proposed_grant, proposed_refusal])
async def test_nothing_is_approved_while_it_is_on_hold(
    session, office, application, proposed
):
    proposal = await proposed(session, application, office.caseworker)
    await held(session, application, office.registrar)

    with pytest.raises(OnHold):
        await approve(session, proposal, office.registrar)
    assert application.state is ApplicationState.PROPOSED


async def test_a_hold_is_told_with_who_and_why(session, office, application):
    await held(session, application, office.caseworker)
    await released(session, application, office.manager, now=NOW + timedelta(hours=1))

    (told,) = await holds_of(session, application)
    assert (told.held.who, told.held.words) == ("Casey Worker", "The court sits in May")
    assert (told.released.who, told.released.words) == ("Tess Manager", "Acquitted")
    assert await hold_on(session, application) is None


async def test_a_caseworker_holds_only_what_is_theirs(session, application):
    with pytest.raises(NotYourApplication):
        await held(session, application, await make_caseworker(session))


async def test_it_is_held_once_and_released_once(session, office, application):
    await held(session, application, office.caseworker)
    with pytest.raises(OnHold):
        await held(session, application, office.caseworker)

    await released(session, application, office.caseworker)
    with pytest.raises(NotOnHold):
        await released(session, application, office.caseworker)


async def test_what_is_decided_is_not_held(session, office, application):
    proposal = await proposed_refusal(session, application, office.caseworker)
    await approve(session, proposal, office.registrar)

    with pytest.raises(NotToBeHeld):
        await held(session, application, office.registrar)


async def test_the_applicant_is_told_that_we_wait_and_that_we_go_on(
    session, office, application
):
    await held(session, application, office.caseworker)
    await released(session, application, office.caseworker)

    said = await letters(session, application)
    assert {"application_on_hold", "application_released"} <= said


async def test_the_applicant_hears_nothing_of_a_secret_hold(
    session, office, application
):
    await held(session, application, office.caseworker, HoldReason.POLICE)
    await released(session, application, office.caseworker)

    assert await letters(session, application) == set()


async def test_the_queue_shows_what_is_on_hold(session, office, application):
    await make_sent(session)
    await held(session, application, office.caseworker)

    found = await queue(session, office.manager, Filter(turn=Turn.OUTSIDE), now=NOW)

    assert [row.application.id for row in found.rows] == [application.id]
    assert found.rows[0].held


async def test_days_on_hold_do_not_count(session, office):
    application = await make_sent(session, officer=office.caseworker, sent_at=NOW)
    await held(
        session, application, office.caseworker, now=NOW + timedelta(days=2)
    )  # Friday
    await released(
        session, application, office.caseworker, now=NOW + timedelta(days=7)
    )  # Wednesday

    age = (await clock_of(session, application, now=NOW + timedelta(days=9))).used

    assert age == 4


async def test_what_is_opened_again_is_counted_from_then(session, office):
    application = await make_sent(session, officer=office.caseworker, sent_at=NOW)
    await held(session, application, office.caseworker, now=NOW + timedelta(days=1))
    await released(session, application, office.caseworker, now=NOW + timedelta(days=6))
    application.reopened_at = NOW + timedelta(days=5)  # Monday, while it was held
    await session.flush()

    assert (await clock_of(session, application, now=NOW + timedelta(days=7))).used == 1


START = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)
DAY = st.integers(0, 30)
STRETCHES = st.lists(st.tuples(DAY, DAY).map(sorted), max_size=3)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(requests=STRETCHES, holds=STRETCHES)
async def test_a_day_on_which_two_things_were_awaited_is_one_day(
    session, requests, holds
):
    at = [START + timedelta(days=n) for n in range(31)]
    async with session.begin_nested() as point:
        application = await make_sent(session, sent_at=START)
        by = make_process(session)
        await session.flush()
        for start, end in requests:
            session.add(
                Request(
                    kind=RequestKind.FURTHER_INFORMATION,
                    application_id=application.id,
                    person_id=application.person_id,
                    process=by,
                    items=[],
                    asked_at=at[start],
                    due_on=at[30].date(),
                    ended_at=at[end],
                    outcome="received",
                )
            )
        for start, end in holds:
            session.add(
                ApplicationHold(
                    application_id=application.id,
                    because=HoldReason.OTHER,
                    held_at=at[start],
                    holding=by,
                    released_at=at[end],
                    releasing=by,
                )
            )
        await session.flush()
        age = (await clock_of(session, application, now=at[30])).used
        await point.rollback()

    paused = {
        at[n].date()
        for start, end in requests + holds
        for n in range(start + 1, end + 1)
    }
    counted = [at[n].date() for n in range(1, 31)]
    assert age == sum(
        working_days_between(day - timedelta(days=1), day)
        for day in counted
        if day not in paused
    )
    assert isinstance(counted[0], date)
