"""Death and withholding on staff pages."""

from uuid import uuid4

import pytest

from register.account import StaffRole
from register.kit.clock import day_of
from tests.make import NOW, make_account, make_entry
from tests.reading import Page

DAY = {"died_on-day": "1", "died_on-month": "3", "died_on-year": "2027"}


@pytest.fixture
async def person(session):
    return (await make_entry(session, family_name="Adébáyò")).person


@pytest.fixture
def at(person):
    return f"/staff/persons/{person.id}"


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


@pytest.fixture
async def registrar(session):
    return await make_account(session, StaffRole.REGISTRAR)


async def public(browser, person):
    return (await browser.get(f"/register/{person.number}")).status_code


async def test_a_death_is_recorded(browser, officer, person, at):
    await browser.sign_in(officer, proved=True)

    done = await browser.post(f"{at}/death", data=DAY | {"told_by": "family"})

    page = Page(await browser.get(at))
    assert done.headers["location"] == at
    assert "Died 1 March 2027" in page.text
    assert "Death recorded" in page.text
    assert await public(browser, person) == 410


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Enter the day on which they died"),
        (DAY, "Select how we know"),
        (DAY | {"told_by": "rumour"}, "Select how we know from the list"),
        (
            DAY | {"told_by": "family", "died_on-year": "2028"},
            "Day on which they died must be today or in the past",
        ),
    ],
)
async def test_a_death_that_cannot_be_is_told(browser, officer, at, sent, said):
    await browser.sign_in(officer, proved=True)

    answer = await browser.post(f"{at}/death", data=sent)

    assert answer.status_code == 422
    assert said in Page(answer).text


async def test_a_death_may_be_of_today(browser, officer, at):
    await browser.sign_in(officer, proved=True)
    today = day_of(NOW)
    day = {"died_on-day": str(today.day), "told_by": "employer"}

    assert (await browser.post(f"{at}/death", data=DAY | day)).status_code == 303


async def test_a_death_is_recorded_once(browser, officer, at):
    await browser.sign_in(officer, proved=True)
    await browser.post(f"{at}/death", data=DAY | {"told_by": "family"})

    answer = await browser.post(f"{at}/death", data=DAY | {"told_by": "family"})

    assert answer.status_code == 409


async def test_details_are_withheld_and_shown_again_by_two_people(
    browser, session, officer, registrar, person, at
):
    await browser.sign_in(registrar, proved=True)
    await browser.post(f"{at}/withholding", data={"because": "A violent partner."})
    hidden = await public(browser, person)
    await browser.sign_in(officer, proved=True)
    await browser.post(f"{at}/showing", data={"because": "She is safe."})
    waiting = Page(await browser.get("/staff/proposals"))
    still_hidden = await public(browser, person)
    await browser.sign_in(registrar, proved=True)
    page = Page(await browser.get(f"{at}/proposal"))
    done = await browser.post(f"{at}/proposal/approval")

    assert (hidden, still_hidden, await public(browser, person)) == (404, 404, 200)
    assert "Show the person’s details again" in waiting.text
    assert "She is safe." in page.text
    assert done.headers["location"] == at
    assert "Details shown again" in Page(await browser.get(at)).text


async def test_a_proposal_is_given_back(browser, officer, registrar, at):
    await browser.sign_in(registrar, proved=True)
    await browser.post(f"{at}/withholding", data={"because": "A violent partner."})
    await browser.sign_in(officer, proved=True)
    await browser.post(f"{at}/showing", data={"because": "She is safe."})
    await browser.sign_in(registrar, proved=True)

    empty = await browser.post(f"{at}/proposal/return", data={"words": ""})
    done = await browser.post(f"{at}/proposal/return", data={"words": "Ask her."})
    await browser.sign_in(officer, proved=True)

    assert (empty.status_code, done.status_code) == (422, 303)
    assert "Ask her." in Page(await browser.get(f"{at}/showing")).text
    assert (await browser.get(f"{at}/proposal")).status_code == 404


async def test_who_proposed_it_does_not_approve_it(browser, registrar, at):
    await browser.sign_in(registrar, proved=True)
    await browser.post(f"{at}/withholding", data={"because": "A violent partner."})
    await browser.post(f"{at}/showing", data={"because": "She is safe."})

    page = Page(await browser.get(f"{at}/proposal"))
    answer = await browser.post(f"{at}/proposal/approval")

    assert "somebody else must decide it" in page.text
    assert answer.status_code == 409


@pytest.mark.parametrize("what", ["withholding", "showing"])
async def test_a_reason_is_needed(browser, registrar, at, what):
    await browser.sign_in(registrar, proved=True)

    answer = await browser.post(f"{at}/{what}", data={"because": " "})

    assert answer.status_code == 422
    assert "Enter why" in Page(answer).text


@pytest.mark.parametrize("what", ["death", "withholding", "showing"])
async def test_nobody_acts_on_themselves_or_on_nobody(browser, session, person, what):
    themself = await make_account(session, StaffRole.REGISTRAR, person=person)
    await browser.sign_in(themself, proved=True)

    for person_id in (person.id, uuid4()):
        answer = await browser.get(f"/staff/persons/{person_id}/{what}")
        assert answer.status_code == 404
