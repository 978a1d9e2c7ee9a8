"""Messages both ways on the pages of who writes to us and of staff."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from register.account import StaffRole
from register.enquiry import Enquiry, EnquiryMessage, EnquiryState
from register.kit.files import FileState, StoredFile
from register.kit.post import Message, post
from register.kit.security.limits import ENQUIRY
from register.leaving import Leaving
from tests.applications import make_application
from tests.make import NOW, make_account, make_entry
from tests.reading import Page
from tests.uploading import pdf

WRITTEN = {"subject": "fees", "words": "I have paid twice.\nWhat now?"}


@pytest.fixture
async def author(session):
    entry = await make_entry(session, given_names="Ada", family_name="Lovelace")
    return await make_account(session, person=entry.person)


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


async def written(browser, author, session, **more):
    await browser.sign_in(author)
    await browser.post("/messages/new", data=WRITTEN, files=more)
    return await session.scalar(select(Enquiry))


async def document(session, enquiry, state):
    message = await session.scalar(
        select(EnquiryMessage).where(EnquiryMessage.enquiry_id == enquiry.id)
    )
    file = await session.get_one(StoredFile, message.file_id)
    file.settle(
        state,
        now=NOW,
        cleaned_as=file.stored_as if state is FileState.CLEAN else None,
    )
    await session.flush()
    return f"/staff/messages/{enquiry.id}/documents/{message.id}"


async def test_somebody_writes_and_reads_our_answer(browser, author, officer, session):
    await browser.sign_in(author)
    done = await browser.post("/messages/new", data=WRITTEN, files={"file": pdf()})
    enquiry = await session.scalar(select(Enquiry))
    address = done.headers["location"]
    waits = Page(await browser.get(address))
    await browser.sign_in(officer, proved=True)
    row = Page(await browser.get("/staff/messages")).rows()[0]
    asked = Page(await browser.get(f"/staff/messages/{enquiry.id}"))
    sent = await browser.post(
        f"/staff/messages/{enquiry.id}", data={"words": "We pay one back."}
    )
    left = Page(await browser.get("/staff/messages"))
    await browser.sign_in(author)

    page = Page(await browser.get(address))

    assert address == f"/messages/{enquiry.id}"
    assert "We have not answered yet" in waits.text
    assert "being checked" in waits.text
    assert row["From"].startswith("Ada Lovelace")
    assert row["About"] == "Fees and payments"
    assert "I have paid twice." in asked.text
    assert sent.headers["location"] == "/staff/messages"
    assert "No message waits for an answer" in left.text
    assert "We pay one back." in page.text
    assert Page(await browser.get("/messages")).rows()[0]["State"] == "Answered"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"subject": ""}, "Select what it is about"),
        ({"subject": "weather"}, "Select what it is about from the list"),
        ({"words": "  "}, "Enter your message"),
        ({"words": "x" * 5001}, "must be 5,000 characters or fewer"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_typed_is_lost(
    browser, author, session, changed, said
):
    await browser.sign_in(author)

    answer = await browser.post("/messages/new", data=WRITTEN | changed)

    page = Page(answer)
    assert answer.status_code == 422
    assert said in page.errors[0]
    assert page.field("Your message").value == (WRITTEN | changed)["words"]
    assert await session.scalar(select(Enquiry)) is None


async def test_a_document_may_be_left_out_but_must_be_one(browser, author, session):
    await browser.sign_in(author)

    wrong = await browser.post(
        "/messages/new", data=WRITTEN, files={"file": b"MZ nothing that we read"}
    )
    empty = await browser.post(
        "/messages/new", data=WRITTEN, files={"file": ("", b"", "application/pdf")}
    )

    assert Page(wrong).errors == ["The selected file must be a PDF, JPG or PNG"]
    assert empty.status_code == 303
    assert (await session.scalar(select(EnquiryMessage))).file_id is None


async def test_two_clicks_write_once(browser, author, session):
    await written(browser, author, session)

    again = await browser.post("/messages/new", data=WRITTEN)

    assert again.status_code == 409
    assert "You have sent us this message already" in Page(again).text
    assert len((await session.scalars(select(EnquiryMessage))).all()) == 1


async def test_a_thread_goes_on(browser, author, session):
    enquiry = await written(browser, author, session)

    wrong = await browser.post(f"/messages/{enquiry.id}", data={"words": ""})
    more = await browser.post(f"/messages/{enquiry.id}", data={"words": "Hello?"})

    page = Page(await browser.get(f"/messages/{enquiry.id}"))
    assert Page(wrong).errors == ["Enter your message"]
    assert more.status_code == 303
    assert "Hello?" in page.text
    assert len((await session.scalars(select(Enquiry))).all()) == 1


async def test_writing_is_limited(browser, author, monkeypatch):
    await browser.sign_in(author)
    most = ENQUIRY.rates[0].count

    answers = [
        await browser.post("/messages/new", data=WRITTEN | {"words": f"Number {n}"})
        for n in range(most + 1)
    ]

    assert [answer.status_code for answer in answers] == [303] * most + [429]


async def test_an_answer_is_given_once_and_needs_words(
    browser, author, officer, session
):
    enquiry = await written(browser, author, session)
    await browser.sign_in(officer, proved=True)
    at = f"/staff/messages/{enquiry.id}"

    empty = await browser.post(at, data={"words": ""})
    await browser.post(at, data={"words": "One answer"})
    again = await browser.post(at, data={"words": "Another answer"})
    settled = await browser.post(f"{at}/settlement")

    assert Page(empty).errors == ["Enter our answer"]
    assert (again.status_code, settled.status_code) == (409, 409)
    assert "Send the answer" not in Page(await browser.get(at)).buttons
    assert len((await session.scalars(select(Message))).all()) == 1


async def test_what_needs_no_answer_leaves_the_list(browser, author, officer, session):
    enquiry = await written(browser, author, session)
    await browser.sign_in(officer, proved=True)

    done = await browser.post(f"/staff/messages/{enquiry.id}/settlement")

    await session.refresh(enquiry)
    assert done.headers["location"] == "/staff/messages"
    assert enquiry.state is EnquiryState.READ
    person = Page(await browser.get(f"/staff/persons/{author.person_id}"))
    assert f"/staff/messages/{enquiry.id}" in person.links.values()


async def test_staff_are_led_to_the_record_of_who_has_one(
    browser, author, officer, session
):
    drafting = await make_account(session)
    await make_application(session, account=drafting)
    theirs = await written(browser, author, session)
    await browser.sign_in(drafting)
    await browser.post("/messages/new", data=WRITTEN)
    other = await session.scalar(select(Enquiry).where(Enquiry.id != theirs.id))
    await browser.sign_in(officer, proved=True)

    known = Page(await browser.get(f"/staff/messages/{theirs.id}"))
    unknown = Page(await browser.get(f"/staff/messages/{other.id}"))

    assert known.change_link("From") == f"/staff/persons/{author.person_id}"
    assert "/staff/persons/" not in str(unknown.soup)
    assert unknown.fact("From") == drafting.email


@pytest.mark.parametrize(
    ("state", "status"), [(FileState.CLEAN, 200), (FileState.INFECTED, 409)]
)
async def test_staff_open_a_document_once_it_is_found_clean(
    browser, author, officer, session, state, status
):
    enquiry = await written(browser, author, session, file=pdf())
    address = await document(session, enquiry, state)
    await browser.sign_in(officer, proved=True)

    page = Page(await browser.get(f"/staff/messages/{enquiry.id}"))

    assert (address in page.links.values()) == (state is FileState.CLEAN)
    assert (await browser.get(address)).status_code == status


async def test_an_auditor_reads_and_does_not_answer(browser, author, session):
    enquiry = await written(browser, author, session)
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR), proved=True)

    page = Page(await browser.get(f"/staff/messages/{enquiry.id}"))

    assert "I have paid twice." in page.text
    assert page.buttons == []


async def test_emails_are_read_again_page_by_page(
    browser, author, session, monkeypatch
):
    monkeypatch.setattr("register.kit.post.PAGE", 1)
    for n, day in enumerate((timedelta(0), timedelta(days=1))):
        await post(
            session,
            to=author.email,
            letter="leaving_turned_down",
            context={"words": f"Reason {n}", "leaving": Leaving(last_day=NOW.date())},
            key=f"letter {n}",
            person_id=author.person_id,
            now=NOW + day,
        )
    await browser.sign_in(author)

    newest = Page(await browser.get("/messages/letters"))
    older = Page(await browser.get(newest.link("Next page")))

    assert "Reason 1" in newest.text
    assert "Reason 0" in older.text
    assert "Reason 1" not in older.text
    await browser.sign_in(await make_account(session))
    assert "We have sent you none" in Page(await browser.get("/messages/letters")).text
