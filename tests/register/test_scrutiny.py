"""Qualifications from abroad count only after a scrutiny that a second person confirms."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from register.account import StaffRole
from register.application import (
    Application,
    ApplicationAct,
    ApplicationEvent,
    ApplicationState,
    SectionName,
    withdraw,
)
from register.assessment import (
    AssessmentAct,
    FeeFirst,
    GapsUnsaid,
    NotAwarded,
    NotFromAbroad,
    NotUnderAssessment,
    NotYourApplication,
    QualificationNotJudged,
    ScrutinyFirst,
    SentSince,
    Shown,
    Translation,
    judge,
    may_review,
    qualification_term,
    returned_to,
    scrutinies_of,
    scrutinise,
    took_a_step,
    why_returned,
)
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.process import Event
from register.proposal import (
    AlreadyProposed,
    NeedsAnotherPerson,
    NotYours,
    Proposal,
    ProposalState,
)
from register.qualification import Qualification
from register.rule_set import AcceptedQualification, Route, Verdict
from tests.make import NOW, make_account
from tests.register.assessing import act, answers, make_office, make_sent, send

LATER = NOW + timedelta(hours=1)
SHOWN = Shown(
    statement_reference="0123-4567",
    statement_on=date(2027, 2, 1),
    statement_level=5,
    practice_from="Maria Silva, manager of a home in Porto",
    practice_on=date(2027, 2, 20),
    translation=Translation.SEEN,
)


@pytest.fixture
async def office(session):
    return await make_office(session)


@pytest.fixture
async def application(session, office):
    return await make_sent(session, officer=office.caseworker)


@pytest.fixture
async def held(session, application):
    """What they hold, as if it were not judged yet."""
    found = await session.scalar(
        select(Qualification).where(Qualification.person_id == application.person_id)
    )
    found.country, found.verdict, found.verified_at = "Portugal", None, None
    await session.flush()
    return found


async def find(session, application, held, verdict, office, **more):
    said = {"because": "It compares", "officer": office.caseworker} | more
    by = act(
        session, AssessmentAct.SCRUTINISE, said["officer"], now=said.pop("now", NOW)
    )
    proposal = await scrutinise(
        session, application, held.id, SHOWN, verdict, by=by, **said
    )
    await session.flush()
    return proposal


async def say(session, application, held, verdict, office):
    by = act(session, AssessmentAct.JUDGE, office.caseworker)
    await judge(
        session, application, held.id, verdict, officer=office.caseworker, by=by
    )


async def approved(session, proposal, approver):
    by = act(session, AssessmentAct.CONFIRM, approver)
    await proposal.approve(session, approver=approver, by=by)
    await session.flush()


@pytest.mark.parametrize(
    ("country", "route", "abroad"),
    [
        ("England", None, False),
        (" united  kingdom ", Route.DEGREE, False),
        ("U.K.", None, False),
        ("Northern Ireland", Route.UK_EQUIVALENT, False),
        ("CYMRU", None, False),
        ("Ireland", None, True),
        ("New England", None, True),
        ("", None, True),
        ("England", Route.OVERSEAS, True),
    ],
)
def test_a_qualification_is_from_abroad_by_its_country_or_by_its_route(
    country, route, abroad
):
    accepted = AcceptedQualification(route=route) if route else None

    assert Qualification(country=country, accepted=accepted).from_abroad is abroad


async def test_it_waits_for_its_fee_where_there_is_one(
    session, application, held, office
):
    application.ask_scrutiny(by=act(session, AssessmentAct.CHECK, office.caseworker))
    with pytest.raises(FeeFirst):
        await find(session, application, held, Verdict.FULL, office)
    by = act(session, AssessmentAct.CHECK, office.caseworker)
    await application.clear_scrutiny(session, by=by)

    await find(session, application, held, Verdict.FULL, office)

    assert application.scrutiny_cleared_at == NOW


async def test_without_the_fee_it_may_still_be_found_not_to_count(
    session, application, held, office
):
    application.ask_scrutiny(by=act(session, AssessmentAct.CHECK, office.caseworker))

    await say(session, application, held, Verdict.NO, office)

    assert held.verdict is Verdict.NO


@pytest.mark.parametrize(
    ("state", "waits"),
    [
        (ApplicationState.SUBMITTED, True),
        (ApplicationState.PROPOSED, True),
        (ApplicationState.APPROVED, False),
        (ApplicationState.WITHDRAWN, False),
    ],
)
async def test_a_fee_is_waited_for_until_something_is_decided(
    session, application, state, waits
):
    application.scrutiny_asked_at, application.state = NOW, state
    application.approved_at, application.pay_by = NOW, day_of(NOW)
    await session.flush()

    found = await session.scalar(
        select(Application.scrutiny_waits).where(Application.id == application.id)
    )

    assert (application.scrutiny_waits, found) == (waits, waits)


@pytest.mark.parametrize("verdict", [Verdict.FULL, Verdict.PARTIAL])
async def test_one_person_may_not_find_that_it_counts(
    session, application, held, office, verdict
):
    with pytest.raises(ScrutinyFirst):
        await say(session, application, held, verdict, office)

    assert held.verdict is None


async def test_one_person_may_find_that_it_does_not_count(
    session, application, held, office
):
    await say(session, application, held, Verdict.NO, office)

    assert held.verdict is Verdict.NO


async def test_it_is_judged_when_a_second_person_confirms_the_scrutiny(
    session, application, held, office
):
    proposal = await find(session, application, held, Verdict.FULL, office)
    assert held.verdict is None
    with pytest.raises(QualificationNotJudged):
        await qualification_term(session, application, today=day_of(NOW))

    await approved(session, proposal, office.manager)

    assert (held.verdict, held.verified_at) == (Verdict.FULL, NOW)
    term = await qualification_term(session, application, today=day_of(NOW))
    assert not term.needed
    (told,) = await scrutinies_of(session, application, held.id)
    assert told.practice_from == SHOWN.practice_from
    assert (told.because, told.gaps) == ("It compares", "")
    events = await session.scalars(
        select(Event.kind)
        .where(Event.application_id == application.id)
        .order_by(Event.id.desc())
        .limit(4)
    )
    assert [*events] == [
        "qualification_confirmed",
        "proposal:approved",
        "proposal:made",
        "qualification_scrutinised",
    ]


async def test_part_of_it_says_what_is_still_to_be_learnt_and_leaves_the_condition(
    session, application, held, office
):
    with pytest.raises(GapsUnsaid):
        await find(session, application, held, Verdict.PARTIAL, office)
    proposal = await find(
        session, application, held, Verdict.PARTIAL, office, gaps="English law"
    )

    await approved(session, proposal, office.registrar)

    assert held.verdict is Verdict.PARTIAL
    assert (await scrutinies_of(session, application, held.id))[0].gaps == "English law"
    term = await qualification_term(session, application, today=day_of(NOW))
    assert term.due_on == date(2029, 9, 1)


async def test_who_scrutinised_or_assessed_does_not_confirm(
    session, application, held, office
):
    both = await make_account(session, StaffRole.CASEWORKER, StaffRole.TEAM_MANAGER)
    by = act(session, AssessmentAct.CHECK, both)
    application.tell(ApplicationEvent.WENT_ON_WITHOUT, by=by)
    await session.flush()
    proposal = await find(session, application, held, Verdict.FULL, office)

    with pytest.raises(NotYours):
        await approved(session, proposal, office.caseworker)
    with pytest.raises(NeedsAnotherPerson):
        await approved(session, proposal, both)
    with pytest.raises(DBAPIError, match="fresh_eyes"):
        await session.execute(
            text(
                "update proposal set state = 'approved', approver_id = :who, decided_at = :now"
            ),
            {"who": both.id, "now": NOW},
        )


async def test_whoever_confirmed_it_reviews_suitability_but_does_not_approve_the_grant(
    session, application, held, office
):
    proposal = await find(session, application, held, Verdict.FULL, office)

    await approved(session, proposal, office.manager)

    assert office.manager.id in await took_a_step(session, application)
    assert await may_review(session, application, office.manager)
    assert not await may_review(session, application, office.caseworker)


async def test_one_scrutiny_waits_at_a_time_and_nobody_judges_past_it(
    session, application, held, office
):
    await find(session, application, held, Verdict.FULL, office)

    with pytest.raises(AlreadyProposed):
        await find(session, application, held, Verdict.NO, office)
    with pytest.raises(AlreadyProposed):
        await say(session, application, held, Verdict.NO, office)


async def test_what_was_sent_again_since_is_not_confirmed(
    session, application, held, office
):
    proposal = await find(session, application, held, Verdict.FULL, office)
    name = SectionName.QUALIFICATIONS
    await send(session, application, {name: answers()[name]}, now=LATER)

    with pytest.raises(SentSince):
        await approved(session, proposal, office.manager)


async def test_it_is_confirmed_only_while_the_application_is_assessed(
    session, application, held, office
):
    proposal = await find(session, application, held, Verdict.FULL, office)
    application.state = ApplicationState.INFORMATION_REQUESTED

    with pytest.raises(NotUnderAssessment):
        await approved(session, proposal, office.manager)


async def test_a_withdrawn_application_takes_the_scrutiny_off_the_table(
    session, application, held, office
):
    proposal = await find(session, application, held, Verdict.FULL, office)

    by = act(session, ApplicationAct.WITHDRAW, office.caseworker)
    await withdraw(session, application, by=by)

    assert proposal.state is ProposalState.WITHDRAWN


async def test_what_came_back_is_the_officers_again_and_no_decision_that_came_back(
    session, application, held, office
):
    proposal = await find(session, application, held, Verdict.FULL, office)
    by = act(session, AssessmentAct.RETURN_VERDICT, office.manager)
    proposal.return_(words="Ask the school", approver=office.manager, by=by)
    await session.flush()

    assert await returned_to(session, office.caseworker) == [application]
    assert await why_returned(session, application) is None
    await find(session, application, held, Verdict.FULL, office, now=LATER)
    assert await returned_to(session, office.caseworker) == []


async def test_what_needs_no_scrutiny_or_is_not_theirs_gets_none(
    session, application, held, office
):
    other = await make_account(session, StaffRole.CASEWORKER)
    with pytest.raises(NotYourApplication):
        await find(session, application, held, Verdict.FULL, office, officer=other)
    stranger = Qualification(id=uuid4())
    with pytest.raises(NotFound):
        await find(session, application, stranger, Verdict.FULL, office)
    held.awarded_on, held.enrolled_on = None, date(2026, 1, 1)
    with pytest.raises(NotAwarded):
        await find(session, application, held, Verdict.FULL, office)
    held.country = "Wales"
    with pytest.raises(NotFromAbroad):
        await find(session, application, held, Verdict.FULL, office)

    assert await session.scalar(select(Proposal.id)) is None


async def test_a_scrutiny_is_never_changed(session, application, held, office):
    await find(session, application, held, Verdict.FULL, office)

    with pytest.raises(DBAPIError, match="scrutiny"):
        await session.execute(text("update scrutiny set verdict = 'no'"))
