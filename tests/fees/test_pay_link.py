"""A link lets somebody else pay one invoice: for some days, a few tries, and never once it is paid."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fees.invoice import Invoice
from fees.pay_link import (
    Closed,
    LinkClosed,
    NothingOwed,
    closed,
    link_in,
    link_of,
    live_link,
    make_link,
)
from fees.payment import Payment, TooLateToPay
from register.kit.clock import end_of
from register.kit.errors import NotFound
from tests.fees.books import the_ledger_is_sound
from tests.fees.employing import bill_all, look
from tests.fees.owing import DECLINED
from tests.fees.renewing import CURED_UNTIL, OPENS, renewing
from tests.make import make_process

BACK = "https://register.example/pay/link/return"
INSTANT = timedelta(microseconds=1)


@pytest.fixture
async def invoice(session, clock):
    clock.now = OPENS
    await renewing(session)
    await bill_all(session)
    return await session.scalar(select(Invoice))


async def made(session, invoice, clock):
    return await make_link(session, invoice, by=make_process(session, now=clock.now))


async def presses(session, sessions, pay, link, clock):
    page = await link.go_to_pay(
        session, sessions, pay.client, return_url=BACK, now=clock.now
    )
    await session.flush()
    return page


async def test_somebody_without_an_account_pays_by_it(
    session, sessions, pay, invoice, clock
):
    link = await made(session, invoice, clock)

    await pay.pays(await presses(session, sessions, pay, link, clock))
    await look(session, pay, clock)

    assert await closed(session, link, invoice, now=clock.now) is Closed.PAID
    await the_ledger_is_sound(session)


async def test_what_is_paid_is_not_paid_again(session, sessions, pay, invoice, clock):
    link = await made(session, invoice, clock)
    await pay.pays(await presses(session, sessions, pay, link, clock))
    await look(session, pay, clock)

    with pytest.raises(LinkClosed) as refused:
        await presses(session, sessions, pay, link, clock)
    with pytest.raises(NothingOwed):
        await made(session, invoice, clock)

    assert refused.value.why is Closed.PAID


async def test_a_double_click_makes_one_payment(session, sessions, pay, invoice, clock):
    link = await made(session, invoice, clock)

    pages = {await presses(session, sessions, pay, link, clock) for _ in range(2)}

    assert len(pages) == 1


async def test_the_fifth_try_is_the_last(session, sessions, pay, invoice, clock):
    link = await made(session, invoice, clock)
    for _ in range(5):
        page = await presses(session, sessions, pay, link, clock)
        await pay.pays(page, card_number=DECLINED)
        await look(session, pay, clock)

    with pytest.raises(LinkClosed) as refused:
        await presses(session, sessions, pay, link, clock)

    assert refused.value.why is Closed.NO_TRIES_LEFT
    assert len((await session.scalars(select(Payment))).all()) == 5


async def test_it_works_to_the_end_of_its_fourteenth_day_and_no_longer(
    session, invoice, clock
):
    link = await made(session, invoice, clock)
    ends = OPENS + timedelta(days=14)

    assert await link_in(session, link.token, now=ends - INSTANT) == link
    with pytest.raises(LinkClosed) as refused:
        await link_in(session, link.token, now=ends)
    assert refused.value.why is Closed.EXPIRED
    assert await live_link(session, invoice, now=ends) is None


async def test_it_never_outlives_the_last_day_to_pay(session, invoice, clock):
    clock.now = end_of(CURED_UNTIL) - timedelta(hours=3)

    link = await made(session, invoice, clock)

    assert link.until == end_of(CURED_UNTIL)


async def test_none_is_made_after_the_last_day_to_pay(session, invoice, clock):
    clock.now = end_of(CURED_UNTIL)

    with pytest.raises(TooLateToPay):
        await made(session, invoice, clock)


async def test_another_takes_the_place_of_the_first(
    session, sessions, pay, invoice, clock
):
    first = await made(session, invoice, clock)
    second = await made(session, invoice, clock)

    with pytest.raises(LinkClosed) as refused:
        await presses(session, sessions, pay, first, clock)

    assert refused.value.why is Closed.WITHDRAWN
    assert await link_of(session, invoice) == second


async def test_one_that_we_never_signed_leads_nowhere(session, invoice, clock):
    link = await made(session, invoice, clock)

    with pytest.raises(NotFound):
        await link_in(session, link.token[:-2] + "AA", now=clock.now)
