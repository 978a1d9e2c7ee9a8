"""Notices: when they are served, who is heard before what is decided, and how an entry is removed."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from register.account import Account, StaffRole
from register.application import ApplicationAct, ApplicationState, SectionName, withdraw
from register.assessment import (
    AssessmentAct,
    NoticeFirst,
    NotUnderAssessment,
    Outcome,
    Overtaken,
    SectionCheck,
    Wanted,
    answer_notice,
    clock_of,
    expire_notices_to_applicants,
    let_it_rest,
    lock_unchanged,
    notice_of,
    propose_grant,
    propose_notice_of_refusal,
    propose_refusal,
    seen_now,
)
from register.condition import PauseReason, propose_pause, standing_of
from register.entry import (
    ConditionKind,
    Entry,
    EntryHeld,
    NewCondition,
    NotPossible,
    RemovalReason,
    Status,
)
from register.kit.clock import end_of, is_working, working_days_between
from register.kit.post import Message, silence
from register.notice import (
    CannotBeServed,
    NoticeAct,
    NoticeEnded,
    NoticeOutcome,
    NoticeStands,
    NotOverdue,
    Representation,
    ServiceMethod,
    StillTime,
    deemed_on,
    drop,
    expire_notices,
    last_day,
    open_notice,
    propose_notice_of_removal,
    propose_removal,
    propose_removal_at_once,
    remind_of_notices,
    represent,
    said_to,
)
from register.proposal import NeedsAnotherPerson, NotYours, ProposalState
from register.request import Outcome as Ended
from tests.make import NOW, make_account, make_entry, make_process
from tests.register.assessing import (
    act,
    check,
    check_all,
    heard,
    make_office,
    make_sent,
    notice_given,
    proposed_refusal,
    weighed,
)

TODAY = NOW.date()
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
SUPERVISED = Wanted("Is supervised monthly.", "First post.")
ERROR, CONDITION = RemovalReason.ERROR, RemovalReason.CONDITION


# Service


@pytest.mark.parametrize(
    ("method", "sent_on", "served_on"),
    [
        (ServiceMethod.EMAIL, date(2027, 3, 10), date(2027, 3, 11)),
        (ServiceMethod.EMAIL, date(2027, 3, 12), date(2027, 3, 15)),
        (ServiceMethod.EMAIL, date(2027, 3, 25), date(2027, 3, 30)),
        (ServiceMethod.POST, date(2027, 3, 10), date(2027, 3, 12)),
        (ServiceMethod.POST, date(2027, 3, 25), date(2027, 3, 31)),
    ],
    ids=["next day", "over a weekend", "over Easter", "by post", "by post at Easter"],
)
def test_what_is_sent_counts_as_served_on_a_working_day(method, sent_on, served_on):
    assert deemed_on(sent_on, method) == served_on


@settings(max_examples=25)
@given(
    st.dates(date(2026, 1, 1), date(2027, 11, 30)), st.sampled_from(list(ServiceMethod))
)
def test_service_takes_as_many_working_days_as_its_method(sent_on, method):
    served_on = deemed_on(sent_on, method)

    assert is_working(served_on)
    assert working_days_between(sent_on, served_on) == method.working_days


def test_day_one_is_the_day_after_service():
    assert last_day(date(2027, 3, 11), 28) == date(2027, 4, 8)


# Applications


@pytest.fixture
async def office(session):
    return await make_office(session)


@pytest.fixture
async def application(session, office):
    return await make_sent(session, officer=office.caseworker)


async def not_met(session, application, office):
    await check_all(
        session,
        application,
        officer=office.caseworker,
        but={SectionName.DBS: Outcome.NOT_MET},
    )


@pytest.fixture
async def noticed(session, application, office):
    """Notice was given that we are minded to refuse."""
    await not_met(session, application, office)
    return await notice_given(session, application, office.caseworker)


async def answered(session, notice, words="It was renewed last week.", *, now=NOW):
    actor = await session.scalar(
        select(Account).where(Account.person_id == notice.person_id)
    )
    by = act(session, NoticeAct.ANSWER, actor, now=now)
    await answer_notice(session, notice, words, by=by)
    await session.flush()


async def refusal(session, application, officer, *, now=NOW):
    by = act(session, AssessmentAct.PROPOSE, officer, now=now)
    proposal = await propose_refusal(session, application, proposer=officer, by=by)
    await session.flush()
    return proposal


async def grant(session, application, officer, *conditions):
    by = act(session, AssessmentAct.PROPOSE, officer)
    proposal = await propose_grant(
        session, application, conditions=conditions, proposer=officer, by=by
    )
    await session.flush()
    return proposal


async def approve(session, proposal, approver, *, now=NOW):
    by = act(session, AssessmentAct.APPROVE, approver, now=now)
    await proposal.approve(session, approver=approver, by=by)
    await session.flush()


async def letters(session, *names):
    found = select(Message).where(Message.letter.in_(names)).order_by(Message.letter)
    return (await session.scalars(found)).all()


async def test_nobody_is_refused_who_was_not_told_first(session, application, office):
    await not_met(session, application, office)

    with pytest.raises(NoticeFirst):
        await refusal(session, application, office.caseworker)


async def test_a_notice_says_why_until_when_and_how_it_was_served(
    session, application, noticed
):
    (letter,) = await letters(session, "notice_minded_to_refuse")

    assert application.state is ApplicationState.MINDED_TO
    assert application.state.with_the_applicant
    assert (noticed.sent_at, noticed.deemed_on) == (NOW, date(2027, 3, 11))
    assert noticed.respond_by == date(2027, 4, 8)
    assert noticed.message_id == letter.id
    assert "by the end of 8 April 2027" in letter.body
    assert "Your DBS certificate is older than the rules allow." in letter.body


async def test_nothing_is_proposed_while_there_is_time_to_answer(
    session, application, office, noticed
):
    with pytest.raises(NotUnderAssessment):
        await refusal(session, application, office.caseworker)


async def test_an_answer_brings_the_case_back_and_is_considered(
    session, application, office, noticed
):
    await answered(session, noticed)
    back = application.state
    proposal = await refusal(session, application, office.caseworker)
    await approve(session, proposal, office.registrar)

    (letter,) = await letters(session, "application_refused")
    assert back is ApplicationState.UNDER_ASSESSMENT
    assert application.state is ApplicationState.REFUSED
    assert noticed.outcome is NoticeOutcome.CARRIED_OUT
    assert "considered all that you told us" in letter.body
    assert await letters(session, "notice_answered")


async def test_who_has_nothing_to_say_need_not_wait(
    session, application, office, noticed
):
    by = make_process(session)
    await let_it_rest(session, noticed, by=by)

    assert application.state is ApplicationState.UNDER_ASSESSMENT
    assert noticed.request.outcome is Ended.DECLINED


async def test_the_time_to_answer_ends_with_the_last_day(session, application, noticed):
    over = end_of(date(2027, 4, 8))

    await expire_notices_to_applicants(session, over - INSTANT)
    before = application.state
    await expire_notices_to_applicants(session, over)
    await expire_notices_to_applicants(session, over)

    assert before is ApplicationState.MINDED_TO
    assert application.state is ApplicationState.UNDER_ASSESSMENT
    assert noticed.request.outcome is Ended.EXPIRED


async def test_who_has_not_answered_is_reminded_once(session, noticed):
    counts = []
    for day in (date(2027, 3, 31), date(2027, 4, 1), date(2027, 4, 8)):
        await remind_of_notices(session, end_of(day) - INSTANT)
        counts.append(len(await letters(session, "notice_reminder")))

    assert counts == [0, 1, 1]


async def test_nobody_is_reminded_after_the_last_day_or_an_answer(session, noticed):
    await remind_of_notices(session, end_of(date(2027, 4, 8)))
    await answered(session, noticed)
    await remind_of_notices(session, end_of(date(2027, 4, 8)) - INSTANT)

    assert await letters(session, "notice_reminder") == []


async def test_the_clock_stands_still_while_the_applicant_may_answer(
    session, application, noticed
):
    assert (await clock_of(session, application, now=NOW + 20 * DAY)).used == 0


async def test_a_reason_of_which_nobody_was_told_needs_another_notice(
    session, application, office, noticed
):
    await answered(session, noticed)
    await check_again(session, application, office, SectionName.CONDUCT)

    with pytest.raises(NoticeFirst):
        await refusal(session, application, office.caseworker)
    another = await notice_given(session, application, office.caseworker)
    assert noticed.outcome is NoticeOutcome.CHANGED
    assert another.open


async def check_again(session, application, office, section):
    """Now it is not met."""
    last = select(SectionCheck.id).where(
        SectionCheck.application_id == application.id, SectionCheck.section == section
    )
    await check(
        session,
        application,
        section,
        Outcome.NOT_MET,
        officer=office.caseworker,
        seen=await session.scalar(last),
    )


async def test_a_condition_needs_notice_but_for_the_qualification(session, office):
    unqualified = await make_sent(session, officer=office.caseworker, qualified=False)
    await check_all(session, unqualified, officer=office.caseworker)

    await weighed(session, unqualified, office.caseworker)

    with pytest.raises(NoticeFirst):
        await grant(session, unqualified, office.caseworker, SUPERVISED)
    proposal = await grant(session, unqualified, office.caseworker)

    (condition,) = proposal.data["conditions"]
    assert condition["kind"] == ConditionKind.QUALIFICATION


@pytest.mark.parametrize(
    ("noticed_of", "conditions", "outcome"),
    [
        ([SUPERVISED], [SUPERVISED], NoticeOutcome.CARRIED_OUT),
        ([SUPERVISED], [], NoticeOutcome.DROPPED),
        ([], [SUPERVISED], NoticeOutcome.CHANGED),
    ],
    ids=["condition set", "granted without", "condition in place of refusal"],
)
async def test_less_than_the_notice_said_may_be_decided(
    session, application, office, noticed_of, conditions, outcome
):
    if noticed_of:
        await check_all(session, application, officer=office.caseworker)
    else:
        await not_met(session, application, office)
    notice = await heard(session, application, office.caseworker, conditions=noticed_of)
    if not noticed_of:
        await met_after_all(session, application, office)
    await weighed(session, application, office.caseworker)

    proposal = await grant(session, application, office.caseworker, *conditions)
    await approve(session, proposal, office.registrar)

    (letter,) = await letters(session, "application_approved")
    assert application.state is ApplicationState.APPROVED
    assert notice.outcome is outcome
    assert "considered all that you told us" in letter.body


async def met_after_all(session, application, office):
    last = select(SectionCheck.id).where(
        SectionCheck.application_id == application.id,
        SectionCheck.section == SectionName.DBS,
    )
    await check(
        session,
        application,
        SectionName.DBS,
        officer=office.caseworker,
        seen=await session.scalar(last),
    )


async def test_a_notice_of_conditions_is_none_of_a_refusal(
    session, application, office
):
    await check_all(session, application, officer=office.caseworker)
    await heard(session, application, office.caseworker, conditions=[SUPERVISED])
    await check_again(session, application, office, SectionName.DBS)

    with pytest.raises(NoticeFirst):
        await refusal(session, application, office.caseworker)


async def test_who_approved_the_notice_does_not_decide(session, application, office):
    await not_met(session, application, office)
    by = act(session, AssessmentAct.PROPOSE, office.caseworker)
    notice = await propose_notice_of_refusal(
        session, application, proposer=office.caseworker, by=by
    )
    await session.flush()
    await approve(session, notice, office.registrar)
    await answered(session, await notice_of(session, application))
    proposal = await refusal(session, application, office.caseworker)

    with pytest.raises(NeedsAnotherPerson):
        await approve(session, proposal, office.registrar)


async def test_a_late_answer_takes_the_decision_back_to_the_officer(
    session, application, office, noticed
):
    late = end_of(noticed.respond_by)
    await expire_notices_to_applicants(session, late)
    proposal = await refusal(session, application, office.caseworker, now=late)

    await answered(session, noticed, "I was in hospital.", now=late)

    assert proposal.state is ProposalState.WITHDRAWN
    assert application.state is ApplicationState.UNDER_ASSESSMENT
    assert [one.words for one in await said_to(session, noticed.id)] == [
        "I was in hospital."
    ]


async def test_what_is_added_makes_open_pages_stale(
    session, application, office, noticed
):
    await answered(session, noticed)
    seen = await seen_now(session, application)

    await answered(session, noticed, "And one thing more.")

    with pytest.raises(Overtaken):
        await lock_unchanged(session, application, seen=seen)


async def test_a_decision_ends_the_time_to_answer(session, application, office):
    proposal = await proposed_refusal(session, application, office.caseworker)
    notice = await notice_of(session, application)
    await approve(session, proposal, office.registrar)

    with pytest.raises(NoticeEnded):
        await answered(session, notice)


async def test_who_withdraws_is_owed_no_decision(session, application, noticed):
    by = act(session, ApplicationAct.WITHDRAW, None)
    await withdraw(session, application, by=by)

    assert application.state is ApplicationState.WITHDRAWN
    assert noticed.outcome is NoticeOutcome.DROPPED
    assert not noticed.request.open


async def test_what_was_said_is_sealed_and_stays(session, noticed):
    await answered(session, noticed, "It was my late mother’s.")

    sealed = await session.scalar(select(Representation.sealed))
    assert b"mother" not in sealed
    with pytest.raises(DBAPIError):
        await session.execute(text("update representation set sealed = ''"))


# Entries


OVERDUE = TODAY - DAY


async def make_conditional(session, due_on=OVERDUE, **more):
    wanted = NewCondition(ConditionKind.QUALIFICATION, "", due_on)
    return await make_entry(session, conditions=[wanted], **more)


@pytest.fixture
async def entry(session):
    entry = await make_conditional(session)
    await make_account(session, person=entry.person, email="holder@example.org")
    return entry


@pytest.fixture
async def officer(session):
    return await make_account(session, StaffRole.CASEWORKER)


@pytest.fixture
async def registrar(session):
    return await make_account(session, StaffRole.REGISTRAR)


@pytest.fixture
async def another_registrar(session):
    return await make_account(session, StaffRole.REGISTRAR)


async def notice_proposed(session, entry, officer, because=CONDITION):
    ours = because is CONDITION
    proposal = await propose_notice_of_removal(
        session,
        entry,
        because=because,
        condition_id=entry.conditions[0].id if ours else None,
        words="You have not sent us a certificate.",
        proposer=officer,
        by=make_process(session, actor=officer),
    )
    await session.flush()
    return proposal


async def served(session, entry, officer, registrar, because=CONDITION):
    proposal = await notice_proposed(session, entry, officer, because)
    await approve(session, proposal, registrar)
    return await open_notice(session, entry_id=entry.id)


async def removal_proposed(session, notice, officer, *, now=NOW):
    entry = await Entry.load(session, notice.entry_id)
    by = make_process(session, actor=officer, now=now)
    proposal = await propose_removal(
        session, notice, entry, words="No answer helps.", proposer=officer, by=by
    )
    await session.flush()
    return proposal


async def status(session, entry, now=NOW):
    return (await Entry.load(session, entry.id)).status_at(now)


@pytest.mark.parametrize("because", [CONDITION, ERROR])
async def test_an_entry_is_removed_under_notice(
    session, entry, officer, registrar, another_registrar, because
):
    notice = await served(session, entry, officer, registrar, because)
    await represent(session, notice, "The exam is in June.", by=make_process(session))
    proposal = await removal_proposed(session, notice, officer)
    before = await status(session, entry)
    await approve(session, proposal, another_registrar)

    (letter,) = await letters(session, "entry_removed")
    assert (before, await status(session, entry)) == (Status.REGISTERED, Status.REMOVED)
    assert [removal.because for removal in entry.removals] == [because]
    assert notice.outcome is NoticeOutcome.CARRIED_OUT
    assert "Write to us by the end of 8 April 2027" in letter.body
    assert "considered all that you told us" in letter.body


async def test_the_entry_stays_while_there_is_time_to_answer(
    session, entry, officer, registrar
):
    notice = await served(session, entry, officer, registrar)
    over = end_of(notice.respond_by)

    await expire_notices(session, over - INSTANT)
    with pytest.raises(StillTime):
        await removal_proposed(session, notice, officer, now=over - INSTANT)
    await expire_notices(session, over)

    assert (await removal_proposed(session, notice, officer, now=over)).waiting
    assert await status(session, entry) is Status.REGISTERED


@pytest.mark.parametrize("due_on", [TODAY, TODAY + DAY])
async def test_no_notice_is_given_before_a_condition_is_overdue(
    session, officer, due_on
):
    entry = await make_conditional(session, due_on)

    with pytest.raises(NotOverdue):
        await notice_proposed(session, entry, officer)


async def stop_the_clock(session, entry, registrar):
    standing = await standing_of(session, entry.conditions[0].id, now=NOW)
    proposer = await make_account(session, StaffRole.CASEWORKER)
    proposal = await propose_pause(
        session,
        standing,
        because=PauseReason.SICKNESS,
        from_on=OVERDUE - DAY,
        words="In hospital.",
        proposer=proposer,
        by=make_process(session, actor=proposer),
    )
    await approve(session, proposal, registrar)


async def test_no_notice_is_given_while_the_clock_stands_still(
    session, entry, officer, registrar
):
    await stop_the_clock(session, entry, registrar)

    with pytest.raises(NotOverdue):
        await notice_proposed(session, entry, officer)


async def test_a_clock_stopped_meanwhile_keeps_the_entry(
    session, entry, officer, registrar, another_registrar
):
    notice = await served(session, entry, officer, registrar)
    await represent(session, notice, "I am ill.", by=make_process(session))
    proposal = await removal_proposed(session, notice, officer)
    await stop_the_clock(session, entry, registrar)

    with pytest.raises(NotOverdue):
        await approve(session, proposal, another_registrar)
    assert await status(session, entry) is Status.REGISTERED


async def test_a_hold_keeps_an_entry_from_a_condition_and_not_from_a_conviction(
    session, entry, officer, registrar
):
    await entry.hold(session, on=NOW - DAY, by=make_process(session))
    with pytest.raises(EntryHeld):
        await notice_proposed(session, entry, officer)

    convicted = await at_once(session, entry, officer)
    await approve(session, convicted, registrar)

    assert entry.removals[0].because is RemovalReason.AUTOMATIC
    assert await status(session, entry) is Status.REMOVED_BY_ORDER


async def at_once(session, entry, officer):
    proposal = await propose_removal_at_once(
        session,
        entry,
        evidence="Certificate of conviction seen.",
        proposer=officer,
        by=make_process(session, actor=officer),
    )
    await session.flush()
    return proposal


async def test_a_conviction_needs_no_notice_but_two_people(
    session, entry, registrar, another_registrar
):
    proposal = await at_once(session, entry, registrar)

    with pytest.raises(NeedsAnotherPerson):
        await approve(session, proposal, registrar)
    await approve(session, proposal, another_registrar)

    (letter,) = await letters(session, "entry_removed")
    assert "convicted of an offence" in letter.body
    assert "notice" not in letter.body


async def test_who_took_a_step_of_the_notice_does_not_remove(
    session, entry, officer, registrar, another_registrar
):
    notice = await served(session, entry, another_registrar, registrar)
    await represent(session, notice, "No.", by=make_process(session))
    proposal = await removal_proposed(session, notice, officer)

    for earlier in (registrar, another_registrar):
        with pytest.raises(NeedsAnotherPerson):
            await approve(session, proposal, earlier)


async def test_a_team_manager_serves_no_notice_about_an_entry(session, entry, officer):
    proposal = await notice_proposed(session, entry, officer)
    manager = await make_account(session, StaffRole.TEAM_MANAGER)

    with pytest.raises(NotYours):
        await approve(session, proposal, manager)


async def test_one_notice_about_an_entry_stands_at_a_time(
    session, entry, officer, registrar
):
    await served(session, entry, officer, registrar)

    with pytest.raises(NoticeStands):
        await notice_proposed(session, entry, officer, ERROR)


async def test_a_notice_that_is_dropped_leaves_the_entry(
    session, entry, officer, registrar
):
    notice = await served(session, entry, officer, registrar)
    await represent(session, notice, "Here it is.", by=make_process(session))
    proposal = await removal_proposed(session, notice, officer)

    await drop(session, notice, words="It came.", by=make_process(session))

    (letter,) = await letters(session, "notice_dropped")
    assert "It came." in letter.body
    assert "You stay registered." in letter.body
    assert proposal.state is ProposalState.WITHDRAWN
    assert notice.outcome is NoticeOutcome.DROPPED


async def test_what_is_removed_is_not_removed_again(session, entry, officer, registrar):
    await approve(session, await at_once(session, entry, officer), registrar)

    with pytest.raises(NotPossible):
        await at_once(session, entry, officer)


@pytest.mark.parametrize("silent", [True, False], ids=["silent", "no account"])
async def test_a_notice_that_reaches_nobody_is_not_served(
    session, officer, registrar, silent
):
    entry = await make_conditional(session)
    if silent:
        await make_account(session, person=entry.person)
        await silence(session, entry.person_id, now=NOW)
    proposal = await notice_proposed(session, entry, officer)

    with pytest.raises(CannotBeServed):
        await approve(session, proposal, registrar)
