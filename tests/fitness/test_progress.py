"""What a referrer gets to know of what became of their concern, step by step, and that the database shows them nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from fitness.case import ClosedBecause, Stage, take
from fitness.concern import Body, Unfit
from fitness.fence import Capacity, look_as
from fitness.progress import Step, progress_of
from fitness.statistics.public import APART
from register.account import StaffRole
from tests.fitness.investigating import act, make_case, make_investigator
from tests.fitness.raising import make_concern, make_draft
from tests.fitness.test_fence import TABLES, investigated
from tests.make import NOW, make_account, make_entry

DAY = timedelta(days=1)
OF_A_CONCERN = "concern", "concern_part", "concern_step", "concern_read"
STAGES = {
    Stage.TRIAGE: Step.TRIAGE,
    Stage.INVESTIGATION: Step.INVESTIGATION,
    Stage.EXAMINATION: Step.DECIDING,
    Stage.HEARING: Step.DECIDING,
    Stage.MONITORING: Step.DECIDED,
}
ENDS = {
    ClosedBecause.TRIAGE_CLOSED: Step.CLOSED,
    ClosedBecause.TRIAGE_ADVICE: Step.CLOSED,
    ClosedBecause.TRIAGE_PASSED_ON: Step.PASSED_ON,
    ClosedBecause.NO_ACTION: Step.CLOSED,
    ClosedBecause.ADVICE: Step.DECIDED,
    ClosedBecause.WARNING: Step.DECIDED,
    ClosedBecause.NOT_PROVED: Step.CLOSED,
    ClosedBecause.NOT_IMPAIRED: Step.CLOSED,
    ClosedBecause.ORDER_ENDED: Step.DECIDED,
    ClosedBecause.REMOVED: Step.DECIDED,
    ClosedBecause.LEFT: Step.DECIDED,
}
"""All but a case that was joined: its concerns go on in the other."""


async def where(session, concern):
    """The step, and since when."""
    await session.flush()
    found = await progress_of(session, concern.id)
    await look_as(session, Capacity.SERVICE)
    return found.step, found.since


async def screen(session, concern, *, now):
    await look_as(session, Capacity.SERVICE)
    words, by = "Looked", act(session, now=now)
    await concern.screen(session, at_risk=False, words=words, by=by)


async def taken(session, *, into=None, now=NOW):
    """A concern, in a case."""
    concern = await make_concern(session, now=now)
    await look_as(session, Capacity.SERVICE)
    taker = await make_investigator(session)
    person = into.person if into else (await make_entry(session)).person
    into = into or await make_case(session, taker=taker, person=person, now=now)
    await concern.match(session, person, by=act(session, now=now))
    await screen(session, concern, now=now)
    await take(session, concern, into=into, taker=taker, by=act(session, now=now))
    await session.flush()
    return concern, into


async def test_of_a_draft_there_is_nothing_to_know(session):
    draft, _ = await make_draft(session)

    assert await progress_of(session, draft.id) is None


async def test_it_is_received_then_looked_at(session):
    concern = await make_concern(session)

    received = await where(session, concern)
    await screen(session, concern, now=NOW + DAY)

    assert received == (Step.RECEIVED, NOW)
    assert await where(session, concern) == (Step.LOOKED_AT, NOW + DAY)


async def test_of_what_is_not_ours_they_learn_where_to_turn(session):
    concern = await make_concern(session)
    await screen(session, concern, now=NOW)
    await concern.signpost(
        session,
        Unfit.NOT_ABOUT_FITNESS,
        towards=Body.OFSTED,
        words="A leak",
        by=act(session, now=NOW + DAY),
    )

    assert await where(session, concern) == (Step.NOT_OURS, NOW + DAY)
    found = await progress_of(session, concern.id)
    assert (found.unfit, found.towards) == (Unfit.NOT_ABOUT_FITNESS, Body.OFSTED)


async def test_of_what_is_passed_on_they_do_not_learn_to_whom(session):
    concern = await make_concern(session)
    await screen(session, concern, now=NOW)
    by = act(session, now=NOW + DAY)
    await concern.pass_on(session, towards=Body.POLICE, words="Rang them", by=by)

    assert await where(session, concern) == (Step.PASSED_ON, NOW + DAY)
    assert (await progress_of(session, concern.id)).towards is None


async def test_in_a_case_it_is_as_far_as_the_case(session):
    concern, case = await taken(session)
    found = [await where(session, concern)]

    for n, stage in enumerate(list(STAGES)[1:], start=1):
        case.move(session, stage, by=act(session, now=NOW + n * DAY))
        found.append(await where(session, concern))

    assert found == [(step, NOW + n * DAY) for n, step in enumerate(STAGES.values())]


@pytest.mark.parametrize("because", ENDS)
async def test_a_case_that_is_over_is_decided_passed_on_or_closed(session, because):
    concern, case = await taken(session)
    case.stage, case.stage_since = Stage.CLOSED, NOW + DAY
    case.closed_at, case.because = NOW + DAY, because

    assert await where(session, concern) == (ENDS[because], NOW + DAY)


def test_every_end_of_what_a_concern_leads_to_is_asked_for():
    assert {*ENDS, *APART} == set(ClosedBecause)


async def test_they_do_not_learn_that_others_told_us_before(session):
    """Its stage is older than what they told us."""
    _, case = await taken(session)
    case.move(session, Stage.INVESTIGATION, by=act(session))

    later, _ = await taken(session, into=case, now=NOW + 90 * DAY)

    assert await where(session, later) == (Step.INVESTIGATION, NOW + 90 * DAY)


async def test_each_reads_of_their_own_concern_alone(session):
    first, case = await taken(session)
    other = await make_concern(session)
    case.move(session, Stage.INVESTIGATION, by=act(session))

    assert (await where(session, first))[0] is Step.INVESTIGATION
    assert (await where(session, other))[0] is Step.RECEIVED


async def test_the_referrer_sees_no_row_of_the_case_nor_of_what_we_did(session):
    case = await investigated(session)
    concern, _ = await taken(session, into=case)
    assert (await progress_of(session, concern.id)).step is Step.INVESTIGATION

    seen = {
        table: await session.scalar(select(func.count()).select_from(text(table)))
        for table in (*TABLES, *OF_A_CONCERN)
    }

    assert seen == dict.fromkeys(seen, 0)


@pytest.mark.parametrize("capacity", [Capacity.STAFF, Capacity.OWN, Capacity.SERVICE])
async def test_it_answers_to_nobody_but_the_referrer(session, capacity):
    concern, _ = await taken(session)
    account = await make_account(session, StaffRole.REGISTRAR)

    for who in (concern.id, account.id, None):
        await look_as(session, capacity, who)
        rows = await session.execute(text("select * from concern_progress()"))
        assert rows.all() == []
