"""Enquiries: whose turn it is, who may read them, and that nothing said can be changed."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from register import enquiry as module
from register.account import StaffRole
from register.enquiry import (
    Enquiry,
    EnquiryAct,
    EnquiryEvent,
    EnquiryState,
    EnquirySubject,
    NothingToAnswer,
    WrittenAlready,
    enquiries_of,
    enquiries_waiting,
    enquiry_for,
    messages_of,
    own_enquiry,
)
from register.kit.errors import NotFound
from register.kit.post import Message
from register.process import Event, Process
from tests.make import NOW, make_account, make_person

HOUR = timedelta(hours=1)


@pytest.fixture
async def author(session):
    return await make_account(session, person=await make_person(session))


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


def process(session, actor, act=EnquiryAct.WRITE, *, now=NOW):
    return Process.begin(session, act, now=now, actor=actor)


async def begin(session, author, words="When will you decide?", *, now=NOW):
    subject, by = EnquirySubject.APPLICATION, process(session, author, now=now)
    return await Enquiry.begin(session, author, subject, words, file=None, by=by)


async def answer(session, enquiry, officer, *, now=NOW + HOUR):
    by = process(session, officer, EnquiryAct.ANSWER, now=now)
    await enquiry.answer(session, "Next week, zebra", by=by)


async def add(session, enquiry, author, words, *, now):
    by = process(session, author, now=now)
    await enquiry.add(session, author, words, file=None, by=by)


async def waiting(session, reader, **more):
    found = await enquiries_waiting(session, reader, **more)
    return [row.enquiry for row in found.rows]


async def test_a_thread_waits_from_the_first_message_that_nobody_answered(
    session, author, officer
):
    enquiry = await begin(session, author)
    await add(session, enquiry, author, "And my fee?", now=NOW + HOUR)
    first = enquiry.waiting_since, enquiry.state
    await answer(session, enquiry, officer, now=NOW + 2 * HOUR)
    answered = enquiry.waiting_since, enquiry.state
    await add(session, enquiry, author, "Thank you", now=NOW + 3 * HOUR)
    again = enquiry.waiting_since, enquiry.state

    said = await messages_of(session, enquiry.id)
    assert first == (NOW, EnquiryState.WAITING)
    assert answered == (None, EnquiryState.ANSWERED)
    assert again == (NOW + 3 * HOUR, EnquiryState.WAITING)
    assert [message.from_us for message in said] == [False, False, True, False]
    assert said[1].words == "And my fee?"


async def test_what_needs_no_answer_waits_no_longer_and_nobody_is_written_to(
    session, author, officer
):
    enquiry = await begin(session, author)

    await enquiry.settle(session, by=process(session, officer, EnquiryAct.SETTLE))

    assert enquiry.state is EnquiryState.READ
    assert await session.scalar(select(Message)) is None


async def test_nobody_answers_twice_or_settles_what_is_answered(
    session, author, officer
):
    enquiry = await begin(session, author)
    await answer(session, enquiry, officer)

    with pytest.raises(NothingToAnswer):
        await answer(session, enquiry, officer)
    with pytest.raises(NothingToAnswer):
        await enquiry.settle(session, by=process(session, officer))

    assert len(await messages_of(session, enquiry.id)) == 2


async def test_the_same_words_are_taken_once_until_they_are_answered(
    session, author, officer
):
    enquiry = await begin(session, author)

    with pytest.raises(WrittenAlready):
        await begin(session, author)
    with pytest.raises(WrittenAlready):
        await add(session, enquiry, author, "When will you decide?", now=NOW)
    await begin(session, await make_account(session))
    await answer(session, enquiry, officer)
    await begin(session, author, now=NOW + 2 * HOUR)

    begun = select(Enquiry).where(Enquiry.account_id == author.id)
    assert len((await session.scalars(begun)).all()) == 2


async def test_the_email_and_the_history_say_that_there_is_an_answer_and_not_what(
    session, author, officer
):
    enquiry = await begin(session, author)
    await answer(session, enquiry, officer)
    await session.flush()

    letter = await session.scalar(select(Message))
    events = (await session.scalars(select(Event).order_by(Event.id))).all()

    assert letter.to_address == author.email
    assert f"/messages/{enquiry.id}" in letter.body
    assert "zebra" not in letter.subject + letter.body
    assert [event.kind for event in events] == [
        EnquiryEvent.WRITTEN,
        EnquiryEvent.ANSWERED,
    ]
    assert all(event.person_id == author.person_id for event in events)


async def test_what_was_said_is_sealed_and_stays_as_it_was_said(session, author):
    enquiry = await begin(session, author, "I have been ill")
    await session.flush()
    (message,) = await messages_of(session, enquiry.id)

    assert b"ill" not in message.sealed
    with pytest.raises(DBAPIError):
        await session.execute(text("update enquiry_message set from_us = true"))


async def test_staff_find_the_longest_waiting_first_page_by_page(
    session, officer, monkeypatch
):
    monkeypatch.setattr(module, "PAGE", 2)
    first, second, third = [
        await begin(session, await make_account(session), now=NOW + n * HOUR)
        for n in range(3)
    ]
    await add(
        session,
        first,
        await session.get_one(type(officer), first.account_id),
        "Still there?",
        now=NOW + 9 * HOUR,
    )
    await session.flush()

    found = await enquiries_waiting(session, officer)

    assert [row.enquiry for row in found.rows] == [first, second]
    assert await waiting(session, officer, after=found.next) == [third]


async def test_nobody_reads_their_own_as_staff_or_somebody_elses_as_themselves(
    session, author, officer
):
    theirs, own = await begin(session, author), await begin(session, officer)
    await session.flush()

    assert await waiting(session, officer) == [theirs]
    assert await enquiries_of(session, officer, author.person_id) == [theirs]
    with pytest.raises(NotFound):
        await enquiry_for(session, officer, own.id)
    with pytest.raises(NotFound):
        await own_enquiry(session, author, own.id)
    assert await own_enquiry(session, author, theirs.id, lock=True) is theirs


async def test_somebody_without_a_record_is_known_by_their_address(session, officer):
    account = await make_account(session, email="new@example.org")
    enquiry = await begin(session, account)

    found = await enquiry_for(session, officer, enquiry.id)

    assert found.name == "new@example.org"
    assert found.person is None
