"""Corrections of an entry on the pages of staff."""

from datetime import date
from uuid import uuid4

import pytest

from register.account import StaffRole
from register.entry import Entry, LapseReason, Status
from register.kit.clock import start_of
from tests.make import NOW, make_account, make_entry, make_process
from tests.reading import Page

LAPSED = start_of(date(2027, 3, 1))
NEVER = {"true": "never", "because": "clerical_error", "words": "The fee was paid."}


@pytest.fixture
async def entry(session):
    entry = await make_entry(session, given_names="Ada", family_name="Byron")
    by = make_process(session, now=LAPSED)
    because = LapseReason.NON_PAYMENT
    await entry.lapse(session, on=LAPSED, because=because, by=by)
    return entry


@pytest.fixture
def at(entry):
    return f"/staff/entries/{entry.id}"


@pytest.fixture
def form(entry, at):
    return f"{at}/facts/{entry.lapses[0].id}"


@pytest.fixture
async def officer(browser, session):
    officer = await make_account(session, StaffRole.CASEWORKER)
    await browser.sign_in(officer)
    return officer


@pytest.fixture
async def registrar(session):
    return await make_account(session, StaffRole.REGISTRAR)


async def status(session, entry):
    return (await Entry.load(session, entry.id, lock=True)).status_at(NOW)


async def test_two_members_of_staff_take_back_a_lapse(
    browser, session, entry, at, officer, registrar
):
    person = Page(await browser.get(f"/staff/persons/{entry.person_id}"))
    recorded = Page(await browser.get(person.links["What is recorded of this entry"]))
    form = Page(await browser.get(recorded.links["Lapse"]))
    to = recorded.links["Lapse"]
    sent = form.form("See what would change") | NEVER
    preview = Page(await browser.post(to, data=sent))
    unchanged = await status(session, entry)
    sent = preview.form("Propose this correction") | {"do": "propose"}
    proposed = await browser.post(to, data=sent)
    own = Page(await browser.get(f"{at}/correction"))
    await browser.sign_in(registrar)
    waiting = Page(await browser.get("/staff/proposals"))
    decide = Page(await browser.get(waiting.links["Entry"]))

    done = await browser.post(decide.action("Approve"))

    public = Page(await browser.get(f"/register/{entry.person.number}"))
    timeline = Page(await browser.get(f"/staff/persons/{entry.person_id}")).timeline
    assert preview.rows("What the public would read") == [
        {
            "From": "Now",
            "As recorded": "No longer registered: did not renew",
            "As corrected": "Registered",
        },
        {
            "From": "1 March 2027",
            "As recorded": "No longer registered: did not renew",
            "As corrected": "Registered",
        },
    ]
    assert unchanged is Status.LAPSED
    assert proposed.headers["location"] == done.headers["location"] == at
    assert "Your role does not decide" in own.text
    assert decide.fact("Right") == "It was never true"
    assert "The fee was paid." in decide.text
    assert await status(session, entry) is Status.REGISTERED
    assert "May practise" in public.text
    assert "Something recorded of the entry withdrawn" in timeline


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"true": ""}, "Select what is right"),
        ({"because": ""}, "Select why it was recorded wrongly"),
        ({"words": " "}, "Enter what shows that it is wrong"),
        ({"from_on-day": "31", "from_on-month": "2"}, "must be a real date"),
        ({"from_on-day": ""}, "must include a day"),
        (
            {"until_on-day": "1", "until_on-month": "2", "until_on-year": "2027"},
            "The last day must be the first day or after it",
        ),
        ({"from_on-day": "1"}, "These are the days that we hold already"),
        ({"from_on-month": "1"}, "it cannot be earlier than that began"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_is_proposed(
    browser, at, form, officer, changed, said
):
    page = Page(await browser.get(form))
    sent = page.form("See what would change") | NEVER
    sent |= {"true": "otherwise", "from_on-day": "5", "do": "propose"} | changed

    answer = await browser.post(form, data=sent)

    assert answer.status_code == 422
    assert said in Page(answer).text
    assert (await browser.get(f"{at}/correction")).status_code == 404


async def test_a_proposal_comes_back_with_words(browser, at, form, officer, registrar):
    await browser.post(form, data=NEVER | {"do": "propose"})
    twice = await browser.post(form, data=NEVER | {"do": "propose"})
    await browser.sign_in(registrar)
    empty = await browser.post(f"{at}/correction/return", data={"words": ""})
    await browser.post(f"{at}/correction/return", data={"words": "Show the receipt."})
    late = await browser.post(f"{at}/correction/approval")
    await browser.sign_in(officer)

    page = Page(await browser.get(at))

    assert (twice.status_code, empty.status_code, late.status_code) == (409, 422, 404)
    assert "Show the receipt." in page.text


async def test_what_has_changed_since_is_not_approved(
    browser, session, entry, at, form, officer, registrar
):
    await browser.post(form, data=NEVER | {"do": "propose"})
    entry = await Entry.load(session, entry.id, lock=True)
    by = make_process(session, now=NOW)
    await entry.withdraw(session, entry.lapses[0], by=by)
    await browser.sign_in(registrar)

    page = Page(await browser.get(f"{at}/correction"))
    approved = await browser.post(f"{at}/correction/approval")

    assert "This has changed since it was proposed" in page.text
    assert "Approve" not in page.buttons
    assert approved.status_code == 409


async def test_what_is_not_of_the_entry_is_not_there(browser, session, at, officer):
    other = await make_entry(session)
    fact = other.registrations[0].id

    for path in (f"{at}/facts/{fact}", f"{at}/facts/{uuid4()}"):
        assert (await browser.get(path)).status_code == 404
        assert (await browser.post(path, data=NEVER)).status_code == 404
