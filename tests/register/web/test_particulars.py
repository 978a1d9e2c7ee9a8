"""Changes of name and birth date on the pages of the person and of staff."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from register.account import Account, StaffRole
from register.kit.files import FileState
from register.particulars import ChangeState, ParticularsChange
from tests.make import NOW, make_account, make_entry
from tests.reading import Page
from tests.register.assessing import make_sent
from tests.uploading import pdf

NAME = {
    "given_names": "Ada",
    "family_name": "Lovelace",
    "because": "marriage",
    "since-day": "20",
    "since-month": "2",
    "since-year": "2027",
}
BORN = {"birth_date-day": "7", "birth_date-month": "5", "birth_date-year": "1985"}


@pytest.fixture
async def entry(session):
    return await make_entry(session, given_names="Ada", family_name="Byron")


@pytest.fixture
async def registrant(session, entry):
    return await make_account(session, person=entry.person)


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


@pytest.fixture
async def manager(session):
    return await make_account(session, StaffRole.TEAM_MANAGER)


async def send(browser, kind, answers, **more):
    files = {"file": pdf()} | more
    return await browser.post(f"/particulars/{kind}", data=answers, files=files)


async def asked(browser, registrant, session):
    await browser.sign_in(registrant)
    await send(browser, "name", NAME)
    change = await session.scalar(select(ParticularsChange))
    await session.refresh(change, ["file"])
    change.file.settle(FileState.CLEAN, now=NOW, cleaned_as=change.file.stored_as)
    await session.flush()
    return change


async def state(session, change):
    await session.refresh(change)
    return change.state


async def test_a_registrant_asks_with_a_document(browser, registrant):
    await browser.sign_in(registrant)
    way = Page(await browser.get("/account")).links["Your details"]
    form = Page(await browser.get("/particulars/name"))

    done = await send(browser, "name", NAME)
    await send(browser, "birth_date", BORN)

    page = Page(await browser.get(way))
    assert form.h1 == "Change your name"
    assert done.headers["location"] == way
    assert "Ada Lovelace , since 20 February 2027" in page.text
    assert "To 7 May 1985" in page.text
    assert "/particulars/name" not in page.links.values()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"family_name": ""}, "Enter your family name"),
        ({"family_name": "12"}, "must include a letter"),
        ({"because": "whim"}, "Select why your name changes from the list"),
        ({"since-year": "2028"}, "must be today or in the past"),
        ({"since-day": "31"}, "must be a real date"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_typed_is_lost(
    browser, registrant, session, changed, said
):
    await browser.sign_in(registrant)

    answer = await send(browser, "name", NAME | changed)

    page = Page(answer)
    assert answer.status_code == 422
    assert said in page.text
    assert page.field("Given names (optional)").value == "Ada"
    assert (await session.scalars(select(ParticularsChange))).all() == []


async def test_a_document_is_needed(browser, registrant):
    await browser.sign_in(registrant)

    answer = await send(browser, "birth_date", BORN, file=("", b"", "application/pdf"))

    assert answer.status_code == 422
    assert "Select a file" in Page(answer).text


async def test_two_clicks_ask_once(browser, registrant, session):
    await asked(browser, registrant, session)

    again = await send(browser, "name", NAME)

    assert again.status_code == 409
    assert len((await session.scalars(select(ParticularsChange))).all()) == 1


async def test_who_is_being_assessed_is_sent_to_the_application(browser, session):
    person = (await make_sent(session)).person_id
    account = await session.scalar(select(Account).where(Account.person_id == person))
    await browser.sign_in(account)

    page = await browser.get("/particulars/name")

    assert page.status_code == 409
    assert "Change this in your application" in Page(page).text
    assert "/particulars" not in Page(await browser.get("/account")).links.values()


async def test_a_request_is_taken_back_by_whose_it_is(browser, registrant, session):
    change = await asked(browser, registrant, session)
    other = await make_account(session, person=(await make_entry(session)).person)
    await browser.sign_in(other)
    sent = {"change": str(change.id)}
    not_theirs = await browser.post("/particulars/withdrawal", data=sent)
    await browser.sign_in(registrant)

    await browser.post("/particulars/withdrawal", data=sent)
    again = await browser.post("/particulars/withdrawal", data=sent)
    nonsense = await browser.post("/particulars/withdrawal", data={"change": "x"})

    assert (not_theirs.status_code, nonsense.status_code) == (404, 404)
    assert again.status_code == 409
    assert await state(session, change) is ChangeState.WITHDRAWN


async def test_two_members_of_staff_change_a_name(
    browser, registrant, session, entry, officer, manager
):
    change = await asked(browser, registrant, session)
    at = f"/staff/particulars/{change.id}"
    await browser.sign_in(officer)
    queue = Page(
        await browser.get(
            Page(await browser.get("/staff")).links["Changes of name or date of birth"]
        )
    )
    page = Page(await browser.get(queue.links["Ada Byron"]))
    opened = await browser.get(f"{at}/evidence")
    await browser.post(f"{at}/proposal")
    waiting = Page(await browser.get("/staff/proposals"))
    await browser.sign_in(manager)

    done = await browser.post(f"{at}/approval")

    (_, family) = page.rows("What is asked for")
    public = Page(await browser.get(f"/register/{entry.person.number}"))
    told = (await browser.get(f"/api/v1/register/{entry.person.number}")).json()
    assert family == {
        "Particular": "Family name",
        "In the register now": "Byron",
        "As asked": "Lovelace",
    }
    assert opened.status_code == 200
    assert "Change a name or date of birth" in waiting.text
    assert done.headers["location"] == "/staff/particulars"
    assert await state(session, change) is ChangeState.MADE
    assert "Ada Lovelace" in public.h1
    assert told["name"] == "Ada Lovelace"
    assert "Byron" not in public.html


async def test_a_proposal_comes_back_and_the_request_is_turned_down_in_words(
    browser, registrant, session, officer, manager
):
    change = await asked(browser, registrant, session)
    at = f"/staff/particulars/{change.id}"
    await browser.sign_in(officer)
    await browser.post(f"{at}/proposal")
    await browser.sign_in(manager)
    empty = await browser.post(f"{at}/return", data={"words": " "})
    await browser.post(f"{at}/return", data={"words": "Whose deed is it?"})
    returned = Page(await browser.get(at))
    silent = await browser.post(f"{at}/refusal", data={"words": ""})
    await browser.post(f"{at}/refusal", data={"words": "It names somebody else."})
    approved = await browser.post(f"{at}/approval")
    await browser.sign_in(registrant)

    own = Page(await browser.get("/particulars"))

    assert (empty.status_code, silent.status_code) == (422, 422)
    assert "Whose deed is it?" in returned.text
    assert approved.status_code == 404
    assert "It names somebody else." in own.text
    assert "Whose deed" not in own.text


async def test_what_was_never_asked_is_not_there(browser, registrant, officer):
    await browser.sign_in(registrant)
    assert (await browser.get("/particulars/shoe_size")).status_code == 404
    await browser.sign_in(officer)
    assert (await browser.get(f"/staff/particulars/{uuid4()}")).status_code == 404
