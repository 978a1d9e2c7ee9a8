"""What is due in cases: each from a week before its day, late after it, and to nobody who may not know of the case."""

import pytest

from fitness.due import Due, DueKind, due
from fitness.fence import Capacity, look_as
from fitness.investigation.plan import StepEnd
from fitness.investigation.proceeding import ProceedingState
from fitness.investigation.served import services_of
from fitness.monitoring import CheckIn, Judged
from fitness.order import Ended, Measure, end
from register.account import StaffRole
from register.request import Outcome
from tests.fitness.finding import (
    DAY,
    TODAY,
    ask,
    comment,
    disclose,
    hold,
    make_proceeding,
    make_told,
    notice,
    plan,
    went_astray,
)
from tests.fitness.investigating import (
    act,
    close,
    make_case,
    make_investigated,
    make_investigator,
)
from tests.fitness.ordering import make_heard, make_interim, make_order
from tests.make import NOW, make_account, make_address


@pytest.fixture
async def manager(session):
    return await make_account(session, StaffRole.TEAM_MANAGER)


async def kinds(session, reader, today):
    await look_as(session, Capacity.STAFF, reader.id)
    found = await due(session, reader, today=today)
    await look_as(session, Capacity.SERVICE)
    return [(one.kind, one.number, one.late(today)) for one in found]


async def test_the_registrant_is_to_be_told_within_fourteen_days(session, manager):
    await make_investigated(session)
    await make_case(session)
    last = TODAY + 14 * DAY

    assert await kinds(session, manager, last - 8 * DAY) == []
    assert await kinds(session, manager, last - 7 * DAY) == [
        (DueKind.NOTICE, None, False)
    ]
    assert await kinds(session, manager, last) == [(DueKind.NOTICE, None, False)]
    assert await kinds(session, manager, last + DAY) == [(DueKind.NOTICE, None, True)]


async def test_who_is_told_is_not_to_be_told_unless_it_came_back(session, manager):
    case, _ = await make_told(session)
    assert await kinds(session, manager, TODAY + 20 * DAY) == []

    (service,) = await services_of(session, case.id)
    await went_astray(session, service)
    assert await kinds(session, manager, TODAY) == [(DueKind.ASTRAY, None, True)]

    await make_address(session, case.person)
    await notice(session, case, by_post=True, now=NOW + DAY)
    assert await kinds(session, manager, TODAY) == []


async def test_an_answer_is_awaited_until_it_comes(session, manager):
    case, _ = await make_told(session)
    request = await ask(session, case, due_on=TODAY + 7 * DAY)

    assert await kinds(session, manager, TODAY) == [(DueKind.ANSWER, 1, False)]
    assert await kinds(session, manager, TODAY + 8 * DAY) == [(DueKind.ANSWER, 1, True)]
    request.end(session, case, Outcome.RECEIVED, by=act(session))
    await session.flush()
    assert await kinds(session, manager, TODAY + 8 * DAY) == []


async def test_proceedings_are_asked_after_until_they_are_over(session, manager):
    case, _ = await make_told(session)
    one = await make_proceeding(session, case, check_on=TODAY + 7 * DAY)

    assert await kinds(session, manager, TODAY) == [(DueKind.CHECK, 1, False)]
    over = {"state": ProceedingState.OVER, "ended_on": TODAY, "by": act(session)}
    one.hear(session, case, "No charge", **over)
    await session.flush()
    assert await kinds(session, manager, TODAY + 99 * DAY) == []


async def test_a_hold_is_looked_at_again_while_it_lasts(session, manager):
    case, _ = await make_told(session)
    held = await hold(session, case, review_on=TODAY + 7 * DAY)

    assert await kinds(session, manager, TODAY) == [(DueKind.REVIEW, None, False)]
    held.end(session, case, "Over", by=act(session))
    await session.flush()
    assert await kinds(session, manager, TODAY) == []


async def test_a_step_is_due_until_it_is_done(session, manager):
    case, _ = await make_told(session)
    step = await plan(session, case, due_on=TODAY - DAY)

    assert await kinds(session, manager, TODAY) == [(DueKind.STEP, 1, True)]
    step.end(session, case, StepEnd.DONE, by=act(session))
    await session.flush()
    assert await kinds(session, manager, TODAY) == []


