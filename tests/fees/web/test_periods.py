"""The pages on which two finance officers close a month."""

from datetime import UTC, datetime

import pytest

from fees.period import AccountingPeriod
from register.account import StaffRole
from tests.fees.settling import paid
from tests.fees.test_period import MARCH, MARCH_OVER
from tests.make import make_account
from tests.reading import Page

AT = "/staff/finance/periods"
ONE = f"{AT}/2027-03"


@pytest.fixture
async def officers(session):
    return [await make_account(session, StaffRole.FINANCE_OFFICER) for _ in range(2)]


@pytest.fixture
async def officer(session, browser, officers, clock):
    """A payment of £90 came in March; it is April."""
    await paid(session)
    await session.commit()
    clock.now = MARCH_OVER
    await browser.sign_in(officers[0])
    return browser


async def test_the_months_are_listed_with_what_they_are(officer):
    page = Page(await officer.get(AT))

    assert page.rows() == [
        {"Month": "April 2027", "State": "Goes on"},
        {"Month": "March 2027", "State": "Open"},
    ]


async def test_the_trial_balance_stands_above_the_closing(officer):
    page = Page(await officer.get(ONE))

    balance = {row["Account"]: row for row in page.rows("Trial balance")}
    assert balance["Fees"]["Credit"] == "£90"
    assert balance["Total"]["After"] == "£0"
    assert page.buttons == ["Propose to close March 2027"]


async def test_a_month_that_goes_on_says_why_it_is_not_closed(officer):
    page = Page(await officer.get(f"{AT}/2027-04"))

    assert "April 2027 is not over yet." in page.text
    assert (await officer.post(f"{AT}/2027-04/closing")).status_code == 409


async def test_two_officers_close_it(officer, officers, session):
    await officer.post(f"{ONE}/closing")
    own = Page(await officer.get(ONE))
    past = await officer.post(f"{ONE}/approval")
    before = await officer.get(f"{ONE}/general-ledger.csv")
    await officer.sign_in(officers[1])
    other = Page(await officer.get(ONE))
    await officer.post(f"{ONE}/approval")
    page = Page(await officer.get(ONE))
    file = await officer.get(f"{ONE}/general-ledger.csv")

    assert "somebody else must decide it" in own.text
    assert (past.status_code, before.status_code) == (409, 404)
    assert "Approve" in other.buttons
    assert await session.get(AccountingPeriod, MARCH)
    assert "Closed 1 April 2027" in page.text
    assert page.buttons == []
    assert file.text.startswith("document,date,account")
    assert "general-ledger-2027-03.csv" in file.headers["content-disposition"]


async def test_it_may_be_given_back(officer, officers):
    await officer.post(f"{ONE}/closing")
    await officer.sign_in(officers[1])
    silent = await officer.post(f"{ONE}/return", data={"words": ""})
    await officer.post(f"{ONE}/return", data={"words": "The bank differs"})

    page = Page(await officer.get(ONE))

    assert silent.status_code == 422
    assert "The bank differs" in page.text
    assert (await officer.post(f"{ONE}/approval")).status_code == 404


async def test_the_list_says_which_month_waits_for_a_second_officer(officer):
    await officer.post(f"{ONE}/closing")

    page = Page(await officer.get(AT))

    assert page.rows()[1]["State"] == "Waits for a second officer"


@pytest.mark.parametrize("month", ["2027-05", "2027-13", "march"])
async def test_what_is_no_month_of_ours_is_not_found(officer, month):
    assert (await officer.get(f"{AT}/{month}")).status_code == 404


async def test_a_month_before_all_says_so(officer):
    assert "Nothing has been posted in this month" in Page(await officer.get(f"{AT}/2020-01")).text  # fmt: skip


async def test_the_auditor_reads_and_closes_nothing(officer, session):
    await officer.sign_in(await make_account(session, StaffRole.AUDITOR))

    page = Page(await officer.get(ONE))

    assert page.buttons == []
    assert (await officer.post(f"{ONE}/closing")).status_code == 403


async def test_where_nothing_was_posted_the_page_says_so(browser, officers, clock):
    clock.now = datetime(2027, 3, 10, tzinfo=UTC)
    await browser.sign_in(officers[0])

    assert "Nothing has been posted yet." in Page(await browser.get(AT)).text
