"""A fee is followed, never changed: by two finance officers, for a day to come, with discounts and instalments of its own."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from fees.acts import FeesAct
from fees.invoice import Invoice, InvoiceLine, bill, bill_next_renewals
from fees.scale import Discount, DiscountFor, FeeKind, FeeScale, ProRata, scale_on
from fees.scale_change import (
    BeginsTooSoon,
    JoiningIsFree,
    NothingChanged,
    NotLater,
    Off,
    Price,
    least,
    meaning,
    propose,
)
from register.account import StaffRole
from register.application import ApplicationKind
from register.kit.clock import day_of, end_of, start_of
from register.part import Part
from register.process import Process
from register.proposal import NeedsAnotherPerson, NotYours
from tests.fees.owing import make_approved
from tests.fees.renewing import OPENS, renewing
from tests.make import NOW, make_account, make_entry

TODAY = day_of(NOW)
TOMORROW = TODAY + timedelta(days=1)
DEARER = Price(FeeKind.RENEWAL, Part.MANAGER, 12500, ProRata.NONE)


@pytest.fixture
async def officers(session):
    return [await make_account(session, StaffRole.FINANCE_OFFICER) for _ in range(2)]


def act(session, kind, account, now=NOW):
    return Process.begin(session, kind, now=now, actor=account)


async def proposed(session, officers, price=DEARER, begins_on=TOMORROW):
    by = act(session, FeesAct.PROPOSE_FEES, officers[0])
    return await propose(session, price, begins_on, proposer=officers[0], by=by)


async def changed(session, officers, price=DEARER, begins_on=TOMORROW, now=NOW):
    waiting = await proposed(session, officers, price, begins_on)
    by = act(session, FeesAct.APPROVE_FEES, officers[1], now)
    await waiting.approve(session, approver=officers[1], by=by)
    await session.flush()


async def amount_on(session, day, price=DEARER):
    scale = await FeeScale.on(session, price.kind, price.part, day)
    return scale.amount_pence


async def test_a_change_that_two_agree_on_holds_from_its_first_day(session, officers):
    await changed(session, officers)

    assert await amount_on(session, TODAY) == 12000
    assert await amount_on(session, TOMORROW) == 12500


async def test_one_alone_changes_nothing(session, officers):
    waiting = await proposed(session, officers)

    with pytest.raises(NeedsAnotherPerson):
        await waiting.approve(
            session,
            approver=officers[0],
            by=act(session, FeesAct.APPROVE_FEES, officers[0]),
        )

    assert await amount_on(session, TOMORROW) == 12000


async def test_who_is_not_of_finance_does_not_decide_it(session, officers):
    waiting = await proposed(session, officers)
    registrar = await make_account(session, StaffRole.REGISTRAR)

    with pytest.raises(NotYours):
        await waiting.approve(
            session,
            approver=registrar,
            by=act(session, FeesAct.APPROVE_FEES, registrar),
        )


async def test_today_is_too_soon(session, officers):
    with pytest.raises(BeginsTooSoon):
        await proposed(session, officers, begins_on=TODAY)


async def test_a_proposal_that_waited_until_its_day_comes_too_late(session, officers):
    with pytest.raises(BeginsTooSoon):
        await changed(session, officers, now=end_of(TODAY))


async def test_a_fee_begins_later_than_the_one_before_it(session, officers):
    await changed(session, officers, begins_on=date(2028, 4, 1))
    dearer_still = Price(FeeKind.RENEWAL, Part.MANAGER, 13000, ProRata.NONE)

    with pytest.raises(NotLater):
        await proposed(session, officers, dearer_still, date(2028, 4, 1))

    assert await proposed(session, officers, dearer_still, date(2028, 4, 2))


async def test_the_same_again_is_no_change(session, officers):
    same = Price(FeeKind.RENEWAL, Part.MANAGER, 12000, ProRata.NONE)

    with pytest.raises(NothingChanged):
        await proposed(session, officers, same)


async def test_joining_cannot_be_free(session, officers):
    free = Price(
        FeeKind.REGISTRATION,
        Part.MANAGER,
        1200,
        ProRata.WHOLE_MONTHS,
        first_year=Off(pence=100),
    )

    assert least(free) == 0
    with pytest.raises(JoiningIsFree):
        await proposed(session, officers, free)


async def test_a_part_that_had_no_price_may_get_one(session, officers):
    first = Price(FeeKind.REGISTRATION, Part.TRAINEE, 2000, ProRata.NONE)

    await changed(session, officers, first)

    assert await amount_on(session, TOMORROW, first) == 2000


async def test_the_terms_come_with_the_price(session, officers):
    price = Price(
        FeeKind.RENEWAL,
        Part.MANAGER,
        12000,
        ProRata.NONE,
        each_part=True,
        first_year=Off(per_cent=50),
        low_income=Off(pence=3000),
        instalments=("09-30", "10-31"),
    )

    await changed(session, officers, price)

    scale = await FeeScale.on(session, FeeKind.RENEWAL, Part.MANAGER, TOMORROW)
    await session.refresh(scale, ["discounts"])
    assert Price.of(scale) == price


async def test_what_it_means_is_counted(session, officers):
    await make_entry(session)
    await renewing(session)
    await bill_next_renewals(session, now=OPENS)

    found = await meaning(session, DEARER, TOMORROW)

    assert (found.before.amount_pence, found.people, found.unpaid) == (12000, 2, 1)
    assert found.yearly == "£10"


async def test_what_was_billed_keeps_its_price(session, officers):
    application = await make_approved(session)
    before = await bill(session, application, now=NOW)
    price = Price(FeeKind.REGISTRATION, Part.MANAGER, 24000, ProRata.WHOLE_MONTHS)

    await changed(session, officers, price)

    again = await bill(session, application, now=start_of(TOMORROW))
    assert again is before


@pytest.mark.parametrize(
    "change",
    [
        "update fee_scale set amount_pence = 1",
        "delete from fee_scale",
        "update fee_discount set pence = 1",
        "delete from fee_discount",
    ],
)
async def test_the_database_refuses_to_change_a_price(session, change):
    with pytest.raises(DBAPIError, match="permission denied"):
        await session.execute(text(change))


async def test_a_price_that_has_ended_is_not_ended_again(session, officers):
    await changed(session, officers)

    with pytest.raises(DBAPIError, match="update is refused"):
        await session.execute(
            text(
                "update fee_scale set valid = tstzrange(lower(valid), now() + interval '900 days') where not upper_inf(valid)"
            )
        )


# Discounts


@pytest.mark.parametrize(
    ("off", "pence", "less"),
    [
        (Discount(per_cent=50), 12000, 6000),
        (Discount(per_cent=50), 12001, 6001),
        (Discount(per_cent=33), 100, 33),
        (Discount(per_cent=99), 1, 1),
        (Discount(pence=3000), 12000, 3000),
        (Discount(pence=3000), 1000, 1000),
    ],
)
def test_a_discount_is_whole_pence_and_part_of_a_penny_is_the_payers(off, pence, less):
    assert off.off(pence) == less


async def test_who_joins_for_the_first_time_pays_less(session, officers):
    price = Price(
        FeeKind.REGISTRATION,
        Part.MANAGER,
        12000,
        ProRata.WHOLE_MONTHS,
        first_year=Off(per_cent=50),
    )
    await changed(session, officers, price)
    later = start_of(TOMORROW) + timedelta(hours=9)

    new = await bill(
        session, await make_approved(session, approved_at=later), now=later
    )
    back = await bill(
        session,
        await make_approved(
            session,
            approved_at=later,
            kind=ApplicationKind.RESTORATION,
            left_on=date(2024, 12, 1),
        ),
        now=later,
    )

    assert (new.amount_pence, back.amount_pence) == (4500, 18000 + 9000)
    line = await session.scalar(
        select(InvoiceLine).where(InvoiceLine.invoice_id == new.id)
    )
    assert (line.off_pence, line.off_because) == (4500, DiscountFor.FIRST_YEAR)


async def test_who_joined_in_the_window_renews_for_less(session, officers):
    price = Price(
        FeeKind.RENEWAL, Part.MANAGER, 12000, ProRata.NONE, first_year=Off(pence=2001)
    )
    await changed(session, officers, price)
    await renewing(session)
    await renewing(session, on=OPENS)

    await bill_next_renewals(session, now=OPENS)

    amounts = await session.scalars(select(Invoice.amount_pence))
    assert sorted(amounts) == [9999, 12000]
    offs = await session.scalars(select(func.sum(InvoiceLine.off_pence)))
    assert list(offs) == [2001]


async def test_todays_scale_is_whole(session, officers):
    await changed(session, officers)

    for day in (TODAY, TOMORROW):
        assert len(await scale_on(session, day)) == 15
