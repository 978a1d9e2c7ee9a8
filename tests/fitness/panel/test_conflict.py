"""The conflict radar: what keeps somebody from a panel, and what they are asked about first."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness.panel import Candidate, Clash, Matter, Tie, clashes

DAY = timedelta(days=1)
HEARD = date(2027, 4, 14)
FIVE_YEARS_BEFORE = date(2022, 4, 14)
THREE_YEARS_BEFORE = date(2024, 4, 14)
HOME, PROVIDER, GROUP = uuid4(), uuid4(), uuid4()
THEIRS = Tie(date(2020, 1, 1), home=HOME, provider=PROVIDER, group=GROUP, area="Leeds")
MATTER = Matter(HEARD, HEARD, ties=(THEIRS,))


def found(matter=MATTER, **facts):
    return clashes(Candidate(**facts), matter)


def worked(until_on=None, **where):
    return Tie(date(2019, 1, 1), until_on, **where)


def test_who_has_nothing_to_do_with_it_sits():
    assert found() == ()


@pytest.mark.parametrize(
    ("fact", "clash"),
    [
        ("about_them", Clash.ABOUT_THEM),
        ("other_staff", Clash.OTHER_STAFF),
        ("another_place", Clash.ANOTHER_PLACE),
        ("decided_before", Clash.DECIDED_BEFORE),
        ("knows_them", Clash.KNOWS_THEM),
        ("busy", Clash.BUSY),
    ],
)
def test_some_things_keep_somebody_from_a_panel_whatever_is_said(fact, clash):
    assert found(**{fact: True}) == (clash,)
    assert clash.blocks


@pytest.mark.parametrize(
    ("facts", "clash"),
    [
        ({"declared": True}, Clash.DECLARED),
        ({"free": False}, Clash.NOT_FREE),
        ({"areas": frozenset({"Leeds"})}, Clash.SAME_AREA),
    ],
)
def test_of_others_somebody_is_asked_first(facts, clash):
    assert found(**facts) == (clash,)
    assert not clash.blocks


@pytest.mark.parametrize(
    "where",
    [{"home": HOME}, {"provider": PROVIDER}, {"group": GROUP}],
    ids=["the same home", "another home of the provider", "another of the group"],
)
def test_who_worked_for_the_same_provider_or_its_group_is_blocked(where):
    assert found(ties=(worked(**where),)) == (Clash.SAME_PROVIDER,)


def test_nobody_is_blocked_for_being_in_no_group_either():
    alone = Tie(date(2020, 1, 1), home=uuid4(), provider=uuid4())
    matter = replace(MATTER, ties=(alone,))

    assert found(matter, ties=(worked(home=uuid4(), provider=uuid4()),)) == ()


@pytest.mark.parametrize(
    ("left_on", "blocked"),
    [(FIVE_YEARS_BEFORE, True), (FIVE_YEARS_BEFORE - DAY, False)],
)
def test_five_years_before_the_hearing_count_with_their_first_day(left_on, blocked):
    clash = (Clash.SAME_PROVIDER,) if blocked else ()

    assert found(ties=(worked(left_on, group=GROUP),)) == clash


@pytest.mark.parametrize(
    ("left_on", "blocked"),
    [(FIVE_YEARS_BEFORE, True), (FIVE_YEARS_BEFORE - DAY, False)],
)
def test_where_the_registrant_worked_counts_as_long(left_on, blocked):
    matter = replace(MATTER, ties=(replace(THEIRS, until_on=left_on),))

    assert bool(found(matter, ties=(worked(group=GROUP),))) == blocked


@pytest.mark.parametrize(
    ("heard_on", "left_on", "blocked"),
    [
        (date(2028, 2, 29), date(2023, 2, 28), True),
        (date(2028, 2, 29), date(2023, 2, 27), False),
        (date(2029, 2, 28), date(2024, 2, 29), True),
        (date(2029, 2, 28), date(2024, 2, 28), True),
        (date(2029, 2, 28), date(2024, 2, 27), False),
        (date(2029, 3, 1), date(2024, 2, 29), False),
    ],
)
def test_five_years_from_or_to_a_leap_day(heard_on, left_on, blocked):
    matter = replace(MATTER, first=heard_on, last=heard_on)

    assert bool(found(matter, ties=(worked(left_on, group=GROUP),))) == blocked


@pytest.mark.parametrize(
    ("left_on", "asked"),
    [(THREE_YEARS_BEFORE, True), (THREE_YEARS_BEFORE - DAY, False)],
)
def test_who_worked_in_the_same_area_within_three_years_is_asked(left_on, asked):
    clash = (Clash.SAME_AREA,) if asked else ()

    assert found(ties=(worked(left_on, area="Leeds"),)) == clash


def test_who_will_begin_there_only_after_the_hearing_has_no_conflict_yet():
    later = Tie(HEARD + DAY, group=GROUP)

    assert found(ties=(later,)) == ()
    assert found(ties=(replace(later, from_on=HEARD),)) == (Clash.SAME_PROVIDER,)


def test_an_employer_that_only_has_the_same_name_is_asked_about():
    named = worked(employer="northern  CARE limited")
    theirs = Tie(date(2020, 1, 1), employer="Northern Care Limited")

    assert found(replace(MATTER, ties=(theirs,)), ties=(named,)) == (
        Clash.SAME_EMPLOYER_NAMED,
    )
    assert found(replace(MATTER, ties=(Tie(date(2020, 1, 1)),)), ties=(worked(),)) == ()


days = st.dates(date(2015, 1, 1), date(2027, 12, 31))


@given(began=days, lasted=st.integers(0, 4000), months=st.integers(0, 120))
def test_a_longer_look_back_never_finds_less(began, lasted, months):
    tie = Tie(began, began + timedelta(days=lasted), group=GROUP, area="Leeds")
    shorter = replace(MATTER, employer_months=months, area_months=months)
    longer = replace(MATTER, employer_months=months + 1, area_months=months + 1)

    assert set(found(shorter, ties=(tie,))) <= set(found(longer, ties=(tie,)))
