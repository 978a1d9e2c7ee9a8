"""The second fence around hearings: who sits on one reads what is laid before it, and of no other hearing anything."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from fitness.fence import Capacity, look_as
from fitness.hearing.kind import Kind, Seat
from fitness.hearing.member import panel_of
from register.account import Account, StaffRole
from tests.fitness.finding import comment, disclose, draw, make_told
from tests.fitness.investigating import make_investigator
from tests.fitness.sitting import (
    CONDITIONS,
    decide,
    draw_up,
    find_all,
    make_decider,
    make_hearing,
    make_listed,
    make_officer,
    make_panel,
    make_referred,
    refer,
    start,
    tell,
)
from tests.make import make_account

OF_A_HEARING = (
    "interim_application",
    "hearing",
    "hearing_service",
    "hearing_member",
    "hearing_direction",
    "hearing_finding",
    "hearing_ground",
    "hearing_decision",
    "court_extension",
)
OF_THE_OFFICE = ("decider", "declared_interest", "free_days")
FOUND = ("hearing_finding", "hearing_ground", "hearing_decision")
ANSWERING = (StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR, StaffRole.AUDITOR)


async def count(session, table):
    return await session.scalar(select(func.count()).select_from(text(table)))


async def seen(session, capacity, account, tables=("hearing", *FOUND)):
    await look_as(session, capacity, account.id)
    counts = {table: await count(session, table) for table in tables}
    await look_as(session, Capacity.SERVICE)
    return counts


async def make_drawn_up(session, *, taker=None):
    """A final hearing with everything found and a decision drawn up; the case, the hearing and its registrant."""
    case, account = await make_told(session, taker=taker)
    allegation = await draw(session, case)
    disclosure = await disclose(session, case, [allegation])
    await comment(session, case, disclosure)
    refer(session, case)
    hearing = await make_hearing(session, case, Kind.FINAL)
    await make_panel(session, case, hearing, adviser=True)
    await tell(session, case, hearing)
    await start(session, case, hearing)
    await find_all(session, case, hearing)
    await draw_up(session, case, hearing, CONDITIONS)
    return case, hearing, account


async def seated(session, hearing, seat):
    for member in await panel_of(session, hearing):
        if member.seat is seat:
            return await session.get_one(Account, member.account_id)
    raise AssertionError


@pytest.mark.parametrize("table", [*OF_A_HEARING, *OF_THE_OFFICE])
async def test_nothing_of_a_hearing_is_deleted(session, table):
    with pytest.raises(DBAPIError, match="permission denied"):
        await session.execute(text(f"delete from {table}"))  # noqa: S608


async def test_who_is_not_named_sees_nothing(session):
    await make_drawn_up(session)
    await session.execute(select(func.set_config("fitness.capacity", "", True)))

    for table in (*OF_A_HEARING, *OF_THE_OFFICE):
        assert await count(session, table) == 0


@pytest.mark.parametrize("role", ANSWERING)
async def test_who_answers_for_all_cases_sees_their_hearings(session, role):
    await make_drawn_up(session)
    account = await make_account(session, role)

    assert all((await seen(session, Capacity.STAFF, account)).values())


@pytest.mark.parametrize(
    "role", [role for role in StaffRole if role not in ANSWERING], ids=str
)
async def test_everybody_else_sees_none_that_is_not_theirs(session, role):
    await make_drawn_up(session)
    account = await make_account(session, role)

    counts = await seen(session, Capacity.STAFF, account, OF_A_HEARING)

    assert not any(counts.values())


async def test_investigator_and_hearings_officer_see_those_of_their_cases(session):
    investigator = await make_investigator(session)
    case, *_ = await make_drawn_up(session, taker=investigator)
    officer = await make_officer(session, case)
    await make_drawn_up(session)

    for account in (investigator, officer):
        assert (await seen(session, Capacity.STAFF, account))["hearing"] == 1


@pytest.mark.parametrize("seat", list(Seat))
async def test_who_sits_on_it_sees_it_and_what_was_said_to_what_is_alleged(
    session, seat
):
    _, hearing, _ = await make_drawn_up(session)
    await make_drawn_up(session)
    account = await seated(session, hearing, seat)
    tables = ("hearing", *FOUND, "allegation", "case_comment")

    counts = await seen(session, Capacity.STAFF, account, tables)

    assert counts == dict.fromkeys(tables, 1)


@pytest.mark.parametrize(
    "table", ["case_evidence", "case_event", "case_risk", "witness", "plan_step"]
)
async def test_who_sits_on_it_sees_nothing_of_the_work(session, table):
    _, hearing, _ = await make_drawn_up(session)
    chair = await seated(session, hearing, Seat.CHAIR)

    assert not (await seen(session, Capacity.STAFF, chair, [table]))[table]


async def test_an_interim_panel_sees_nothing_of_the_final_hearing(session):
    case = await make_referred(session)
    _, interim = await make_listed(session, case=case)
    final = await make_hearing(session, case, Kind.FINAL)
    chair = await seated(session, interim, Seat.CHAIR)

    await look_as(session, Capacity.STAFF, chair.id)
    found = await session.scalars(text("select id from hearing"))

    assert set(found) == {interim.id} != {final.id}


async def test_who_sat_on_it_sees_it_no_more_once_it_is_decided(session):
    case, hearing, _ = await make_drawn_up(session)
    chair = await seated(session, hearing, Seat.CHAIR)
    await decide(session, case, hearing, CONDITIONS)

    assert not any((await seen(session, Capacity.STAFF, chair)).values())


async def test_who_decides_writes_nothing_by_themself(session):
    _, hearing, _ = await make_drawn_up(session)
    chair = await seated(session, hearing, Seat.CHAIR)
    await look_as(session, Capacity.STAFF, chair.id)

    for table, column in (
        ("hearing", "last_on = last_on + 1"),
        ("hearing_member", "signed_at = joined_at"),
        ("hearing_decision", "months = 1"),
    ):
        changed = await session.execute(text(f"update {table} set {column}"))  # noqa: S608
        assert changed.rowcount == 0


async def test_the_registrant_sees_a_hearing_once_they_have_notice(session):
    case, account = await make_told(session)
    hearing = await make_hearing(session, case)
    await make_panel(session, case, hearing)
    tables = ("hearing", "hearing_member")
    assert not any((await seen(session, Capacity.OWN, account, tables)).values())

    await tell(session, case, hearing)

    assert await seen(session, Capacity.OWN, account, tables) == {
        "hearing": 1,
        "hearing_member": 3,
    }


async def test_the_registrant_sees_what_was_found_once_it_is_decided(session):
    case, hearing, account = await make_drawn_up(session)
    tables = (*FOUND, "interim_application")
    assert not any((await seen(session, Capacity.OWN, account, tables)).values())

    await decide(session, case, hearing, CONDITIONS)

    counts = await seen(session, Capacity.OWN, account, tables)
    assert counts == dict.fromkeys(FOUND, 1) | {"interim_application": 0}


async def test_another_registrant_sees_nothing_of_it(session):
    await make_drawn_up(session)
    _, other = await make_told(session)

    assert not any((await seen(session, Capacity.OWN, other)).values())


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (StaffRole.HEARINGS_OFFICER, True),
        (StaffRole.TEAM_MANAGER, True),
        (StaffRole.INVESTIGATOR, False),
        (StaffRole.ADJUDICATOR, False),
    ],
)
async def test_what_somebody_declared_is_the_office_s_to_know(session, role, sees):
    await look_as(session, Capacity.SERVICE)
    await make_decider(session)
    account = await make_account(session, role)

    counts = await seen(session, Capacity.STAFF, account, ("decider", "free_days"))

    assert all(counts.values()) == sees
