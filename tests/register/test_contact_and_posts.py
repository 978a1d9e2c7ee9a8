"""What a registrant changes by themselves: how they are reached, sealed, and where they work, of which nothing is rewritten."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from register.application.answers import Contact, Post
from register.employment import EmploymentSuperseded, places_shown
from register.kit.errors import NotFound
from register.kit.post import Message
from register.kit.security.sealing import Unsealable
from register.particulars import (
    ContactDetails,
    EndsBeforeItBegan,
    PostEnded,
    begin_post,
    change_contact,
    contact_of,
    end_post,
    post_of,
    posts_of,
    take_contact,
)
from register.process import Event
from register.published import published
from tests.make import (
    NOW,
    make_account,
    make_employment,
    make_entry,
    make_home,
    make_person,
    make_process,
)
from tests.register.assessing import make_sent

DAY = timedelta(days=1)
TODAY = NOW.date()
MOVED = Contact(
    line_1="1 New Road", town="Hull", postcode="HU1 1AA", mobile="+447700900999"
)


@pytest.fixture
async def entry(session):
    entry = await make_entry(session)
    await make_account(session, person=entry.person, email="ada@example.org")
    return entry


# How they are reached


async def change(session, person, contact=MOVED, now=NOW):
    by = make_process(session, now=now)
    await change_contact(session, person, contact, by=by)
    await session.flush()


async def test_what_was_sent_last_counts_until_they_change_it(session):
    person = await make_person(session)
    before = await contact_of(session, person.id)
    await make_sent(session, person=person)
    sent = await contact_of(session, person.id)

    await change(session, person)

    assert before is None
    assert sent
    assert sent != MOVED
    assert await contact_of(session, person.id) == MOVED


async def test_what_was_sent_later_counts_again(session):
    person = await make_person(session)
    await change(session, person, now=NOW - DAY)

    application = await make_sent(session, person=person, sent_at=NOW)

    assert await contact_of(session, application.person_id) != MOVED


async def test_contact_details_are_sealed_for_their_person(session, entry):
    await change(session, entry.person)
    details = await session.get_one(ContactDetails, entry.person_id)
    moved = ContactDetails(person_id=uuid4(), sealed=details.sealed)

    assert b"New Road" not in details.sealed
    with pytest.raises(Unsealable):
        _ = moved.told


async def test_a_change_is_told_by_email_and_its_words_stand_nowhere(session, entry):
    await change(session, entry.person)

    letter = await session.scalar(
        select(Message).where(Message.to_address == "ada@example.org")
    )
    event = await session.scalar(
        select(Event).where(Event.kind == "particulars:contact_changed")
    )
    assert letter.letter == "contact_changed"
    assert "New Road" not in letter.body
    assert event.data == {}


async def test_a_merged_record_leaves_what_was_told_last(session, entry):
    other = await make_person(session)
    old = Contact(line_1="2 Old Road", town="Leeds", mobile="+447700900111")
    await change(session, entry.person, old, now=NOW - DAY)
    await change(session, other)

    await take_contact(session, kept=entry.person_id, lost=other.id)
    await session.flush()

    assert await contact_of(session, entry.person_id) == MOVED
    assert await session.get(ContactDetails, other.id) is None


async def test_what_the_kept_record_was_told_later_stays(session, entry):
    other = await make_person(session)
    old = Contact(line_1="2 Old Road", town="Leeds", mobile="+447700900111")
    await change(session, other, old, now=NOW - DAY)
    await change(session, entry.person)

    await take_contact(session, kept=entry.person_id, lost=other.id)

    assert await contact_of(session, entry.person_id) == MOVED


# Where they work


@pytest.fixture
async def hull(session):
    """A town with enough homes to be named."""
    homes = [await make_home(session, urn=f"SC90000{n}", town="Hull") for n in range(3)]
    return homes[0]


async def begin(session, person, home, since=TODAY, **more):
    post = Post(
        employer="Humber Care",
        urn=home.urn,
        home_id=home.id,
        role="Manager",
        fte_percent=100,
        care=True,
        supervisory=True,
        manages=True,
        since=since,
        **more,
    )
    by = make_process(session)
    begun = await begin_post(session, person, post, by=by)
    await session.flush()
    return begun


async def end(session, post, on, now=NOW):
    by = make_process(session, now=now)
    await end_post(session, post, on=on, because="Retired", by=by)
    await session.flush()


async def town(session, entry, now=NOW):
    return (await published(session, entry.person.number, now=now)).town


async def test_the_town_follows_the_post(session, entry, hull):
    post = await begin(session, entry.person, hull)
    there = await town(session, entry)

    await end(session, post, TODAY)

    assert there == "Hull"
    assert await town(session, entry) == "Hull"
    assert await town(session, entry, NOW + DAY) is None


async def test_a_post_that_is_to_begin_is_shown_when_it_does(session, entry, hull):
    await begin(session, entry.person, hull, since=TODAY + DAY)

    assert await town(session, entry) is None
    assert await town(session, entry, NOW + DAY) == "Hull"


async def test_that_we_did_not_know_of_the_end_stays_on_record(session, entry, hull):
    post = await begin(session, entry.person, hull, since=TODAY - 30 * DAY)
    told = NOW + 5 * DAY
    await end(session, post, TODAY, now=told)

    async def place(at, known):
        shown = await places_shown(session, [entry.person_id], at, known=known)
        return shown[entry.person_id]

    after = NOW + 2 * DAY
    assert await place(after, None) is None
    assert await place(after, told - DAY) == "Hull"
    assert await place(after, told) is None
    assert await place(NOW - DAY, told) == "Hull"
    assert len((await session.scalars(select(EmploymentSuperseded))).all()) == 1


async def test_the_same_told_twice_is_one_post(session, entry, hull):
    once, twice = [await begin(session, entry.person, hull) for _ in range(2)]

    assert once is twice
    assert await posts_of(session, entry.person_id) == [once]


async def test_a_post_ends_once_and_not_before_it_began(session, entry):
    post = await make_employment(session, entry.person, start=TODAY)

    with pytest.raises(EndsBeforeItBegan):
        await end(session, post, TODAY - DAY)
    await end(session, post, TODAY)
    with pytest.raises(PostEnded):
        await end(session, post, TODAY + DAY)
    assert (post.last_day, post.reason_for_leaving) == (TODAY, "Retired")


async def test_somebody_else_s_post_is_not_there(session, entry):
    post = await make_employment(session, await make_person(session))

    with pytest.raises(NotFound):
        await post_of(session, entry.person, post.id)
