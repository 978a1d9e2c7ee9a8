"""Figures of cases: what is counted, on both sides of each boundary, and of which cases its reader may know."""

import statistics
from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import true

from fitness.case import ClosedBecause, Place, Stage
from fitness.fence import Capacity, look_as
from fitness.investigation.allegation import Ground
from fitness.investigation.clock import days_of
from fitness.investigation.hold import HeldFor, InvestigationHold
from fitness.investigation.served import services_of
from fitness.order import Ended, Measure, end
from fitness.statistics import (
    Age,
    Cut,
    Flow,
    Load,
    Outcomes,
    age_of,
    caseload,
    flow,
    outcomes,
    stays,
    workload,
)
from register.account import StaffRole
from register.kit.clock import day_of, months_after, start_of
from tests.counting import counted
from tests.fitness.finding import (
    DAY,
    TODAY,
    ask,
    draw,
    hold,
    make_told,
    plan,
    redraw,
    went_astray,
)
from tests.fitness.investigating import (
    act,
    close,
    make_case,
    make_investigated,
    make_investigator,
)
from tests.fitness.ordering import make_heard, make_order
from tests.make import NOW, make_account

INSTANT = timedelta(microseconds=1)
LATER = NOW + timedelta(hours=1)
A_YEAR_AGO = start_of(months_after(TODAY, -12))


@pytest.fixture
async def manager(session):
    return await make_account(session, StaffRole.TEAM_MANAGER)


async def of(figures, session, reader, today=TODAY):
    await session.flush()
    await look_as(session, Capacity.STAFF, reader.id)
    found = await figures(session, reader, today=today)
    await look_as(session, Capacity.SERVICE)
    return found


# Caseload


@pytest.mark.parametrize(
    ("months", "before", "since"),
    [
        (3, Age.FROM_0, Age.FROM_3),
        (6, Age.FROM_3, Age.FROM_6),
        (12, Age.FROM_6, Age.FROM_12),
        (18, Age.FROM_12, Age.FROM_18),
    ],
)
async def test_a_case_is_of_another_age_from_its_day_on(
    session, manager, months, before, since
):
    await make_case(session)
    day = months_after(TODAY, months)

    assert await of(caseload, session, manager, day - DAY) == {
        (Stage.TRIAGE, before): 1
    }
    assert await of(caseload, session, manager, day) == {(Stage.TRIAGE, since): 1}


async def test_open_cases_are_counted_by_stage(session, manager):
    await make_case(session)
    await make_investigated(session)
    await make_investigated(session)
    await close(session, await make_case(session))

    assert await of(caseload, session, manager) == {
        (Stage.TRIAGE, Age.FROM_0): 1,
        (Stage.INVESTIGATION, Age.FROM_0): 2,
    }


@pytest.mark.parametrize("fences", ["both", "that of the database alone"])
async def test_nobody_counts_a_case_of_which_they_may_not_know(
    session, manager, fences, monkeypatch
):
    if fences != "both":
        for name in ("caseload", "flow", "outcomes", "times", "workload"):
            module = import_module(f"fitness.statistics.{name}")
            monkeypatch.setattr(module, "visible_to", lambda _: true())
    taker = await make_investigator(session)
    case = await make_investigated(session, taker=taker)
    await plan(session, case)
    case.move(session, Stage.EXAMINATION, by=act(session))
    registrar = await make_account(session, StaffRole.REGISTRAR)
    await case.restrict(session, registrar, words="One of us", by=act(session))

    for figures in (caseload, stays, workload):
        assert not await of(figures, session, manager)
        assert await of(figures, session, registrar)
    assert await of(outcomes, session, manager) == Outcomes({}, {})
    assert sum(one.opened for one in await of(flow, session, manager)) == 0
    assert sum(one.opened for one in await of(flow, session, registrar)) == 1


