"""Reversing a decision, on the pages of registrars and of the applicant."""

import pytest

from register.account import StaffRole
from register.application import ApplicationState
from tests.make import make_account
from tests.reading import Page
from tests.register.appealing import make_refused

PROPOSED = {"because": "new_information", "words": "A letter came"}


@pytest.fixture
async def refused(session):
    return await make_refused(session)


@pytest.fixture
def at(refused):
    return f"/staff/applications/{refused.application.reference}"


async def test_two_registrars_reverse_and_the_applicant_reads_it(
    browser, session, refused, at
):
    second = await make_account(session, StaffRole.REGISTRAR, name="Sonia Second")
    await browser.sign_in(refused.office.registrar)
    assert "Reverse the decision" in Page(await browser.get(at)).text
    empty = await browser.post(f"{at}/reversal", data={})
    assert "Select why the decision is reversed" in Page(empty).text
    assert "Enter what was wrong" in Page(empty).text

    done = await browser.post(f"{at}/reversal", data=PROPOSED)

    assert done.headers["location"] == at
    assert (await browser.post(f"{at}/reversal", data=PROPOSED)).status_code == 409
    assert (await browser.post(f"{at}/reversal/approval")).status_code == 409
    await browser.sign_in(second)
    proposals = Page(await browser.get("/staff/proposals"))
    assert proposals.soup.select_one(f"a[href='{at}/reversal']")
    page = Page(await browser.get(f"{at}/reversal"))
    assert "we have learnt something new" in page.text
    assert "A letter came" in page.text

    await browser.post(f"{at}/reversal/approval")

    await session.refresh(refused.application)
    assert refused.application.state is ApplicationState.UNDER_ASSESSMENT
    gone = Page(await browser.get(f"{at}/reversal"))
    assert "no decision on this application" in gone.text
    assert (await browser.post(f"{at}/reversal", data=PROPOSED)).status_code == 409
    await browser.sign_in(refused.account)
    page = Page(await browser.get(f"/apply/{refused.application.reference}"))
    assert "We took back our decision" in page.text


async def test_a_reversal_is_returned_with_words(browser, session, refused, at):
    await browser.sign_in(refused.office.registrar)
    await browser.post(f"{at}/reversal", data=PROPOSED)
    await browser.sign_in(await make_account(session, StaffRole.REGISTRAR))
    empty = await browser.post(f"{at}/reversal/return", data={})
    assert empty.status_code == 422

    await browser.post(f"{at}/reversal/return", data={"words": "Which letter?"})

    assert "Which letter?" in Page(await browser.get(f"{at}/reversal")).text
    assert (await browser.post(f"{at}/reversal/approval")).status_code == 404


async def test_a_team_manager_does_not_reverse(browser, refused, at):
    await browser.sign_in(refused.office.manager)

    assert "Reverse the decision" not in Page(await browser.get(at)).text
    assert (await browser.post(f"{at}/reversal", data=PROPOSED)).status_code == 403
