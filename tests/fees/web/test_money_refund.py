"""The pages on which finance officers give back a transfer or cheque, and the queue that leads to them."""

from datetime import timedelta

import pytest

from fees import ledger
from fees.other_money import MoneyKind, OtherMoney
from register.account import StaffRole
from register.kit.clock import day_of
from tests.fees.renewing import OPENS
from tests.make import make_account, make_process
from tests.reading import Page


@pytest.fixture(autouse=True)
def today(clock):
    clock.now = OPENS + timedelta(days=10, hours=15)


@pytest.fixture
async def officers(session, browser):
    made = [await make_account(session, StaffRole.FINANCE_OFFICER) for _ in range(2)]
    await session.commit()
    await browser.sign_in(made[0])
    return made


@pytest.fixture
async def money(session, clock, officers):
    money = await OtherMoney.record(
        session,
        MoneyKind.TRANSFER,
        50_000,
        came_on=day_of(clock.now),
        statement_reference="NO IDEA",
        by=make_process(session, now=clock.now),
    )
    await session.commit()
    return money


def at(money):
    return f"/staff/payments/other/{money.reference}"


async def test_it_is_found_in_the_queue_shown_once_more_and_given_back(
    browser, session, money
):
    queue = Page(await browser.get("/staff/finance/unallocated"))
    assert queue.links[money.reference] == at(money)
    assert "Left of a transfer or cheque: NO IDEA" in queue.text
    assert f"{at(money)}/refund" in Page(await browser.get(at(money))).links.values()

    sure = Page(await browser.post(f"{at(money)}/refund", data={"amount": "50"}))
    answer = await browser.post(
        f"{at(money)}/refund", data={"amount": "50", "sure": "yes"}
    )
    page = Page(await browser.get(at(money)))

    assert sure.buttons == ["Give it back"]
    assert answer.headers["location"] == at(money)
    assert "BRF-" in page.text
    assert page.fact("Pays for nothing") == "£450"
    assert "Reverse it" not in page.buttons
    assert await ledger.unallocated_of(session, money.id) == 45_000


async def test_above_the_limit_a_second_officer_agrees_or_returns_it(
    browser, session, money, officers
):
    refund = f"{at(money)}/refund"
    sure = Page(await browser.post(refund, data={"amount": "500"}))
    await browser.post(refund, data={"amount": "500", "sure": "yes"})
    waits = Page(await browser.get(refund))
    await browser.sign_in(officers[1])
    await browser.post(f"{refund}/return", data={"words": "Whose is it?"})
    await browser.sign_in(officers[0])
    returned = Page(await browser.get(refund))
    await browser.post(refund, data={"amount": "500", "sure": "yes"})
    await browser.sign_in(officers[1])

    answer = await browser.post(f"{refund}/approval")

    assert sure.buttons == ["Propose it"]
    assert "It is proposed to give back £500." in waits.text
    assert "Whose is it?" in returned.text
    assert answer.status_code == 303
    assert await ledger.unallocated_of(session, money.id) == 0


@pytest.mark.parametrize("amount", ["", "0", "500.01"])
async def test_an_amount_that_cannot_go_back_is_shown_again(browser, money, amount):
    answer = await browser.post(
        f"{at(money)}/refund", data={"amount": amount, "sure": "yes"}
    )

    assert answer.status_code == 422


async def test_an_auditor_reads_it_and_changes_nothing(browser, session, money):
    auditor = await make_account(session, StaffRole.AUDITOR)
    await session.commit()
    await browser.sign_in(auditor)

    page = Page(await browser.get(f"{at(money)}/refund"))
    answer = await browser.post(f"{at(money)}/refund", data={"amount": "1"})

    assert page.buttons == []
    assert answer.status_code in {403, 404}


async def test_without_a_proposal_there_is_nothing_to_decide(browser, money):
    assert (await browser.post(f"{at(money)}/refund/approval")).status_code == 404