opened_days = st.dates(date(2024, 1, 1), date(2027, 3, 10))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(opened=st.lists(opened_days, min_size=3, max_size=3))
async def test_each_open_case_is_in_the_one_band_of_its_age(
    session, manager, three, opened
):
    for case, day in zip(three, opened, strict=True):
        case.opened_at = case.stage_since = start_of(day)

    found = await of(caseload, session, manager)

    ages = [age_of(day, TODAY) for day in opened]
    assert found == {(Stage.TRIAGE, age): ages.count(age) for age in ages}


@pytest.fixture
async def three(session):
    return [await make_case(session) for _ in range(3)]


# Inflow and outflow


async def test_a_month_ends_at_midnight_in_london(session, manager):
    """In summer time, an hour before it does in universal time."""
    midnight = datetime(2026, 8, 31, 23, tzinfo=UTC)
    for moment in (midnight - INSTANT, midnight, midnight + DAY):
        await make_case(session, now=moment)
    closed = await make_case(session, now=midnight - DAY)
    await close(session, closed, now=midnight)

    found = {one.month: one for one in await of(flow, session, manager)}

    assert found[date(2026, 8, 1)] == Flow(date(2026, 8, 1), 2, 0)
    assert found[date(2026, 9, 1)] == Flow(date(2026, 9, 1), 2, 1)


async def test_there_are_two_years_of_months_and_none_is_left_out(session, manager):
    first = date(2025, 4, 1)
    for moment in (start_of(first) - INSTANT, start_of(first)):
        await make_case(session, now=moment)

    found = await of(flow, session, manager)

    assert len(found) == 24
    assert [one.month for one in found] == [months_after(first, n) for n in range(24)]
    assert [one.opened for one in found] == [1] + [0] * 23


# Time at each stage


async def leave(session, case, stage, *, on):
    case.move(session, stage, by=act(session, now=start_of(on)))
    await session.flush()


async def test_the_days_at_a_stage_are_told_beside_its_target(session, manager):
    for days in (10, 20, 28, 29):
        case = await make_case(session)
        await leave(session, case, Stage.INVESTIGATION, on=TODAY + days * DAY)

    (triage,) = await of(stays, session, manager, TODAY + 40 * DAY)

    assert (triage.stage, triage.left, triage.median) == (Stage.TRIAGE, 4, 24)
    assert triage.ninetieth == pytest.approx(28.7)
    assert (triage.least_target, triage.most_target, triage.within) == (28, 28, 3)


async def test_each_stage_begins_as_the_one_before_ends(session, manager):
    case = await make_case(session)
    for stage, days in (
        (Stage.INVESTIGATION, 5),
        (Stage.EXAMINATION, 105),
        (Stage.HEARING, 112),
        (Stage.MONITORING, 115),
    ):
        await leave(session, case, stage, on=TODAY + days * DAY)

    found = await of(stays, session, manager, TODAY + 120 * DAY)

    assert [(one.stage, one.median, one.least_target) for one in found] == [
        (Stage.TRIAGE, 5, 28),
        (Stage.INVESTIGATION, 100, 343),
        (Stage.EXAMINATION, 7, 84),
        (Stage.HEARING, 3, None),
    ]


async def test_what_was_left_a_year_ago_counts_from_its_day_on(session, manager):
    for moment in (A_YEAR_AGO - INSTANT, A_YEAR_AGO):
        case = await make_case(session, now=moment - 3 * DAY)
        case.move(session, Stage.INVESTIGATION, by=act(session, now=moment))

    (triage,) = await of(stays, session, manager)

    assert triage.left == 1


async def test_a_stage_that_goes_on_is_not_counted_yet(session, manager):
    await make_case(session)

    assert await of(stays, session, manager) == []


async def test_days_on_hold_count_neither_here_nor_against_the_target(session, manager):
    case = await make_investigated(session)
    held = await hold(session, case, now=NOW + 10 * DAY)
    held.end(session, case, "Over", by=act(session, now=NOW + 19 * DAY))
    await session.flush()
    await leave(session, case, Stage.EXAMINATION, on=TODAY + 353 * DAY)

    _, investigation = await of(stays, session, manager, TODAY + 353 * DAY)

    assert (investigation.median, investigation.within) == (343, 1)


