"""A peer's reflection: who is asked, how often, until when, and what ends it."""

from datetime import timedelta

import pytest

from register.by_link import Closed, LinkClosed, token_of
from register.cpd import (
    CannotReflect,
    Declined,
    Reflected,
    invited,
    peers_of,
    take_back,
)
from register.cpd.peers import AskedAlready, NotToldYet, NotWaiting
from register.cpd.reminding import expire_reflections, remind_peers
from register.cpd.removing import remove
from register.kit.clock import start_of
from register.kit.errors import NotFound
from register.request import Outcome
from tests.make import NOW, make_account, make_entry, make_process
from tests.register.learning import YEAR_END, letters_to, make_asked, make_record, told

DAY = timedelta(days=1)
PEER, HOLDER = "peer@example.org", "holder@example.org"
SAID = Reflected(words="She did it well.", name="Priya Peer", job="Deputy manager")


@pytest.fixture
async def record(session):
    entry = await make_entry(session)
    await make_account(session, person=entry.person, email=HOLDER)
    return await make_record(session, entry.person)


@pytest.fixture
async def request_(session, record):
    return await make_asked(session, record)


async def test_the_letter_names_nobody(session, record, request_):
    assert await letters_to(session, PEER) == ["reflection_asked"]


async def test_whoever_holds_the_link_sees_the_record(session, record, request_):
    found = await invited(session, token_of(request_), now=NOW)

    assert found.record.id == record.id


async def test_a_link_works_to_the_end_of_its_last_day_and_not_longer(
    session, record, request_
):
    last = start_of(request_.due_on + DAY)

    await invited(session, token_of(request_), now=last - timedelta(seconds=1))
    with pytest.raises(LinkClosed) as closed:
        await invited(session, token_of(request_), now=last)
    assert closed.value.why is Closed.EXPIRED


async def test_a_reflection_is_kept_with_the_record_and_told_to_the_registrant(
    session, record, request_
):
    found = await invited(session, token_of(request_), now=NOW, lock=True)
    await found.reflect(session, SAID, by=make_process(session))
    await session.flush()

    (asked,) = await peers_of(session, record.id)
    assert asked.given == SAID
    assert await letters_to(session, HOLDER) == ["reflection_given"]
    with pytest.raises(LinkClosed):
        await invited(session, token_of(request_), now=NOW)


async def test_whoever_cannot_reflect_says_why_and_the_registrant_is_told(
    session, record, request_
):
    found = await invited(session, token_of(request_), now=NOW, lock=True)
    said = Declined(because=CannotReflect.NO_TIME)
    await found.decline(session, said, by=make_process(session))
    await session.flush()

    (asked,) = await peers_of(session, record.id)
    assert asked.declined == said
    assert asked.given is None
    assert await letters_to(session, HOLDER) == ["reflection_not_given"]


async def test_another_peer_takes_the_place_of_one_who_has_not_answered(
    session, record, request_
):
    other = await make_asked(session, record, email="other@example.org")

    assert request_.outcome is Outcome.REPLACED
    assert other.open


async def test_the_same_peer_is_not_asked_twice_at_once(session, record, request_):
    with pytest.raises(AskedAlready):
        await make_asked(session, record, email=PEER.upper())


async def test_the_same_peer_may_be_asked_again_once_the_first_link_has_run_out(
    session, record, request_
):
    request_.expire(by=make_process(session))

    assert (await make_asked(session, record)).open


async def test_nobody_is_asked_about_learning_that_is_not_told_yet(session, record):
    draft = await make_record(session, record.person, learnt="")

    with pytest.raises(NotToldYet):
        await make_asked(session, draft)


async def test_a_peer_may_be_asked_before_the_registrant_has_reflected(session, record):
    draft = await make_record(session, record.person, reflection="", standards=())

    assert (await make_asked(session, draft)).open


async def test_the_registrant_may_want_no_answer_any_more(session, record, request_):
    await take_back(session, record, request_.about_id, by=make_process(session))

    assert request_.outcome is Outcome.WAIVED
    with pytest.raises(NotWaiting):
        await take_back(session, record, request_.about_id, by=make_process(session))


async def test_a_change_after_the_reflection_is_told_apart(session, record, request_):
    found = await invited(session, token_of(request_), now=NOW, lock=True)
    await found.reflect(session, SAID, by=make_process(session))
    await session.flush()
    (before,) = await peers_of(session, record.id)
    assert not before.before(record)

    later = make_process(session, now=NOW + DAY)
    await record.write(session, told(), year_end=YEAR_END, by=later)

    assert before.before(record)


async def test_a_record_that_is_removed_takes_its_reflections_with_it(
    session, record, request_
):
    token = token_of(request_)
    await remove(session, record, by=make_process(session))

    with pytest.raises(LinkClosed):
        await invited(session, token, now=NOW)


async def test_a_link_for_something_else_is_not_a_link(session, record, request_):
    with pytest.raises(NotFound):
        await invited(session, "nothing", now=NOW)


# The clock


async def test_a_peer_is_reminded_a_week_before_the_last_day_and_once(
    session, record, request_
):
    week_before = start_of(request_.due_on - 7 * DAY)

    await remind_peers(session, week_before - timedelta(seconds=1))
    assert request_.reminded_at is None
    await remind_peers(session, week_before)
    await remind_peers(session, week_before + DAY)

    assert await letters_to(session, PEER) == [
        "reflection_asked",
        "reflection_reminder",
    ]


async def test_after_the_last_day_the_registrant_is_told(session, record, request_):
    await expire_reflections(session, start_of(request_.due_on + DAY) - DAY)
    assert request_.open

    await expire_reflections(session, start_of(request_.due_on + DAY))
    await expire_reflections(session, start_of(request_.due_on + DAY))

    assert request_.outcome is Outcome.EXPIRED
    assert await letters_to(session, HOLDER) == ["reflection_not_given"]
