"""Accounts of providers on the pages of staff."""

import pytest
from sqlalchemy import select

from register.account import StaffRole
from register.organisation import Organisation, OrganisationState
from tests.make import make_account, make_home
from tests.reading import Page
from tests.register.employing import make_organisation, make_user

ANSWERS = {
    "urn": "sc 462450",
    "lead_name": "Lea Lead",
    "lead_email": "lea@example.org",
}
LIST = "/staff/organisations"


@pytest.fixture
async def home(session):
    return await make_home(session, provider="Harbour Care Limited")


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


@pytest.fixture
async def manager(session):
    return await make_account(session, StaffRole.TEAM_MANAGER)


async def proposed(browser, officer, session):
    await browser.sign_in(officer)
    done = await browser.post(f"{LIST}/add", data=ANSWERS)
    organisation = await session.scalar(select(Organisation))
    assert done.headers["location"] == f"{LIST}/{organisation.id}"
    return organisation, f"{LIST}/{organisation.id}"


async def test_two_members_of_staff_open_an_account(
    browser, session, home, officer, manager
):
    organisation, at = await proposed(browser, officer, session)
    own = Page(await browser.get(at))
    await browser.sign_in(manager)
    queue = Page(await browser.get("/staff/proposals"))
    listed = Page(await browser.get(LIST))

    await browser.post(f"{at}/approval")

    await session.refresh(organisation)
    page = Page(await browser.get(at))
    assert "Your role does not decide" in own.text
    assert "Open an account for a provider" in queue.text
    assert "Harbour Care Limited" in listed.text
    assert organisation.state is OrganisationState.OPEN
    assert "Link works until" in page.text
    assert (await browser.post(f"{at}/approval")).status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"urn": ""}, "Enter the URN of one of the provider’s homes"),
        ({"urn": "SC999999"}, "No home in Ofsted’s list has this URN"),
        ({"lead_name": ""}, "Enter the name of the first lead user"),
        ({"lead_email": "lea"}, "Enter their work email address in the correct format"),
    ],
)
async def test_what_is_wrong_with_a_proposal_is_told(
    browser, home, officer, changed, said
):
    await browser.sign_in(officer)

    answer = await browser.post(f"{LIST}/add", data=ANSWERS | changed)

    assert answer.status_code == 422
    assert said in Page(answer).text


async def test_a_second_proposal_for_one_provider_is_refused(
    browser, session, home, officer
):
    await proposed(browser, officer, session)

    assert (await browser.post(f"{LIST}/add", data=ANSWERS)).status_code == 409


async def test_a_proposal_comes_back_with_words(
    browser, session, home, officer, manager
):
    _, at = await proposed(browser, officer, session)
    await browser.sign_in(manager)
    empty = await browser.post(f"{at}/return", data={"words": " "})
    await browser.post(f"{at}/return", data={"words": "Ring them first."})
    await browser.sign_in(officer)

    page = Page(await browser.get(at))

    assert empty.status_code == 422
    assert "Ring them first." in page.text
    assert "Proposal returned" in page.text


async def test_one_member_of_staff_ends_an_account_with_a_reason(
    browser, session, home, manager
):
    organisation = await make_organisation(session, home)
    lead = await make_user(session, organisation, lead=True)
    at = f"{LIST}/{organisation.id}"
    await browser.sign_in(manager)
    empty = await browser.post(f"{at}/end", data={"words": ""})
    again = await browser.post(f"{at}/invitation")
    await browser.post(f"{at}/end", data={"words": "The provider closed."})
    twice = await browser.post(f"{at}/end", data={"words": "Again."})
    await browser.sign_in(lead.account)

    gone = await browser.get("/employer")

    assert (empty.status_code, again.status_code) == (422, 303)
    assert (twice.status_code, gone.status_code) == (409, 404)