spans = st.lists(
    st.tuples(st.integers(-10, 90), st.integers(0, 40)), min_size=0, max_size=3
)
lives = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 90), spans), min_size=1, max_size=3
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lives=lives)
async def test_whatever_lives_cases_had_the_figures_are_those_counted_one_by_one(
    session, manager, three, lives
):
    triaged, looked_into = [], []
    async with session.begin_nested() as savepoint:
        for case, (triage, investigation, held) in zip(three, lives, strict=False):
            began = TODAY + triage * DAY
            ended = began + investigation * DAY
            await leave(session, case, Stage.INVESTIGATION, on=began)
            on_hold = [
                (began + start * DAY, began + (start + length) * DAY)
                for start, length in held
            ]
            for first, last in on_hold:
                keep(session, case, first, last)
            await leave(session, case, Stage.EXAMINATION, on=ended)
            triaged.append(triage)
            past = [(first, last + DAY) for first, last in on_hold]
            looked_into.append(investigation - days_of(past, began, ended))

        found = await of(stays, session, manager, TODAY + 160 * DAY)
        await savepoint.rollback()
    for case in three:
        await session.refresh(case)

    for stay, days in zip(found, (triaged, looked_into), strict=True):
        target = stay.least_target
        assert stay.left == len(days)
        assert stay.median == pytest.approx(statistics.median(days))
        assert stay.ninetieth == pytest.approx(ninetieth(days))
        assert stay.within == sum(one <= target for one in days)


def keep(session, case, first, last):
    """On hold, whatever the rules of holds say to it."""
    session.add(
        InvestigationHold(
            case_id=case.id,
            because=HeldFor.POLICE,
            told=False,
            from_on=first,
            until_on=last,
            review_on=last + DAY,
            began_at=NOW,
            process=act(session),
        )
    )


def ninetieth(days):
    if len(days) == 1:
        return days[0]
    return statistics.quantiles(days, n=10, method="inclusive")[-1]


# Outcomes


async def investigated_for(session, *grounds, standards=("R1",)):
    case = await make_investigated(session)
    await draw(session, case, grounds=list(grounds), standards=list(standards))
    return case


async def test_ends_are_counted_by_ground_and_by_standard(session, manager):
    first = await investigated_for(session, Ground.MISCONDUCT, standards=["R1", "R4"])
    await draw(session, first, grounds=[Ground.MISCONDUCT, Ground.HEALTH])
    second = await investigated_for(session, Ground.MISCONDUCT, standards=["R4"])
    for case in (first, second, await make_case(session)):
        await case.close(session, ClosedBecause.NO_ACTION, by=act(session, now=LATER))

    found = (await of(outcomes, session, manager)).ends

    none = ClosedBecause.NO_ACTION
    assert found == {
        (Cut.GROUND, Ground.MISCONDUCT, none): 2,
        (Cut.GROUND, Ground.HEALTH, none): 1,
        (Cut.GROUND, None, none): 1,
        (Cut.STANDARD, "R1", none): 1,
        (Cut.STANDARD, "R4", none): 2,
        (Cut.STANDARD, None, none): 1,
    }


async def test_what_is_alleged_is_what_it_says_now_and_nothing_that_was_withdrawn(
    session, manager
):
    case = await make_investigated(session)
    one = await draw(session, case, grounds=[Ground.MISCONDUCT])
    await redraw(session, case, one, grounds=[Ground.HEALTH])
    other = await draw(session, case, grounds=[Ground.BARRED])
    other.withdraw(session, case, "Not so", by=act(session))
    await close(session, case, now=LATER)

    found = (await of(outcomes, session, manager)).ends

    grounds = [code for cut, code, _ in found if cut is Cut.GROUND]
    assert grounds == [Ground.HEALTH]


