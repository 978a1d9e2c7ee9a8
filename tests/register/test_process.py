"""What an act leaves behind, and who may take words away again."""

from enum import StrEnum
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from register.kit.db import Role, connect
from register.person import number_of, read_number
from register.process import Event, ProcessText, TextKind, WordsInEvent
from tests.make import NOW, make_account, make_person, make_process


class Word(StrEnum):
    DONE = "test:done"


async def test_an_event_holds_codes_and_ids(session):
    by, person = make_process(session), await make_person(session)

    by.tell(Word.DONE, person_id=person.id, entry=uuid4(), pence=12_000, due=NOW.date())
    await session.flush()

    event = await session.scalar(select(Event).where(Event.process_id == by.id))
    assert (event.data["pence"], event.data["due"]) == (12000, "2027-03-10")


async def test_an_event_refuses_words(session):
    with pytest.raises(WordsInEvent):
        make_process(session).tell(Word.DONE, reason="she told us")


async def test_the_database_refuses_words_in_an_event_too(session):
    by = make_process(session)
    await session.flush()

    session.add(
        Event(
            process_id=by.id, kind="test:done", at=NOW, data={"reason": "she told us"}
        )
    )
    with pytest.raises(DBAPIError, match="event_no_words_ck"):
        await session.flush()


async def test_nobody_approves_their_own_act(session):
    account = await make_account(session)

    make_process(session, actor=account, approver=account)
    with pytest.raises(DBAPIError, match="process_two_people_ck"):
        await session.flush()


@pytest.mark.parametrize(
    "statement",
    [
        "update process_text set words = 'other'",
        "delete from process_text",
        "truncate process_text",
    ],
)
async def test_the_service_cannot_change_words(session, statement):
    make_process(session).say(TextKind.NOTE, "Rang her.")
    await session.flush()

    with pytest.raises(DBAPIError, match="permission denied"):
        await session.execute(text(statement))


CHANGES = [
    "update {} set kind = 'test:other'",
    "delete from {}",
    "truncate {} cascade",
]


@pytest.mark.parametrize("table", ["process", "event"])
@pytest.mark.parametrize("change", CHANGES)
async def test_the_service_cannot_change_what_was_done(session, table, change):
    make_process(session).tell(Word.DONE)
    await session.flush()

    with pytest.raises(DBAPIError, match="permission denied"):
        await session.execute(text(change.format(table)))


@pytest.mark.parametrize("table", ["process", "event"])
@pytest.mark.parametrize("change", CHANGES)
async def test_the_owner_cannot_change_what_was_done_by_mistake(clone, table, change):
    owner = connect(await clone(), Role.OWNER)
    async with owner.begin() as connection:
        await connection.execute(
            text("insert into process (id, kind, at) values (:id, 'test', now())"),
            {"id": (act := uuid4())},
        )
        await connection.execute(
            text("""insert into event (process_id, kind, at, data)
                values (:id, 'test:done', now(), '{}')"""),
            {"id": act},
        )

    async with owner.connect() as connection:
        with pytest.raises(DBAPIError, match="keeps what it holds"):
            await connection.execute(text(change.format(table)))
    await owner.dispose()


async def test_the_service_cannot_call_the_eraser(session):
    with pytest.raises(DBAPIError, match="permission denied for function erase_words"):
        await session.execute(select(text("erase_words(gen_random_uuid(), now())")))


async def test_the_eraser_deletes_words_and_leaves_an_event(clone):
    url = await clone()
    app, eraser, owner = (
        connect(url),
        connect(url, Role.ERASER),
        connect(url, Role.OWNER),
    )
    async with app.begin() as connection:
        act, words = uuid4(), uuid4()
        await connection.execute(
            text("insert into process (id, kind, at) values (:id, 'test', now())"),
            {"id": act},
        )
        await connection.execute(
            ProcessText.__table__.insert().values(
                id=words, process_id=act, kind=TextKind.NOTE, words="Rang her."
            )
        )

    async with owner.connect() as connection:
        with pytest.raises(DBAPIError, match="keeps what it holds"):
            await connection.execute(text("delete from process_text"))
    async with eraser.connect() as connection:
        with pytest.raises(DBAPIError, match="permission denied"):
            await connection.execute(text("delete from process_text"))
    async with eraser.begin() as connection:
        await connection.execute(text("select erase_words(:id, now())"), {"id": words})

    async with app.connect() as connection:
        left = await connection.execute(
            text(
                "select (select count(*) from process_text), kind, data ->> 'text' from event"
            )
        )
        assert left.one() == (0, "text:erased", str(words))
    for engine in (app, eraser, owner):
        await engine.dispose()


def test_a_number_is_read_with_or_without_its_dashes():
    assert number_of(123) == "CH-0000123-J"
    assert read_number("ch 0000123j") == "CH-0000123-J"


@pytest.mark.parametrize(
    "typed",
    ["", "CH-0000123-K", "CH-123-J", "XX-0000123-J", "CH-٠٠٠٠١٢٣-J", "CH-0000123-JJ"],
)
def test_what_is_none_of_our_numbers_is_none(typed):
    assert read_number(typed) is None
