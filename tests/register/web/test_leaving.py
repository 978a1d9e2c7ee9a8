"""Leaving the register on the pages of the registrant and of staff."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from register.account import StaffRole
from register.leaving import Leaving, LeavingState
from tests.make import NOW, make_account, make_entry, make_process
from tests.reading import Page

ANSWERS = {
    "entry": "manager",
    "because": "retired",
    "last_day-day": "30",
    "last_day-month": "3",
    "last_day-year": "2027",
    "understood": "yes",
}


@pytest.fixture
async def entry(session):
    return await make_entry(session, family_name="Adébáyò")


@pytest.fixture
async def registrant(session, entry):
    return await make_account(session, person=entry.person)


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


@pytest.fixture
async def registrar(session):
    return await make_account(session, StaffRole.REGISTRAR)


async def asked(browser, registrant, session):
    await browser.sign_in(registrant)
    await browser.post("/leaving", data=ANSWERS)
    return await session.scalar(select(Leaving))


async def state(session, leaving):
    await session.refresh(leaving)
    return leaving.state


async def test_a_registrant_asks_to_leave(browser, registrant, session):
    await browser.sign_in(registrant)

    done = await browser.post("/leaving", data=ANSWERS)

    page = Page(await browser.get("/leaving"))
    assert done.headers["location"] == "/leaving"
    assert "Waiting for our decision" in page.text
    assert "Last day 30 March 2027" in page.text
    assert "Ask to leave the register" not in page.text


async def test_the_way_there_is_on_the_account_page(browser, registrant):
    await browser.sign_in(registrant)

    links = Page(await browser.get("/account")).soup.select("main a")

    assert {"/leaving", "/certificates"} <= {link["href"] for link in links}


async def test_who_is_not_in_the_register_has_nothing_to_leave(browser, session):
    await browser.sign_in(await make_account(session))

    page = Page(await browser.get("/leaving"))

    assert "nothing to leave" in page.text
    assert (await browser.post("/leaving", data=ANSWERS)).status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"entry": ""}, "Select the part to leave"),
        ({"entry": "deputy"}, "Select the part to leave from the list"),
        ({"because": "boredom"}, "Select why you are leaving from the list"),
        ({"last_day-year": "2026"}, "must be today or in the future"),
        ({"last_day-year": "2029"}, "must be on or before"),
        ({"last_day-day": "31", "last_day-month": "2"}, "must be a real date"),
        ({"understood": ""}, "Confirm that you will not work"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_is_lost(
    browser, registrant, changed, said
):
    await browser.sign_in(registrant)

    answer = await browser.post("/leaving", data=ANSWERS | changed)

    assert answer.status_code == 422
    assert said in Page(answer).text


async def test_two_clicks_ask_once(browser, registrant, session):
    await asked(browser, registrant, session)

    again = await browser.post("/leaving", data=ANSWERS)

    assert again.status_code == 409
    assert len((await session.scalars(select(Leaving))).all()) == 1


async def test_a_request_is_taken_back(browser, registrant, session):
    leaving = await asked(browser, registrant, session)

    await browser.post("/leaving/withdrawal", data={"leaving": str(leaving.id)})
    again = await browser.post("/leaving/withdrawal", data={"leaving": str(leaving.id)})

    assert await state(session, leaving) is LeavingState.WITHDRAWN
    assert again.status_code == 409


@pytest.mark.parametrize("which", ["somebody else's", "nobody's", "nonsense", ""])
async def test_nobody_takes_back_what_is_not_theirs(
    browser, registrant, session, which
):
    leaving = await asked(browser, registrant, session)
    other = (await make_entry(session, given_names="Sam")).person
    await browser.sign_in(await make_account(session, person=other))
    sent = {"somebody else's": str(leaving.id), "nobody's": str(uuid4())}

    answer = await browser.post(
        "/leaving/withdrawal", data={"leaving": sent.get(which, which)}
    )

    assert answer.status_code == 404
    assert await state(session, leaving) is LeavingState.ASKED


async def test_two_members_of_staff_let_somebody_go(
    browser, registrant, session, entry, officer, registrar, clock
):
    leaving = await asked(browser, registrant, session)
    at = f"/staff/leaving/{leaving.id}"
    await browser.sign_in(officer, proved=True)
    queue = Page(await browser.get("/staff/leaving"))
    await browser.post(f"{at}/proposal")
    waiting = Page(await browser.get("/staff/proposals"))
    await browser.sign_in(registrar, proved=True)

    done = await browser.post(f"{at}/approval")

    clock.now = NOW + timedelta(days=21)
    page = Page(await browser.get(f"/register/{entry.person.number}"))
    assert "Adébáyò" in queue.text
    assert "Agree that somebody leaves the register" in waiting.text
    assert done.headers["location"] == "/staff/leaving"
    assert await state(session, leaving) is LeavingState.AGREED
    assert "May not practise" in page.text


async def test_who_is_held_is_turned_down_in_words(
    browser, registrant, session, entry, officer, registrar
):
    leaving = await asked(browser, registrant, session)
    await entry.hold(session, on=NOW, by=make_process(session))
    await session.flush()
    at = f"/staff/leaving/{leaving.id}"
    await browser.sign_in(officer, proved=True)
    page = Page(await browser.get(at))
    proposed = await browser.post(f"{at}/proposal")
    await browser.sign_in(registrar, proved=True)
    empty = await browser.post(f"{at}/refusal", data={"words": ""})
    done = await browser.post(f"{at}/refusal", data={"words": "Not now."})

    assert "This entry is held" in page.text
    assert (proposed.status_code, empty.status_code) == (409, 422)
    assert done.status_code == 303
    assert await state(session, leaving) is LeavingState.TURNED_DOWN


async def test_a_proposal_comes_back_with_words(
    browser, registrant, session, officer, registrar
):
    leaving = await asked(browser, registrant, session)
    at = f"/staff/leaving/{leaving.id}"
    await browser.sign_in(officer, proved=True)
    await browser.post(f"{at}/proposal")
    await browser.sign_in(registrar, proved=True)
    empty = await browser.post(f"{at}/return", data={"words": " "})
    await browser.post(f"{at}/return", data={"words": "Ask the home first."})
    await browser.sign_in(officer, proved=True)

    assert empty.status_code == 422
    assert "Ask the home first." in Page(await browser.get(at)).text


async def test_what_waits_for_nobody_is_not_approved(
    browser, registrant, session, registrar
):
    leaving = await asked(browser, registrant, session)
    await browser.sign_in(registrar, proved=True)

    answer = await browser.post(f"/staff/leaving/{leaving.id}/approval")

    assert answer.status_code == 404
