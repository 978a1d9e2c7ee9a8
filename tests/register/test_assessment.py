"""The rules of assessment."""

import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Date, cast, literal, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from register.account import StaffRole
from register.application import ApplicationState, NotNow, SectionName
from register.assessment import (
    ASSESSED,
    REASONS,
    AssessmentAct,
    AssessmentEvent,
    Due,
    DueInThePast,
    Filter,
    Holder,
    NotAllMet,
    NotForThem,
    NothingNotMet,
    NothingToAsk,
    NotUnderAssessment,
    NotYetDue,
    NotYourApplication,
    Outcome,
    Overtaken,
    QualificationNotJudged,
    Reason,
    TakenAlready,
    Wanted,
    application_for,
    ask_for_more,
    asked_for,
    assign,
    checks_of,
    conditions_of,
    go_on_without,
    history_of,
    judge,
    lock_unchanged,
    may_read_restricted,
    note,
    notes_of,
    propose_grant,
    propose_refusal,
    qualification_term,
    queue,
    read_restricted,
    return_to_officer,
    seen_now,
    to_ask,
)
from register.assessment.asking import remind_of_requests
from register.assessment.target import working_days
from register.kit.clock import LONDON, working_days_between
from register.kit.errors import NotFound, Refused
from register.kit.post import Message
from register.part import Part
from register.person import Person
from register.process import Event, TextKind
from register.proposal import AboutYourself, NeedsAnotherPerson, NotYours, Proposal
from register.qualification import Qualification
from register.request import Request, RequestKind
from register.rule_set import Verdict
from tests.make import NOW, make_account, make_entry, make_person
from tests.register.assessing import (
    act,
    answers,
    check,
    check_all,
    give,
    make_caseworker,
    make_office,
    make_sent,
    proposed_grant,
    proposed_refusal,
    send,
    weighed,
)

LATER = NOW + timedelta(hours=1)


# Who may see it


async def test_an_application_about_oneself_is_not_there(session):
    person = await make_person(session)
    officer = await make_caseworker(session, person=person)
    application = await make_sent(
        session, person=person, account=await make_account(session)
    )

    with pytest.raises(NotFound):
        await application_for(session, officer, application.reference)


async def test_an_application_sent_from_ones_own_account_is_not_there(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, account=officer)

    with pytest.raises(NotFound):
        await application_for(session, officer, application.reference)


async def test_a_draft_is_not_there(session):
    officer = await make_caseworker(session)
    application = await make_sent(session)
    application.state, application.submitted_at = ApplicationState.DRAFT, None
    await session.flush()

    with pytest.raises(NotFound):
        await application_for(session, officer, application.reference)


@pytest.mark.parametrize(
    "role", [StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR, StaffRole.AUDITOR]
)
async def test_the_restricted_sections_are_read_by(session, role):
    application = await make_sent(session)

    assert may_read_restricted(application, await make_account(session, role))


async def test_the_restricted_sections_are_read_by_the_caseworker_who_has_it(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)

    assert may_read_restricted(application, officer)


@pytest.mark.parametrize(
    "role", [StaffRole.CASEWORKER, StaffRole.FINANCE_OFFICER, StaffRole.ADMIN]
)
async def test_the_restricted_sections_are_not_there_for(session, role):
    application = await make_sent(session)
    reader = await make_account(session, role)

    with pytest.raises(NotFound):
        await read_restricted(
            session, application, SectionName.HEALTH, reader=reader, now=NOW
        )


async def test_reading_a_restricted_section_is_written_down(session):
    reader = await make_account(session, StaffRole.AUDITOR)
    application = await make_sent(session)

    await read_restricted(
        session, application, SectionName.HEALTH, reader=reader, now=NOW
    )
    await session.flush()

    events = await session.scalars(
        select(Event).where(Event.kind == AssessmentEvent.RESTRICTED_READ)
    )
    assert [event.data for event in events] == [{"section": "health"}]


# Whose it is


async def test_a_caseworker_takes_what_nobody_has(session):
    officer = await make_caseworker(session)

    application = await make_sent(session, officer=officer)

    assert application.assigned_to_id == officer.id
    assert application.state is ApplicationState.UNDER_ASSESSMENT