async def test_orders_are_counted_by_measure_but_those_that_were_quashed(
    session, manager
):
    for measure in (Measure.WARNING, Measure.REMOVAL, Measure.REMOVAL):
        case = await make_heard(session, now=NOW - DAY)
        order = await make_order(session, case, measure)
    by = act(session, now=LATER)
    await end(session, case, order, on=LATER, because=Ended.QUASHED, by=by)

    found = (await of(outcomes, session, manager)).measures

    assert {key: n for key, n in found.items() if key[0] is Cut.GROUND} == {
        (Cut.GROUND, None, Measure.WARNING): 1,
        (Cut.GROUND, None, Measure.REMOVAL): 1,
    }


async def test_what_came_of_cases_a_year_ago_counts_from_its_day_on(session, manager):
    for moment in (A_YEAR_AGO - INSTANT, A_YEAR_AGO):
        case = await make_case(session, now=moment - DAY)
        await close(session, case, now=moment)
        ordered = await make_heard(session, now=moment - DAY)
        await make_order(session, ordered, now=moment)

    found = await of(outcomes, session, manager)

    assert sum(found.ends.values()) == sum(found.measures.values()) == len(Cut)


# What each has to see to


async def test_everybody_who_works_on_cases_is_told_what_is_late_and_due(
    session, manager
):
    ann = await make_investigator(session, name="Ann")
    case, _ = await make_told(session, taker=ann)
    await make_case(session, taker=ann)
    await ask(session, case, due_on=TODAY + 7 * DAY)
    await ask(session, case, due_on=TODAY + 8 * DAY)
    await plan(session, case, due_on=TODAY)
    await plan(session, case, due_on=TODAY - DAY)

    assert await of(workload, session, manager) == [Load("Ann", 2, late=1, due=2)]


async def test_what_did_not_arrive_is_late_at_once(session, manager):
    case, _ = await make_told(session, taker=await make_investigator(session, name="A"))
    (service,) = await services_of(session, case.id)
    await went_astray(session, service)

    assert await of(workload, session, manager) == [Load("A", 1, late=1, due=0)]


async def test_a_step_is_seen_to_by_whom_it_was_planned_for(session, manager):
    ann, bob = [await make_investigator(session, name=name) for name in ("Ann", "Bob")]
    case = await make_investigated(session, taker=ann)
    await case.take_on(session, bob, Place.INVESTIGATOR, by=act(session))
    await plan(session, case, who=bob, due_on=TODAY)

    assert await of(workload, session, manager) == [
        Load("Ann", 1, late=0, due=0),
        Load("Bob", 1, late=0, due=1),
    ]


async def test_neither_who_left_nor_who_decides_sees_to_anything(session, manager):
    ann = await make_investigator(session, name="Ann")
    case = await make_heard(session, taker=ann)
    await make_account(session, person=case.person)
    gone = await make_investigator(session)
    member = await case.take_on(session, gone, Place.INVESTIGATOR, by=act(session))
    await case.release(session, member, by=act(session))
    order = await make_order(session, case)

    assert await of(workload, session, manager, order.review_by) == [
        Load("Ann", 1, late=0, due=1)
    ]


async def test_what_is_due_in_a_case_that_is_over_is_nobodys(session, manager):
    case = await make_investigated(session)
    await plan(session, case, due_on=TODAY)
    await close(session, case, now=LATER)

    assert await of(workload, session, manager) == []


async def test_the_figures_take_as_many_queries_however_many_cases_there_are(
    session, engine, manager
):
    async def asked():
        with counted(engine) as statements:
            for figures in (caseload, flow, stays, outcomes, workload):
                await figures(session, manager, today=day_of(NOW))
        return len(statements)

    few = await asked()
    for _ in range(5):
        case = await investigated_for(session, Ground.MISCONDUCT)
        await plan(session, case, due_on=TODAY)

    assert await asked() == few
