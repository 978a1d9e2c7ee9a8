"""Opening a part is configuration: the residential workers' part is opened by its rules alone, and a worker lives in it."""

from datetime import date, timedelta

import msgspec
import pytest
from sqlalchemy import select

from register.account import StaffRole
from register.application import ApplicationState, SectionName, start, submit
from register.application.answers import (
    Eligibility,
    EmploymentHistory,
    Qualifications,
    StandardsDeclared,
)
from register.assessment import (
    AssessmentAct,
    go_on_without_reference,
    judge,
    propose_grant,
)
from register.entry import ConditionKind, Entry, LapseReason, RemovalReason, Status
from register.kit.clock import end_of, start_of
from register.part import Part
from register.published import published
from register.qualification import Qualification
from register.rule_change import begin, propose
from register.rule_set import (
    AcceptedTerms,
    PartNotOpen,
    Route,
    RuleSet,
    StandardTerms,
    Verdict,
)
from tests.applications import fill, make_form, make_post, make_qualification
from tests.make import make_account, make_process
from tests.reading import Page
from tests.register.assessing import act, check_all, give, waive_endorsement
from tests.register.referring import asked_of

OPENS = date(2027, 4, 1)
THEN = start_of(OPENS) + timedelta(hours=12)
STARTED = date(2027, 1, 4)
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)


@pytest.fixture
async def rule_set(session):
    """Written by one member of staff and published by another, with lists and deadlines of its own."""
    writer = await make_account(session, StaffRole.ADMIN)
    registrar = await make_account(session, StaffRole.REGISTRAR)
    by = make_process(session, actor=writer)
    drafted = await begin(session, Part.RESIDENTIAL_WORKER, account=writer, by=by)
    draft = drafted.draft
    diploma = AcceptedTerms(
        code="l3-residential",
        title="Level 3 Diploma for Residential Childcare (England)",
        route=Route.NAMED,
        country="England",
        verdict=Verdict.FULL,
        level=3,
    )
    rules = msgspec.structs.replace(
        draft.terms.rules,
        open=True,
        title="Residential worker",
        minimum_age_years=18,
        qualification_deadline_months=24,
        standards_version="worker-1",
    )
    terms = msgspec.structs.replace(
        draft.terms,
        rules=rules,
        accepted=(diploma,),
        standards=(StandardTerms("W1", "Care well", "As you would be cared for."),),
    )
    await draft.change(
        session, account=writer, seen=draft.version, terms=terms, begins_on=OPENS
    )
    await session.flush()
    seen = draft.version
    proposal = await propose(session, drafted, seen=seen, proposer=writer, by=by)
    await session.flush()
    by = make_process(session, actor=registrar)
    await proposal.approve(session, approver=registrar, by=by)
    await session.flush()
    return await RuleSet.open_on(session, Part.RESIDENTIAL_WORKER, OPENS)


async def answers_of(session, rule_set):
    await session.refresh(rule_set, ["accepted"])
    (diploma,) = rule_set.accepted
    studying = make_qualification(
        title=diploma.title,
        accepted_id=diploma.id,
        level=3,
        awarded=False,
        awarded_on=None,
        enrolled_on=date(2027, 2, 1),
        expected_on=date(2028, 9, 1),
        proof=None,
    )
    return make_form(
        eligibility=Eligibility(
            in_role=True,
            started_on=STARTED,
            registered_before=False,
            regulated_elsewhere=False,
        ),
        employment=msgspec.structs.replace(
            make_form().employment,
            items=[
                make_post(
                    role="Shop assistant",
                    care=False,
                    supervisory=False,
                    manages=False,
                    until=STARTED - DAY,
                    reason_for_leaving="To work with children",
                ),
                make_post(
                    role="Care worker",
                    supervisory=False,
                    manages=False,
                    since=STARTED,
                ),
            ],
        ),
        qualifications=Qualifications(items=[studying]),
        standards=StandardsDeclared(version="worker-1", declared_at=THEN),
    )


async def granted(session, application, *, officer, registrar, now):
    """By two people, without the referees' answers, and paid for."""
    await give(session, application, to=officer, giver=officer, now=now)
    for request in await asked_of(session, application):
        by = make_process(session, now=now, actor=officer)
        await go_on_without_reference(
            session, application, request.id, officer=officer, by=by
        )
    if SectionName.ENDORSEMENT in application.kind.sections:
        await waive_endorsement(session, application, now=now)
    await check_all(session, application, officer=officer)
    held = await session.scalars(
        select(Qualification).where(Qualification.person_id == application.person_id)
    )
    for one in held.all():
        by = act(session, AssessmentAct.JUDGE, officer, now=now)
        await judge(
            session, application, one.id, Verdict.PARTIAL, officer=officer, by=by
        )
    by = act(session, AssessmentAct.PROPOSE, officer, now=now)
    proposal = await propose_grant(session, application, proposer=officer, by=by)
    await session.flush()
    by = act(session, AssessmentAct.APPROVE, registrar, now=now)
    await proposal.approve(session, approver=registrar, by=by)
    await application.paid(session, at=now, by=make_process(session, now=now))
    await session.flush()


