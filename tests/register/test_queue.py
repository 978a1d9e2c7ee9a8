"""The queue's filters, its target clock, what is due, and giving several applications at once."""

from dataclasses import asdict
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from register.account import StaffRole
from register.application import ApplicationState, SectionName
from register.assessment import (
    AssessmentAct,
    Due,
    Filter,
    Holder,
    NameTaken,
    Outcome,
    SavedFilter,
    TooManyFilters,
    Turn,
    Work,
    assign_all,
    checks_of,
    clock_of,
    count_of,
    pending,
    propose_refusal,
    queue,
    saved_filters,
    work_of,
)
from register.assessment.target import due_day
from register.kit.clock import day_of, working_days_between
from register.leaving import Leaving, LeavingReason
from register.part import Part
from register.process import Process
from register.request import Request, RequestKind
from tests.make import (
    NOW,
    make_account,
    make_entry,
    make_person,
    make_process,
)
from tests.register.assessing import (
    act,
    check,
    give,
    heard,
    make_caseworker,
    make_office,
    make_sent,
    proposed_grant,
    proposed_refusal,
)

DAY = timedelta(days=1)
SENT = date(2027, 3, 1)
"""A Monday."""


async def ask(
    session, application, kind=RequestKind.FURTHER_INFORMATION, *, due_on, at=NOW
):
    request = await Request.ask(
        session,
        kind,
        application_id=application.id,
        person_id=application.person_id,
        items=[],
        due_on=due_on,
        by=Process.begin(session, AssessmentAct.ASK, now=at),
    )
    if kind.stops_the_clock:
        application.state = ApplicationState.INFORMATION_REQUESTED
    await session.flush()
    return request


# The target clock


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([], date(2027, 3, 8)),
        ([(date(2027, 3, 3), None)], None),
        ([(date(2027, 3, 3), date(2027, 3, 10))], date(2027, 3, 15)),
        ([(date(2027, 3, 8), None)], date(2027, 3, 8)),
    ],
    ids=["no pause", "standing still", "after a pause", "asked on the last day"],
)
def test_a_target_of_five_working_days_is_used_up(pauses, due):
    assert due_day(SENT, pauses, 5) == due


@settings(max_examples=30, deadline=None)
@given(
    steps=st.lists(st.integers(1, 20), max_size=6),
    target=st.integers(1, 25),
)
def test_on_its_day_exactly_the_target_is_used(steps, target):
    days = [SENT]
    for step in steps[: len(steps) // 2 * 2]:
        days.append(days[-1] + step * DAY)
    pauses = list(zip(days[1::2], days[2::2], strict=True))

    due = due_day(SENT, pauses, target)

    waited = sum(
        working_days_between(min(asked, due), min(answered, due))
        for asked, answered in pauses
    )
    assert working_days_between(SENT, due) - waited == target


async def test_the_clock_says_since_when_it_stands_still(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer, sent_at=NOW - 14 * DAY)
    await ask(session, application, due_on=date(2027, 4, 7), at=NOW - 7 * DAY)

    clock = await clock_of(session, application, now=NOW)

    assert asdict(clock) == {
        "used": 5,
        "target": 10,
        "in_days": False,
        "due_on": None,
        "paused_since": day_of(NOW - 7 * DAY),
    }


# Filters


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(holder=Holder.ME, due=Due.OVER),
        Filter(state=ApplicationState.PROPOSED, part=Part.MANAGER, turn=Turn.US),
    ],
)
def test_a_filter_is_read_back_from_its_codes(wanted):
    assert Filter.of(wanted.codes) == wanted


async def test_the_queue_shows_for_whom_applications_wait_and_whose_they_are(session):
    office = await make_office(session)
    ours = await make_sent(session, officer=office.caseworker)
    asked = await make_sent(session)
    await ask(session, asked, due_on=date(2027, 4, 7))
    proposed = await make_sent(session, officer=await make_caseworker(session))
    await proposed_grant(session, proposed, await office_of(session, proposed))
    await ask(session, ours, RequestKind.REFERENCE, due_on=date(2027, 4, 7))

    async def found(**wanted):
        page = await queue(session, office.manager, Filter(**wanted), now=NOW)
        return [row.application for row in page.rows]

    assert await found(turn=Turn.US) == [ours]
    assert await found(turn=Turn.APPLICANT) == [asked]
    assert await found(turn=Turn.SECOND_PERSON) == [proposed]
    assert await found(turn=Turn.REFEREES) == [ours]
    assert await found(holder=office.caseworker.id) == [ours]


