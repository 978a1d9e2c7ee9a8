"""The pages of aged debt and income."""

from datetime import timedelta

import pytest

from fees.invoice import bill
from register.account import StaffRole
from tests.fees.owing import PAY_BY, make_approved
from tests.fees.settling import paid
from tests.make import NOW, make_account
from tests.reading import Page

DEBT, INCOME = "/staff/finance/debt", "/staff/finance/income"


@pytest.fixture
async def officer(session, browser):
    await browser.sign_in(await make_account(session, StaffRole.FINANCE_OFFICER))
    return browser


@pytest.fixture
async def owed(session, officer):
    """£90 owed, and £90 paid."""
    await bill(session, await make_approved(session), now=NOW)
    await paid(session)
    await session.commit()
    return officer


async def test_what_is_owed_is_shown_by_age_and_part(owed, session, clock):
    clock.now += timedelta(days=(PAY_BY - NOW.date()).days + 31)
    await owed.sign_in(await make_account(session, StaffRole.FINANCE_OFFICER))

    manager, in_all = Page(await owed.get(DEBT)).rows()

    assert (manager["Part"], manager["31 to 60 days"]) == ("Manager", "£90")
    assert (in_all["Part"], in_all["Not due yet"], in_all["Total"]) == (
        "All parts",
        "–",
        "£90",
    )


async def test_aged_debt_is_a_file_too(owed):
    answer = await owed.get(f"{DEBT}/aged-debt.csv")

    assert answer.text.splitlines() == [
        "as_at,part,days_late,invoices,owed",
        "2027-03-10,manager,not_due,1,90.00",
    ]
    assert "aged-debt-2027-03-10.csv" in answer.headers["content-disposition"]


async def test_where_nothing_is_owed_the_page_says_so(officer):
    assert "Nothing is owed." in Page(await officer.get(DEBT)).text


async def test_income_is_drawn_with_its_table_beneath(owed):
    answer = await owed.get(INCOME)
    page = Page(answer)

    drawing = page.soup.select_one("svg[role=img]")
    assert drawing.title.text == "Income by month and part"
    assert len(drawing.select("rect")) == 1
    newest = page.rows()[0]
    assert newest == {"Month": "March 2027", "Manager": "£180", "Total": "£180"}
    assert len(page.rows()) == 12
    assert "In all £180." in page.text


async def test_income_is_a_file_too(owed):
    answer = await owed.get(f"{INCOME}/income.csv")

    assert answer.text.splitlines() == [
        "month,part,fee,income",
        "2027-03,manager,registration,180.00",
    ]


async def test_where_nothing_was_asked_for_the_page_says_so(officer):
    page = Page(await officer.get(INCOME))

    assert "No fee was asked for in these months." in page.text
    assert not page.soup.select("svg[role=img]")


@pytest.mark.parametrize(
    "at", [DEBT, INCOME, f"{DEBT}/aged-debt.csv", f"{INCOME}/income.csv"]
)
async def test_the_auditor_reads_it_and_others_do_not(browser, session, at):
    anonymous = await browser.get(at)
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))
    read = await browser.get(at)
    await browser.sign_in(await make_account(session, StaffRole.REGISTRAR))
    other = await browser.get(at)

    assert (anonymous.status_code, read.status_code, other.status_code) == (
        303,
        200,
        403,
    )
