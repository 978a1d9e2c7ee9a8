"""Suitability reviews: all that was declared is weighed by somebody senior before a grant is proposed."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from register.account import StaffRole
from register.application import ApplicationState, SectionName
from register.application.answers import Conduct, Criminal, OtherRegistrations
from register.application.faults import questions
from register.assessment import (
    AssessmentAct,
    Conclusion,
    ConditionWanted,
    FoundUnsuitable,
    MattersDiffer,
    NothingDeclared,
    NotInReview,
    NotReviewed,
    NotYourApplication,
    NotYourReview,
    SuitabilityReview,
    TooMild,
    Wanted,
    Weighed,
    Weight,
    matters_of,
    may_review,
    propose_grant,
    send_to_review,
    suitability_of,
    told_of,
)
from register.assessment.suitability import answered_yes
from register.proposal import NeedsAnotherPerson
from tests.applications import make_declaration, make_health, make_sent_application
from tests.make import NOW, make_account
from tests.register.assessing import (
    CONVICTED,
    SECRET,
    act,
    answers,
    check_all,
    heard,
    make_caseworker,
    make_office,
    make_sent,
    proposed_grant,
    send,
    weighed,
)
from tests.register.referring import asked_of, give, make_given

LATER = NOW + timedelta(hours=1)
NOTHING = {
    "health": make_health(),
    "criminal": make_declaration(Criminal),
}


@pytest.fixture
async def office(session):
    return await make_office(session)


@pytest.fixture
async def application(session, office):
    """With a conviction and a condition of health declared, and every section met."""
    application = await make_sent(session, officer=office.caseworker)
    await check_all(session, application, officer=office.caseworker)
    return application


async def refer(session, application, officer):
    by = act(session, AssessmentAct.SEND_TO_REVIEW, officer)
    await send_to_review(session, application, officer=officer, by=by)
    await session.flush()


async def propose(session, application, officer, *conditions):
    return await propose_grant(
        session,
        application,
        conditions=conditions,
        proposer=officer,
        by=act(session, AssessmentAct.PROPOSE, officer),
    )


async def record(session, application, reviewer, **weights):
    """`weights` in place of acceptable, by the keys of the matters."""
    found = {
        matter.key: Weighed(weights.get(matter.key, Weight.ACCEPTABLE), "Words")
        for matter in await matters_of(session, application)
    }
    return await SuitabilityReview.record(
        session,
        application,
        found,
        weights.get("conclusion", Conclusion.SUITABLE),
        words="In all",
        reviewer=reviewer,
        by=act(session, AssessmentAct.REVIEW, reviewer),
    )


@pytest.mark.parametrize(
    ("section", "answers_", "expected"),
    [
        (SectionName.CRIMINAL, make_declaration(Criminal), []),
        (
            SectionName.CRIMINAL,
            make_declaration(Criminal, overseas=True, overseas_details="Abroad"),
            [("overseas", "Abroad")],
        ),
        (
            SectionName.CONDUCT,
            make_declaration(Conduct, ofsted=True, ofsted_details="Refused"),
            [("ofsted", "Refused")],
        ),
        (SectionName.HEALTH, make_health(affects_practice=False), []),
        (
            SectionName.HEALTH,
            make_health(affects_practice=True, details="Back"),
            [("affects_practice", "Back")],
        ),
        (
            SectionName.REGISTRATIONS,
            OtherRegistrations(
                registered=False, acted_against=True, acted_against_details="Warned"
            ),
            [("acted_against", "Warned")],
        ),
        (
            SectionName.REGISTRATIONS,
            OtherRegistrations(registered=True, acted_against=False),
            [],
        ),
    ],
)
def test_what_is_answered_yes_is_weighed(section, answers_, expected):
    assert answered_yes(section, answers_) == expected


def test_every_question_of_a_declaration_is_weighed():
    for section, kind in (
        (SectionName.CRIMINAL, Criminal),
        (SectionName.CONDUCT, Conduct),
    ):
        everything = make_declaration(kind, **dict.fromkeys(questions(kind), True))

        assert [name for name, _ in answered_yes(section, everything)] == questions(
            kind
        )


async def test_what_was_declared_keeps_from_granting_until_it_is_weighed(
    session, office, application
):
    with pytest.raises(NotReviewed):
        await propose(session, application, office.caseworker)

    review = await weighed(session, application, office.caseworker, words="Long ago")
    await propose(session, application, office.caseworker)

    told = await told_of(session, review)
    assert [(f.section, f.question, f.words) for f in told.found] == [
        (SectionName.CRIMINAL, "convictions", "Long ago"),
        (SectionName.HEALTH, "affects_practice", "Long ago"),
    ]
    assert [matter.details for matter in await matters_of(session, application)] == [
        CONVICTED,
        SECRET,
    ]


async def test_where_nothing_was_declared_there_is_nothing_to_weigh(session, office):
    application = await make_sent(
        session, officer=office.caseworker, said=answers(**NOTHING)
    )

    with pytest.raises(NothingDeclared):
        await refer(session, application, office.caseworker)
    proposal = await proposed_grant(session, application, office.caseworker)

    assert proposal.waiting


async def test_what_is_declared_afresh_is_weighed_afresh(session, office, application):
    await weighed(session, application, office.caseworker)

    health = make_health(affects_practice=True, details="Another illness")
    await send(session, application, {SectionName.HEALTH: health}, now=LATER)

    assert (await suitability_of(session, application)).wanted


async def test_what_is_no_longer_declared_needs_no_second_review(
    session, office, application
):
    await weighed(session, application, office.caseworker)

    health = make_health(affects_practice=False)
    await send(session, application, {SectionName.HEALTH: health}, now=LATER)

    assert not (await suitability_of(session, application)).wanted


async def test_a_reference_that_speaks_against_them_is_weighed_though_it_comes_last(
    session, office
):
    application = await make_sent_application(session)
    await session.flush()
    one, another = await asked_of(session, application)
    await give(session, one)
    assert not (await suitability_of(session, application)).wanted

    await give(
        session, another, make_given(concerns=True, concerns_details="He shouts")
    )

    (matter,) = (await suitability_of(session, application)).matters
    assert (matter.section, matter.details) == (SectionName.REFERENCES, "He shouts")


async def test_only_the_caseworker_who_has_it_sends_it_to_review(session, application):
    with pytest.raises(NotYourApplication):
        await refer(session, application, await make_caseworker(session))


async def test_nothing_is_reviewed_that_was_not_sent_to_review(
    session, office, application
):
    with pytest.raises(NotInReview):
        await record(session, application, office.manager)


async def test_who_assesses_does_not_review(session):
    both = await make_caseworker(session, StaffRole.TEAM_MANAGER)
    application = await make_sent(session, officer=both)
    await refer(session, application, both)

    with pytest.raises(NotYourReview):
        await record(session, application, both)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (StaffRole.TEAM_MANAGER, True),
        (StaffRole.REGISTRAR, True),
        (StaffRole.CASEWORKER, False),
        (StaffRole.AUDITOR, False),
    ],
)
async def test_a_review_is_by(session, application, role, may):
    assert (
        await may_review(session, application, await make_account(session, role)) is may
    )


async def test_who_reviewed_does_not_approve(session, office, application):
    await weighed(session, application, office.caseworker, reviewer=office.registrar)
    proposal = await propose(session, application, office.caseworker)
    await session.flush()

    with pytest.raises(NeedsAnotherPerson):
        await proposal.approve(
            session,
            approver=office.registrar,
            by=act(session, AssessmentAct.APPROVE, office.registrar),
        )


async def test_a_review_weighs_each_matter_and_no_other(session, office, application):
    await refer(session, application, office.caseworker)

    with pytest.raises(MattersDiffer):
        await SuitabilityReview.record(
            session,
            application,
            {"criminal_convictions": Weighed(Weight.ACCEPTABLE, "Words")},
            Conclusion.SUITABLE,
            words="In all",
            reviewer=office.manager,
            by=act(session, AssessmentAct.REVIEW, office.manager),
        )
    assert application.state is ApplicationState.SUITABILITY_REVIEW


async def test_the_conclusion_is_not_milder_than_the_worst_matter(
    session, office, application
):
    await refer(session, application, office.caseworker)

    with pytest.raises(TooMild):
        await record(
            session,
            application,
            office.manager,
            health_affects_practice=Weight.NEEDS_CONDITION,
        )


@given(st.lists(st.sampled_from(list(Weight)), min_size=1))
def test_the_heaviest_matter_decides_how_mild_the_conclusion_may_be(weights):
    heaviest = max(weights, key=list(Weight).index)

    assert max(weight.least.severity for weight in weights) == heaviest.least.severity


async def test_who_is_not_suitable_is_not_granted(session, office, application):
    await weighed(
        session,
        application,
        office.caseworker,
        weight=Weight.NOT_ACCEPTABLE,
        conclusion=Conclusion.NOT_SUITABLE,
    )

    with pytest.raises(FoundUnsuitable):
        await propose(session, application, office.caseworker)


async def test_who_is_suitable_with_a_condition_is_granted_with_one(
    session, office, application
):
    await weighed(
        session,
        application,
        office.caseworker,
        conclusion=Conclusion.WITH_CONDITION,
    )

    with pytest.raises(ConditionWanted):
        await propose(session, application, office.caseworker)
    wanted = Wanted("Works under supervision.", "As the review found")
    await heard(session, application, office.caseworker, conditions=[wanted])
    proposal = await propose(session, application, office.caseworker, wanted)

    assert proposal.data["conditions"][0]["text"]


async def test_the_database_changes_no_review(session, office, application):
    await weighed(session, application, office.caseworker)

    with pytest.raises(DBAPIError):
        await session.execute(
            text("update suitability_review set conclusion = 'not_suitable'")
        )
