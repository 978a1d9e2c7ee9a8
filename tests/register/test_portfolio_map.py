"""The map of a portfolio: each outcome is met in words and by documents, before an application can be sent."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from register.application import (
    ApplicationState,
    NotComplete,
    Progress,
    SectionClosed,
    SectionName,
    answer,
    detach,
    evidence_of,
    filled,
    form_of,
    keep,
    open_sections,
    sendings_of,
    submit,
)
from register.assessment import (
    AssessmentAct,
    NotSignedByTwo,
    Outcome,
    ask_for_more,
    checks_of,
    portfolio_of,
    recommend,
)
from register.data_copy.held import about_the_applications
from register.kit.clock import day_of
from register.kit.files import FileState
from register.qualification import Qualification
from register.rule_change.affected import affected
from register.rule_set import RuleSet, Verdict
from tests.applications import (
    OUTCOMES,
    claim_by_portfolio,
    fill,
    make_application,
    make_form,
    map_portfolio,
)
from tests.make import NOW, make_account, make_process
from tests.register.assessing import (
    act,
    check,
    give,
    make_office,
    signed_off,
)

ASKED, LATER = NOW + timedelta(minutes=30), NOW + timedelta(hours=1)


@pytest.fixture
async def account(session):
    return await make_account(session, email="zoe@example.org")


@pytest.fixture
async def draft(session, account):
    """Complete, but that it claims by a portfolio."""
    application = await make_application(session, account=account)
    await fill(session, application, make_form())
    await claim_by_portfolio(session, application)
    return application


@pytest.fixture
async def office(session):
    return await make_office(session)


async def sent(session, draft, office):
    await map_portfolio(session, draft)
    await submit(session, draft, by=make_process(session))
    await give(session, draft, to=office.caseworker, giver=office.caseworker)
    return draft


async def problems(session, application):
    state = await filled(session, application, now=NOW)
    return [fault.sentence for fault in state.problems(SectionName.PORTFOLIO)]


async def test_the_section_is_asked_of_whoever_claims_by_a_portfolio_alone(
    session, draft
):
    claimed = await filled(session, draft, now=NOW)
    other = make_form().qualifications
    await keep(session, draft, SectionName.QUALIFICATIONS, other, now=NOW)
    not_claimed = await filled(session, draft, now=NOW)

    assert claimed.sections[4:6] == (SectionName.QUALIFICATIONS, SectionName.PORTFOLIO)
    assert claimed.unfinished() == [SectionName.PORTFOLIO]
    assert not_claimed.unfinished() == []
    assert SectionName.PORTFOLIO not in await open_sections(session, draft)


async def test_it_cannot_be_sent_while_an_outcome_has_nothing_mapped(session, draft):
    await map_portfolio(session, draft, but=["P7"])

    with pytest.raises(NotComplete) as refused:
        await submit(session, draft, by=make_process(session))

    assert refused.value.sections == [SectionName.PORTFOLIO]
    assert await problems(session, draft) == [
        "Say how you meet P7: Recruit, supervise and develop a team"
    ]
    assert (await form_of(session, draft.id)).portfolio.of("P6")


async def test_it_is_sent_once_every_outcome_is_mapped(session, draft):
    await map_portfolio(session, draft)

    await submit(session, draft, by=make_process(session))

    (kept,) = await sendings_of(session, draft.id, SectionName.PORTFOLIO)
    assert [shown.code for shown in kept.answers.outcomes] == OUTCOMES
    held = await session.scalar(
        select(Qualification).where(Qualification.person_id == draft.person_id)
    )
    assert (held.awarded_on, held.enrolled_on, held.verdict) == (None, None, None)


@pytest.mark.parametrize(
    ("state", "done"),
    [
        (FileState.QUARANTINED, Progress.COMPLETED),
        (FileState.CLEAN, Progress.COMPLETED),
        (FileState.INFECTED, Progress.IN_PROGRESS),
        (FileState.UNREADABLE, Progress.IN_PROGRESS),
    ],
)
async def test_what_held_a_virus_or_cannot_be_read_shows_nothing(
    session, draft, state, done
):
    document = await map_portfolio(session, draft)
    await session.refresh(document, ["file"])

    made = "2027-03-10/cleaned" if state is FileState.CLEAN else None
    document.file.settle(state, now=NOW, cleaned_as=made)
    if state is FileState.QUARANTINED:
        document.file.settled_at = None
    await session.flush()

    stands = await filled(session, draft, now=NOW)
    assert stands.progress(SectionName.PORTFOLIO) is done


async def test_a_document_that_is_taken_back_is_taken_from_every_outcome(
    session, draft
):
    document = await map_portfolio(session, draft)
    await session.refresh(document, ["file"])

    await detach(session, draft, document, now=NOW)

    said = (await form_of(session, draft.id)).portfolio
    assert all(shown.words and not shown.evidence for shown in said.outcomes)
    assert len(await problems(session, draft)) == len(OUTCOMES)


async def test_other_outcomes_in_the_rules_are_counted_among_what_they_change(
    session, draft
):
    await map_portfolio(session, draft)
    base = (await RuleSet.versions(session, draft.part))[0]
    more = (*base.terms.outcomes, base.terms.outcomes[0].__class__("P10", "Budgets"))
    terms = base.terms.__class__(
        rules=base.terms.rules,
        accepted=base.terms.accepted,
        standards=base.terms.standards,
        statements=base.terms.statements,
        outcomes=more,
    )

    found = await affected(session, base, terms, on=day_of(NOW))

    assert found.more == {SectionName.PORTFOLIO: 1}


async def test_it_is_corrected_when_we_ask_and_then_signed_again(
    session, draft, office
):
    application = await sent(session, draft, office)
    held = await session.scalar(
        select(Qualification).where(Qualification.person_id == draft.person_id)
    )
    await signed_off(session, application, office.caseworker)
    with pytest.raises(SectionClosed):
        await detach(session, application, await a_document(session, draft), now=NOW)
    await asked(session, application, office, SectionName.PORTFOLIO)
    assert await open_sections(session, application) == {SectionName.PORTFOLIO}
    with pytest.raises(SectionClosed):
        await detach(session, application, await a_document(session, draft), now=LATER)
    said = (await form_of(session, draft.id)).portfolio
    said.of("P2").words = "More exactly"
    await keep(session, application, SectionName.PORTFOLIO, said, now=LATER)

    await answer(session, application, by=make_process(session, now=LATER))

    assert application.state is ApplicationState.UNDER_ASSESSMENT
    found = await portfolio_of(session, application, held.id)
    assert not found.signed
    checks = await checks_of(session, application)
    assert checks[SectionName.PORTFOLIO].changed
    assert not checks[SectionName.QUALIFICATIONS].changed
    with pytest.raises(NotSignedByTwo):
        await recommend(
            session,
            application,
            held.id,
            Verdict.NO,
            because="Why",
            officer=office.caseworker,
            by=act(session, AssessmentAct.RECOMMEND, office.caseworker),
        )


async def test_who_claims_by_a_portfolio_only_when_asked_maps_it_then(
    session, account, office
):
    application = await make_application(session, account=account)
    await fill(session, application, make_form())
    await submit(session, application, by=make_process(session))
    await give(session, application, to=office.caseworker, giver=office.caseworker)
    await asked(session, application, office, SectionName.QUALIFICATIONS)
    assert await open_sections(session, application) == {SectionName.QUALIFICATIONS}

    await claim_by_portfolio(session, application, now=LATER)

    both = {SectionName.QUALIFICATIONS, SectionName.PORTFOLIO}
    assert await open_sections(session, application) == both
    with pytest.raises(NotComplete):
        await answer(session, application, by=make_process(session, now=LATER))
    await map_portfolio(session, application, now=LATER)
    await answer(session, application, by=make_process(session, now=LATER))
    assert await sendings_of(session, application.id, SectionName.PORTFOLIO)


async def test_a_copy_of_their_data_holds_the_map(session, draft, account):
    await map_portfolio(session, draft)

    shelves = await about_the_applications(session, account, NOW)

    told = {shelf.name.rpartition(": ")[2]: shelf.records for shelf in shelves}
    (said,) = [one for one in told["answers"] if one["section"] == "portfolio"]
    assert said["outcomes"][0]["words"] == "How I meet P1"
    assert [one for one in told["documents"] if one["section"] == "portfolio"]


async def asked(session, application, office, section):
    officer = office.caseworker
    await check(session, application, section, Outcome.ASK, officer=officer, now=ASKED)
    by = act(session, AssessmentAct.ASK, officer, now=ASKED)
    await ask_for_more(session, application, officer=officer, by=by)
    await session.flush()


async def a_document(session, application):
    (found,) = await evidence_of(session, application.id, SectionName.PORTFOLIO)
    return found