async def test_a_caseworker_cannot_take_what_somebody_has(session):
    application = await make_sent(session, officer=await make_caseworker(session))
    other = await make_caseworker(session)

    with pytest.raises(TakenAlready):
        await give(session, application, to=other, giver=other)


async def test_a_caseworker_cannot_give_to_another(session):
    application = await make_sent(session)
    giver, other = await make_caseworker(session), await make_caseworker(session)

    with pytest.raises(TakenAlready):
        await give(session, application, to=other, giver=giver)


async def test_a_team_manager_gives_it_to_another_caseworker(session):
    office = await make_office(session)
    application = await make_sent(session, officer=office.caseworker)
    other = await make_caseworker(session)

    await give(session, application, to=other, giver=office.manager)

    assert application.assigned_to_id == other.id


async def test_it_is_given_to_nobody_but_caseworkers(session):
    office = await make_office(session)
    application = await make_sent(session)

    with pytest.raises(NotForThem):
        await give(session, application, to=office.registrar, giver=office.manager)


async def test_it_is_not_given_to_the_person_it_is_about(session):
    office = await make_office(session)
    person = await make_person(session)
    themself = await make_caseworker(session, person=person)
    application = await make_sent(
        session, person=person, account=await make_account(session)
    )

    with pytest.raises(NotForThem):
        await give(session, application, to=themself, giver=office.manager)


async def test_what_is_decided_is_given_to_nobody(session):
    office = await make_office(session)
    application = await make_sent(session)
    application.state = ApplicationState.REFUSED

    await session.flush()
    with pytest.raises(NotNow):
        await give(session, application, to=office.caseworker, giver=office.manager)


async def test_giving_it_to_who_has_it_writes_nothing(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)
    by = act(session, AssessmentAct.ASSIGN, officer)

    await assign(session, application, to=officer, giver=officer, by=by)

    assert by.events == []


# Checks


async def test_a_check_stands_for_its_section(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)

    await check(
        session,
        application,
        SectionName.DBS,
        Outcome.ASK,
        officer=officer,
        words="Please send the newer one.",
    )

    found = (await checks_of(session, application))[SectionName.DBS]
    assert found.outcome is Outcome.ASK
    assert found.reasons == REASONS[SectionName.DBS][:1]
    assert found.words == "Please send the newer one."


async def test_the_last_check_counts_and_the_earlier_ones_are_kept(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)
    first = await check(
        session, application, SectionName.DBS, Outcome.NOT_MET, officer=officer
    )

    await check(session, application, SectionName.DBS, seen=first.id, officer=officer)

    assert (await checks_of(session, application))[
        SectionName.DBS
    ].outcome is Outcome.MET
    history = await history_of(session, application, SectionName.DBS)
    assert [found.outcome for found, _, _ in history] == [Outcome.MET, Outcome.NOT_MET]


async def test_a_check_does_not_stand_for_answers_sent_after_it(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)
    await check(session, application, SectionName.DBS, officer=officer)

    await send(
        session, application, {SectionName.DBS: answers()[SectionName.DBS]}, now=LATER
    )

    found = (await checks_of(session, application))[SectionName.DBS]
    assert found.changed
    assert found.outcome is None


async def test_a_check_made_on_a_stale_page_is_refused(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)
    await check(session, application, SectionName.DBS, officer=officer)

    with pytest.raises(Overtaken):
        await check(
            session,
            application,
            SectionName.DBS,
            Outcome.NOT_MET,
            seen=None,
            officer=officer,
        )


async def test_only_the_officer_who_has_it_checks(session):
    application = await make_sent(session, officer=await make_caseworker(session))

    with pytest.raises(NotYourApplication):
        await check(
            session,
            application,
            SectionName.DBS,
            officer=await make_caseworker(session),
        )


async def test_nothing_is_checked_before_somebody_has_it(session):
    application = await make_sent(session)

    with pytest.raises(NotUnderAssessment):
        await check(
            session,
            application,
            SectionName.DBS,
            officer=await make_caseworker(session),
        )


async def test_not_met_needs_a_reason(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)

    with pytest.raises(Refused, match="at least one reason"):
        await check(
            session,
            application,
            SectionName.DBS,
            Outcome.NOT_MET,
            because=[],
            officer=officer,
        )


