"""What the register said on a day gone by: each fact as it was held then, to the instant at which that changed."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.dialects.postgresql import Range

from register.entry import Facts, Status, known_at, status_at
from register.entry.facts import (
    Lapse,
    LapseReason,
    LapseSuperseded,
    Order,
    OrderKind,
    OrderSuperseded,
    Registration,
    RegistrationSuperseded,
)
from register.kit.clock import LONDON, end_of, start_of

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
UNTIL_ON = date(2027, 11, 30)
START = start_of(date(2027, 2, 1))
TOLD = START + 9 * timedelta(hours=1)
PUT_RIGHT = start_of(date(2027, 3, 10)) + 10 * timedelta(hours=1)


def registered(valid, recorded_at=TOLD):
    return Registration(
        id=uuid4(), valid=valid, recorded_at=recorded_at, until_on=UNTIL_ON
    )


def once_registered(valid, recorded):
    return RegistrationSuperseded(
        id=uuid4(), valid=valid, recorded=recorded, until_on=UNTIL_ON
    )


def said(held, superseded, moment, *, of):
    return status_at(known_at(held, superseded, moment), of)


def test_nothing_is_known_before_it_is_recorded_though_it_was_so():
    held = Facts(registrations=[registered(Range(START, None))])

    assert said(held, Facts(), TOLD - INSTANT, of=START) is None
    assert said(held, Facts(), TOLD, of=START) is Status.REGISTERED


def test_what_is_corrected_was_said_until_the_correction():
    held = Facts(registrations=[registered(Range(START + DAY, None), PUT_RIGHT)])
    once = once_registered(Range(START, None), Range(TOLD, PUT_RIGHT))
    superseded = Facts(registrations=[once])

    assert said(held, superseded, PUT_RIGHT - INSTANT, of=START) is Status.REGISTERED
    assert said(held, superseded, PUT_RIGHT, of=START) is None
    assert said(held, superseded, PUT_RIGHT, of=START + DAY) is Status.REGISTERED


def test_what_is_taken_back_was_said_until_then():
    held = Facts(registrations=[registered(Range(START, None))])
    suspended = OrderSuperseded(
        id=uuid4(),
        kind=OrderKind.INTERIM_SUSPENSION,
        valid=Range(START + DAY, START + 90 * DAY),
        recorded=Range(START + DAY, PUT_RIGHT),
    )
    superseded = Facts(orders=[suspended])

    of = START + 2 * DAY
    assert said(held, superseded, PUT_RIGHT - INSTANT, of=of) is Status.SUSPENDED
    assert said(held, superseded, PUT_RIGHT, of=of) is Status.REGISTERED


def test_what_is_ended_was_said_to_last_until_its_end_was_recorded():
    ends = PUT_RIGHT - DAY
    held = Facts(
        registrations=[registered(Range(START, ends), PUT_RIGHT)],
        lapses=[
            Lapse(
                id=uuid4(),
                valid=Range(ends, None),
                recorded_at=PUT_RIGHT,
                because=LapseReason.NOT_RENEWED,
            )
        ],
    )
    once = once_registered(Range(START, None), Range(TOLD, PUT_RIGHT))
    superseded = Facts(registrations=[once])

    assert said(held, superseded, PUT_RIGHT - INSTANT, of=ends) is Status.REGISTERED
    assert said(held, superseded, PUT_RIGHT, of=ends) is Status.LAPSED
    assert said(held, superseded, PUT_RIGHT, of=ends - INSTANT) is Status.REGISTERED


def test_what_is_held_anew_was_not_said_while_it_was_not_held():
    """A lapse that is taken back, and written again: between the two there was none."""
    again = PUT_RIGHT + DAY
    lapse = {"valid": Range(START + DAY, None), "because": LapseReason.NON_PAYMENT}
    held = Facts(
        registrations=[registered(Range(START, START + DAY))],
        lapses=[Lapse(id=uuid4(), recorded_at=again, **lapse)],
    )
    once = LapseSuperseded(id=uuid4(), recorded=Range(TOLD, PUT_RIGHT), **lapse)
    moments = [PUT_RIGHT - INSTANT, PUT_RIGHT, again - INSTANT, again]

    lapses = [len(known_at(held, Facts(lapses=[once]), at).lapses) for at in moments]

    assert lapses == [1, 0, 0, 1]


@pytest.mark.parametrize(
    "day",
    [date(2027, 3, 28), date(2027, 10, 31), date(2028, 2, 29)],
    ids=["the clocks go forward", "the clocks go back", "a leap day"],
)
def test_a_day_reaches_from_its_first_instant_in_london_to_its_last(day):
    """What is corrected within it is said by its end, and not before it begins."""
    first = datetime.combine(day, datetime.min.time(), LONDON)
    order = {"kind": OrderKind.SUSPENSION_ORDER, "valid": Range(START, None)}
    held = Facts(
        registrations=[registered(Range(START, None))],
        orders=[Order(id=uuid4(), recorded_at=start_of(day), **order)],
    )

    assert start_of(day) == first
    before, after = start_of(day) - INSTANT, end_of(day) - INSTANT
    assert said(held, Facts(), before, of=START) is Status.REGISTERED
    assert said(held, Facts(), after, of=START) is Status.SUSPENDED
