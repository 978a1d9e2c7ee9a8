"""The pages on which finance officers change a fee."""

from datetime import date

import pytest

from fees.scale import FeeKind, FeeScale
from register.account import StaffRole
from register.part import Part
from tests.make import make_account
from tests.reading import Page

AT = "/staff/fees/renewal/manager"
GIVEN = {
    "amount": "125.50",
    "pro_rata": "none",
    "each_part": "no",
    "first_year": "50%",
    "low_income": "£30",
    "instalments": "30 September, 31 October",
    "begins_on-day": "1",
    "begins_on-month": "12",
    "begins_on-year": "2027",
}


@pytest.fixture
async def officers(session):
    found = [await make_account(session, StaffRole.FINANCE_OFFICER) for _ in range(2)]
    await session.commit()
    return found


@pytest.fixture
async def officer(browser, officers):
    await browser.sign_in(officers[0])
    return browser


async def test_the_fees_are_listed_by_part(officer):
    page = Page(await officer.get("/staff/fees"))

    assert page.h1 == "Fees"
    assert AT in page.links.values()


async def test_the_form_begins_with_what_holds(officer):
    page = Page(await officer.get(f"{AT}/change"))

    assert page.h1 == "Change a fee"
    assert page.field("Fee").value == "120"


async def test_what_it_would_mean_comes_before_it_is_proposed(officer):
    page = Page(await officer.post(f"{AT}/change", data=GIVEN))
    after = Page(await officer.get(AT))

    assert page.fact("Now") == "£120"
    assert page.fact("Then") == "£125.50"
    assert page.fact("From") == "1 December 2027"
    assert page.fact("Instalments") == "30 September, 31 October"
    assert "Propose it to a second finance officer" in page.buttons
    assert "A change is proposed" not in after.text


@pytest.mark.parametrize(
    ("kind", "asked"),
    [("registration", True), ("renewal", True), ("restoration", False)],
)
async def test_whether_a_fee_comes_besides_other_parts_is_asked_of_what_pays_for_a_year(
    officer, kind, asked
):
    at = f"/staff/fees/{kind}/deputy"
    shown = Page(await officer.get(f"{at}/change"))

    meant = Page(await officer.post(f"{at}/change", data=GIVEN | {"each_part": "yes"}))

    assert ("besides those of other parts" in shown.text) is asked
    assert ("Besides other parts" in meant.facts) is asked


async def test_joining_a_part_may_be_paid_for_besides_other_parts(
    officer, officers, session
):
    at = "/staff/fees/registration/deputy"
    given = GIVEN | {"each_part": "yes", "sure": "yes"}
    await officer.post(f"{at}/change", data=given)
    await officer.sign_in(officers[1])
    await officer.post(f"{at}/approval")

    scale = await FeeScale.on(
        session, FeeKind.REGISTRATION, Part.DEPUTY, date(2027, 12, 1)
    )
    page = Page(await officer.get(at))

    assert scale.each_part
    assert "besides other parts" in page.text


async def test_two_officers_change_a_fee(officer, officers, session):
    handed_in = await officer.post(f"{AT}/change", data=GIVEN | {"sure": "yes"})
    own = Page(await officer.get(AT))
    await officer.sign_in(officers[1])
    other = Page(await officer.get(AT))
    approved = await officer.post(f"{AT}/approval")

    assert handed_in.headers["location"] == AT
    assert "somebody else must decide it" in own.text
    assert "Approve" in other.buttons
    assert approved.status_code == 303
    scale = await FeeScale.on(session, FeeKind.RENEWAL, Part.MANAGER, date(2027, 12, 1))
    assert (scale.amount, scale.instalments) == ("£125.50", ["09-30", "10-31"])


async def test_a_change_may_be_given_back(officer, officers):
    await officer.post(f"{AT}/change", data=GIVEN | {"sure": "yes"})
    await officer.sign_in(officers[1])
    silent = Page(await officer.post(f"{AT}/return", data={"words": ""}))
    await officer.post(f"{AT}/return", data={"words": "Ask the board first"})

    page = Page(await officer.get(AT))

    assert silent.h1 == "Renewing, for each year"
    assert "Ask the board first" in page.text
    assert (await officer.post(f"{AT}/approval")).status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": ""}, "Enter fee"),
        ({"amount": "1.5"}, "Fee must be an amount of money, like 120 or 67.50"),
        ({"amount": "100001"}, "Fee must be between £0 and £100,000"),
        ({"first_year": "0%"}, "Less in the first year must be like 50% or £10"),
        ({"instalments": "30 September"}, "must be two or more different days"),
        ({"instalments": "30 Wednesday, 1 May"}, "must be days, like 30 September"),
        ({"begins_on-year": "2026"}, "choose a later day"),
        ({"pro_rata": "weekly"}, "Select what is paid by who joins during the year"),
    ],
)
async def test_a_form_that_is_wrong_says_what_to_do(officer, typed, said):
    answer = await officer.post(f"{AT}/change", data=GIVEN | typed)
    page = Page(answer)

    assert answer.status_code == 422
    assert said in page.text
    assert page.field("Less for a low income (optional)").value == "£30"


@pytest.mark.parametrize(
    "address", ["/staff/fees/renewal/nobody", "/staff/fees/tea/manager/change"]
)
async def test_what_is_no_fee_is_not_found(officer, address):
    assert (await officer.get(address)).status_code == 404


async def test_the_auditor_reads_and_changes_nothing(browser, session):
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))

    page = Page(await browser.get(AT))

    assert page.h1 == "Renewing, for each year"
    assert "Propose a change" not in page.links
    assert (await browser.get(f"{AT}/change")).status_code == 403
    assert (await browser.post(f"{AT}/change", data=GIVEN)).status_code == 403


async def test_a_registrar_does_not_read_the_scale(browser, session):
    await browser.sign_in(await make_account(session, StaffRole.REGISTRAR))

    assert (await browser.get("/staff/fees")).status_code == 403
