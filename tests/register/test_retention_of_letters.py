"""How long letters that belong to no application and threads of messages are kept."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from register.account import StaffRole
from register.enquiry import Enquiry, EnquiryMessage, EnquirySubject
from register.kit.cleaning import MediaType
from register.kit.clock import start_of
from register.kit.files import StoredFile
from register.kit.post import Message, post
from register.kit.uploads import Received
from register.notice import open_notice
from register.retention import Erasure
from register.retention.forgetting import FORGETTERS, forget_records
from tests.make import NOW, make_account, make_address, make_entry, make_person
from tests.reading import Page
from tests.register.test_enquiry import add, answer, process
from tests.register.test_service_by_post import overdue, served

DAY = timedelta(days=1)
GOES = date(2033, 3, 10)
"""Six years after NOW."""


async def over(session, kind, day):
    found = await FORGETTERS[kind].over(session, day, start_of(day))
    return set(await session.scalars(found))


async def count(session, kind):
    return await session.scalar(select(func.count()).select_from(kind))


async def make_letter(session, *, left=True, now=NOW, **more):
    message_id = await post(
        session,
        to="ada@example.org",
        letter="account_closed",
        context={"at": now, "contact": ""},
        key=str(now),
        now=now,
        **more,
    )
    message = await session.get_one(Message, message_id)
    if left:
        message.taken("number", now=now)
        await session.flush()
    return message


async def test_a_letter_of_no_application_is_kept_six_years(session):
    letter = await make_letter(session)

    assert await over(session, "letters", GOES - DAY) == set()
    assert await over(session, "letters", GOES) == {letter.id}


async def test_a_letter_of_an_application_goes_with_it(session):
    await make_letter(session, application_id=(await make_person(session)).id)

    assert await over(session, "letters", date(2090, 1, 1)) == set()


async def test_what_has_not_left_yet_stays(session):
    await make_letter(session, left=False)

    assert await over(session, "letters", GOES) == set()


async def test_the_proof_of_service_stays_until_the_notice_is_decided_on(session):
    officer = await make_account(session, StaffRole.CASEWORKER)
    registrar = await make_account(session, StaffRole.REGISTRAR)
    entry = await make_entry(session, conditions=[overdue()])
    await make_address(session, entry.person)
    await served(session, entry, officer, registrar)
    notice = await open_notice(session, entry_id=entry.id)
    letter = await session.get_one(Message, notice.message_id)
    letter.taken("number", now=NOW)
    await session.flush()

    assert letter.id not in await over(session, "letters", GOES)


async def test_letters_go_and_how_many_is_written_down(session):
    await make_letter(session)
    later = await make_letter(session, now=NOW + DAY)

    await forget_records(session, start_of(GOES), "letters")
    await session.flush()

    erasure = (await session.scalars(select(Erasure))).one()
    assert (erasure.kind, erasure.counts) == ("letters", {"letters": 1})
    assert set(await session.scalars(select(Message.id))) == {later.id}


# Threads


@pytest.fixture
async def author(session):
    return await make_account(session, person=await make_person(session))


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


async def begin(session, author, *, now=NOW):
    """With a document."""
    file = Received("scan.pdf", MediaType.PDF, 1, bytes(32), "uploads/somewhere")
    by = process(session, author, now=now)
    subject = EnquirySubject.FEES
    return await Enquiry.begin(session, author, subject, "Why?", file=file, by=by)


async def test_a_thread_is_kept_six_years_after_its_last_message(
    session, author, officer
):
    thread = await begin(session, author, now=NOW - 30 * DAY)
    await answer(session, thread, officer, now=NOW)
    await session.flush()

    assert await over(session, "enquiries", GOES - DAY) == set()
    assert await over(session, "enquiries", GOES) == {thread.id}


async def test_a_thread_that_waits_for_an_answer_stays(session, author, officer):
    thread = await begin(session, author)
    await answer(session, thread, officer, now=NOW)
    await add(session, thread, author, "And now?", now=NOW + timedelta(hours=2))
    await session.flush()

    assert await over(session, "enquiries", date(2090, 1, 1)) == set()


async def test_a_thread_goes_whole_with_its_documents(session, author, officer):
    thread = await begin(session, author)
    await answer(session, thread, officer, now=NOW)
    await session.flush()

    await forget_records(session, start_of(GOES), "enquiries")
    await session.flush()

    erasure = (await session.scalars(select(Erasure))).one()
    assert erasure.counts == {"threads": 1, "messages": 2, "documents": 1}
    for kind in (Enquiry, EnquiryMessage, StoredFile):
        assert await count(session, kind) == 0


async def test_staff_see_what_goes_soon_and_what_went(session, browser, clock):
    await make_letter(session)
    await make_letter(session, now=NOW + 10 * DAY)
    await session.commit()
    clock.now = start_of(GOES)
    await browser.sign_in(await make_account(session, StaffRole.REGISTRAR))

    before = Page(await browser.get("/staff/retention"))
    await forget_records(session, clock.now, "letters")
    await session.commit()
    after = Page(await browser.get("/staff/retention"))

    assert "Letters that belong to no application: 2, 1 of them from tonight" in (
        before.text
    )
    assert "letters that belong to no application (letters: 1)" in after.text