async def test_a_reason_belongs_to_its_section(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)

    with pytest.raises(Refused, match="another section"):
        await check(
            session,
            application,
            SectionName.DBS,
            Outcome.ASK,
            because=[Reason.ADDRESS_GAP],
            officer=officer,
        )


async def test_the_database_keeps_every_check(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)
    await check(session, application, SectionName.DBS, officer=officer)

    with pytest.raises(DBAPIError, match=r"permission denied|refused"):
        await session.execute(
            text("update section_check set outcome = 'not_met', reasons = '{x}'")
        )


def test_every_assessed_section_has_reasons():
    assert set(REASONS) == set(ASSESSED)


def test_every_reason_belongs_to_one_section():
    listed = [reason for reasons in REASONS.values() for reason in reasons]

    assert sorted(listed) == sorted(Reason)


# Notes


async def test_notes_are_kept_latest_first(session):
    officer = await make_caseworker(session, name="Casey Worker")
    application = await make_sent(session, officer=officer)

    note(
        application, "Rang the applicant.", by=act(session, AssessmentAct.NOTE, officer)
    )
    note(
        application,
        "They rang back.",
        by=act(session, AssessmentAct.NOTE, officer, now=LATER),
    )
    await session.flush()

    notes = await notes_of(session, application)
    assert [(n.who, n.words) for n in notes] == [
        ("Casey Worker", "They rang back."),
        ("Casey Worker", "Rang the applicant."),
    ]


# Asking for more


async def asked(session, application, officer, *, now=NOW):
    await check(
        session,
        application,
        SectionName.DBS,
        Outcome.ASK,
        officer=officer,
        words="The one of 2024 is too old.",
    )
    request = await ask_for_more(
        session,
        application,
        officer=officer,
        by=act(session, AssessmentAct.ASK, officer, now=now),
    )
    await session.flush()
    return request


async def test_a_request_is_composed_of_what_is_marked(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)

    request = await asked(session, application, officer)

    assert application.state is ApplicationState.INFORMATION_REQUESTED
    [item] = await asked_for(session, request.items)
    assert (item.section, item.reasons, item.words) == (
        SectionName.DBS,
        (Reason.DBS_CERTIFICATE_OLD,),
        "The one of 2024 is too old.",
    )
    assert request.due_on == date(2027, 3, 31)


async def test_who_has_not_answered_is_reminded_once_seven_days_before_the_last(
    session,
):
    officer = await make_caseworker(session)
    request = await asked(session, await make_sent(session, officer=officer), officer)
    last_week = datetime(2027, 3, 24, tzinfo=UTC)

    await remind_of_requests(session, last_week - timedelta(microseconds=1))
    too_early = await reminders(session)
    await remind_of_requests(session, last_week)
    await remind_of_requests(session, last_week + timedelta(days=1))

    assert too_early == []
    [letter] = await reminders(session)
    assert "Answer by 31 March 2027." in letter.body
    assert request.reminded_at == last_week


async def test_the_last_day_to_answer_is_the_last_to_be_reminded(session):
    officer = await make_caseworker(session)
    await asked(session, await make_sent(session, officer=officer), officer)
    await asked(session, await make_sent(session, officer=officer), officer)
    midnight = datetime(2027, 4, 1, tzinfo=LONDON)

    await remind_of_requests(session, midnight)
    too_late = await reminders(session)
    await remind_of_requests(session, midnight - timedelta(microseconds=1))

    assert too_late == []
    assert len(await reminders(session)) == 2


async def test_who_has_answered_is_not_reminded(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)
    request = await asked(session, application, officer)
    request.receive(by=act(session, AssessmentAct.ASK, officer))
    await session.flush()

    await remind_of_requests(session, datetime(2027, 3, 30, tzinfo=UTC))

    assert await reminders(session) == []


async def reminders(session):
    letter = Message.letter == "application_more_information_reminder"
    return (await session.scalars(select(Message).where(letter))).all()


async def test_the_letter_says_what_is_asked(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)

    await asked(session, application, officer)

    letter = await session.scalar(
        select(Message).where(Message.letter == "application_more_information")
    )
    assert "The one of 2024 is too old." in letter.body
    assert "newer DBS certificate" in letter.body
    assert "31 March 2027" in letter.body