async def test_comments_are_due_until_there_is_one(session, manager):
    case, _ = await make_told(session)
    disclosure = await disclose(session, case)
    last = disclosure.comment_by

    assert await kinds(session, manager, last - 7 * DAY) == [
        (DueKind.COMMENTS, 1, False)
    ]
    assert await kinds(session, manager, last + DAY) == [(DueKind.COMMENTS, 1, True)]
    await comment(session, case, disclosure)
    assert await kinds(session, manager, last) == []


async def test_an_order_is_reviewed_until_it_ends_whatever_the_stage(session, manager):
    case, _ = await make_told(session)
    interim = await make_interim(session, case)
    ordered = await make_reached(session)
    order = await make_order(session, ordered)
    for number, one in ((1, interim), (1, order)):
        last = one.review_by
        assert await kinds(session, manager, last - 8 * DAY) == []
        for day, late in ((last - 7 * DAY, False), (last, False), (last + DAY, True)):
            found = await kinds(session, manager, day)
            assert (DueKind.ORDER_REVIEW, number, late) in found
        await end_of(session, case if one is interim else ordered, one)

    assert await kinds(session, manager, order.review_by + DAY) == []


async def end_of(session, case, order):
    by = act(session)
    await end(session, case, order, on=NOW, because=Ended.REVOKED, by=by)
    await session.flush()


async def make_reached(session):
    """Before a panel; whoever it is about can be written to."""
    case = await make_heard(session)
    await make_account(session, person=case.person)
    return case


async def test_a_warning_is_not_reviewed(session, manager):
    case = await make_reached(session)
    order = await make_order(session, case, Measure.WARNING)

    assert await kinds(session, manager, order.last_day) == []


async def test_a_check_in_is_due_until_it_is_judged_or_its_order_ends(session, manager):
    case = await make_reached(session)
    order = await make_order(session, case)
    set_one = {"due_on": TODAY + 30 * DAY, "by": act(session)}
    one = await CheckIn.set_one(session, case, order, "Show it", **set_one)
    await session.flush()
    await CheckIn.set_one(session, case, order, "And this", **set_one)
    await session.flush()
    both = [(DueKind.CHECK_IN, 1, False), (DueKind.CHECK_IN, 2, False)]

    assert await kinds(session, manager, TODAY + 22 * DAY) == []
    assert await kinds(session, manager, TODAY + 23 * DAY) == both
    await session.refresh(one, ["answers"])
    one.judge(session, case, Judged.WAIVED, "Ill", by=act(session))
    await session.flush()
    assert await kinds(session, manager, TODAY + 31 * DAY) == [
        (DueKind.CHECK_IN, 2, True)
    ]
    await end_of(session, case, order)
    assert await kinds(session, manager, TODAY + 31 * DAY) == []


async def test_what_is_late_stands_before_what_is_due(session, manager):
    case, _ = await make_told(session)
    await ask(session, case, due_on=TODAY + 5 * DAY)
    await plan(session, case, due_on=TODAY - DAY)
    await look_as(session, Capacity.STAFF, manager.id)

    found = await due(session, manager, today=TODAY)

    assert found == [
        Due(DueKind.STEP, case.reference, 1, TODAY - DAY),
        Due(DueKind.ANSWER, case.reference, 1, TODAY + 5 * DAY),
    ]


async def test_nothing_is_due_in_a_case_that_is_over(session, manager):
    case, _ = await make_told(session)
    await plan(session, case)
    await close(session, case, now=NOW + DAY)

    assert await kinds(session, manager, TODAY) == []


async def test_nothing_is_due_to_whoever_may_not_know_of_the_case(session, manager):
    taker = await make_investigator(session)
    case, _ = await make_told(session, taker=taker)
    await plan(session, case)
    case.restricted = True
    await session.flush()

    assert await kinds(session, manager, TODAY) == []
    assert await kinds(session, await make_investigator(session), TODAY) == []
    assert await kinds(session, taker, TODAY) == [(DueKind.STEP, 1, False)]
