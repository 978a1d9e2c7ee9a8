"""Finding who may be somebody, in PostgreSQL, among many."""

from itertools import combinations
from uuid import uuid4

import pytest
from sqlalchemy import insert, text
from sqlalchemy.dialects import postgresql

from register.bench.records import made_up
from register.kit.clock import start_of
from register.matching import Traits, Verdict, compare
from register.matching.blocking import keys_of
from register.matching.record import (
    MatchRecord,
    candidates,
    known_of,
    marks_of,
    remember,
    with_a_key,
)
from register.person import NameKind, Person, PersonName
from tests.make import NOW, make_person


@pytest.fixture
async def crowd(session):
    """Made-up people, two records of each and their relatives, as persons."""
    people = []
    for record in made_up(150, seed=11):
        person = await make_person(session, record.given, record.family, record.born)
        for name in record.others:
            session.add(
                PersonName(
                    id=uuid4(), person_id=person.id, kind=NameKind.FORMER, name=name
                )
            )
        people.append((person, await remember(session, person, record.known().traits)))
    return people


async def test_it_finds_whoever_comparing_all_with_all_finds(session, crowd):
    exhaustive = {
        frozenset({one.id, other.id})
        for (one, a), (other, b) in combinations(crowd, 2)
        if compare(a, b).verdict is not Verdict.NONE
    }

    found = {
        frozenset({one.id, other.id})
        for one, known in crowd
        for other, theirs in await candidates(session, known, but=one.id)
        if compare(known, theirs).verdict is not Verdict.NONE
    }

    assert len(exhaustive) >= 150
    assert found == exhaustive


async def test_what_is_found_is_compared_as_it_was_remembered(session, crowd):
    one, known = crowd[0]
    again = {person.id: theirs for person, theirs in await candidates(session, known)}

    assert again[one.id] == known == await known_of(session, one)


async def test_few_are_compared_with_each(session, crowd):
    compared = [
        len(await candidates(session, known, but=one.id)) for one, known in crowd
    ]

    assert sum(compared) / len(compared) < len(crowd) / 50


async def test_somebody_merged_is_found_no_more(session):
    kept = await make_person(session)
    gone = await make_person(session)
    known = await remember(session, kept)
    await remember(session, gone)

    gone.merged_into = kept.id
    await session.flush()

    assert await candidates(session, known, but=kept.id) == []


async def test_what_was_told_before_still_counts(session):
    person = await make_person(session)
    await remember(session, person, Traits.of(emails=["old@example.org"]))

    known = await remember(session, person, Traits.of(emails=["new@example.org"]))

    both = Traits.of(emails=["old@example.org", "new@example.org"])
    assert known.traits == both


async def test_a_new_name_is_remembered_and_the_old_one_is_not(session):
    person = await make_person(session, "Ada", "Jones")
    old = await remember(session, person)

    person.call("Ada", "Price")
    new = await remember(session, person)

    assert old.names.isdisjoint(new.names)
    assert new.names == (await known_of(session, person)).names


async def test_candidates_are_found_by_the_index(session):
    people = []
    for record in made_up(300, seed=12):
        known = record.known()
        people.append((uuid4(), record, known))
    await session.execute(
        insert(Person),
        [
            {
                "id": person_id,
                "given_names": record.given,
                "family_name": record.family,
                "name_key": "",
                "birth_date": record.born,
                "created_at": start_of(NOW.date()),
            }
            for person_id, record, _ in people
        ],
    )
    await session.execute(
        insert(MatchRecord),
        [{"person_id": person_id, **marks_of(known)} for person_id, _, known in people],
    )
    await session.execute(text("analyze match_record"))
    # So few rows are read from end to end sooner; `register bench matching` shows the plan among many.
    await session.execute(text("set local enable_seqscan = off"))
    query = with_a_key(keys_of(people[0][2])).compile(
        dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
    )

    plan = "\n".join(await session.scalars(text(f"explain {query}")))

    assert "Bitmap Index Scan on match_record_keys" in plan
