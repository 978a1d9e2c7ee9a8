"""Holds on applications, on the pages of staff and of the applicant."""

import pytest

from register.account import Account
from register.assessment import HoldReason
from tests.reading import Page
from tests.register.assessing import make_office, make_sent
from tests.register.test_holding import held

COURT = {"because": "court", "words": "The court sits in May"}


@pytest.fixture
async def office(session):
    return await make_office(session)


@pytest.fixture
async def application(session, office):
    return await make_sent(session, officer=office.caseworker)


@pytest.fixture
def at(application):
    return f"/staff/applications/{application.reference}"


async def test_an_application_is_put_on_hold_and_released(browser, office, at):
    await browser.sign_in(office.caseworker)
    form = Page(await browser.get(f"{at}/hold"))
    assert "The applicant is not told." in form.text

    done = await browser.post(f"{at}/hold", data=COURT)

    page = Page(await browser.get(at))
    assert done.headers["location"] == at
    assert "On hold since 10 March 2027: a court" in page.text
    assert "The court sits in May" in page.text
    assert "On hold" in Page(await browser.get("/staff/applications?turn=outside")).text

    await browser.post(f"{at}/hold/release", data={"words": "Acquitted"})

    assert "On hold since" not in Page(await browser.get(at)).text
    assert "Acquitted" in Page(await browser.get(f"{at}/hold")).text
    shown = Page(await browser.get("/staff/applications?turn=outside")).text
    assert "No application matches these filters." in shown


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"words": "x"}, "Select what we wait for"),
        ({"because": "weather", "words": "x"}, "Select what we wait for from the list"),
        ({"because": "court"}, "Enter what we know of it"),
    ],
)
async def test_what_is_wrong_is_told(browser, office, at, sent, said):
    await browser.sign_in(office.caseworker)

    answer = await browser.post(f"{at}/hold", data=sent)

    assert answer.status_code == 422
    assert said in Page(answer).text


async def test_two_clicks_hold_once_and_release_once(browser, office, at):
    await browser.sign_in(office.manager)
    await browser.post(f"{at}/hold", data=COURT)

    assert (await browser.post(f"{at}/hold", data=COURT)).status_code == 409
    nothing = await browser.post(f"{at}/hold/release", data={})
    assert "Enter what came of it" in Page(nothing).text
    await browser.post(f"{at}/hold/release", data={"words": "x"})
    again = await browser.post(f"{at}/hold/release", data={"words": "x"})
    assert again.status_code == 409


async def test_the_applicant_reads_what_we_wait_for(
    browser, session, office, application
):
    await held(session, application, office.caseworker)
    await browser.sign_in(await session.get(Account, application.account_id))

    page = Page(await browser.get(f"/apply/{application.reference}"))

    assert "We cannot decide yet: we wait for a court." in page.text


async def test_the_applicant_reads_nothing_of_a_secret_hold(
    browser, session, office, application
):
    await browser.sign_in(await session.get(Account, application.account_id))
    address = f"/apply/{application.reference}"
    before = Page(await browser.get(address)).text

    await held(session, application, office.caseworker, HoldReason.POLICE)

    assert Page(await browser.get(address)).text == before
