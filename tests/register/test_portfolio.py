"""Portfolios: two assessors apart, experience by the rules, a recommendation, and somebody else who confirms it."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from register.account import StaffRole
from register.application import ApplicationState, SectionName
from register.assessment import (
    AssessmentAct,
    Experience,
    NoPortfolio,
    NotSignedByTwo,
    NotUnderAssessment,
    NotYourApplication,
    NotYourPortfolio,
    OutcomesDiffer,
    OutcomesNotMet,
    PortfolioFirst,
    PortfolioOver,
    QualificationNotJudged,
    SignedAlready,
    Span,
    TooLittleExperience,
    experience,
    judge,
    portfolio_of,
    propose_grant,
    qualification_term,
    recommend,
    sign_off,
)
from register.employment import Employment
from register.kit.clock import day_of
from register.part import Part
from register.process import Event
from register.proposal import NeedsAnotherPerson, NotYours
from register.qualification import titles_shown
from register.rule_set import RuleSet, Verdict
from tests.applications import RULES
from tests.make import NOW, make_employment, make_person
from tests.register.assessing import (
    act,
    answers,
    check_all,
    claimed_by_portfolio,
    make_caseworker,
    make_office,
    make_sent,
    send,
    signed_off,
    weighed,
)

ON = date(2027, 3, 10)


def span(since, until=None, *, care=True, supervisory=True):
    return Span(since, until, care, supervisory)


@pytest.mark.parametrize(
    ("spans", "care", "supervising"),
    [
        ([], 0, 0),
        ([span(date(2025, 3, 10))], 24, 24),
        ([span(date(2025, 3, 11))], 23, 23),
        ([span(date(2020, 1, 1), date(2024, 3, 10))], 24, 50),
        ([span(date(2020, 1, 1), date(2024, 3, 9))], 23, 50),
        ([span(date(2025, 3, 10), care=False)], 0, 24),
        ([span(date(2025, 3, 10), supervisory=False)], 24, 0),
        ([span(date(2025, 3, 10)), span(date(2026, 3, 10))], 24, 24),
        ([span(date(2024, 3, 10), date(2025, 3, 10)), span(date(2026, 3, 10))], 24, 24),
        ([span(date(2027, 3, 10))], 0, 0),
        ([span(date(2028, 1, 1), date(2029, 1, 1))], 0, 0),
    ],
)
def test_experience_is_counted_in_whole_months_up_to_the_day(spans, care, supervising):
    assert experience(spans, RULES, on=ON) == Experience(care, supervising)


@pytest.mark.parametrize(
    ("care", "supervising", "enough"),
    [(24, 12, True), (23, 12, False), (24, 11, False)],
)
def test_experience_is_enough_from_the_figures_of_the_rules_on(
    care, supervising, enough
):
    assert Experience(care, supervising).enough(RULES) is enough


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 4000), st.integers(1, 2000)), min_size=1, max_size=5
    )
)
def test_more_posts_never_make_less_experience_nor_more_than_the_years_looked_back_on(
    lengths,
):
    first = date(2015, 1, 1)
    spans = [
        span(first + timedelta(start), first + timedelta(start + length))
        for start, length in lengths
    ]

    fewer, all_ = (experience(s, RULES, on=ON) for s in (spans[1:], spans))

    assert fewer.care <= all_.care <= RULES.portfolio_care_within_months
    assert fewer.supervising <= all_.supervising
    assert experience([*spans, *reversed(spans)], RULES, on=ON) == all_


@pytest.fixture
async def office(session):
    return await make_office(session)


@pytest.fixture
async def other(session):
    return await make_caseworker(session, name="Olga Other")


@pytest.fixture
async def application(session, office):
    """Of somebody with five years in a home, at the head of it for the last six months."""
    person = await make_person(session)
    await make_employment(session, person, start=date(2022, 3, 1))
    return await make_sent(session, officer=office.caseworker, person=person)


@pytest.fixture
async def held(session, application):
    return await claimed_by_portfolio(session, application)


async def recommended(session, application, held, verdict, office, officer=None):
    officer = officer or office.caseworker
    by = act(session, AssessmentAct.RECOMMEND, officer)
    proposal = await recommend(
        session,
        application,
        held.id,
        verdict,
        because="Both say so",
        officer=officer,
        by=by,
    )
    await session.flush()
    return proposal


async def both(session, application, office, other, **more):
    await signed_off(session, application, office.caseworker)
    await signed_off(session, application, other, **more)


async def confirmed(session, proposal, approver, now=NOW):
    by = act(session, AssessmentAct.CONFIRM, approver, now=now)
    await proposal.approve(session, approver=approver, by=by)
    await session.flush()


async def test_a_portfolio_counts_when_two_have_signed_and_a_third_confirms(
    session, application, held, office, other
):
    today = day_of(NOW)
    with pytest.raises(QualificationNotJudged):
        await qualification_term(session, application, today=today)
    await both(session, application, office, other)
    proposal = await recommended(session, application, held, Verdict.FULL, office)
    assert held.verdict is None

    await confirmed(session, proposal, office.registrar)

    assert held.verdict is Verdict.FULL
    term = await qualification_term(session, application, today=today)
    assert not term.needed
    kinds = await session.scalars(
        select(Event.kind)
        .where(Event.application_id == application.id)
        .order_by(Event.id.desc())
        .limit(5)
    )
    assert [*kinds] == [
        "qualification_confirmed",
        "proposal:approved",
        "proposal:made",
        "portfolio_signed",
        "portfolio_signed",
    ]


async def test_nobody_finds_alone_that_a_portfolio_counts_but_that_it_does_not(
    session, application, held, office
):
    known = {
        "officer": office.caseworker,
        "by": act(session, AssessmentAct.JUDGE, office.caseworker),
    }
    for verdict in (Verdict.FULL, Verdict.PARTIAL):
        with pytest.raises(PortfolioFirst):
            await judge(session, application, held.id, verdict, **known)

    await judge(session, application, held.id, Verdict.NO, **known)

    assert held.verdict is Verdict.NO


async def test_one_assessor_signs_once_and_two_are_enough(
    session, application, held, office, other
):
    await signed_off(session, application, office.caseworker)
    with pytest.raises(SignedAlready):
        await signed_off(session, application, office.caseworker)
    with pytest.raises(NotSignedByTwo):
        await recommended(session, application, held, Verdict.NO, office)
    await signed_off(session, application, other)

    third = await make_caseworker(session)
    with pytest.raises(SignedAlready):
        await signed_off(session, application, third)
    with pytest.raises(DBAPIError, match="each_once"):
        await session.execute(
            text("""
                insert into portfolio_sign_off select gen_random_uuid(), application_id, qualification_id, sent_id, met, not_met,
                  because_id, signed_at, account_id, process_id from portfolio_sign_off""")
        )


async def test_who_may_still_sign_does_not_read_what_another_found(
    session, application, held, office, other
):
    signed = await signed_off(session, application, office.caseworker)
    assert not list(
        await session.scalars(
            select(Event.id).where(
                Event.process_id == signed.process_id, Event.data.has_key("met")
            )
        )
    )

    found = await portfolio_of(session, application, held.id)

    assert not found.shown_to(other)
    assert found.shown_to(office.caseworker)
    assert found.shown_to(office.registrar)
    await signed_off(session, application, other)
    third = await make_caseworker(session)
    assert (await portfolio_of(session, application, held.id)).shown_to(third)


async def test_only_a_caseworker_with_fresh_eyes_signs_while_it_is_assessed(
    session, application, held, office, other
):
    with pytest.raises(NotYourPortfolio):
        await signed_off(session, application, office.manager)
    application.excluded = [other.id]
    with pytest.raises(NotYourPortfolio):
        await signed_off(session, application, other)
    application.state = ApplicationState.PROPOSED
    with pytest.raises(NotUnderAssessment):
        await signed_off(session, application, office.caseworker)


@pytest.mark.parametrize(
    "met", [["P1"], [*["P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10"]]]
)
async def test_each_outcome_of_the_rules_is_signed_and_no_other(
    session, application, held, office, met
):
    with pytest.raises(OutcomesDiffer):
        await sign_off(
            session,
            application,
            held.id,
            met=met,
            not_met=[],
            because="The documents",
            assessor=office.caseworker,
            by=act(session, AssessmentAct.SIGN_PORTFOLIO, office.caseworker),
        )


async def test_what_one_assessor_misses_cannot_be_recommended_as_the_whole(
    session, application, held, office, other
):
    await both(session, application, office, other, but=["P7"])

    with pytest.raises(OutcomesNotMet):
        await recommended(session, application, held, Verdict.FULL, office)
    with pytest.raises(NotYourApplication):
        await recommended(
            session, application, held, Verdict.PARTIAL, office, officer=other
        )
    assert await recommended(session, application, held, Verdict.PARTIAL, office)


async def test_too_little_experience_leaves_only_that_it_does_not_count(
    session, application, held, office, other
):
    await session.execute(
        update(Employment)
        .where(Employment.person_id == application.person_id)
        .values(care=False)
    )
    await both(session, application, office, other)

    with pytest.raises(TooLittleExperience):
        await recommended(session, application, held, Verdict.PARTIAL, office)
    assert await recommended(session, application, held, Verdict.NO, office)


async def test_neither_assessor_nor_the_officer_confirms(
    session, application, held, office
):
    senior = await make_caseworker(session, StaffRole.TEAM_MANAGER)
    await both(session, application, office, senior)
    proposal = await recommended(session, application, held, Verdict.FULL, office)

    with pytest.raises(NeedsAnotherPerson):
        await confirmed(session, proposal, senior)
    with pytest.raises(NotYours):
        await confirmed(session, proposal, office.caseworker)


async def test_what_is_sent_again_is_signed_again(
    session, application, held, office, other
):
    await both(session, application, office, other)
    name = SectionName.QUALIFICATIONS
    later = NOW + timedelta(hours=1)
    await send(session, application, {name: answers()[name]}, now=later)

    with pytest.raises(NotSignedByTwo):
        await recommended(session, application, held, Verdict.FULL, office)
    await both(session, application, office, other, now=later)
    assert await recommended(session, application, held, Verdict.FULL, office)


async def test_a_portfolio_that_meets_part_is_good_until_the_condition_is_due(
    session, application, held, office, other
):
    await check_all(session, application, officer=office.caseworker)
    await weighed(session, application, office.caseworker)
    await both(session, application, office, other)
    proposal = await recommended(session, application, held, Verdict.PARTIAL, office)
    await confirmed(session, proposal, office.registrar)
    held_for = await qualification_term(session, application, today=day_of(NOW))
    assert held_for.at_most == date(2030, 3, 10)
    known = {
        "deferred_because": "Works part-time",
        "proposer": office.caseworker,
        "by": act(session, AssessmentAct.PROPOSE, office.caseworker),
    }

    with pytest.raises(PortfolioOver):
        await propose_grant(
            session, application, qualification_due_on=date(2030, 3, 11), **known
        )
    grant = await propose_grant(
        session, application, qualification_due_on=date(2030, 3, 10), **known
    )

    assert grant.data["conditions"][0]["due_on"] == "2030-03-10"


async def test_without_outcomes_in_the_rules_there_is_no_such_route(
    session, application, held, office
):
    deputy = await RuleSet.on(session, Part.DEPUTY, day_of(NOW))
    application.rule_set_id = deputy.id

    with pytest.raises(NoPortfolio):
        await portfolio_of(session, application, held.id)


async def test_what_was_signed_is_never_changed(session, application, held, office):
    await signed_off(session, application, office.caseworker)

    with pytest.raises(DBAPIError, match="portfolio_sign_off"):
        await session.execute(text("update portfolio_sign_off set not_met = '{}'"))


@pytest.mark.parametrize(
    ("verdict", "shown"), [(Verdict.FULL, True), (Verdict.PARTIAL, False)]
)
async def test_a_portfolio_that_counts_in_full_is_shown_from_the_day_of_the_verdict(
    session, application, held, office, other, verdict, shown
):
    people = [application.person_id]
    await both(session, application, office, other)
    proposal = await recommended(session, application, held, verdict, office)
    assert await titles_shown(session, people) == {}

    await confirmed(session, proposal, office.registrar)

    today, titles = day_of(NOW), {application.person_id: [held.title]}
    assert await titles_shown(session, people) == (titles if shown else {})
    assert await titles_shown(session, people, by=today) == (titles if shown else {})
    assert await titles_shown(session, people, by=today - timedelta(days=1)) == {}