async def office_of(session, application):
    await session.refresh(application, ["assigned_to"])
    return application.assigned_to


@pytest.mark.parametrize(
    ("due", "first", "last"),
    [(Due.TODAY, 14, 14), (Due.WEEK, 7, 14), (Due.OVER, 15, 40)],
)
async def test_time_is_told_on_both_sides_of_the_target(session, due, first, last):
    """NOW is a Wednesday, so that fourteen days ago are ten working days."""
    manager = await make_account(session, StaffRole.TEAM_MANAGER)
    for age in (first - 1, first, last, last + 1):
        await make_sent(session, sent_at=NOW - age * DAY)

    page = await queue(session, manager, Filter(due=due), now=NOW)

    ages = {(NOW - row.application.submitted_at).days for row in page.rows}
    inside = {first, last} | ({last + 1} if due is Due.OVER else set())
    assert ages == inside


@pytest.mark.parametrize(
    ("due", "kind", "days", "shown"),
    [
        (Due.UNANSWERED, RequestKind.FURTHER_INFORMATION, 0, False),
        (Due.UNANSWERED, RequestKind.FURTHER_INFORMATION, -1, True),
        (Due.ANSWER, RequestKind.FURTHER_INFORMATION, 0, True),
        (Due.ANSWER, RequestKind.FURTHER_INFORMATION, 7, True),
        (Due.ANSWER, RequestKind.FURTHER_INFORMATION, 8, False),
        (Due.ANSWER, RequestKind.FURTHER_INFORMATION, -1, False),
        (Due.REFERENCE, RequestKind.REFERENCE, 7, True),
        (Due.REFERENCE, RequestKind.REFERENCE, 8, False),
    ],
)
async def test_answers_are_due_to_the_end_of_their_day(session, due, kind, days, shown):
    manager = await make_account(session, StaffRole.TEAM_MANAGER)
    application = await make_sent(session, officer=await make_caseworker(session))
    await ask(
        session, application, kind, due_on=day_of(NOW) + days * DAY, at=NOW - 30 * DAY
    )

    count = await session.scalar(select(count_of(manager, Filter(due=due), now=NOW)))

    assert count == shown


# Saved filters


async def test_a_filter_is_kept_under_a_name_that_none_other_has(session):
    me, colleague = await make_caseworker(session), await make_caseworker(session)
    wanted = Filter(holder=Holder.ME)
    mine = await SavedFilter.save(session, me, "Mine", wanted)
    await SavedFilter.save(session, colleague, "Mine", wanted)
    late = await SavedFilter.save(session, me, "Late", Filter(due=Due.OVER))
    await session.flush()

    with pytest.raises(NameTaken):
        await SavedFilter.save(session, me, "MINE", wanted)
    with pytest.raises(NameTaken):
        await late.change(session, me, name="mine", opens_first=False)
    await mine.change(session, me, name="My own", opens_first=True)
    await late.change(session, me, name="Late", opens_first=True)
    await session.flush()

    kept = [(one.name, one.opens_first) for one in await saved_filters(session, me)]
    assert kept == [("Late", True), ("My own", False)]


async def test_nobody_keeps_more_than_twenty_filters(session):
    me = await make_caseworker(session)
    for n in range(20):
        await SavedFilter.save(session, me, f"Filter {n}", Filter())

    with pytest.raises(TooManyFilters):
        await SavedFilter.save(session, me, "One more", Filter())


# Giving several at once


