"""The page on which a second finance officer agrees that money goes back whole, or does not."""

import pytest

from fees.ledger import AccountCode, balance
from fees.other_money import MoneyKind, OtherMoney
from register.account import StaffRole
from register.kit.clock import day_of
from tests.make import NOW, make_account, make_process
from tests.reading import Page

NOT_FOR_US = {"because": "not_for_us"}


@pytest.fixture
async def officers(session, browser):
    made = [await make_account(session, StaffRole.FINANCE_OFFICER) for _ in range(2)]
    await session.commit()
    await browser.sign_in(made[0])
    return made


async def came(session, pence):
    money = await OtherMoney.record(
        session,
        MoneyKind.TRANSFER,
        pence,
        came_on=day_of(NOW),
        statement_reference="NO IDEA",
        by=make_process(session),
    )
    await session.commit()
    return f"/staff/payments/other/{money.reference}"


@pytest.fixture
async def at(session, officers):
    return await came(session, 10_001)


async def test_up_to_the_limit_it_is_done_at_once(browser, session, officers):
    at = await came(session, 10_000)

    await browser.post(f"{at}/reversal", data=NOT_FOR_US)

    assert "It was not for us" in Page(await browser.get(at)).fact("Reversed")
    assert await balance(session, AccountCode.BANK) == 0


async def test_above_it_a_second_officer_decides(browser, session, officers, at):
    offered = Page(await browser.get(at))
    await browser.post(f"{at}/reversal", data=NOT_FOR_US)
    waits = Page(await browser.get(at))
    own = Page(await browser.get(f"{at}/reversal"))
    before = await balance(session, AccountCode.BANK)
    await browser.sign_in(officers[1])
    other = Page(await browser.get(f"{at}/reversal"))
    done = await browser.post(f"{at}/reversal/approval")

    assert "To send back more than £100 that was not for us" in offered.text
    assert waits.links["A reversal waits for a second finance officer"] == (
        f"{at}/reversal"
    )
    assert "somebody else must decide it" in own.text
    assert (other.fact("Amount"), other.buttons) == ("£100.01", ["Approve", "Return"])
    assert (before, done.status_code) == (10_001, 303)
    assert await balance(session, AccountCode.BANK) == 0
    assert "It was not for us" in Page(await browser.get(at)).fact("Reversed")


async def test_who_proposed_it_cannot_post_past_the_page(browser, session, at):
    await browser.post(f"{at}/reversal", data=NOT_FOR_US)

    answer = await browser.post(f"{at}/reversal/approval")

    assert answer.status_code == 409
    assert await balance(session, AccountCode.BANK) == 10_001


async def test_while_it_waits_it_is_not_proposed_again_but_may_bounce(
    browser, session, at
):
    await browser.post(f"{at}/reversal", data=NOT_FOR_US)

    again = await browser.post(f"{at}/reversal", data=NOT_FOR_US)
    await browser.post(f"{at}/reversal", data={"because": "bounced"})

    assert again.status_code == 409
    page = Page(await browser.get(at))
    assert "The bank took it back" in page.fact("Reversed")
    assert "A reversal waits for a second finance officer" not in page.links


async def test_it_may_come_back(browser, officers, at):
    await browser.post(f"{at}/reversal", data=NOT_FOR_US)
    await browser.sign_in(officers[1])
    silent = await browser.post(f"{at}/reversal/return", data={"words": ""})
    await browser.post(f"{at}/reversal/return", data={"words": "It was for us"})

    page = Page(await browser.get(at))

    assert silent.status_code == 422
    assert "It was for us" in page.text
    assert "Reverse it" in page.buttons
    assert (await browser.post(f"{at}/reversal/approval")).status_code == 404


async def test_where_none_is_proposed_there_is_no_such_page(browser, officers, at):
    assert (await browser.get(f"{at}/reversal")).status_code == 404
    assert (await browser.post(f"{at}/reversal/approval")).status_code == 404
    assert (await browser.post(f"{at}/reversal/return")).status_code == 404


async def test_the_auditor_reads_and_decides_nothing(browser, session, officers, at):
    await browser.post(f"{at}/reversal", data=NOT_FOR_US)
    auditor = await make_account(session, StaffRole.AUDITOR)
    await session.commit()
    await browser.sign_in(auditor)

    page = Page(await browser.get(f"{at}/reversal"))

    assert page.buttons == []
    assert (await browser.post(f"{at}/reversal/approval")).status_code == 403
    assert (await browser.post(f"{at}/reversal/return")).status_code == 403