async def test_the_letter_says_nothing_of_a_restricted_section(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)
    await check(
        session,
        application,
        SectionName.HEALTH,
        Outcome.ASK,
        officer=officer,
        words="How is your back?",
    )

    await ask_for_more(
        session,
        application,
        officer=officer,
        by=act(session, AssessmentAct.ASK, officer),
    )

    letter = await session.scalar(select(Message))
    assert "back" not in letter.body
    assert "ealth" not in letter.body


async def test_nothing_marked_is_nothing_to_send(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)
    await check_all(session, application, officer=officer)

    with pytest.raises(NothingToAsk):
        await ask_for_more(
            session,
            application,
            officer=officer,
            by=act(session, AssessmentAct.ASK, officer),
        )


async def test_what_was_asked_is_not_asked_again(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)
    request = await asked(session, application, officer)
    request.receive(by=act(session, AssessmentAct.ASK, officer, now=LATER))
    await session.flush()

    assert await to_ask(session, application) == []


async def test_we_do_not_go_on_on_the_last_day_to_answer(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)
    await asked(session, application, officer)
    last = datetime(2027, 3, 31, 22, 59, 59, tzinfo=UTC)

    with pytest.raises(NotYetDue):
        await go_on_without(
            session,
            application,
            officer=officer,
            by=act(session, AssessmentAct.ASK, officer, now=last),
        )


async def test_we_go_on_on_the_day_after(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)
    request = await asked(session, application, officer)
    after = datetime(2027, 3, 31, 23, 0, tzinfo=UTC)

    await go_on_without(
        session,
        application,
        officer=officer,
        by=act(session, AssessmentAct.ASK, officer, now=after),
    )

    assert application.state is ApplicationState.UNDER_ASSESSMENT
    assert not request.open


# Qualifications


async def test_the_required_qualification_needs_no_condition(session):
    application = await make_sent(session)

    assert not (
        await qualification_term(session, application, today=date(2027, 3, 10))
    ).needed


async def test_without_it_the_condition_runs_from_the_start_of_managing(session):
    application = await make_sent(session, qualified=False)

    term = await qualification_term(session, application, today=date(2027, 3, 10))

    assert term.due_on == date(2029, 9, 1)


async def test_a_qualification_must_be_judged_first(session):
    application = await make_sent(session, qualified=False)
    held = await session.scalar(select(Qualification))
    held.verdict = held.verified_at = None

    with pytest.raises(QualificationNotJudged):
        await qualification_term(session, application, today=date(2027, 3, 10))


async def test_judging_a_qualification_verifies_it(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer, qualified=False)
    held = await session.scalar(select(Qualification))

    await judge(
        session,
        application,
        held.id,
        Verdict.FULL,
        officer=officer,
        by=act(session, AssessmentAct.JUDGE, officer),
    )

    assert held.verdict is Verdict.FULL


async def test_somebody_elses_qualification_is_not_there(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)
    other = await make_sent(session)
    theirs = await session.scalar(
        select(Qualification).where(Qualification.person_id == other.person_id)
    )

    with pytest.raises(NotFound):
        await judge(
            session,
            application,
            theirs.id,
            Verdict.NO,
            officer=officer,
            by=act(session, AssessmentAct.JUDGE, officer),
        )


# Proposing


async def test_all_met_may_be_proposed_to_grant(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)

    proposal = await proposed_grant(session, application, officer)

    assert proposal.kind == "grant"
    assert application.state is ApplicationState.PROPOSED


@pytest.mark.parametrize("outcome", [Outcome.NOT_MET, Outcome.ASK])
async def test_one_section_that_is_not_met_keeps_from_granting(session, outcome):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)
    await check_all(
        session, application, officer=officer, but={SectionName.DBS: outcome}
    )

    with pytest.raises(NotAllMet) as refused:
        await propose_grant(
            session,
            application,
            proposer=officer,
            by=act(session, AssessmentAct.PROPOSE, officer),
        )
    assert refused.value.sections == [SectionName.DBS]