async def test_what_may_be_given_is_given_and_of_the_rest_it_is_told_why(session):
    office, other = await make_office(session), await make_caseworker(session)
    free, held = await make_sent(session), await make_sent(session, officer=other)
    stale = await make_sent(session)
    themself = await make_person(session)
    office.caseworker.person_id = themself.id
    own = await make_sent(session, person=themself, account=await make_account(session))
    gone = await make_sent(session)
    gone.state = ApplicationState.WITHDRAWN
    await session.flush()
    chosen = [free, held, own, gone]

    by = act(session, AssessmentAct.ASSIGN, office.manager)
    seen = {one.reference: one.version for one in chosen}
    not_given = await assign_all(
        session,
        seen | {stale.reference: stale.version - 1},
        to=office.caseworker,
        giver=office.manager,
        by=by,
    )

    assert free.assigned_to_id == held.assigned_to_id == office.caseworker.id
    assert {one.reference for one in not_given} == {
        own.reference,
        gone.reference,
        stale.reference,
    }
    assert all(one.why for one in not_given)


# What is due


async def test_each_role_is_told_of_its_own_work(session):
    office = await make_office(session)
    auditor = await make_account(session, StaffRole.AUDITOR)
    clerk = await make_account(session, StaffRole.FINANCE_OFFICER)
    late = await make_sent(session, officer=office.caseworker, sent_at=NOW - 20 * DAY)
    await make_sent(session)
    await proposed_refusal(session, late, office.caseworker)

    told = {
        who: await work_of(session, who, now=NOW)
        for who in (office.caseworker, office.manager, office.registrar, auditor, clerk)
    }

    assert told[office.caseworker][Work.MINE_OVER] == 1
    assert Work.ALL_OVER not in told[office.caseworker]
    assert told[office.manager][Work.ALL_OVER] == told[auditor][Work.ALL_OVER] == 1
    assert told[office.manager][Work.FREE] == 1
    assert told[office.registrar][Work.TO_DECIDE] == 1
    assert told[office.manager][Work.TO_DECIDE] == 0
    assert Work.TO_DECIDE not in told[auditor]
    assert told[clerk] == {}


async def test_what_is_listed_as_theirs_to_decide_is_what_nothing_keeps_them_from(
    session,
):
    office = await make_office(session)
    all_rounder = await make_account(session, *StaffRole)
    colleague = await make_person(session)
    interested = await make_account(session, *StaffRole, person=colleague)
    sent = {
        "grant": await make_sent(session, officer=office.caseworker),
        "refusal": await make_sent(session, officer=all_rounder),
        "own": await make_sent(session, officer=all_rounder),
        "theirs": await make_sent(
            session,
            officer=office.caseworker,
            person=colleague,
            account=await make_account(session),
        ),
    }
    await proposed_grant(session, sent["grant"], office.caseworker)
    await check(session, sent["refusal"], SectionName.DBS, officer=all_rounder)
    await give(session, sent["refusal"], to=office.caseworker, giver=office.manager)
    await check_again(session, sent["refusal"], office.caseworker)
    await leaving_proposed(session, office.registrar)
    await proposed_grant(session, sent["own"], all_rounder)
    await proposed_grant(session, sent["theirs"], office.caseworker)
    staff = [
        office.caseworker,
        office.manager,
        office.registrar,
        all_rounder,
        interested,
    ]

    for reader in staff:
        every = (await pending(session, reader)).rows
        theirs = (await pending(session, reader, theirs=True)).rows
        count = (await work_of(session, reader, now=NOW)).get(Work.TO_DECIDE, 0)

        free = [row.proposal for row in every if row.why_not is None]
        assert [row.proposal for row in theirs] == free
        assert count == len(free)


async def check_again(session, application, officer):
    """What another officer found is found otherwise, and a refusal proposed."""
    first = (await checks_of(session, application))[SectionName.DBS]
    for section in application.kind.sections:
        if not section.assessed:
            continue
        await check(
            session,
            application,
            section,
            Outcome.NOT_MET if section is SectionName.DBS else Outcome.MET,
            officer=officer,
            seen=first.check.id if section is SectionName.DBS else None,
        )
    await heard(session, application, officer)
    by = act(session, AssessmentAct.PROPOSE, officer)
    await propose_refusal(session, application, proposer=officer, by=by)
    await session.flush()


async def leaving_proposed(session, proposer):
    """Nobody took an earlier step of it."""
    entry = await make_entry(session)
    leaving = await Leaving.ask(
        session,
        entry,
        because=LeavingReason.RETIRED,
        last_day=day_of(NOW),
        by=make_process(session),
    )
    by = make_process(session, actor=proposer)
    await leaving.propose(session, proposer=proposer, by=by)
    await session.flush()
