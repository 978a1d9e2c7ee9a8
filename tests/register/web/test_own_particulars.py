"""One's own details on one page: contact changed at once, and posts begun and ended."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from register.account import StaffRole
from register.kit.post import Message
from register.person import NameKind, PersonName
from tests.make import (
    make_account,
    make_employment,
    make_entry,
    make_home,
    make_person,
)
from tests.reading import Page
from tests.register.assessing import make_sent

CONTACT = {
    "mobile": "07700 900 999",
    "line_1": "1 New Road",
    "town": "Hull",
    "in_uk": "yes",
    "postcode": "hu11aa",
}
POST = {
    "employer": "Humber Care",
    "urn": "SC900001",
    "role": "Registered manager",
    "part": "manager",
    "fte_percent": "100",
    "care": "yes",
    "supervisory": "yes",
    "manages": "yes",
    "since-day": "1",
    "since-month": "3",
    "since-year": "2027",
}
END = {
    "last_day-day": "9",
    "last_day-month": "3",
    "last_day-year": "2027",
    "because": "It closed.",
}


@pytest.fixture
async def entry(session):
    return await make_entry(session, given_names="Ada", family_name="Byron")


@pytest.fixture
async def registrant(browser, session, entry):
    account = await make_account(session, person=entry.person)
    await browser.sign_in(account)
    return account


async def letters(session):
    return list(await session.scalars(select(Message.letter)))


async def test_contact_details_change_at_once_and_once(browser, session, registrant):
    own = Page(await browser.get("/particulars"))
    form = own.change_link("Address for letters")
    empty = Page(await browser.get(form))

    done = await browser.post(form, data=CONTACT)
    await browser.post(form, data=CONTACT)

    page = Page(await browser.get("/particulars"))
    again = Page(await browser.get(form))
    assert empty.field("Address line 1").value == ""
    assert done.headers["location"] == "/particulars"
    assert page.fact("Address for letters") == "1 New Road Hull HU1 1AA"
    assert page.fact("Mobile telephone number") == "07700 900999"
    assert again.field("Postcode").value == "HU1 1AA"
    assert await letters(session) == ["contact_changed"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"mobile": "12"}, "Enter a mobile telephone number, like"),
        ({"line_1": ""}, "Enter the first line of the address"),
        ({"postcode": "X"}, "Enter a full UK postcode"),
        ({"in_uk": "no"}, "Enter the country"),
    ],
)
async def test_wrong_contact_details_change_nothing(
    browser, session, registrant, changed, said
):
    answer = await browser.post("/particulars/contact", data=CONTACT | changed)

    assert answer.status_code == 422
    assert said in Page(answer).text
    assert await letters(session) == []


async def test_a_post_is_begun_and_ended(browser, session, entry, registrant):
    for n in range(3):
        await make_home(session, urn=f"SC90000{n}", town="Hull")
    own = Page(await browser.get("/particulars"))
    new = own.links["Tell us of a new post"]

    begun = await browser.post(new, data=POST)

    own = Page(await browser.get("/particulars"))
    public = Page(await browser.get(f"/register/{entry.person.number}"))
    to = own.links["Tell us that it ends humber care"]
    form = Page(await browser.get(to))
    ended = await browser.post(to, data=END)
    again = await browser.post(to, data=END)
    own = Page(await browser.get("/particulars"))
    gone = Page(await browser.get(f"/register/{entry.person.number}"))
    assert begun.headers["location"] == ended.headers["location"] == "/particulars"
    assert "Hull" in public.text
    assert form.fact("Since") == "1 March 2027"
    assert own.fact("Last day") == "9 March 2027"
    assert again.status_code == 409
    assert "Hull" not in gone.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"employer": ""}, "Enter the employer"),
        ({"urn": "SC99"}, "Enter the Ofsted number as 4 to 8 numbers"),
        ({"urn": "SC999999"}, "We do not have a home with this number"),
        ({"part": "cook"}, "Select which of these is closest to the role"),
        ({"since-year": "2029"}, "must be on or before 10 March 2028"),
    ],
)
async def test_a_wrong_post_is_not_begun(browser, session, registrant, changed, said):
    await make_home(session, urn="SC900001")

    answer = await browser.post("/particulars/employment", data=POST | changed)

    assert answer.status_code == 422
    assert said in Page(answer).text
    assert "no post" in Page(await browser.get("/particulars")).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"last_day-year": "2023"}, "must be the day you started or after it"),
        ({"last_day-day": ""}, "must include a day"),
        ({"because": ""}, "Enter why it ends"),
    ],
)
async def test_a_post_does_not_end_wrongly(
    browser, session, entry, registrant, changed, said
):
    post = await make_employment(session, entry.person)

    answer = await browser.post(
        f"/particulars/employment/{post.id}", data=END | changed
    )

    assert answer.status_code == 422
    assert said in Page(answer).text
    assert post.last_day is None


async def test_somebody_else_s_post_is_not_there(browser, session, registrant):
    post = await make_employment(session, await make_person(session))

    for post_id in (post.id, uuid4()):
        at = f"/particulars/employment/{post_id}"
        assert (await browser.get(at)).status_code == 404
        assert (await browser.post(at, data=END)).status_code == 404


async def test_an_officer_sees_names_posts_requests_and_contact(
    browser, session, entry, registrant
):
    await browser.post("/particulars/contact", data=CONTACT)
    await make_employment(session, entry.person, role="Deputy")
    session.add(
        PersonName(
            id=uuid4(),
            person_id=entry.person_id,
            kind=NameKind.FORMER,
            name="Ada King",
        )
    )
    await browser.sign_in(await make_account(session, StaffRole.CASEWORKER))

    page = Page(await browser.get(f"/staff/persons/{entry.person_id}"))
    contact = Page(await browser.get(page.links["See how to reach this person"]))

    assert page.fact("Former name") == "Ada King"
    assert "Deputy, Northern Care Limited: from 8 January 2024" in page.text
    assert "told in an application" in page.text
    assert contact.fact("Address for letters") == "1 New Road Hull HU1 1AA"


async def test_how_somebody_is_reached_is_not_the_auditor_s_to_read(browser, session):
    person = (await make_sent(session)).person_id
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))

    page = Page(await browser.get(f"/staff/persons/{person}"))

    assert "See how to reach this person" not in page.links
    answer = await browser.get(f"/staff/persons/{person}/contact")
    assert answer.status_code == 403
