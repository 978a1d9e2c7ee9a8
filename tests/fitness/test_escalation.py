"""A case that grows old: who is told of it, once for each rung that its age has reached."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from fitness.case import CaseEvent, CaseEventKind, Place, Stage, members
from fitness.escalation import escalate_old_cases
from fitness.fence import Capacity, look_as
from register.account import StaffRole
from register.kit.clock import day_of, months_after, start_of
from register.kit.post import Message
from tests.fitness.investigating import act, close, make_case, make_investigator
from tests.fitness.ordering import make_heard, make_order
from tests.make import NOW, make_account, make_entry

INSTANT = timedelta(microseconds=1)
RUNGS = 6, 12, 18


@pytest.fixture
async def manager(session):
    return await make_account(session, StaffRole.TEAM_MANAGER)


def at_rung(case, months):
    """The first moment of the day on which it is that old."""
    return start_of(months_after(day_of(case.opened_at), months))


async def told(session, case):
    """The rungs of its history."""
    await session.flush()
    events = await session.scalars(
        select(CaseEvent)
        .where(CaseEvent.case_id == case.id, CaseEvent.kind == CaseEventKind.ESCALATED)
        .order_by(CaseEvent.id)
    )
    return [event.data["months"] for event in events]


async def letters(session):
    found = await session.scalars(
        select(Message)
        .where(Message.letter == "fitness/case_escalated")
        .order_by(Message.created_at, Message.to_address)
    )
    return [(one.to_address, one.subject) for one in found]


@pytest.mark.parametrize("rung", RUNGS)
async def test_it_is_told_on_the_day_and_not_an_instant_before(session, manager, rung):
    case = await make_case(session)
    day = at_rung(case, rung)

    await escalate_old_cases(session, day - INSTANT)
    before = await told(session, case)
    await escalate_old_cases(session, day)

    assert rung not in before
    assert rung in await told(session, case)


async def test_each_rung_is_told_once_however_often_the_night_comes(session, manager):
    case = await make_case(session)

    for rung in RUNGS:
        for days in range(3):
            await escalate_old_cases(session, at_rung(case, rung) + timedelta(days))

    assert await told(session, case) == [6, 12, 18]
    assert await letters(session) == [
        (manager.email, f"Case {case.reference} has been open for {rung} months")
        for rung in RUNGS
    ]


async def test_one_letter_tells_of_all_that_it_has_reached_meanwhile(session, manager):
    case = await make_case(session)

    await escalate_old_cases(session, at_rung(case, 13))

    assert await told(session, case) == [6, 12]
    [(_, subject)] = await letters(session)
    assert subject == f"Case {case.reference} has been open for 12 months"


async def test_the_letter_gives_the_reference_and_the_age_and_nothing_else(
    session, manager
):
    case = await make_case(session)

    await escalate_old_cases(session, at_rung(case, 6))

    letter = await session.scalar(
        select(Message).where(Message.letter == "fitness/case_escalated")
    )
    assert letter.discreet
    assert letter.body == (
        f"Case {case.reference} has been open for 6 months or longer.\n\n"
        "Children’s Homes Workforce Register"
    )


async def test_whoever_answers_for_it_is_told_and_no_other_manager(session, manager):
    case = await make_case(session)
    registrar = await make_account(session, StaffRole.REGISTRAR)
    await case.take_on(session, registrar, Place.MANAGER, by=act(session))
    await session.flush()

    await escalate_old_cases(session, at_rung(case, 6))

    assert [to for to, _ in await letters(session)] == [registrar.email]


async def test_whoever_answered_for_it_and_left_is_not_told(session, manager):
    case = await make_case(session)
    registrar = await make_account(session, StaffRole.REGISTRAR)
    member = await case.take_on(session, registrar, Place.MANAGER, by=act(session))
    await case.release(session, member, by=act(session))
    await session.flush()

    await escalate_old_cases(session, at_rung(case, 6))

    assert [to for to, _ in await letters(session)] == [manager.email]


async def test_a_restricted_case_is_told_to_its_members_alone(session, manager):
    taker = await make_investigator(session)
    case = await make_case(session, taker=taker)
    registrar = await make_account(session, StaffRole.REGISTRAR)
    await case.restrict(session, registrar, words="One of us", by=act(session))
    await session.flush()

    await escalate_old_cases(session, at_rung(case, 6))
    registrar.disabled_at = NOW
    await session.flush()
    await escalate_old_cases(session, at_rung(case, 12))

    assert [to for to, _ in await letters(session)] == [registrar.email, taker.email]


async def test_nobody_is_told_of_a_case_about_themselves_or_after_they_have_left_us(
    session, manager
):
    person = (await make_entry(session)).person
    await make_account(session, StaffRole.TEAM_MANAGER, person=person)
    await make_account(session, StaffRole.TEAM_MANAGER, disabled_at=NOW)
    case = await make_case(session, person=person)

    await escalate_old_cases(session, at_rung(case, 6))

    assert [to for to, _ in await letters(session)] == [manager.email]


async def test_a_case_in_which_it_is_decided_grows_old_in_peace(session, manager):
    closed, ordered = await make_case(session), await make_heard(session)
    await close(session, closed)
    await make_order(session, ordered)
    assert ordered.stage is Stage.MONITORING

    await escalate_old_cases(session, at_rung(ordered, 18))

    assert await told(session, closed) == await told(session, ordered) == []
    assert closed.rungs(day_of(at_rung(closed, 18))) == []


async def test_it_grows_old_before_a_panel_too(session, manager):
    case = await make_heard(session)

    await escalate_old_cases(session, at_rung(case, 6))

    assert await told(session, case) == [6]


moments = st.datetimes(
    min_value=datetime(2027, 2, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2029, 2, 28),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(opened=moments, later=st.lists(st.integers(0, 700), min_size=1, max_size=3))
async def test_whenever_the_nights_come_what_was_told_is_what_its_age_has_reached(
    session, aged, opened, later
):
    """The rule of one case, and that of all in SQL, say the same of any day."""
    aged.opened_at = aged.stage_since = opened
    async with session.begin_nested() as savepoint:
        await session.flush()
        for days in later:
            await escalate_old_cases(session, opened + timedelta(days=days))

        last = day_of(opened + timedelta(days=max(later)))
        assert sorted(await told(session, aged)) == aged.rungs(last)
        await savepoint.rollback()


@pytest.fixture
async def aged(session):
    case = await make_case(session)
    await look_as(session, Capacity.SERVICE)
    assert await members(session, case.id)
    return case