async def test_without_the_qualification_the_grant_carries_the_condition(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer, qualified=False)

    proposal = await proposed_grant(session, application, officer)

    assert proposal.kind == "grant_with_conditions"
    assert proposal.data["conditions"] == [
        {"kind": "qual_condition", "due_on": "2029-09-01"}
    ]


async def test_another_day_for_the_qualification_needs_a_reason(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer, qualified=False)

    with pytest.raises(Refused, match="another day"):
        await proposed_grant(
            session, application, officer, qualification_due_on=date(2030, 1, 1)
        )


async def test_the_qualification_is_not_due_today(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer, qualified=False)

    with pytest.raises(DueInThePast):
        await proposed_grant(
            session,
            application,
            officer,
            qualification_due_on=date(2027, 3, 10),
            deferred_because="x",
        )


async def test_a_condition_has_a_text_for_the_public_and_a_reason_for_us(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)

    proposal = await proposed_grant(
        session,
        application,
        officer,
        conditions=[Wanted("Is supervised monthly.", "First post as a manager.")],
    )

    [condition] = await conditions_of(session, proposal.data["conditions"])
    assert (condition.public, condition.internal) == (
        "Is supervised monthly.",
        "First post as a manager.",
    )


async def test_a_refusal_is_proposed_for_what_is_not_met(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)

    proposal = await proposed_refusal(session, application, officer)

    [reason] = await asked_for(session, proposal.data["reasons"])
    assert reason.section is SectionName.DBS


async def test_a_refusal_needs_something_that_is_not_met(session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)
    await check_all(session, application, officer=officer)

    with pytest.raises(NothingNotMet):
        await propose_refusal(
            session,
            application,
            proposer=officer,
            by=act(session, AssessmentAct.PROPOSE, officer),
        )


# Deciding


def approving(session, proposal, approver, *, now=NOW):
    return proposal.approve(
        session,
        approver=approver,
        by=act(session, AssessmentAct.APPROVE, approver, now=now),
    )


async def test_a_team_manager_approves_a_grant(session):
    office = await make_office(session)
    application = await make_sent(session, officer=office.caseworker)
    proposal = await proposed_grant(session, application, office.caseworker)

    await approving(session, proposal, office.manager)

    assert application.state is ApplicationState.APPROVED
    assert application.pay_by == date(2027, 3, 24)
    letter = await session.scalar(
        select(Message).where(Message.letter == "application_approved")
    )
    assert "24 March 2027" in letter.body


@pytest.mark.parametrize("other", [True, False])
async def test_the_approval_of_who_is_in_another_part_says_that_there_may_be_less_to_pay(
    session, other
):
    office = await make_office(session)
    application = await make_sent(session, officer=office.caseworker)
    person = await session.get_one(Person, application.person_id)
    if other:
        await make_entry(session, person=person, part=Part.DEPUTY)
    proposal = await proposed_grant(session, application, office.caseworker)

    await approving(session, proposal, office.manager)

    letter = await session.scalar(
        select(Message).where(Message.letter == "application_approved")
    )
    assert ("You are in another part of the register already" in letter.body) is other
    assert ("or to say that your entry is made" in letter.body) is other
    assert "Pay by the end of 24 March 2027" in letter.body


async def test_the_days_to_pay_leave_out_bank_holidays(session):
    office = await make_office(session)
    application = await make_sent(session, officer=office.caseworker)
    proposal = await proposed_grant(session, application, office.caseworker)

    await approving(
        session, proposal, office.manager, now=datetime(2027, 3, 22, 10, tzinfo=UTC)
    )

    assert application.pay_by == date(2027, 4, 7)


async def test_a_team_manager_does_not_approve_a_refusal(session):
    office = await make_office(session)
    application = await make_sent(session, officer=office.caseworker)
    proposal = await proposed_refusal(session, application, office.caseworker)

    with pytest.raises(NotYours):
        await approving(session, proposal, office.manager)


async def test_the_registrar_refuses_with_the_reasons_and_the_last_day_to_appeal(
    session,
):
    office = await make_office(session)
    application = await make_sent(session, officer=office.caseworker)
    proposal = await proposed_refusal(session, application, office.caseworker)

    await approving(session, proposal, office.registrar)

    assert application.state is ApplicationState.REFUSED
    letter = await session.scalar(
        select(Message).where(Message.letter == "application_refused")
    )
    assert "Your DBS certificate is older than the rules allow." in letter.body
    assert "by the end of 8 April 2027" in letter.body


