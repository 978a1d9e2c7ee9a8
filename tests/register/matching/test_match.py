"""Matches: found when somebody comes or changes, in one order, and not asked again once they are told apart."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from register.application import submit
from register.application.answers import Contact, Qualifications
from register.matching import Match, MatchState, Traits, Verdict, look_for_matches
from register.matching.match import look_again
from register.matching.record import MatchRecord
from register.person import NameKind, PersonName
from register.process import Event
from tests.applications import (
    fill,
    make_application,
    make_form,
    make_identity,
    make_qualification,
)
from tests.make import NOW, make_person, make_process

BORN = date(1985, 5, 17)


@pytest.fixture
def look(session):
    async def look(person, traits=None, *, at=NOW):
        by = make_process(session, now=at)
        return await look_for_matches(session, person, traits, by=by)

    return look


async def others_of(matches, person):
    return [match.seen_from(person.id).id for match in matches]


async def test_somebody_like_a_person_we_know_is_found_once(session, look):
    known = await make_person(session, "Elizabeth", "Smith", BORN)
    new = await make_person(session, "Liz", "Smith", BORN)
    await look(known)

    found = await look(new)
    again = await look(known)

    assert await others_of(found, new) == [known.id]
    assert [match.id for match in again] == [match.id for match in found]
    assert found[0].verdict is Verdict.POSSIBLE


async def test_each_of_the_two_has_a_line_of_history(session, look):
    known, new = [await make_person(session) for _ in range(2)]
    await look(known)

    (match,) = await look(new)

    events = await session.scalars(select(Event).where(Event.kind == "match:found"))
    assert {event.person_id for event in events} == {known.id, new.id}
    assert match.found_at == NOW


async def test_the_likeliest_come_first_and_of_equals_the_one_found_first(
    session, look
):
    sure = Traits.of(emails=["ada@example.org"])
    third = await make_person(session, "Ada", "Price", BORN)
    second = await make_person(session, "Ada", "Price", BORN)
    first = await make_person(session, "Ada", "Price", BORN)
    new = await make_person(session, "Ada", "Price", BORN)
    await look(new, sure)
    await look(second, at=NOW + timedelta(hours=1))
    await look(third, at=NOW + timedelta(hours=2))
    await look(first, sure, at=NOW + timedelta(hours=3))

    found = await look(new)

    assert await others_of(found, new) == [first.id, second.id, third.id]


async def test_who_was_told_apart_is_not_found_again(session, look):
    known, new = [await make_person(session) for _ in range(2)]
    await look(known)
    (match,) = await look(new)

    await match.tell_apart(session, because="Their twin", by=make_process(session))
    found = await look(new, Traits.of(emails=["other@example.org"]))

    assert found == []
    assert match.state is MatchState.TOLD_APART


@pytest.mark.parametrize("change", ["birth_date", "name", "former"])
async def test_who_was_told_apart_is_found_again_once_a_name_or_birth_date_changes(
    session, look, change
):
    known, new = [await make_person(session, "Ada", "Price", BORN) for _ in range(2)]
    await look(known)
    (match,) = await look(new)
    await match.tell_apart(session, because="Another Ada", by=make_process(session))

    if change == "birth_date":
        known.birth_date = date(1985, 5, 18)
    elif change == "name":
        known.call("Ada Mary", "Price")
    else:
        session.add(
            PersonName(
                id=uuid4(), person_id=known.id, kind=NameKind.FORMER, name="Ada Jones"
            )
        )
    (again,) = await look(known)

    assert again.id != match.id
    assert again.open


async def test_who_is_alike_no_more_waits_no_more(session, look):
    known, new = [await make_person(session) for _ in range(2)]
    await look(known)
    (match,) = await look(new)

    new.call("Quite", "Other")
    new.birth_date = date(1999, 1, 1)
    found = await look(new)

    assert found == []
    assert match.state is MatchState.GONE


async def test_an_open_match_is_brought_up_to_what_is_known_now(session, look):
    known, new = [await make_person(session) for _ in range(2)]
    await look(known, Traits.of(ni_number="AB123456C"))
    (before,) = await look(new)
    points = before.points

    (after,) = await look(new, Traits.of(ni_number="AB123456C"))

    assert after.id == before.id
    assert after.points == points + 16
    assert after.verdict is Verdict.DEFINITE


async def test_two_who_came_at_the_same_moment_are_compared_soon_after(session, look):
    one, other = [await make_person(session) for _ in range(2)]
    await look(one)
    session.add(MatchRecord(person_id=other.id, **await marks_like(session, one)))
    await session.flush()

    await look_again(session, NOW + timedelta(minutes=5))
    matches = (await session.scalars(select(Match))).all()
    await look_again(session, NOW + timedelta(minutes=10))

    assert [{match.one_id, match.other_id} for match in matches] == [{one.id, other.id}]
    assert not list(
        await session.scalars(
            select(Match.id).where(Match.found_at > NOW + timedelta(minutes=5))
        )
    )


async def marks_like(session, person):
    record = await session.get(MatchRecord, person.id)
    names = [c.name for c in MatchRecord.__table__.columns if c.name != "person_id"]
    return {name: getattr(record, name) for name in names}


# Where it is called


async def send(session, **answers):
    application = await make_application(session)
    await fill(session, application, make_form(**answers), now=NOW)
    await submit(session, application, by=make_process(session, now=NOW))
    return application


async def matches_of(session):
    return (await session.scalars(select(Match))).all()


async def test_a_sent_application_is_compared_by_all_that_it_tells(session):
    first, again = (
        Qualifications(items=[make_qualification(learner_number="1234567890")])
        for _ in range(2)
    )
    home = Contact(
        line_1="1, High Street", town="Leeds", postcode="ls11aa", mobile="+447700900123"
    )
    await send(session, qualifications=first)
    await send(session, qualifications=again, contact=home)

    (match,) = await matches_of(session)

    agreed = {field for field, a in match.score.agreements.items() if a == "same"}
    assert agreed == {
        "given_names",
        "family_name",
        "birth_date",
        "ni_number",
        "home",
        "learner_number",
    }


async def test_a_draft_is_compared_with_nobody(session):
    await send(session)
    application = await make_application(session)

    await fill(session, application, make_form(), now=NOW)

    assert await matches_of(session) == []


async def test_a_former_name_in_an_application_is_found(session):
    await send(session)
    await send(
        session,
        identity=make_identity(
            family_name="Price", former_names=["Zoe O'Connor Luczak"], ni_number=""
        ),
    )

    (match,) = await matches_of(session)

    assert match.score.agreements["family_name"] == "same"
