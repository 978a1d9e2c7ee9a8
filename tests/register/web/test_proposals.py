"""Proposals: approved or returned by a second person."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import select

from register.account import StaffRole
from register.application import Application, ApplicationState, SectionName
from register.assessment import AssessmentAct, Outcome, Wanted, propose_refusal
from register.kit.db import connect, sessions_of
from register.kit.post import Message
from register.person import Person
from register.process import Event
from register.proposal import Proposal
from tests.browser import Browser
from tests.make import make_account, make_person
from tests.reading import Page
from tests.register.assessing import (
    act,
    check_all,
    heard,
    make_caseworker,
    make_office,
    make_sent,
    proposed_grant,
    proposed_refusal,
)


@pytest.fixture
async def office(session):
    return await make_office(session)


@pytest.fixture
async def application(session, office):
    return await make_sent(session, officer=office.caseworker)


@pytest.fixture
async def proposal(session, office, application):
    return await proposed_grant(session, application, office.caseworker)


@pytest.fixture
def at(proposal):
    return f"/staff/proposals/{proposal.id}"


async def stamp(browser, address):
    page = Page(await browser.get(address))
    found = page.soup.select_one("[name=version]")
    if not found:
        return {"version": "1", "latest": "1"}
    return {
        "version": found["value"],
        "latest": page.soup.select_one("[name=latest]")["value"],
    }


async def current(session, application):
    """What a page of the application would carry, for who posts straight past it."""
    latest = await session.scalars(select(Event.id).order_by(Event.id.desc()))
    await session.refresh(application)
    return {"version": str(application.version), "latest": str(next(iter(latest)))}


@pytest.mark.parametrize(
    "role",
    [
        StaffRole.CASEWORKER,
        StaffRole.TEAM_MANAGER,
        StaffRole.REGISTRAR,
        StaffRole.AUDITOR,
    ],
)
async def test_proposals_are_shown_to_readers(
    browser, session, proposal, application, at, role
):
    await browser.sign_in(await make_account(session, role))

    assert application.reference in Page(await browser.get("/staff/proposals")).text
    assert (await browser.get(at)).status_code == 200


@pytest.mark.parametrize("role", [StaffRole.FINANCE_OFFICER, StaffRole.ADMIN])
async def test_proposals_are_not_shown_to_other_staff(browser, session, at, role):
    await browser.sign_in(await make_account(session, role))

    assert (await browser.get("/staff/proposals")).status_code == 403
    assert (await browser.get(at)).status_code == 403


async def test_a_proposal_about_oneself_is_not_there(browser, session, office):
    person = await make_person(session)
    reader = await make_account(session, StaffRole.REGISTRAR, person=person)
    application = await make_sent(
        session,
        officer=office.caseworker,
        person=person,
        account=await make_account(session),
    )
    proposal = await proposed_grant(session, application, office.caseworker)
    await browser.sign_in(reader)

    assert application.reference not in (await browser.get("/staff/proposals")).text
    assert (await browser.get(f"/staff/proposals/{proposal.id}")).status_code == 404
    posted = await browser.post(
        f"/staff/proposals/{proposal.id}/approval",
        data=await current(session, application),
    )
    assert posted.status_code == 404


async def test_a_proposal_that_there_is_not_is_not_there(browser, office):
    await browser.sign_in(office.registrar)

    assert (await browser.get(f"/staff/proposals/{uuid4()}")).status_code == 404
    assert (await browser.get("/staff/proposals/rubbish")).status_code == 404
    assert (await browser.get("/staff/proposals?after=rubbish")).status_code == 404


async def test_a_grant_is_approved(browser, session, office, application, at):
    await browser.sign_in(office.manager)

    answer = await browser.post(f"{at}/approval", data=await stamp(browser, at))

    assert answer.headers["location"] == "/staff/proposals"
    told = Page(await browser.get("/staff/proposals")).text
    assert (
        f"You have approved the proposal on application {application.reference}" in told
    )
    await session.refresh(application)
    assert application.state is ApplicationState.APPROVED
    assert await session.scalar(
        select(Message).where(Message.letter == "application_approved")
    )


async def test_a_grant_is_approved_once(browser, session, office, application, at):
    await browser.sign_in(office.manager)
    shown = await stamp(browser, at)

    await browser.post(f"{at}/approval", data=shown)
    second = Page(await browser.post(f"{at}/approval", data=shown))

    assert second.status == 409
    assert "Application approved" in second.text


async def test_the_proposer_sees_why_somebody_else_must_decide(browser, session):
    both = await make_caseworker(session, StaffRole.REGISTRAR)
    application = await make_sent(session, officer=both)
    proposal = await proposed_grant(session, application, both)
    await browser.sign_in(both)

    page = Page(await browser.get(f"/staff/proposals/{proposal.id}"))

    assert (
        "You took an earlier step of this, so somebody else must decide it."
        in page.text
    )
    assert "Approve" not in page.text


async def test_the_proposer_cannot_approve_by_posting_past_the_page(browser, session):
    both = await make_caseworker(session, StaffRole.REGISTRAR)
    application = await make_sent(session, officer=both)
    proposal = await proposed_grant(session, application, both)
    await browser.sign_in(both)

    page = Page(
        await browser.post(
            f"/staff/proposals/{proposal.id}/approval",
            data=await current(session, application),
        )
    )

    assert page.status == 409
    assert "somebody else must decide it" in page.text
    await session.refresh(application)
    assert application.state is ApplicationState.PROPOSED


async def test_a_caseworker_cannot_approve_by_posting_past_the_page(
    browser, session, application, at
):
    await browser.sign_in(await make_caseworker(session))

    assert (
        await browser.post(f"{at}/approval", data=await current(session, application))
    ).status_code == 403


async def test_a_team_manager_cannot_approve_a_refusal_by_posting_past_the_page(
    browser, session, office
):
    application = await make_sent(session, officer=office.caseworker)
    proposal = await proposed_refusal(session, application, office.caseworker)
    await browser.sign_in(office.manager)

    page = Page(
        await browser.post(
            f"/staff/proposals/{proposal.id}/approval",
            data=await current(session, application),
        )
    )

    assert page.status == 409
    assert "Your role does not decide proposals of this kind." in page.text


async def test_the_registrar_sees_the_reasons_and_refuses(browser, session, office):
    application = await make_sent(session, officer=office.caseworker)
    proposal = await proposed_refusal(session, application, office.caseworker)
    at = f"/staff/proposals/{proposal.id}"
    await browser.sign_in(office.registrar)

    shown = Page(await browser.get(at)).text
    await browser.post(f"{at}/approval", data=await stamp(browser, at))

    assert "The DBS certificate is too old" in shown
    await session.refresh(application)
    assert application.state is ApplicationState.REFUSED


async def test_a_proposal_is_returned_with_words(
    browser, session, office, application, at
):
    await browser.sign_in(office.manager)

    await browser.post(
        f"{at}/return",
        data={**await stamp(browser, at), "words": "Ring the second referee."},
    )

    await browser.sign_in(office.caseworker)
    page = Page(await browser.get(f"/staff/applications/{application.reference}"))
    assert "Tess Manager returned your proposal" in page.text
    assert "Ring the second referee." in page.text
    assert application.reference in Page(await browser.get("/staff")).text


async def test_returning_needs_words(browser, office, at):
    await browser.sign_in(office.manager)

    page = Page(await browser.post(f"{at}/return", data=await stamp(browser, at)))

    assert page.errors == ["Enter what is still to be done"]


async def test_who_returns_second_keeps_their_words(browser, session, office, at):
    await browser.sign_in(office.manager)
    shown = await stamp(browser, at)
    await browser.post(f"{at}/approval", data=shown)
    await browser.sign_in(office.registrar)

    page = Page(
        await browser.post(f"{at}/return", data={**shown, "words": "My long advice."})
    )

    assert page.status == 409
    assert "My long advice." in page.html
    assert "Tess Manager" in page.text


async def test_a_decided_proposal_is_shown_without_a_form(browser, session, office, at):
    await browser.sign_in(office.manager)
    await browser.post(f"{at}/approval", data=await stamp(browser, at))

    page = Page(await browser.get(at))

    assert "Approved" in page.text
    assert not page.soup.select("form[action*=approval]")


async def test_conditions_are_shown_with_why(browser, session, office, application):
    proposal = await proposed_grant(
        session,
        application,
        office.caseworker,
        conditions=[Wanted("Is supervised monthly.", "First post.")],
    )
    await browser.sign_in(office.registrar)

    page = Page(await browser.get(f"/staff/proposals/{proposal.id}"))

    assert "Is supervised monthly." in page.text
    assert "First post." in page.text


async def test_reasons_about_health_are_not_shown_to_a_caseworker_without_it(
    browser, session, office
):
    application = await make_sent(session, officer=office.caseworker)
    await check_all(
        session,
        application,
        officer=office.caseworker,
        but={SectionName.HEALTH: Outcome.NOT_MET},
    )
    await heard(session, application, office.caseworker)
    proposal = await propose_refusal(
        session,
        application,
        proposer=office.caseworker,
        by=act(session, AssessmentAct.PROPOSE, office.caseworker),
    )
    await session.flush()
    await browser.sign_in(await make_caseworker(session))

    assert (
        "ealth" not in Page(await browser.get(f"/staff/proposals/{proposal.id}")).text
    )


async def test_reading_reasons_about_health_is_written_down(browser, session, office):
    application = await make_sent(session, officer=office.caseworker)
    await check_all(
        session,
        application,
        officer=office.caseworker,
        but={SectionName.HEALTH: Outcome.NOT_MET},
    )
    await heard(session, application, office.caseworker)
    proposal = await propose_refusal(
        session,
        application,
        proposer=office.caseworker,
        by=act(session, AssessmentAct.PROPOSE, office.caseworker),
    )
    await session.flush()
    await browser.sign_in(office.registrar)

    await browser.get(f"/staff/proposals/{proposal.id}")

    read = await session.scalars(
        select(Event).where(Event.kind == "restricted_section_read")
    )
    assert [event.data["section"] for event in read] == ["health"]


async def test_of_two_who_decide_at_once_one_wins(clone, clock, app_on):
    """On two connections of their own, as two processes would."""
    engine = connect(await clone())
    sessions = sessions_of(engine)
    async with sessions.begin() as session:
        office = await make_office(session)
        application = await make_sent(session, officer=office.caseworker)
        proposal = await proposed_grant(session, application, office.caseworker)
    at = f"/staff/proposals/{proposal.id}"
    app = app_on(sessions, clock)

    async with (
        Browser(app, sessions, clock) as first,
        Browser(app, sessions, clock) as second,
    ):
        await first.sign_in(office.manager)
        await second.sign_in(office.registrar)
        shown = await stamp(first, at)
        told = await asyncio.gather(
            first.post(f"{at}/approval", data=shown),
            second.post(f"{at}/return", data={**shown, "words": "My long advice."}),
        )

    async with sessions() as session:
        decided = await session.get_one(Proposal, proposal.id)
        after = await session.get_one(Application, application.id)
    await engine.dispose()
    assert sorted(answer.status_code for answer in told) == [303, 409]
    won = "approved" if told[0].status_code == 303 else "returned"
    assert decided.state == won
    assert after.state == {"approved": "approved", "returned": "under_assessment"}[won]


async def test_the_refused_read_all_the_reasons_on_their_own_page(
    browser, session, office
):
    account = await make_account(session, person=await make_person(session))
    person = await session.get_one(Person, account.person_id)
    application = await make_sent(
        session, officer=office.caseworker, person=person, account=account
    )
    await check_all(
        session,
        application,
        officer=office.caseworker,
        but={SectionName.HEALTH: Outcome.NOT_MET},
    )
    await heard(session, application, office.caseworker)
    proposal = await propose_refusal(
        session,
        application,
        proposer=office.caseworker,
        by=act(session, AssessmentAct.PROPOSE, office.caseworker),
    )
    await session.flush()
    await proposal.approve(
        session,
        approver=office.registrar,
        by=act(session, AssessmentAct.APPROVE, office.registrar),
    )
    await session.commit()
    await browser.sign_in(account)

    letter = await session.scalar(
        select(Message).where(Message.letter == "application_refused")
    )
    page = Page(await browser.get(f"/apply/{application.reference}"))

    assert "ealth" not in letter.body
    assert "You have not given the details that we need about your health." in page.text
