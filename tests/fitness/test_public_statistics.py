"""What everybody reads of fitness to practise: whole years, no number that is too small, and none that gives one away."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from fitness.case import Case, ClosedBecause
from fitness.concern import Concern
from fitness.order import Measure
from fitness.statistics import years
from fitness.statistics.public import ENDS, told
from register.kit.clock import day_of
from tests.fitness.investigating import act, make_case
from tests.fitness.ordering import make_heard, make_order
from tests.fitness.raising import look_as_nobody, make_concern, make_draft
from tests.make import NOW
from tests.reading import Page

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
LAST_YEAR = NEW_YEAR - 100 * DAY


async def counted(session, now=NOW):
    await session.flush()
    await look_as_nobody(session)
    return await years(session, today=day_of(now))


async def make_closed(session, because, *, now):
    case = await make_case(session, now=now - DAY)
    await case.close(session, because, by=act(session, now=now))


async def test_nothing_is_told_of_a_year_that_is_not_over(session):
    for _ in range(5):
        await make_case(session, now=NEW_YEAR)

    assert await counted(session, datetime(2027, 12, 31, 23, 59, tzinfo=UTC)) == []
    (year,) = await counted(session, datetime(2028, 1, 1, tzinfo=UTC))
    assert (year.year, year.opened) == (2027, 5)


async def test_a_year_ends_at_midnight(session):
    for moment in (NEW_YEAR - INSTANT, NEW_YEAR):
        for _ in range(5):
            await make_case(session, now=moment)

    later, earlier = await counted(session, datetime(2028, 3, 1, tzinfo=UTC))

    assert (later.year, later.opened) == (2027, 5)
    assert (earlier.year, earlier.opened) == (2026, 5)


async def test_five_years_are_told_and_those_between_are_not_left_out(session):
    for year in (2026, 2027):
        for _ in range(5):
            await make_case(session, now=datetime(year, 6, 1, tzinfo=UTC))

    found = await counted(session, datetime(2032, 1, 1, tzinfo=UTC))

    assert [(one.year, one.opened) for one in found] == [
        (2031, 0),
        (2030, 0),
        (2029, 0),
        (2028, 0),
        (2027, 5),
    ]


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (4, None), (5, 5)])
async def test_a_number_under_five_is_not_told(session, count, shown):
    await make_heard(session, now=LAST_YEAR)
    for _ in range(count):
        await make_concern(session, now=LAST_YEAR)
    await make_draft(session, now=LAST_YEAR)

    last, *_ = await counted(session)

    assert last.received == shown


async def test_what_came_of_cases_is_told_but_for_what_few_had(session):
    for because, count in (
        (ClosedBecause.NO_ACTION, 5),
        (ClosedBecause.WARNING, 4),
    ):
        for _ in range(count):
            await make_closed(session, because, now=LAST_YEAR)

    (year,) = await counted(session)

    assert year.ends[ClosedBecause.NO_ACTION] == 5
    assert year.ends[ClosedBecause.WARNING] is None
    assert year.ends[ClosedBecause.REMOVED] == 0
    assert year.closed is None
    assert ClosedBecause.JOINED not in year.ends


async def test_orders_are_told_by_measure(session):
    for _ in range(5):
        case = await make_heard(session, now=LAST_YEAR)
        await make_order(session, case, now=LAST_YEAR)

    (year,) = await counted(session)

    assert (year.measures[Measure.SUSPENSION], year.ordered) == (5, 5)


@given(
    st.dictionaries(st.sampled_from(ENDS), st.integers(0, 12)),
    st.dictionaries(st.sampled_from(ENDS), st.integers(1, 4)),
)
def test_no_number_that_is_hidden_can_be_worked_out(counts, few):
    """With a total it would be what the total leaves of it; so there is none where anything is hidden."""
    counts |= few

    numbers, whole = told(counts, ENDS)

    assert all(numbers[end] is None for end in few)
    assert all(number is None or number == 0 or number > 4 for number in numbers.values())  # fmt: skip
    assert (whole is None) == (None in numbers.values())


async def test_nobody_looks_any_more_once_it_is_counted(session):
    await make_concern(session)
    await make_case(session)

    await counted(session)

    for table in (Case, Concern):
        assert await session.scalar(select(func.count()).select_from(table)) == 0


async def test_everybody_reads_it_without_an_account(browser, session):
    for _ in range(5):
        await make_closed(session, ClosedBecause.TRIAGE_CLOSED, now=LAST_YEAR)
    await make_closed(session, ClosedBecause.REMOVED, now=LAST_YEAR)
    await session.flush()
    await look_as_nobody(session)

    start = Page(await browser.get("/"))
    page = Page(await browser.get(start.link("Statistics")))

    assert page.rows("Year by year") == [
        {
            "Year": "2026",
            "Concerns received": "0",
            "Cases opened": "6",
            "Cases closed": "Not shown",
            "Orders made": "0",
        }
    ]
    ends = {
        row["What came of them"]: row["2026"]
        for row in page.rows("Cases closed, by what came of them")
    }
    assert ends["No grounds to look into it"] == "5"
    assert ends["Removed from the register"] == "Fewer than 5"
    assert len(ends) == len(ENDS)


async def test_before_the_first_year_is_over_there_is_nothing(browser, session):
    page = Page(await browser.get("/statistics"))

    assert page.h1 == "Statistics"
    assert "There is nothing of a whole year yet." in page.text
