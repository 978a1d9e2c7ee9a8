"""The queue of concerns, who may be meant by one, and who has read it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from fitness.concern import (
    Referrer,
    concern_for,
    intake,
    is_old,
    note_reading,
    person_meant,
    queue,
    readings_of,
    settled,
    take_back_what_did_not_arrive,
    unreached,
    who_may_be_meant,
)
from fitness.notice_template import NoticeKind
from register.account import StaffRole
from register.kit.errors import NotFound
from register.kit.post import Failure, Message
from register.person import number_of
from tests.fitness.raising import (
    ANONYMOUS,
    BY_TELEPHONE,
    look_as_staff,
    make_concern,
    make_draft,
)
from tests.make import NOW, make_account, make_entry, make_person, make_process

DAY = timedelta(days=1)


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.INVESTIGATOR)


async def screen(session, concern, officer):
    await look_as_staff(session, officer)
    by = make_process(session, actor=officer)
    await concern.screen(session, at_risk=False, words="Looked", by=by)
    await session.flush()


async def test_what_is_due_first_stands_first(session, officer):
    later = await make_concern(session, now=NOW + DAY)
    sooner = await make_concern(session)
    to_ring = await make_concern(session, said=BY_TELEPHONE)
    done = await make_concern(session, said=ANONYMOUS)
    await make_draft(session, Referrer.CHILD)
    await screen(session, to_ring, officer)
    await screen(session, done, officer)

    found = await queue(session, officer)

    assert found.rows == [sooner, later, to_ring, done]


async def test_the_queue_goes_on_where_the_page_before_ended(
    session, officer, monkeypatch
):
    monkeypatch.setattr(intake, "PAGE", 1)
    first, second = [await make_concern(session, now=NOW + n * DAY) for n in (0, 1)]
    undated = await make_concern(session, said=ANONYMOUS)
    await screen(session, undated, officer)

    one = await queue(session, officer)
    two = await queue(session, officer, after=one.next)
    three = await queue(session, officer, after=two.next)

    assert [*one.rows, *two.rows, *three.rows] == [first, second, undated]
    assert three.next is None


async def test_what_is_settled_has_left_the_queue(session, officer):
    concern = await make_concern(session)
    await screen(session, concern, officer)
    by = make_process(session, actor=officer)
    await concern.pass_on(session, towards="police", words="", by=by)
    await session.flush()

    assert (await queue(session, officer)).rows == []
    assert (await settled(session, officer)).rows == [concern]


async def test_a_draft_is_nobody_s_to_read(session, officer):
    draft, _ = await make_draft(session)

    with pytest.raises(NotFound):
        await concern_for(session, officer, draft.reference)


async def test_each_reading_is_a_row(session, officer):
    concern = await make_concern(session)
    await look_as_staff(session, officer)

    for n in range(2):
        note_reading(session, concern, officer, now=NOW + n * DAY)
        await session.flush()

    readings = await readings_of(session, concern)
    assert [(one.account, one.at) for one in readings] == [
        (officer, NOW + DAY),
        (officer, NOW),
    ]


async def test_a_person_is_found_by_a_part_of_the_name_and_by_number(session, officer):
    entry = await make_entry(session, given_names="Josephine", family_name="Marshall")
    person = entry.person

    assert await who_may_be_meant(session, officer, "marsh") == [person]
    assert await who_may_be_meant(session, officer, "josephine marshall") == [person]
    assert await who_may_be_meant(session, officer, person.number) == [person]
    assert await who_may_be_meant(session, officer, "Nobody Here") == []


async def test_who_was_never_on_the_register_is_not_found(session, officer):
    await make_person(session, family_name="Marshall")

    assert await who_may_be_meant(session, officer, "Marshall") == []


async def test_nobody_finds_themselves(session):
    person = (await make_entry(session, family_name="Marshall")).person
    own = await make_account(session, StaffRole.INVESTIGATOR, person=person)

    assert await who_may_be_meant(session, own, "Marshall") == []
    assert await who_may_be_meant(session, own, person.number) == []
    with pytest.raises(NotFound):
        await person_meant(session, own, person.number)


async def test_a_number_that_is_nobody_s_is_not_there(session, officer):
    with pytest.raises(NotFound):
        await person_meant(session, officer, number_of(9_999_999))


async def test_an_acknowledgement_that_did_not_arrive_is_known(session, officer):
    concern = await make_concern(session)
    await look_as_staff(session, officer)
    assert await unreached(session, concern) == set()

    letter = await session.scalar(select(Message))
    letter.fail(now=NOW, because=Failure.UNDELIVERABLE)
    await session.flush()

    assert await unreached(session, concern) == {"acknowledged"}


async def lose(session, concern):
    key = concern.key_of(NoticeKind.CONCERN_ACKNOWLEDGED)
    letter = await session.scalar(select(Message).where(Message.key == key))
    letter.fail(now=NOW, because=Failure.UNDELIVERABLE)
    await session.flush()


async def test_an_acknowledgement_that_did_not_arrive_is_owed_again(session, officer):
    lost, arrived = [await make_concern(session) for _ in range(2)]
    await lose(session, lost)

    await take_back_what_did_not_arrive(session, NOW)

    assert lost.acknowledge_due_on == lost.acknowledge_by
    assert arrived.acknowledge_due_on is None


async def test_an_acknowledgement_that_somebody_made_up_for_is_not_owed_again(
    session, officer
):
    concern = await make_concern(session)
    await lose(session, concern)
    await look_as_staff(session, officer)
    by = make_process(session, now=NOW + DAY, actor=officer)
    await concern.acknowledge(session, words="Rang her", by=by)
    await session.flush()

    await take_back_what_did_not_arrive(session, NOW + DAY)

    assert concern.acknowledged_at == NOW + DAY


@pytest.mark.parametrize(
    ("last_on", "old"),
    [
        (None, False),
        (date(2022, 3, 10), False),
        (date(2022, 3, 9), True),
    ],
)
def test_what_happened_over_five_years_ago_is_old(last_on, old):
    assert is_old(last_on, today=date(2027, 3, 10), months=60) is old
