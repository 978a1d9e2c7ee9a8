"""The status rules, read as sentences; test_lives.py puts arbitrary lives to them and to their twin in SQL."""

from datetime import date, timedelta

import pytest
from sqlalchemy.dialects.postgresql import Range

from register.entry import Facts, Status, status_at
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
