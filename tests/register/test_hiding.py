"""Who is taken out of public view is gone from every surface at once; bringing them back takes two people."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from register.account import StaffRole
from register.entry import EntryProjection
from register.hiding import (
    AlreadyHidden,
    NothingHidden,
    NotYetDied,
    ToldBy,
    propose_showing,
    record_death,
    withhold,
)
from register.kit.errors import Gone, NotFound
from register.kit.post import Message, MessageState, post
from register.part import Part
from register.process import Event
from register.proposal import AboutYourself, AlreadyProposed, NotYours, why_returned
from register.published import published
from register.search import Sought, find
from tests.make import NOW, make_account, make_entry, make_process

TODAY = NOW.date()


@pytest.fixture
async def entry(session):
    return await make_entry(session, family_name="Adébáyò")


@pytest.fixture
def person(entry):
    return entry.person


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


@pytest.fixture
async def registrar(session):
    return await make_account(session, StaffRole.REGISTRAR)


async def hide(session, person):
    by = make_process(session)
    await withhold(session, person, because="A violent partner.", by=by)


async def die(session, person, on=TODAY):
    by = make_process(session)
    await record_death(session, person, on=on, told_by=ToldBy.FAMILY, by=by)


async def proposed(session, person, officer):
    by = make_process(session, actor=officer)
    made = await propose_showing(
        session, person, because="She is safe.", proposer=officer, by=by
    )
    await session.flush()
    return made


async def approved(session, proposal, registrar):
    by = make_process(session, actor=registrar)
    await proposal.approve(session, approver=registrar, by=by)


async def found(session):
    people = await find(session, Sought("Adebayo"), now=NOW)
    return [person.number for person in people.people]


async def write(session, person, key="a letter"):
    await post(
        session,
        to="somebody@example.org",
        letter="account_factor_set",
        context={"at": NOW},
        key=key,
        now=NOW,
        person_id=person.id,
    )


async def states(session):
    return list(await session.scalars(select(Message.state)))


# Withheld


async def test_somebody_withheld_is_nowhere_in_public(session, person):
    assert await found(session) == [person.number]

    await hide(session, person)

    assert await found(session) == []
    with pytest.raises(NotFound):
        await published(session, person.number, now=NOW)


async def test_every_entry_of_somebody_withheld_is_hidden(session, person):
    await make_entry(session, person=person, part=Part.DEPUTY)

    await hide(session, person)

    shown = await session.scalars(select(EntryProjection.published))
    assert shown.all() == [False, False]


async def test_somebody_withheld_is_still_written_to(session, person):
    await hide(session, person)
    await write(session, person)

    assert await states(session) == [MessageState.QUEUED]


async def test_nobody_is_withheld_twice(session, person):
    await hide(session, person)

    with pytest.raises(AlreadyHidden):
        await hide(session, person)


async def test_the_reason_is_kept_where_it_can_be_erased(session, person):
    await hide(session, person)
    await session.flush()

    told = (
        await session.scalars(select(Event).where(Event.kind == "person:withheld"))
    ).one()
    assert told.data == {}


# Dead


async def test_an_entry_of_somebody_who_died_is_gone_without_a_name(session, person):
    await die(session, person)

    assert await found(session) == []
    with pytest.raises(Gone):
        await published(session, person.number, now=NOW)


async def test_nobody_dies_tomorrow(session, person):
    with pytest.raises(NotYetDied):
        await die(session, person, on=TODAY + timedelta(days=1))


async def test_a_death_is_recorded_once(session, person):
    await die(session, person)

    with pytest.raises(AlreadyHidden):
        await die(session, person)


async def test_a_death_stops_every_letter_that_has_not_left(session, person):
    for key, state in (("one", MessageState.QUEUED), ("two", MessageState.DELIVERED)):
        await write(session, person, key)
        message = await session.scalar(select(Message).where(Message.key == key))
        message.state, message.sent_at = state, NOW
    await session.flush()

    await die(session, person)

    session.expire_all()
    assert set(await states(session)) == {MessageState.STOPPED, MessageState.DELIVERED}


async def test_nothing_is_written_to_somebody_who_died(session, person):
    await die(session, person)

    await write(session, person)

    assert await states(session) == []


async def test_others_are_written_to(session, person):
    other = (await make_entry(session, given_names="Sam")).person
    await die(session, person)

    await write(session, other)

    assert await states(session) == [MessageState.QUEUED]


# Back in view, by two people


async def test_a_registrar_shows_somebody_again(session, person, officer, registrar):
    await hide(session, person)
    proposal = await proposed(session, person, officer)
    before = await found(session)

    await approved(session, proposal, registrar)

    assert (before, await found(session)) == ([], [person.number])


async def test_a_death_that_was_recorded_wrongly_is_undone(
    session, person, officer, registrar
):
    await die(session, person)

    await approved(session, await proposed(session, person, officer), registrar)
    await write(session, person)

    assert person.deceased_on is None
    assert await found(session) == [person.number]
    assert await states(session) == [MessageState.QUEUED]


async def test_undoing_a_death_leaves_somebody_withheld(
    session, person, officer, registrar
):
    await hide(session, person)
    await die(session, person)

    await approved(session, await proposed(session, person, officer), registrar)

    assert person.withheld
    assert await found(session) == []


async def test_only_a_registrar_decides(session, person, officer):
    await hide(session, person)
    proposal = await proposed(session, person, officer)
    manager = await make_account(session, StaffRole.TEAM_MANAGER)

    with pytest.raises(NotYours):
        await approved(session, proposal, manager)


async def test_who_is_in_view_is_not_to_be_shown_again(session, person, officer):
    with pytest.raises(NothingHidden):
        await proposed(session, person, officer)


async def test_one_proposal_waits_for_a_person(session, person, officer):
    await hide(session, person)
    await proposed(session, person, officer)

    with pytest.raises(AlreadyProposed):
        await proposed(session, person, officer)


async def test_nobody_proposes_to_show_themselves(session, person):
    await hide(session, person)
    themself = await make_account(session, StaffRole.CASEWORKER, person=person)

    with pytest.raises(AboutYourself):
        await proposed(session, person, themself)


async def test_what_is_given_back_says_what_is_still_to_be_done(
    session, person, officer, registrar
):
    await hide(session, person)
    proposal = await proposed(session, person, officer)
    by = make_process(session, actor=registrar)

    proposal.return_(words="Ask the police.", approver=registrar, by=by)
    await session.flush()

    assert await why_returned(session, proposal.about) == "Ask the police."
    assert person.withheld