async def test_the_start_page_says_who_may_apply_from_the_day_the_part_opens(
    browser, clock, rule_set
):
    clock.now = start_of(OPENS) - INSTANT
    before = Page(await browser.get("/")).text
    clock.now = start_of(OPENS)

    after = Page(await browser.get("/")).text

    assert rule_set.rules.open
    assert "people who manage children’s homes" in before
    assert "Apply as manager of a children’s home." in before
    assert "people who work in children’s homes" in after
    assert "Apply as manager of a children’s home or residential worker." in after
    assert "Not everybody who works in a home has to be registered yet" in after


async def test_nobody_applies_before_the_part_is_open(session, rule_set):
    account = await make_account(session)

    by = make_process(session, now=start_of(OPENS) - DAY)

    with pytest.raises(PartNotOpen):
        await start(session, account, Part.RESIDENTIAL_WORKER, by=by)


async def test_the_pages_speak_of_the_role_and_not_of_managing(
    browser, session, rule_set, clock
):
    clock.now = THEN
    account = await make_account(session)
    by = make_process(session, now=THEN, actor=account)
    application = await start(session, account, Part.RESIDENTIAL_WORKER, by=by)
    await session.flush()
    await browser.sign_in(account)

    about = Page(await browser.get("/apply/begin"))
    asked = Page(await browser.get(f"/apply/{application.reference}/eligibility"))
    kept = await browser.post(
        f"/apply/{application.reference}/eligibility",
        data={
            "in_role": "yes",
            "started_on-day": "4",
            "started_on-month": "1",
            "started_on-year": "2027",
            "registered_before": "no",
            "regulated_elsewhere": "no",
            "opened_on": "new",
        },
    )

    assert "Residential worker" in about.text
    assert "Do you work in this role" in asked.text
    assert "manage" not in asked.text
    assert kept.status_code == 303


async def test_a_worker_lives_through_a_whole_entry(session, rule_set):
    officer = await make_account(session, StaffRole.CASEWORKER)
    registrar = await make_account(session, StaffRole.REGISTRAR)
    account = await make_account(session)
    by = make_process(session, now=THEN, actor=account)
    application = await start(session, account, Part.RESIDENTIAL_WORKER, by=by)
    await fill(session, application, await answers_of(session, rule_set), now=THEN)
    await submit(session, application, by=make_process(session, now=THEN))
    await session.flush()

    # Two people grant it, with the condition that the part's own rules ask for.
    await granted(session, application, officer=officer, registrar=registrar, now=THEN)

    assert application.state is ApplicationState.GRANTED
    assert application.rule_set_id == rule_set.id
    entry_id = await session.scalar(
        select(Entry.id).where(Entry.person_id == application.person_id)
    )
    entry = await Entry.load(session, entry_id)
    (condition,) = entry.conditions
    assert entry.part is Part.RESIDENTIAL_WORKER
    assert condition.kind is ConditionKind.QUALIFICATION
    assert condition.due_on == date(2029, 1, 4)
    shown = await published(session, entry.person.number, now=THEN)
    assert shown.leading.part is Part.RESIDENTIAL_WORKER
    assert shown.leading.registered_until == date(2027, 11, 30)

    # They lapse, come back, and are removed in the end.
    lapsed = end_of(date(2027, 11, 30))
    by = make_process(session, now=lapsed)
    await entry.lapse(session, on=lapsed, because=LapseReason.NOT_RENEWED, by=by)
    assert entry.status_at(lapsed - timedelta(seconds=1)) is Status.REGISTERED
    assert entry.status_at(lapsed) is Status.LAPSED
    back = lapsed + 20 * DAY + timedelta(hours=9)
    by = make_process(session, now=back, actor=account)
    again = await start(session, account, Part.RESIDENTIAL_WORKER, by=by)
    posts = EmploymentHistory(items=[make_post(since=date(2027, 12, 1))])
    form = msgspec.structs.replace(
        await answers_of(session, rule_set),
        employment=posts,
        qualifications=Qualifications(none=True),
    )
    await fill(session, again, form, now=back)
    await submit(session, again, by=make_process(session, now=back))
    await session.flush()
    await granted(session, again, officer=officer, registrar=registrar, now=back)
    entry = await Entry.load(session, entry_id)
    shown = await published(session, entry.person.number, now=back)
    assert again.state is ApplicationState.GRANTED
    assert shown.leading.status is Status.REGISTERED
    assert shown.leading.registered_from == date(2027, 12, 21)
    assert shown.leading.registered_until == date(2028, 11, 30)
    (before,) = shown.leading.previous_periods
    assert before == {"from": "2027-04-01", "until": "2027-11-30"}
    gone = lapsed + 30 * DAY
    by = make_process(session, now=gone)
    await entry.remove(session, on=gone, because=RemovalReason.ERROR, by=by)
    assert entry.status_at(gone) is Status.REMOVED
