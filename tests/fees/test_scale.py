"""What a fee comes to, on both sides of the end of a month, a year and a price."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError

from fees.scale import FeeKind, FeeScale, NoFeeSet, ProRata, scale_on
from register.kit.clock import start_of
from register.part import Part

END = date(2027, 11, 30)


def yearly(pence=12000, pro_rata=ProRata.WHOLE_MONTHS):
    return FeeScale(amount_pence=pence, pro_rata=pro_rata)


@pytest.mark.parametrize(
    ("on", "until", "pence"),
    [
        (date(2026, 12, 1), END, 12000),
        (date(2026, 12, 31), END, 12000),
        (date(2027, 1, 1), END, 11000),
        (date(2027, 3, 31), END, 9000),
        (date(2027, 4, 1), END, 8000),
        (date(2027, 10, 31), END, 2000),
        (date(2027, 11, 1), END, 1000),
        (END, END, 1000),
        (date(2027, 12, 1), date(2028, 11, 30), 12000),
    ],
)
def test_each_month_that_a_registration_touches_costs_a_twelfth(on, until, pence):
    assert yearly().charge(on=on, until=until) == pence


def test_a_price_that_is_not_shared_out_is_the_price():
    assert yearly(pro_rata=ProRata.NONE).charge(on=END, until=END) == 12000


@given(st.integers(0, 10_000_000), st.dates(date(2026, 12, 1), END))
def test_a_charge_is_the_share_of_the_year_less_at_most_a_penny(pence, on):
    fee = yearly(pence)
    share = pence * fee.months(on=on, until=END)

    assert share - 12 < 12 * fee.charge(on=on, until=END) <= share


@given(st.integers(0, 10_000_000), *[st.dates(date(2026, 12, 1), END)] * 2)
def test_who_comes_later_in_the_year_never_pays_more(pence, one, other):
    fee = yearly(pence)

    assert fee.charge(on=max(one, other), until=END) <= fee.charge(
        on=min(one, other), until=END
    )


async def test_the_first_scale_has_the_fees_of_the_consultation(session):
    fees = {
        (fee.part, fee.kind): fee.amount
        for fee in await scale_on(session, date(2027, 3, 10))
    }

    assert fees[Part.MANAGER, FeeKind.REGISTRATION] == "£120"
    assert fees[Part.MANAGER, FeeKind.RESTORATION] == "£180"
    assert fees[Part.DEPUTY, FeeKind.RENEWAL] == "£60"
    assert fees[Part.RESIDENTIAL_WORKER, FeeKind.REGISTRATION] == "£36"
    assert fees[Part.MANAGER, FeeKind.OVERSEAS_SCRUTINY] == "£670"


async def test_a_new_price_holds_from_its_first_day_and_not_before(session):
    change = start_of(date(2028, 4, 1))
    old = await FeeScale.on(session, FeeKind.RENEWAL, Part.MANAGER, date(2027, 3, 10))
    old.valid = Range(old.valid.lower, change)
    await session.flush()
    session.add(
        FeeScale(
            kind=FeeKind.RENEWAL,
            part=Part.MANAGER,
            valid=Range(change, None),
            amount_pence=12500,
            pro_rata=ProRata.NONE,
        )
    )
    await session.flush()

    async def price(day):
        return (
            await FeeScale.on(session, FeeKind.RENEWAL, Part.MANAGER, day)
        ).amount_pence

    assert await price(date(2028, 3, 31)) == 12000
    assert await price(date(2028, 4, 1)) == 12500


async def test_there_are_never_two_prices_for_one_day(session):
    session.add(
        FeeScale(
            kind=FeeKind.RENEWAL,
            part=Part.MANAGER,
            valid=Range(start_of(date(2028, 4, 1)), None),
            amount_pence=1,
            pro_rata=ProRata.NONE,
        )
    )

    with pytest.raises(DBAPIError, match="fee_scale_kind_part_valid_key"):
        await session.flush()


async def test_a_part_without_a_fee_is_refused(session):
    with pytest.raises(NoFeeSet):
        await FeeScale.on(
            session, FeeKind.REGISTRATION, Part.TRAINEE, date(2027, 3, 10)
        )