async def test_conditions_are_in_the_letter(session):
    office = await make_office(session)
    application = await make_sent(session, officer=office.caseworker, qualified=False)
    proposal = await proposed_grant(
        session,
        application,
        office.caseworker,
        conditions=[Wanted("Is supervised monthly.", "First post.")],
    )

    await approving(session, proposal, office.registrar)

    letter = await session.scalar(
        select(Message).where(Message.letter == "application_approved")
    )
    assert "by 1 September 2029" in letter.body
    assert "Is supervised monthly." in letter.body
    assert "First post." not in letter.body


async def test_who_proposed_does_not_approve(session):
    office = await make_office(session)
    both = await make_caseworker(session, StaffRole.REGISTRAR)
    application = await make_sent(session, officer=both)
    proposal = await proposed_grant(session, application, both)

    with pytest.raises(NeedsAnotherPerson):
        await approving(session, proposal, both)
    assert office


async def test_who_checked_a_section_does_not_approve(session):
    office = await make_office(session)
    first = await make_caseworker(session, StaffRole.REGISTRAR)
    application = await make_sent(session, officer=first)
    before = await check(session, application, SectionName.DBS, officer=first)
    await give(session, application, to=office.caseworker, giver=office.manager)
    for section in [one for one in application.kind.sections if one.assessed]:
        await check(
            session,
            application,
            section,
            officer=office.caseworker,
            seen=before.id if section is SectionName.DBS else None,
        )
    await weighed(session, application, office.caseworker)
    proposal = await propose_grant(
        session,
        application,
        proposer=office.caseworker,
        by=act(session, AssessmentAct.PROPOSE, office.caseworker),
    )
    await session.flush()

    with pytest.raises(NeedsAnotherPerson):
        await approving(session, proposal, first)


async def test_the_database_refuses_an_approver_who_took_a_step(session):
    office = await make_office(session)
    application = await make_sent(session, officer=office.caseworker)
    proposal = await proposed_grant(session, application, office.caseworker)

    with pytest.raises(IntegrityError, match=r"fresh_eyes|two_people"):
        await session.execute(
            update(Proposal)
            .where(Proposal.id == proposal.id)
            .values(approver_id=office.caseworker.id, state="approved", decided_at=NOW)
        )


async def test_giving_out_the_work_is_no_step_of_the_decision(session):
    office = await make_office(session)
    application = await make_sent(session)
    await give(session, application, to=office.caseworker, giver=office.manager)
    proposal = await proposed_grant(session, application, office.caseworker)

    await approving(session, proposal, office.manager)

    assert application.state is ApplicationState.APPROVED


async def test_nobody_decides_on_themselves(session):
    office = await make_office(session)
    person = await make_person(session)
    application = await make_sent(session, officer=office.caseworker, person=person)
    proposal = await proposed_grant(session, application, office.caseworker)
    account = await session.get_one(type(office.manager), application.account_id)
    account.person_id = None
    await session.flush()
    office.manager.person_id = person.id
    await session.flush()

    with pytest.raises(AboutYourself):
        await approving(session, proposal, office.manager)


async def test_a_returned_proposal_gives_the_application_back(session):
    office = await make_office(session)
    application = await make_sent(session, officer=office.caseworker)
    proposal = await proposed_grant(session, application, office.caseworker)
    by = act(session, AssessmentAct.RETURN, office.manager)

    await return_to_officer(
        session,
        proposal,
        words="Ask for the second reference.",
        approver=office.manager,
        by=by,
    )
    await session.flush()

    assert application.state is ApplicationState.UNDER_ASSESSMENT
    assert [(said.kind, said.words) for said in by.texts] == [
        (TextKind.INTERNAL, "Ask for the second reference.")
    ]


async def test_an_act_on_a_stale_page_tells_what_changed(session):
    officer = await make_caseworker(session, name="Casey Worker")
    application = await make_sent(session, officer=officer)
    seen = await seen_now(session, application)
    await proposed_grant(session, application, officer)

    with pytest.raises(Overtaken) as overtaken:
        await lock_unchanged(session, application, seen=seen, words="My own words")
    assert overtaken.value.words == "My own words"
    assert {change.kind for change in overtaken.value.changes} >= {
        "section_checked",
        "application_proposed",
    }
    assert "Casey Worker" in {change.who for change in overtaken.value.changes}


