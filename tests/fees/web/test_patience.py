"""Nobody waits longer than some moments for GOV.UK Pay: what was begun goes on behind the page, and once."""

import asyncio

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from fees.payment import Payment, PaymentState
from fees.web import patience
from fees.web.patience import going_on, in_time
from register.account import Account
from register.application import Application, ApplicationState
from register.kit.db import connect, sessions_of
from register.kit.settings import settings
from tests.browser import Browser
from tests.fees.owing import make_approved
from tests.reading import Page


@pytest.fixture
async def committed(clone):
    """Transactions that really commit: what goes on behind a page has one of its own."""
    engine = connect(await clone())
    yield sessions_of(engine)
    await engine.dispose()


@pytest.fixture
async def payer(committed, clock, app_on, pay):
    async with committed.begin() as session:
        application = await make_approved(session)
        account = await session.get_one(Account, application.account_id)
    async with Browser(app_on(committed, clock), committed, clock) as browser:
        await browser.sign_in(account)
        yield browser


@pytest.fixture
def slow(pay, monkeypatch):
    """GOV.UK Pay answers nothing until it is told to."""
    monkeypatch.setattr(settings(), "pay_wait_seconds", 0.05)
    pay.transport.quick.clear()
    return pay.transport


async def answered(slow):
    """From now on it is quick, and pages wait for as long as it takes."""
    settings().pay_wait_seconds = 60
    slow.quick.set()
    await asyncio.gather(*going_on)


async def state_of(sessions):
    async with sessions() as session:
        return (await session.scalars(select(Payment))).one().state


async def test_a_payer_is_told_that_we_are_asking_still_and_then_goes_on(
    payer, committed, pay, slow
):
    answer = await payer.post("/pay")
    await slow.asked.wait()
    waiting = Page(await payer.get("/pay/result"))
    asked = await state_of(committed)
    await answered(slow)

    again = await payer.post("/pay")

    assert answer.headers["location"] == "/pay/result"
    assert waiting.h1 == "We are checking your payment"
    assert waiting.buttons == ["Go on to pay £90"]
    assert (asked, await state_of(committed)) == (
        PaymentState.ASKING,
        PaymentState.OPEN,
    )
    assert again.headers["location"].startswith("http")
    assert len(pay.made()) == 1


async def test_a_second_click_that_waits_for_the_first_asks_for_nothing_more(
    payer, committed, pay, slow
):
    await payer.post("/pay")
    second = await payer.post("/pay")
    await answered(slow)

    assert second.headers["location"] == "/pay/result"
    assert len(pay.made()) == 1
    assert await state_of(committed) is PaymentState.OPEN


async def test_who_comes_back_need_not_wait_until_it_is_told_that_they_paid(
    payer, committed, pay, monkeypatch
):
    began = await payer.post("/pay")
    await pay.pays(began.headers["location"])
    monkeypatch.setattr(settings(), "pay_wait_seconds", 0.05)
    pay.transport.quick.clear()

    back = await payer.get("/pay/return")
    before = await state_of(committed)
    await answered(pay.transport)

    assert back.headers["location"] == "/pay/result"
    assert (before, await state_of(committed)) == (PaymentState.OPEN, PaymentState.PAID)
    async with committed() as session:
        application = (await session.scalars(select(Application))).one()
    assert application.state is ApplicationState.GRANTED


async def test_while_too_many_wait_for_it_nothing_more_is_begun(
    payer, committed, pay, slow, monkeypatch
):
    monkeypatch.setattr(patience, "AT_ONCE", 1)
    await payer.post("/pay")
    await slow.asked.wait()

    refused = Page(await payer.post("/pay"))
    others = await payer.get("/pay/return")
    await answered(slow)

    assert refused.status == 409
    assert "Nothing was begun, and no money was taken" in refused.text
    assert others.headers["location"] == "/pay/result"
    assert (await payer.post("/pay")).headers["location"].startswith("http")
    assert len(pay.made()) == 1


async def test_what_fails_behind_a_page_is_told_without_a_word_of_whose_it_was(
    committed, slow
):
    async def work(session):
        await slow.quick.wait()
        raise ValueError("Siobhán O'Brien's card")

    with capture_logs() as logs:
        told = await in_time(committed, work, otherwise="later")
        slow.quick.set()
        await asyncio.gather(*going_on, return_exceptions=True)
        await asyncio.sleep(0)

    assert told == "later"
    assert logs == [
        {"event": "payment not begun", "error": "ValueError", "log_level": "warning"}
    ]
