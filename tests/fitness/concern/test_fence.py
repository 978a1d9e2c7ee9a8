"""The fence of the database around concerns: who sees and changes which rows, whatever a statement forgets to ask."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from fitness.concern import (
    Concern,
    ConcernDuty,
    ConcernFile,
    ConcernPart,
    ConcernRead,
    ConcernStep,
    Referrer,
    ToldTo,
    due_by,
    note_reading,
    record,
)
from fitness.concern.state import Body
from fitness.fence import Capacity, look_as
from register.account import StaffRole
from register.kit.cleaning import MediaType
from register.kit.uploads import Received
from tests.fitness.raising import (
    SAID,
    look_as_nobody,
    look_as_staff,
    make_draft,
    sending,
)
from tests.make import NOW, make_account, make_person, make_process

TABLES = (Concern, ConcernPart, ConcernFile, ConcernDuty, ConcernStep, ConcernRead)
READERS = [
    StaffRole.INVESTIGATOR,
    StaffRole.TEAM_MANAGER,
    StaffRole.REGISTRAR,
    StaffRole.AUDITOR,
]
TAKERS = [role for role in READERS if role is not StaffRole.AUDITOR]
NOTHING = dict.fromkeys(TABLES, 0)


@pytest.fixture
async def draft(session):
    """With a row of each kind that a draft has."""
    draft, _ = await make_draft(session, Referrer.EMPLOYER)
    await fill(session, draft)
    return draft


@pytest.fixture
async def concern(session, draft):
    """Sent, with a row of each kind; beside it lies a draft of somebody else."""
    sent, _ = await make_draft(session, Referrer.EMPLOYER)
    await fill(session, sent)
    await sent.send(session, by=sending(session))
    officer = await make_account(session, StaffRole.INVESTIGATOR)
    await look_as_staff(session, officer)
    note_reading(session, sent, officer, now=NOW)
    by = make_process(session, actor=officer)
    await sent.screen(session, at_risk=False, words="Looked", by=by)
    await session.flush()
    return sent


async def fill(session, draft):
    received = Received("a.pdf", MediaType.PDF, 1, bytes(32), f"2027-03-10/{uuid4()}")
    await ConcernFile.add(session, draft, received, now=NOW)
    told = {Body.LADO: ToldTo(date(2027, 3, 9), "Ada")}
    await record(session, draft.id, due_by(SAID), told)


async def seen(session):
    return {
        table: await session.scalar(select(func.count()).select_from(table))
        for table in TABLES
    }


def all_of(answers=19):
    return {
        Concern: 1,
        ConcernPart: answers,
        ConcernFile: 1,
        ConcernDuty: 3,
        ConcernStep: 1,
        ConcernRead: 1,
    }


async def changed(session, statement):
    """How many rows a statement reached."""
    return (await session.execute(text(statement))).rowcount


async def refused(session, statement, **of):
    with pytest.raises(DBAPIError, match=r"row-level security|permission denied"):
        async with session.begin_nested():
            await session.execute(text(statement), of)


async def test_the_app_s_own_role_is_behind_the_fence(session):
    assert await session.scalar(text("select current_user")) == "register_app"
    assert not await session.scalar(
        text("select row_security_active('concern') is not true")
    )


async def test_whoever_says_nothing_sees_nothing_and_changes_nothing(session, concern):
    await look_as_nobody(session)

    assert await seen(session) == NOTHING
    assert await changed(session, "update concern set version = 9") == 0
    assert await changed(session, "delete from concern_part") == 0
    assert await changed(session, "select concern_receipt()") == 0


async def test_the_service_sees_all(session, concern):
    await look_as(session, Capacity.SERVICE)

    found = await seen(session)

    assert (found[Concern], found[ConcernStep], found[ConcernRead]) == (2, 1, 1)


async def test_a_referrer_sees_and_changes_their_own_draft_and_no_other(
    session, concern, draft
):
    await look_as(session, Capacity.REFERRER, draft.id)

    found = await seen(session)

    assert found == all_of(found[ConcernPart]) | {ConcernStep: 0, ConcernRead: 0}
    assert await session.scalar(select(Concern.id)) == draft.id
    assert set(await session.scalars(select(ConcernPart.concern_id))) == {draft.id}
    assert await changed(session, "update concern set version = version + 1") == 1
    assert await changed(session, "delete from concern_part") == found[ConcernPart]


async def test_a_referrer_of_what_is_sent_sees_their_duties_and_changes_nothing(
    session, concern
):
    await look_as(session, Capacity.REFERRER, concern.id)

    assert await seen(session) == NOTHING | {ConcernDuty: 3}
    assert await changed(session, "update concern set version = 9") == 0
    assert await changed(session, "update concern_duty set told_on = null") == 0
    assert await changed(session, "delete from concern_duty") == 0
    await refused(
        session,
        "insert into concern_part values (:concern, 'advocate', '', now())",
        concern=concern.id,
    )


async def test_a_referrer_sends_nothing_past_the_service(session, draft):
    await look_as(session, Capacity.REFERRER, draft.id)

    await refused(
        session,
        "update concern set state = 'received', sent_at = now(), screen_by = now(), "
        "rule_set_id = (select id from rule_set limit 1)",
    )


async def test_a_referrer_begins_only_the_concern_they_look_as(session, draft):
    await look_as(session, Capacity.REFERRER, uuid4())

    await refused(
        session,
        "insert into concern (id, reference, code_hash, referrer, state, begun_at, keep_until, anonymous, protected, version) "
        "values (gen_random_uuid(), 'C-1', sha256(''), 'child', 'draft', now(), now(), false, false, 1)",
    )


@pytest.mark.parametrize("role", READERS)
async def test_readers_see_what_was_sent_and_no_draft(session, concern, role):
    await look_as_staff(session, await make_account(session, role))

    found = await seen(session)

    assert found == all_of(found[ConcernPart])
    assert await session.scalar(select(Concern.id)) == concern.id
    assert set(await session.scalars(select(ConcernPart.concern_id))) == {concern.id}


@pytest.mark.parametrize("role", sorted(set(StaffRole) - set(READERS)))
async def test_all_other_staff_see_nothing(session, concern, role):
    await look_as_staff(session, await make_account(session, role))

    assert await seen(session) == NOTHING


async def test_a_role_alone_opens_nothing_in_another_capacity(session, concern):
    officer = await make_account(session, StaffRole.REGISTRAR)
    for capacity in (Capacity.OWN, Capacity.REFERRER):
        await look_as(session, capacity, officer.id)

        assert await seen(session) == NOTHING


async def test_an_account_that_is_disabled_sees_nothing(session, concern):
    officer = await make_account(session, StaffRole.INVESTIGATOR, disabled_at=NOW)
    await look_as_staff(session, officer)

    assert await seen(session) == NOTHING


@pytest.mark.parametrize("role", TAKERS)
async def test_whoever_takes_concerns_in_changes_them_and_never_what_was_told(
    session, concern, role
):
    await look_as_staff(session, await make_account(session, role))

    assert await changed(session, "update concern set version = version + 1") == 1
    assert await changed(session, "update concern_part set sealed = '' ") == 0
    assert await changed(session, "delete from concern_part") == 0
    assert await changed(session, "delete from concern_file") == 0
    assert await changed(session, "delete from concern") == 0


async def test_an_auditor_changes_nothing_but_what_they_have_read(session, concern):
    auditor = await make_account(session, StaffRole.AUDITOR)
    await look_as_staff(session, auditor)

    assert await changed(session, "update concern set version = 9") == 0
    note_reading(session, concern, auditor, now=NOW)
    await session.flush()
    by = make_process(session, actor=auditor)
    await session.flush()
    await refused(
        session,
        "insert into concern_step values (gen_random_uuid(), :concern, :by, :auditor, 'matched', now())",
        concern=concern.id,
        by=by.id,
        auditor=auditor.id,
    )


async def test_nobody_writes_down_that_somebody_else_has_read(session, concern):
    officer = await make_account(session, StaffRole.INVESTIGATOR)
    other = await make_account(session, StaffRole.INVESTIGATOR)
    await look_as_staff(session, officer)

    await refused(
        session,
        "insert into concern_read (concern_id, account_id, what, at) values (:concern, :other, 'concern', now())",
        concern=concern.id,
        other=other.id,
    )


@pytest.mark.parametrize("merged", [False, True])
async def test_nobody_sees_a_concern_about_themselves(session, concern, merged):
    """Nor about whoever they were before two records of them were made one."""
    person, other = await make_person(session), await make_person(session)
    officer = await make_account(session, *READERS, person=person)
    await look_as(session, Capacity.SERVICE)
    by = make_process(session)
    await concern.match(session, other if merged else person, by=by)
    await session.flush()
    if merged:
        await session.execute(
            text("update person set merged_into = :one where id = :other"),
            {"one": person.id, "other": other.id},
        )

    await look_as_staff(session, officer)

    assert await seen(session) == NOTHING
    assert await changed(session, "update concern set version = 9") == 0


async def test_nobody_can_make_a_concern_about_themselves_their_own_to_see(
    session, concern
):
    person = await make_person(session)
    officer = await make_account(session, StaffRole.INVESTIGATOR, person=person)
    await look_as_staff(session, officer)

    await refused(
        session,
        "update concern set person_id = :person, looked_up_at = now()",
        person=person.id,
    )


@pytest.mark.parametrize(
    "change",
    [
        "update concern_step set at = now()",
        "delete from concern_step",
        "update concern_read set at = now()",
        "delete from concern_read",
    ],
)
async def test_what_staff_did_and_read_is_never_taken_back(session, concern, change):
    await look_as(session, Capacity.SERVICE)

    await refused(session, change)
