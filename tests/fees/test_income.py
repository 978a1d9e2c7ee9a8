"""Income by month, part and kind of fee: a month is London's; and the chart of it, whole pixel by whole pixel."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fees import ledger
from fees.income import Income, income
from fees.ledger import EntryKind, Post
from fees.scale import FeeKind
from fees.web.chart import A_POUND, chart
from register.kit.chart import BOTTOM, HEIGHT, TOP, step_for
from register.part import Part
from tests.make import make_process

MARCH, APRIL = date(2027, 3, 1), date(2027, 4, 1)
APRIL_BEGINS = datetime(2027, 3, 31, 23, tzinfo=UTC)
"""In London, in summer time."""
INSTANT = timedelta(microseconds=1)


async def earn(session, at, pence, part=Part.MANAGER, kind=FeeKind.RENEWAL):
    await ledger.enter(
        session,
        EntryKind.INVOICE_RAISED,
        [Post("bank", pence), Post("income", -pence, part=part, fee_kind=kind)],
        by=make_process(session, now=at),
    )


async def test_a_month_ends_at_midnight_in_london(session):
    await earn(session, APRIL_BEGINS - INSTANT, 100)
    await earn(session, APRIL_BEGINS, 20)

    assert await income(session, until=APRIL) == [
        Income(MARCH, Part.MANAGER, FeeKind.RENEWAL, 100),
        Income(APRIL, Part.MANAGER, FeeKind.RENEWAL, 20),
    ]


async def test_only_the_months_asked_for_count_the_last_of_them_whole(session):
    for at in (
        APRIL_BEGINS - INSTANT,
        APRIL_BEGINS,
        datetime(2027, 4, 30, 22, 59, tzinfo=UTC),
    ):
        await earn(session, at, 10)
    await earn(session, datetime(2027, 4, 30, 23, tzinfo=UTC), 1)

    (april,) = await income(session, since=date(2027, 4, 15), until=date(2027, 4, 2))

    assert (april.month, april.pence) == (APRIL, 20)


async def test_what_is_credited_is_taken_off(session):
    await earn(session, APRIL_BEGINS, 100)
    await earn(session, APRIL_BEGINS, -130)

    (found,) = await income(session, until=APRIL)

    assert found.pence == -30


async def test_parts_and_kinds_stand_in_their_order(session):
    await earn(session, APRIL_BEGINS, 1, Part.DEPUTY)
    await earn(session, APRIL_BEGINS, 2)
    await earn(session, APRIL_BEGINS, 3, kind=FeeKind.REGISTRATION)

    assert [one.pence for one in await income(session, until=APRIL)] == [3, 2, 1]


@pytest.mark.parametrize(
    ("span", "step"),
    [
        (0, 100),
        (400, 100),
        (401, 200),
        (800, 200),
        (801, 500),
        (2000, 500),
        (2001, 1000),
        (12_345_678, 5_000_000),
    ],
)
def test_a_step_is_round_and_few_make_up_the_span(span, step):
    assert step_for(span, least=A_POUND) == step


def test_bars_stack_from_the_line_up():
    drawn = chart([MARCH], {(MARCH, Part.MANAGER): 20000, (MARCH, Part.DEPUTY): 20000})
    manager, deputy = drawn.bars

    assert manager.y + manager.height == drawn.zero == HEIGHT - BOTTOM
    assert deputy.y + deputy.height == manager.y
    assert deputy.y == TOP
    assert [tick.text for tick in drawn.ticks] == ["£0", "£100", "£200", "£300", "£400"]


def test_what_was_taken_back_hangs_below_the_line():
    drawn = chart(
        [MARCH, APRIL], {(MARCH, Part.MANAGER): 300, (APRIL, Part.MANAGER): -100}
    )
    above, below = drawn.bars

    assert above.y + above.height == drawn.zero == below.y
    assert below.y + below.height == HEIGHT - BOTTOM
    assert drawn.ticks[0].text == "-£1"


def test_a_penny_beside_a_fortune_is_still_seen():
    drawn = chart(
        [MARCH, APRIL], {(MARCH, Part.MANAGER): 10**9, (APRIL, Part.MANAGER): 1}
    )

    assert drawn.bars[1].height == 1
