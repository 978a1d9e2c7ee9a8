"""The watch list: who may not join is found, exactly and fuzzily, whoever came first."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from register.entry import Entry, RemovalReason
from register.matching import (
    Traits,
    WatchAct,
    WatchHit,
    WatchItem,
    WatchKind,
    look_for_matches,
    open_hits,
)
from register.matching.watch_list import DismissedAlready, EndedAlready
from register.process import Event, ProcessText
from tests.make import NOW, REGISTERED, make_entry, make_person, make_process

BORN = date(1985, 5, 17)


@pytest.fixture
def listed(session):
    async def listed(
        given_names="Elizabeth", family_name="Smith", birth_date=BORN, **more
    ):
        return await WatchItem.add(
            session,
            more.pop("kind", WatchKind.BARRED),
            given_names=given_names,
            family_name=family_name,
            birth_date=birth_date,
            source="DBS, ref 1",
            because="Told by letter",
            by=make_process(session),
            **more,
        )

    return listed


@pytest.fixture
def look(session):
    async def look(*names, born=BORN, ni_number=""):
        person = await make_person(session, *names, born)
        traits = Traits.of(ni_number=ni_number)
        await look_for_matches(session, person, traits, by=make_process(session))
        return person

    return look


async def hits_of(session, person):
    return [hit.item_id for hit in await open_hits(session, person.id)]


@pytest.mark.parametrize(
    "name",
    [
        ("Elizabeth", "Smith"),
        ("Liz", "Smith"),
        ("Elizabeth", "Smyth"),
        ("Smith", "Elizabeth"),
        ("ELIZABETH", "Smith-Jones"),
    ],
)
async def test_whoever_is_on_it_is_found_by_name_and_birth_date(
    session, listed, look, name
):
    item = await listed()

    person = await look(*name)

    assert await hits_of(session, person) == [item.id]


@pytest.mark.parametrize("born", [date(1985, 5, 7), date(1958, 5, 17)])
async def test_a_slip_in_the_birth_date_does_not_hide_them(session, listed, look, born):
    item = await listed()

    person = await look("Elizabeth", "Smith", born=born)

    assert await hits_of(session, person) == [item.id]


async def test_a_former_name_counts(session, listed, look):
    item = await listed(other_names=["Elizabeth Price"])

    person = await look("Beth", "Price")

    assert await hits_of(session, person) == [item.id]


async def test_the_same_national_insurance_number_is_found_under_any_name(
    session, listed, look
):
    item = await listed(ni_number="AB123456C")

    person = await look(
        "Quite", "Other", born=date(1999, 1, 1), ni_number="ab 12 34 56 c"
    )

    assert await hits_of(session, person) == [item.id]


@pytest.mark.parametrize(
    "name", [("Elizabeth", "Smith"), ("Liz", "Smith"), ("Smith", "Elizabeth")]
)
async def test_without_a_birth_date_on_it_the_name_alone_is_looked_into(
    session, listed, look, name
):
    item = await listed(birth_date=None)

    person = await look(*name)

    assert await hits_of(session, person) == [item.id]


@pytest.mark.parametrize(
    ("name", "born"),
    [
        (("Thomas", "Smith"), BORN),
        (("Elizabeth", "Smith"), date(1970, 1, 1)),
        (("Elizabeth", "Jones"), date(1985, 5, 18)),
    ],
)
async def test_who_is_hardly_alike_is_not_found(session, listed, look, name, born):
    await listed()

    person = await look(*name, born=born)

    assert await hits_of(session, person) == []


@pytest.mark.parametrize("birth_date", [BORN, None])
async def test_who_is_here_already_is_found_when_somebody_is_put_on_it(
    session, listed, look, birth_date
):
    person = await look("Liz", "Smith")

    item = await listed(birth_date=birth_date)

    assert await hits_of(session, person) == [item.id]


async def test_who_was_taken_off_is_not_found(session, listed, look):
    item = await listed()
    item.end(because="The bar was lifted", by=make_process(session))

    person = await look("Elizabeth", "Smith")

    assert await hits_of(session, person) == []
    with pytest.raises(EndedAlready):
        item.end(because="Again", by=make_process(session))


async def removed(session, because=RemovalReason.ORDER, **names):
    entry = await make_entry(session, **names)
    entry = await Entry.load(session, entry.id)
    on = REGISTERED + timedelta(days=1)
    by = make_process(session, now=NOW)
    await entry.remove(session, on=on, because=because, by=by)
    await look_for_matches(session, entry.person, by=make_process(session))
    return entry.person


async def test_who_was_removed_by_order_here_counts_without_being_listed(session, look):
    gone = await removed(session, given_names="Elizabeth", family_name="Smith")

    person = await look("Liz", "Smith")

    (hit,) = await open_hits(session, person.id)
    assert (hit.item_id, hit.removed_id) == (None, gone.id)


async def test_who_was_removed_by_order_is_found_under_their_own_name(session):
    gone = await removed(session)

    (hit,) = await open_hits(session, gone.id)

    assert hit.removed_id == gone.id


async def test_who_left_of_their_own_will_is_on_no_list(session):
    gone = await removed(session, RemovalReason.VOLUNTARY)

    assert await open_hits(session, gone.id) == []


async def test_what_was_looked_into_is_not_asked_again(session, listed, look):
    await listed()
    person = await look("Liz", "Smith")
    (hit,) = await open_hits(session, person.id)

    hit.dismiss(because="Somebody else", by=make_process(session))
    await look_for_matches(session, person, by=make_process(session))

    assert await open_hits(session, person.id) == []
    with pytest.raises(DismissedAlready):
        hit.dismiss(because="Again", by=make_process(session))


async def test_what_was_looked_into_is_asked_again_once_the_name_changes(
    session, listed, look
):
    await listed()
    person = await look("Liz", "Smith")
    (hit,) = await open_hits(session, person.id)
    hit.dismiss(because="Somebody else", by=make_process(session))

    person.call("Elizabeth", "Smith")
    await look_for_matches(session, person, by=make_process(session))

    (again,) = await open_hits(session, person.id)
    assert again.id != hit.id


async def test_each_is_found_once(session, listed, look):
    await listed()
    person = await look("Liz", "Smith")

    await look_for_matches(session, person, by=make_process(session))

    assert len((await session.scalars(select(WatchHit))).all()) == 1


async def test_no_line_of_history_names_who_was_found(session, listed, look):
    await listed()
    await look("Liz", "Smith")

    events = await session.scalars(select(Event).where(Event.kind.startswith("watch:")))

    found = events.all()
    assert [event.kind for event in found] == ["watch:added", "watch:hit"]
    assert {event.person_id for event in found} == {None}


async def test_the_reason_stands_where_words_can_be_erased(session, listed):
    item = await listed()

    words = await session.scalar(
        select(ProcessText.words).where(ProcessText.process_id == item.added_in)
    )

    assert words == "Told by letter"
    assert WatchAct.ADD == "watch:add"
