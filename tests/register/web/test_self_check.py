"""What the check of the night found, and the alarm on the first page of staff."""

from datetime import timedelta
from uuid import uuid4

import pytest

from register.account import StaffRole
from register.self_check import SelfCheck, Surface
from register.self_check.nightly import SelfCheckDifference
from tests.make import NOW, make_account
from tests.reading import Page

ALARM = "The self-check of the register found something wrong, or did not come to its end."  # fmt: skip


async def checked(session, *fields, hours_ago=1, ended_at=NOW):
    begun_at = NOW - timedelta(hours=hours_ago)
    check = SelfCheck(id=uuid4(), begun_at=begun_at, ended_at=ended_at, people=2500)
    session.add(check)
    await session.flush()
    session.add_all(
        SelfCheckDifference(
            check_id=check.id,
            surface=Surface.PROJECTION,
            number="CH-0000123-J",
            field=field,
        )
        for field in fields
    )
    await session.flush()


@pytest.fixture
async def technician(browser, session):
    account = await make_account(session, StaffRole.ADMIN)
    await browser.sign_in(account)
    return account


async def test_what_differs_is_told_by_number_place_and_field(
    browser, session, technician
):
    await checked(session, "status", "town")

    page = Page(await browser.get("/staff/self-check"))

    assert page.h1 == "Self-check"
    where = {"Number": "CH-0000123-J", "Where": "What searches and lists read"}
    assert page.rows("2 differences") == [
        where | {"Field": "status"},
        where | {"Field": "town"},
    ]
    assert "2,500 people checked" in page.text


async def test_a_check_that_found_nothing_says_so_and_there_is_no_alarm(
    browser, session, technician
):
    await checked(session)

    page = Page(await browser.get("/staff/self-check"))
    home = Page(await browser.get("/staff"))

    assert "No difference was found." in page.text
    assert ALARM not in home.text
    assert home.link("Self-check") == "/staff/self-check"


async def test_before_the_first_check_the_page_says_so(browser, technician):
    page = Page(await browser.get("/staff/self-check"))

    assert "No check has been made yet." in page.text


async def test_a_difference_is_an_alarm_on_the_first_page(browser, session, technician):
    await checked(session, "status")

    page = Page(await browser.get("/staff"))

    assert ALARM in page.text
    assert page.link("See what it found") == "/staff/self-check"


async def test_a_check_that_does_not_end_is_an_alarm(browser, session, technician):
    await checked(session, hours_ago=7, ended_at=None)

    page = Page(await browser.get("/staff/self-check"))

    assert "The check has not come to its end in time." in page.text


async def test_a_caseworker_has_no_business_with_it(browser, session):
    await browser.sign_in(await make_account(session, StaffRole.CASEWORKER))
    await checked(session, "status")

    assert (await browser.get("/staff/self-check")).status_code == 403
    assert ALARM not in Page(await browser.get("/staff")).text
