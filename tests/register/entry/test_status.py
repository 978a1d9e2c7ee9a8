"""The status rules, read as sentences; the same lives are then put to the rules in SQL."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import Range

from register.entry import Entry, Facts, Status, status_at, status_in_sql
from register.entry.facts import (
    Hold,
    Lapse,
    LapseReason,
    Order,
    OrderKind,
    Registration,
    Removal,
    RemovalReason,
)
from register.kit.clock import start_of
from register.part import Part
from register.rule_set import RuleSet
from tests.make import make_person, make_process

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
START = start_of(date(2027, 2, 1))
END = start_of(date(2027, 12, 1))


def registration(start=START, end=None):
    return Registration(valid=Range(start, end), until_on=date(2027, 11, 30))


def lapse(start, end=None):
    return Lapse(valid=Range(start, end), because=LapseReason.NOT_RENEWED)


def removal(start, because, end=None):
    return Removal(valid=Range(start, end), because=because)


def order(start, end, kind=OrderKind.SUSPENSION_ORDER):
    return Order(valid=Range(start, end), kind=kind)


def hold(start, end=None):
    return Hold(valid=Range(start, end))


def test_there_is_no_status_before_the_entry_is_made():
    facts = Facts(registrations=[registration()])

    assert status_at(facts, START - INSTANT) is None
    assert status_at(facts, START) is Status.REGISTERED


def test_the_printed_end_of_a_period_ends_nothing_by_itself():
    assert (
        status_at(Facts(registrations=[registration()]), END + 100 * DAY)
        is Status.REGISTERED
    )


def test_a_lapse_takes_effect_at_its_first_instant():
    facts = Facts(registrations=[registration(end=END)], lapses=[lapse(END)])

    assert status_at(facts, END - INSTANT) is Status.REGISTERED
    assert status_at(facts, END) is Status.LAPSED


def test_a_period_that_ended_without_a_fact_of_its_own_counts_as_lapsed():
    assert status_at(Facts(registrations=[registration(end=END)]), END) is Status.LAPSED


def test_a_held_entry_whose_period_ended_is_held():
    facts = Facts(registrations=[registration(end=END)], holds=[hold(START)])

    assert status_at(facts, END - INSTANT) is Status.REGISTERED
    assert status_at(facts, END) is Status.HELD


def test_a_hold_on_somebody_who_lapsed_does_not_show():
    facts = Facts(
        registrations=[registration(end=END)],
        lapses=[lapse(END)],
        holds=[hold(END + DAY)],
    )

    assert status_at(facts, END + 2 * DAY) is Status.LAPSED


def test_a_suspension_shows_from_its_first_instant_to_its_last():
    until = START + 90 * DAY
    facts = Facts(registrations=[registration()], orders=[order(START + DAY, until)])

    assert status_at(facts, START + DAY - INSTANT) is Status.REGISTERED
    assert status_at(facts, START + DAY) is Status.SUSPENDED
    assert status_at(facts, until - INSTANT) is Status.SUSPENDED
    assert status_at(facts, until) is Status.REGISTERED


def test_conditions_leave_the_holder_registered():
    facts = Facts(
        registrations=[registration()],
        orders=[order(START, END, OrderKind.CONDITIONS_ORDER)],
    )

    assert status_at(facts, START) is Status.REGISTERED


@pytest.mark.parametrize(
    ("because", "status"),
    [
        (RemovalReason.VOLUNTARY, Status.REMOVED_VOLUNTARY),
        (RemovalReason.VOLUNTARY_DURING_CASE, Status.REMOVED_VOLUNTARY),
        (RemovalReason.CONDITION, Status.REMOVED),
        (RemovalReason.CPD, Status.REMOVED),
        (RemovalReason.ERROR, Status.REMOVED),
        (RemovalReason.ORDER, Status.REMOVED_BY_ORDER),
        (RemovalReason.AUTOMATIC, Status.REMOVED_BY_ORDER),
    ],
)
def test_a_removal_shows_as_one_of_three_kinds(because, status):
    facts = Facts(
        registrations=[registration(end=END)],
        removals=[removal(END, because)],
        lapses=[lapse(END)],
    )

    assert status_at(facts, END) is status


def test_an_order_outranks_every_other_removal():
    both = [removal(END, RemovalReason.VOLUNTARY), removal(END, RemovalReason.ORDER)]

    assert (
        status_at(Facts(registrations=[registration()], removals=both), END)
        is Status.REMOVED_BY_ORDER
    )


def test_only_a_registered_person_may_practise():
    assert [status for status in Status if status.may_practise] == [Status.REGISTERED]


MOMENTS = st.integers(0, 40).map(
    lambda n: datetime(2027, 3, 27, tzinfo=UTC) + n * timedelta(hours=1)
)
"""Few and near, so that bounds often meet; the clocks change on the way."""


@st.composite
def spans(draw):
    start, end = draw(MOMENTS), draw(st.none() | MOMENTS)
    return Range(start, None if end is None or end <= start else end)


@st.composite
def registrations(draw):
    cuts = sorted(draw(st.sets(MOMENTS, min_size=2, max_size=6)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return [registration(start, end) for start, end in pairs]


LIVES = st.builds(
    Facts,
    registrations=registrations(),
    lapses=st.lists(
        st.builds(Lapse, valid=spans(), because=st.sampled_from(LapseReason)),
        max_size=2,
    ),
    removals=st.lists(
        st.builds(Removal, valid=spans(), because=st.sampled_from(RemovalReason)),
        max_size=2,
    ),
    orders=st.lists(
        st.builds(Order, valid=spans(), kind=st.sampled_from(OrderKind)), max_size=2
    ),
    holds=st.lists(st.builds(Hold, valid=spans()), max_size=2),
)


async def live(session, facts):
    """Write an arbitrary life past every verb."""
    person = await make_person(session)
    by = make_process(session)
    entry = Entry(id=uuid4(), person_id=person.id, part=Part.MANAGER, created_at=by.at)
    rule_set = await RuleSet.on(session, Part.MANAGER, date(2027, 3, 10))
    session.add(entry)
    await session.flush()
    for fact in facts:
        values = {
            c.name: getattr(fact, c.name)
            for c in fact.__table__.columns
            if getattr(fact, c.name) is not None
        }
        values |= {
            "id": uuid4(),
            "entry_id": entry.id,
            "recorded_at": by.at,
            "process_id": by.id,
        }
        if isinstance(fact, Registration):
            values["rule_set_id"] = rule_set.id
        await session.execute(insert(type(fact)).values(**values))
    return entry


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(facts=LIVES, instants=st.lists(MOMENTS, min_size=3, max_size=8))
async def test_the_rules_and_their_twin_in_sql_agree_on_every_life(
    session, facts, instants
):
    entry = await live(session, facts)

    for instant in instants:
        for at in (instant - INSTANT, instant):
            told = await session.scalar(
                select(status_in_sql(at)).where(Entry.id == entry.id)
            )
            assert told == status_at(facts, at)