async def test_an_act_on_a_fresh_page_goes_on(session):
    application = await make_sent(session)

    await lock_unchanged(
        session, application, seen=await seen_now(session, application)
    )


# The queue


async def test_the_queue_is_oldest_first(session):
    reader = await make_caseworker(session)
    newer = await make_sent(session, sent_at=NOW - timedelta(days=1))
    older = await make_sent(session, sent_at=NOW - timedelta(days=2))

    page = await queue(session, reader, Filter(), now=NOW)

    assert [row.application.id for row in page.rows] == [older.id, newer.id]
    assert page.count == 2
    assert page.next is None


async def test_the_queue_goes_on_where_the_page_ended(session, monkeypatch):
    monkeypatch.setattr(sys.modules["register.assessment.queue"], "PAGE", 2)
    reader = await make_caseworker(session)
    sent = [
        await make_sent(session, sent_at=NOW - timedelta(days=9 - n)) for n in range(3)
    ]

    first = await queue(session, reader, Filter(), now=NOW)
    second = await queue(session, reader, Filter(), now=NOW, after=first.next)

    assert first.next == sent[1].reference
    assert [row.application.id for row in second.rows] == [sent[2].id]


async def test_the_queue_leaves_out_what_is_about_the_reader(session):
    person = await make_person(session)
    reader = await make_caseworker(session, person=person)
    await make_sent(session, person=person, account=await make_account(session))

    assert not (await queue(session, reader, Filter(), now=NOW)).rows


async def test_the_queue_shows_mine_and_nobodys(session):
    reader = await make_caseworker(session)
    mine = await make_sent(session, officer=reader)
    free = await make_sent(session)
    await make_sent(session, officer=await make_caseworker(session))

    found = {
        holder: [
            row.application.id
            for row in (
                await queue(session, reader, Filter(holder=holder), now=NOW)
            ).rows
        ]
        for holder in (Holder.ME, Holder.NOBODY)
    }

    assert found == {Holder.ME: [mine.id], Holder.NOBODY: [free.id]}


async def test_on_the_target_day_nothing_is_overdue(session):
    reader = await make_caseworker(session)
    await make_sent(session, sent_at=datetime(2027, 2, 24, 10, tzinfo=UTC))

    [row] = (await queue(session, reader, Filter(), now=NOW)).rows

    assert (row.clock.used, row.clock.target, row.clock.overdue) == (10, 10, False)
    assert not (await queue(session, reader, Filter(due=Due.OVER), now=NOW)).rows


async def test_the_working_day_after_it_is(session):
    reader = await make_caseworker(session)
    await make_sent(session, sent_at=datetime(2027, 2, 23, 10, tzinfo=UTC))

    [row] = (await queue(session, reader, Filter(due=Due.OVER), now=NOW)).rows

    assert row.clock.used == 11
    assert row.clock.overdue


async def test_the_age_stands_still_while_we_wait_for_the_applicant(session):
    officer = await make_caseworker(session)
    application = await make_sent(
        session, officer=officer, sent_at=NOW - timedelta(days=14)
    )
    asked_at = NOW - timedelta(days=7)
    await Request.ask(
        session,
        RequestKind.FURTHER_INFORMATION,
        application_id=application.id,
        person_id=application.person_id,
        items=[],
        due_on=date(2027, 4, 7),
        by=act(session, AssessmentAct.ASK, officer, now=asked_at),
    )
    await session.flush()

    [row] = (await queue(session, officer, Filter(), now=NOW)).rows

    assert row.clock.used == 5


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(start=st.dates(date(2013, 1, 1), date(2026, 12, 31)), length=st.integers(0, 600))
async def test_working_days_in_sql_and_in_python_agree(session, start, length):
    end = start + timedelta(days=length)

    in_sql = await session.scalar(
        select(working_days(cast(literal(start), Date), cast(literal(end), Date)))
    )

    assert in_sql == working_days_between(start, end)
