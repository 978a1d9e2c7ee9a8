"""The clock of a condition: what stops it, what sets it going, who is reminded, and how it ends."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from register.account import StaffRole
from register.condition import (
    AlreadyPaused,
    Award,
    BeforeTheClock,
    DueAlready,
    NotLater,
    NotPaused,
    OutOfOrder,
    PausedThen,
    PauseReason,
    propose_discharge,
    propose_extension,
    propose_pause,
    resume,
    standing_of,
)
from register.condition.reminding import last_before, remind_of_conditions, rungs
from register.entry import ConditionKind, NewCondition, shown_at
from register.entry.facts import ConditionSuperseded
from register.kit.clock import day_of, days, months_after, start_of
from register.kit.errors import NotFound
from register.kit.post import Message
from register.proposal import AlreadyProposed, NeedsAnotherPerson, NotYours
from register.qualification import Qualification
from register.rule_set import Verdict
from tests.make import (
    NOW,
    make_account,
    make_employment,
    make_entry,
    make_process,
)

TODAY = NOW.date()
DUE = date(2029, 6, 30)
DAY = timedelta(days=1)


@pytest.fixture
async def entry(session):
    wanted = NewCondition(ConditionKind.QUALIFICATION, "", DUE)
    entry = await make_entry(session, conditions=[wanted])
    await make_account(session, person=entry.person, email="holder@example.org")
    return entry


@pytest.fixture
async def standing(session, entry):
    return await standing_now(session, entry)


async def standing_now(session, entry, now=NOW):
    return await standing_of(session, entry.conditions[0].id, now=now)


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


@pytest.fixture
async def registrar(session):
    return await make_account(session, StaffRole.REGISTRAR)


async def approve(session, proposal, registrar, now=NOW):
    await session.flush()
    by = make_process(session, actor=registrar, now=now)
    await proposal.approve(session, approver=registrar, by=by)
    await session.flush()


async def pause_proposed(session, standing, officer, from_on=TODAY):
    return await propose_pause(
        session,
        standing,
        because=PauseReason.PARENTAL_LEAVE,
        from_on=from_on,
        words="A child is born.",
        proposer=officer,
        by=make_process(session, actor=officer),
    )


async def paused(session, entry, officer, registrar, from_on=TODAY):
    standing = await standing_now(session, entry)
    proposal = await pause_proposed(session, standing, officer, from_on)
    await approve(session, proposal, registrar)
    return await standing_now(session, entry)


async def resumed(session, entry, until_on):
    """On the day after."""
    now = start_of(until_on + DAY) + timedelta(hours=12)
    standing = await standing_now(session, entry, now=now)
    await resume(
        session, standing, until_on=until_on, by=make_process(session, now=now)
    )
    await session.flush()


async def extension_proposed(session, standing, officer, due_on):
    return await propose_extension(
        session,
        standing,
        due_on=due_on,
        words="Their assessor says so.",
        proposer=officer,
        by=make_process(session, actor=officer),
    )


async def letters(session):
    found = select(Message.letter).where(Message.to_address == "holder@example.org")
    return list(await session.scalars(found))


# Standing still


async def test_a_condition_is_due_as_many_days_later_as_its_clock_stood_still(
    session, entry, officer, registrar
):
    await paused(session, entry, officer, registrar, from_on=date(2027, 3, 1))

    await resumed(session, entry, until_on=date(2027, 3, 31))

    assert entry.conditions[0].due_on == DUE + 31 * DAY
    assert {"condition_paused", "condition_resumed"} <= {*await letters(session)}


async def test_a_pause_of_one_day_counts_one_day(session, entry, officer, registrar):
    await paused(session, entry, officer, registrar, from_on=TODAY)

    await resumed(session, entry, until_on=TODAY)

    assert entry.conditions[0].due_on == DUE + DAY


async def test_the_public_reads_the_new_month(session, entry, officer, registrar):
    await paused(session, entry, officer, registrar, from_on=TODAY)

    await resumed(session, entry, until_on=TODAY)

    shown = shown_at(entry.facts, {}, NOW + 2 * DAY, cited={})
    assert [r.text for r in shown.restrictions] == ["Due by July 2029."]


async def test_what_the_register_said_of_the_day_before_stays_on_record(
    session, entry, officer, registrar
):
    await paused(session, entry, officer, registrar, from_on=TODAY)
    await resumed(session, entry, until_on=TODAY)

    assert (await session.scalars(select(ConditionSuperseded.due_on))).all() == [DUE]


@pytest.mark.parametrize("from_on", [DUE, DUE - DAY, date(2027, 2, 1)])
async def test_a_pause_begins_while_the_clock_runs(session, standing, officer, from_on):
    assert (await pause_proposed(session, standing, officer, from_on)).waiting


async def test_no_pause_begins_after_the_day_it_was_due(session, standing, officer):
    with pytest.raises(DueAlready):
        await pause_proposed(session, standing, officer, DUE + DAY)


async def test_where_no_role_is_known_the_clock_began_when_its_deadline_says(
    session, standing, officer
):
    """Three years before the qualification is due."""
    began = date(2026, 6, 30)

    with pytest.raises(BeforeTheClock, match="30 June 2026"):
        await pause_proposed(session, standing, officer, began - DAY)
    assert (await pause_proposed(session, standing, officer, began)).waiting


async def test_the_clock_began_with_the_role_and_no_pause_begins_before_it(
    session, entry, standing, officer
):
    began = date(2026, 7, 1)
    former = {"start": date(2020, 1, 1), "until": date(2025, 12, 31)}
    await make_employment(session, entry.person, **former)
    await make_employment(session, entry.person, start=began)

    with pytest.raises(BeforeTheClock, match="1 July 2026"):
        await pause_proposed(session, standing, officer, began - DAY)
    assert (await pause_proposed(session, standing, officer, began)).waiting


async def test_a_day_on_which_the_clock_stood_still_counts_once(
    session, entry, officer, registrar
):
    await paused(session, entry, officer, registrar, from_on=date(2027, 3, 1))
    await resumed(session, entry, until_on=date(2027, 3, 31))
    standing = await standing_now(session, entry)

    with pytest.raises(PausedThen):
        await pause_proposed(session, standing, officer, date(2027, 3, 31))
    later = date(2027, 4, 1)
    assert (await pause_proposed(session, standing, officer, later)).waiting


async def test_what_was_proposed_is_looked_at_again_when_it_is_approved(
    session, entry, officer, registrar
):
    post = await make_employment(session, entry.person, start=date(2026, 7, 1))
    standing = await standing_now(session, entry)
    proposal = await pause_proposed(session, standing, officer, date(2026, 7, 1))
    post.valid = days(date(2026, 9, 1), None)
    await session.flush()

    with pytest.raises(BeforeTheClock):
        await approve(session, proposal, registrar)


async def test_a_clock_that_stands_still_is_not_stopped_again(
    session, entry, officer, registrar
):
    standing = await paused(session, entry, officer, registrar)

    with pytest.raises(AlreadyPaused):
        await pause_proposed(session, standing, officer)


async def test_a_clock_that_runs_is_not_set_going(session, standing):
    with pytest.raises(NotPaused):
        await resume(session, standing, until_on=TODAY, by=make_process(session))


@pytest.mark.parametrize("until_on", [TODAY - 2 * DAY, TODAY + DAY])
async def test_a_pause_ends_after_it_began_and_not_in_the_future(
    session, entry, officer, registrar, until_on
):
    standing = await paused(session, entry, officer, registrar, from_on=TODAY - DAY)

    with pytest.raises(OutOfOrder):
        await resume(session, standing, until_on=until_on, by=make_process(session))


async def test_nothing_is_overdue_while_the_clock_stands_still(
    session, entry, officer, registrar
):
    before = await standing_now(session, entry)
    after = await paused(session, entry, officer, registrar)

    assert not before.overdue(DUE)
    assert before.overdue(DUE + DAY)
    assert not after.overdue(DUE + DAY)


# More time


async def test_more_time_is_a_later_day(session, entry, standing, officer, registrar):
    proposal = await extension_proposed(session, standing, officer, DUE + DAY)

    await approve(session, proposal, registrar)

    assert entry.conditions[0].due_on == DUE + DAY
    assert "condition_extended" in await letters(session)


@pytest.mark.parametrize("due_on", [DUE, DUE - DAY])
async def test_an_earlier_day_is_not_more_time(session, standing, officer, due_on):
    with pytest.raises(NotLater):
        await extension_proposed(session, standing, officer, due_on)


# Met


async def test_a_condition_that_is_met_is_no_longer_shown(
    session, entry, standing, officer, registrar
):
    by = make_process(session, actor=officer)
    proposal = await propose_discharge(
        session, standing, words="The diploma is here.", proposer=officer, by=by
    )

    await approve(session, proposal, registrar)

    assert shown_at(entry.facts, {}, NOW, cited={}).restrictions == ()
    assert "condition_discharged" in await letters(session)
    with pytest.raises(NotFound):
        await standing_now(session, entry)


async def test_a_qualification_that_met_it_meets_the_requirement_of_the_part(
    session, entry, standing, officer, registrar
):
    studied = Qualification(
        id=uuid4(),
        person_id=entry.person_id,
        title="Level 5 Diploma",
        awarding_body="City & Guilds",
        country="England",
        enrolled_on=date(2026, 9, 1),
    )
    session.add(studied)
    await session.flush()
    proposal = await propose_discharge(
        session,
        standing,
        awarded=Award(studied.id, TODAY),
        words="The diploma is here.",
        proposer=officer,
        by=make_process(session, actor=officer),
    )

    await approve(session, proposal, registrar)

    assert studied.awarded_on == TODAY
    assert studied.verdict is Verdict.FULL
    assert studied.verified_at == NOW


# Two people


async def test_one_thing_is_proposed_at_a_time(session, standing, officer):
    await pause_proposed(session, standing, officer)
    await session.flush()

    with pytest.raises(AlreadyProposed):
        await extension_proposed(session, standing, officer, DUE + DAY)


async def test_the_registrar_decides_who_did_not_propose(session, standing, registrar):
    proposal = await pause_proposed(session, standing, registrar)

    with pytest.raises(NeedsAnotherPerson):
        await approve(session, proposal, registrar)


async def test_a_team_manager_does_not_decide(session, standing, officer):
    proposal = await pause_proposed(session, standing, officer)
    manager = await make_account(session, StaffRole.TEAM_MANAGER)

    with pytest.raises(NotYours):
        await approve(session, proposal, manager)


async def test_what_is_given_back_changes_nothing(
    session, entry, standing, officer, registrar
):
    proposal = await extension_proposed(session, standing, officer, DUE + DAY)
    await session.flush()

    by = make_process(session, actor=registrar)
    proposal.return_(words="Where is the forecast?", approver=registrar, by=by)

    assert entry.conditions[0].due_on == DUE


# Reminders


async def reminded(session, day):
    """How many reminders have been written once the job has run that day."""
    now = start_of(day) + timedelta(hours=9)
    await remind_of_conditions(session, now)
    return (await letters(session)).count("condition_reminder")


async def test_each_rung_of_the_ladder_is_climbed_once(session, entry):
    days = [months_after(DUE, -months) for months in (12, 6, 3, 1)]

    counts = []
    for day in days:
        counts += [await reminded(session, d) for d in (day - DAY, day, day, day + DAY)]

    assert counts == [0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4]


async def test_a_rung_that_was_missed_is_made_up_for_once(session, entry):
    assert await reminded(session, months_after(DUE, -2)) == 1
    assert await reminded(session, months_after(DUE, -1)) == 2


@pytest.mark.parametrize(("day", "count"), [(DUE - DAY, 1), (DUE, 0), (DUE + DAY, 0)])
async def test_nobody_is_reminded_once_it_is_due(session, entry, day, count):
    assert await reminded(session, day) == count


async def test_nobody_is_reminded_while_the_clock_stands_still(
    session, entry, officer, registrar
):
    await paused(session, entry, officer, registrar)

    assert await reminded(session, months_after(DUE, -3)) == 0


async def test_who_got_more_time_is_reminded_of_the_new_day(
    session, entry, standing, officer, registrar
):
    first = await reminded(session, months_after(DUE, -1))
    later = months_after(DUE, 12)
    proposal = await extension_proposed(session, standing, officer, later)
    await approve(session, proposal, registrar)

    assert (first, await reminded(session, months_after(later, -1))) == (1, 2)


@given(
    due=st.dates(date(2026, 1, 1), date(2060, 12, 31)),
    today=st.dates(date(2026, 1, 1), date(2060, 12, 31)),
    months=st.integers(0, 36),
)
def test_the_rung_in_sql_is_the_rung_by_the_calendar(due, today, months):
    assert (due <= last_before(today, months)) == (months_after(due, -months) <= today)


@given(st.sets(st.integers(1, 48), max_size=6), st.integers(-10, 60 * 31))
def test_every_day_before_the_last_stands_on_one_rung_at_most(months, left):
    today = day_of(datetime(2027, 3, 10, 12, tzinfo=UTC))
    due = today + left * DAY
    on = [
        rung
        for rung, until in rungs(sorted(months, reverse=True))
        if last_before(today, until) < due <= last_before(today, rung)
    ]

    assert len(on) <= 1
    assert bool(on) == (bool(months) and today < due <= last_before(today, max(months)))


def test_rungs_lead_down_to_the_day_itself():
    assert list(rungs([12, 6, 3, 1])) == list(pairwise([12, 6, 3, 1, 0]))
