"""A case as its registrant finds it: what was served on them and disclosed to them, and by the database nothing else."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from fitness.case import Case, CaseEvent, CaseText
from fitness.fence import Capacity, look_as
from fitness.investigation.disclosure import disclosure_in
from fitness.investigation.own import OwnCase, own_case, own_cases
from register.kit.errors import NotFound
from tests.fitness.finding import (
    DAY,
    TODAY,
    comment,
    disclose,
    hold,
    investigate,
    make_told,
)
from tests.fitness.investigating import act, close, make_investigated
from tests.fitness.test_fence import TABLES
from tests.make import NOW, make_account, make_entry, make_person

HIDDEN = (
    "case_member",
    "case_read",
    "case_hold",
    "case_risk",
    "case_link",
    "triage_factor",
    "triage_decision",
    "plan_step",
    "witness",
    "information_request",
    "proceeding",
)


async def count(session, table):
    return await session.scalar(select(func.count()).select_from(text(table)))


async def test_the_registrant_finds_what_was_served_and_disclosed(session):
    case, account = await make_told(session)
    await investigate(session, case)
    session.expunge_all()

    found = await own_case(session, account, case.reference)
    own = await OwnCase.of(session, found)

    assert [one.text.words for one in own.notices] == ["We look into a concern."]
    (disclosure,) = own.disclosures
    assert [one.allegation.number for one in disclosure.alleged] == [2, 3]
    assert [one.label for one in disclosure.evidence] == ["E1"]
    assert disclosure.evidence[0].text.words == "The log of that shift"
    assert disclosure.alleged[0].particulars[0].text.words == "You struck a child."


async def test_the_database_shows_them_nothing_else(session):
    case, account = await make_told(session)
    await investigate(session, case)
    await hold(session, case, told=False)

    await look_as(session, Capacity.OWN, account.id)

    counts = {table: await count(session, table) for table in TABLES}
    assert {table: counts[table] for table in HIDDEN} == dict.fromkeys(HIDDEN, 0)
    assert counts["allegation"] == counts["allegation_version"] == 2
    assert counts["particular"] == 2
    assert counts["case_evidence"] == 1
    assert counts["case_service"] == 2
    assert counts["investigation_hold"] == 0
    assert counts["case_event"] == 0
    # Of the notice, what was written for it and what was served; what was served with the disclosure; two particulars and a
    # piece of evidence.
    assert counts["case_text"] == 6


async def test_a_hold_is_theirs_to_know_where_we_say_so(session):
    case, account = await make_told(session)
    await hold(session, case, told=True)

    await look_as(session, Capacity.OWN, account.id)

    assert await count(session, "investigation_hold") == 1
    assert not await session.scalar(
        select(CaseText).where(CaseText.words.contains("police"))
    )


async def test_nobody_else_finds_it(session):
    case, _ = await make_told(session)
    await investigate(session, case)
    other = await make_account(session, person=(await make_entry(session)).person)

    assert await own_cases(session, other) == []
    with pytest.raises(NotFound):
        await own_case(session, other, case.reference)
    assert {await count(session, table) for table in TABLES} == {0}


async def test_nobody_finds_a_case_of_which_they_are_not_told(session):
    person = (await make_entry(session)).person
    account = await make_account(session, person=person)
    await make_investigated(session, person=person)

    assert await own_cases(session, account) == []


async def test_whoever_is_nobody_in_the_register_has_no_cases(session):
    case, _ = await make_told(session)
    nobody = await make_account(session)

    assert await own_cases(session, nobody) == []
    with pytest.raises(NotFound):
        await own_case(session, nobody, case.reference)


async def test_a_case_about_who_somebody_was_before_is_theirs(session):
    case, _ = await make_told(session)
    now = await make_person(session, family_name="Evans")
    case.person.merged_into = now.id
    await session.flush()
    account = await make_account(session, person=now)

    assert [one.id for one in await own_cases(session, account)] == [case.id]


# What they write


async def test_they_comment_as_themselves(session):
    case, account = await make_told(session)
    await disclose(session, case)

    found = await own_case(session, account, case.reference)
    disclosure = await disclosure_in(session, case.id, 1)
    await comment(session, found, disclosure, "I was not there.")

    assert await count(session, "case_comment") == 1
    events = await session.scalars(select(CaseEvent.kind))
    assert events.all() == ["commented"]


async def test_they_write_nothing_else(session):
    case, account = await make_told(session)
    await disclose(session, case)
    found = await own_case(session, account, case.reference)

    found.note(session, "All is well", by=act(session))
    with pytest.raises(DBAPIError, match="row-level security"):
        await session.flush()


async def test_they_comment_in_no_case_of_another(session):
    case, _ = await make_told(session)
    disclosure = await disclose(session, case)
    _, other = await make_told(session)
    await look_as(session, Capacity.OWN, other.id)

    with pytest.raises(DBAPIError, match="row-level security"):
        await comment(session, case, disclosure)


async def test_they_change_nothing(session):
    case, account = await make_told(session)
    await disclose(session, case)
    await look_as(session, Capacity.OWN, account.id)

    for table in ("fitness_case set restricted = true", "disclosure set number = 9"):
        changed = await session.execute(text(f"update {table}"))
        assert changed.rowcount == 0


# What is next


async def test_they_must_act_until_they_comment_or_the_time_is_over(session):
    case, account = await make_told(session)
    disclosure = await disclose(session, case)
    last = disclosure.comment_by
    session.expunge_all()
    found = await own_case(session, account, case.reference)
    own = await OwnCase.of(session, found)

    assert own.awaits(last).number == 1
    assert own.awaits(last + DAY) is None
    await comment(session, found, own.disclosures[0])
    session.expunge_all()
    own = await OwnCase.of(session, found)
    assert own.awaits(last) is None


async def test_the_age_they_read_counts_no_hold_they_may_not_know_of(session):
    case, account = await make_told(session)
    held = await hold(session, case, told=False)
    held.end(session, case, "Over", by=act(session, now=NOW + 9 * DAY))
    await hold(session, case, told=True, now=NOW + 20 * DAY)

    found = await own_case(session, account, case.reference)
    own = await OwnCase.of(session, found)

    clock = own.clock(TODAY + 30 * DAY)
    assert (clock.age, clock.held) == (30, 10)
    assert own.hold is not None


async def test_a_case_that_is_over_has_no_clock(session):
    case, account = await make_told(session)
    await close(session, case, now=NOW + DAY)

    found = await own_case(session, account, case.reference)

    assert (await OwnCase.of(session, found)).clock(TODAY) is None
    assert isinstance(found, Case)
