from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from register.application.history import Span, gaps
from tests.applications import make_address

SINCE, UNTIL = date(2022, 3, 10), date(2027, 3, 10)


def lived(*spans):
    return [make_address(since=since, until=until) for since, until in spans]


def test_one_address_since_the_first_day_leaves_no_gap():
    assert gaps(lived((SINCE, None)), since=SINCE, until=UNTIL) == []


def test_one_that_begins_a_day_late_leaves_a_gap_of_a_day():
    late = SINCE + timedelta(days=1)

    assert gaps(lived((late, None)), since=SINCE, until=UNTIL) == [Span(SINCE, SINCE)]


def test_moving_on_the_next_day_leaves_no_gap():
    history = lived(
        (date(2020, 1, 1), date(2024, 5, 3)),
        (date(2024, 5, 4), None),
    )

    assert gaps(history, since=SINCE, until=UNTIL) == []


def test_a_day_between_two_addresses_is_a_gap_of_that_day():
    history = lived(
        (date(2024, 5, 5), None),
        (date(2020, 1, 1), date(2024, 5, 3)),
    )

    found = gaps(history, since=SINCE, until=UNTIL)

    assert found == [Span(date(2024, 5, 4), date(2024, 5, 4))]


def test_overlaps_are_fine():
    history = lived(
        (date(2020, 1, 1), date(2025, 1, 1)),
        (date(2021, 1, 1), date(2022, 1, 1)),
        (date(2024, 12, 31), None),
    )

    assert gaps(history, since=SINCE, until=UNTIL) == []


def test_a_history_that_stops_leaves_a_gap_to_the_end():
    history = lived((date(2020, 1, 1), UNTIL - timedelta(days=2)))

    found = gaps(history, since=SINCE, until=UNTIL)

    assert found == [Span(UNTIL - timedelta(days=1), UNTIL)]


def test_nothing_is_one_gap():
    assert gaps([], since=SINCE, until=UNTIL) == [Span(SINCE, UNTIL)]


def test_a_gap_of_28_days_needs_no_explanation_and_one_of_29_does():
    for days, expected in ((28, 0), (29, 1)):
        back = date(2024, 1, 1) + timedelta(days=days)
        history = lived((date(2020, 1, 1), date(2023, 12, 31)), (back, None))

        found = gaps(history, since=SINCE, until=UNTIL, longer_than=28)

        assert len(found) == expected, days


@given(
    st.lists(
        st.tuples(
            st.dates(date(2021, 1, 1), date(2028, 1, 1)),
            st.none() | st.integers(0, 900),
        ),
        max_size=6,
    )
)
def test_each_day_is_covered_or_in_a_gap_and_never_both(drawn):
    history = lived(
        *[
            (since, None if days is None else since + timedelta(days=days))
            for since, days in drawn
        ]
    )

    found = gaps(history, since=SINCE, until=UNTIL)

    for n in range((UNTIL - SINCE).days + 1):
        day = SINCE + timedelta(days=n)
        covered = any(a.since <= day <= (a.until or UNTIL) for a in history)
        assert covered != any(gap.since <= day <= gap.until for gap in found), day
