"""The clock of an investigation: its age, its target, and whose time it was."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness.investigation.clock import clock_of, days_of, read
from fitness.investigation.hold import holds_of
from fitness.investigation.information import requests_of
from register.kit.clock import day_of
from register.request import Outcome
from tests.fitness.finding import ask, hold
from tests.fitness.investigating import act, make_investigated
from tests.make import NOW

BEGAN, DAY = date(2027, 3, 1), timedelta(days=1)
days = st.integers(-40, 120).map(lambda n: BEGAN + n * DAY)
spans = st.lists(
    st.tuples(days, days | st.none()).filter(lambda s: s[1] is None or s[0] <= s[1])
)
todays = st.integers(0, 100).map(lambda n: BEGAN + n * DAY)


def counted_one_by_one(spans, began, today):
    return sum(
        any(start <= day and (end is None or day < end) for start, end in spans)
        for day in (began + n * DAY for n in range((today - began).days))
    )


@given(spans, todays)
def test_a_day_counts_once_however_many_lasted_on_it(spans, today):
    assert days_of(spans, BEGAN, today) == counted_one_by_one(spans, BEGAN, today)


@given(spans, spans, todays)
def test_only_holds_move_the_target(holds, requests, today):
    clock = read(BEGAN, today, target_days=50, holds=holds, requests=requests)

    assert clock.target_on == BEGAN + (50 + clock.held) * DAY
    assert clock.counted + clock.held == clock.age == (today - BEGAN).days
    assert clock.late(today) == (clock.counted > 50)


@pytest.mark.parametrize(("age", "late"), [(50, False), (51, True)])
def test_an_investigation_is_late_the_day_after_its_target(age, late):
    today = BEGAN + age * DAY

    assert read(BEGAN, today, target_days=50, holds=[], requests=[]).late(today) is late


async def test_the_clock_of_a_case_knows_its_holds_and_what_it_waited_for(session):
    case = await make_investigated(session)
    held = await hold(session, case, now=NOW + 10 * DAY)
    held.end(session, case, "Over", by=act(session, now=NOW + 19 * DAY))
    request = await ask(session, case, now=NOW + 5 * DAY)
    request.end(session, case, Outcome.RECEIVED, by=act(session, now=NOW + 12 * DAY))
    await session.flush()

    clock = clock_of(
        case,
        day_of(NOW) + 40 * DAY,
        holds=await holds_of(session, case.id),
        requests=await requests_of(session, case.id),
    )

    assert (clock.age, clock.held, clock.counted, clock.waited) == (40, 10, 30, 7)
    assert clock.target_on == day_of(NOW) + (343 + 10) * DAY
