"""What the pages say while a fee has come and nobody is entered yet, and how staff take an approval back."""

from datetime import date, timedelta

import pytest

from register.account import Account, StaffRole
from register.application import ApplicationState, Move
from register.assessment import AssessmentAct
from register.matching import WatchItem, WatchKind, look_for_matches
from tests.make import make_account, make_person, make_process
from tests.reading import Page
from tests.register.assessing import act, make_office, make_sent, proposed_grant

BORN = date(1985, 5, 17)


@pytest.fixture
async def office(session):
    return await make_office(session)


@pytest.fixture
async def waiting(session, office, now):
    """Approved, then found on the watch list, then paid for."""
    person = await make_person(session, "Liz", "Smith", BORN)
    await look_for_matches(session, person, by=make_process(session))
    application = await make_sent(session, person=person, officer=office.caseworker)
    proposal = await proposed_grant(session, application, office.caseworker)
    by = act(session, AssessmentAct.APPROVE, office.registrar)
    await proposal.approve(session, approver=office.registrar, by=by)
    await WatchItem.add(
        session,
        WatchKind.BARRED,
        given_names="Liz",
        family_name="Smith",
        birth_date=BORN,
        source="DBS, ref 1",
        because="Told by letter",
        by=make_process(session),
    )
    await application.paid(session, at=now, by=make_process(session))
    await session.flush()
    return application


async def open_form(browser, application, account):
    """The address of the form, and its page."""
    await browser.sign_in(account)
    page = Page(await browser.get(f"/staff/applications/{application.reference}"))
    at = page.link("Take back the approval")
    return at, Page(await browser.get(at))


BUTTON = "Propose to take back the approval"


async def test_the_applicant_is_told_of_a_last_check_and_not_why(
    browser, session, waiting
):
    await browser.sign_in(await session.get_one(Account, waiting.account_id))

    page = Page(await browser.get(f"/apply/{waiting.reference}"))

    assert "we are making a last check" in page.text
    assert "You are not in the register yet." in page.text
    assert page.fact("Who acts next") == "We do"
    assert "watch" not in page.text.casefold()
    assert "Withdraw" not in page.text


async def test_staff_find_it_in_the_queue(browser, session, waiting):
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))

    page = Page(await browser.get("/staff/applications?state=paid"))

    assert waiting.reference in page.text
    assert "Waiting for a last check" in page.text


async def test_what_the_list_says_leads_to_the_application_that_waits_for_it(
    browser, waiting, office
):
    await browser.sign_in(office.manager)
    page = Page(await browser.get(f"/staff/applications/{waiting.reference}"))

    hit = Page(await browser.get(page.link("Barred from working with children")))

    assert f"/staff/applications/{waiting.reference}" in hit.links.values()
    assert "no entry is made while this is open" in hit.text


async def test_a_caseworker_learns_no_reason_and_takes_nothing_back(
    browser, waiting, office
):
    await browser.sign_in(office.caseworker)

    page = Page(await browser.get(f"/staff/applications/{waiting.reference}"))

    assert page.fact("State") == "Waiting for a last check"
    assert "may not join" not in page.text
    assert "Take back the approval" not in page.text


async def test_an_approval_is_taken_back_by_two(
    browser, session, waiting, office, clock
):
    clock.now += timedelta(minutes=1)
    at, page = await open_form(browser, waiting, office.manager)
    words = page.form(BUTTON) | {"words": "Look at the DBS certificate"}
    sent = await browser.post(at, data=words)
    again = await browser.post(at, data=words)
    await browser.sign_in(office.registrar)
    page = Page(await browser.get(f"/staff/applications/{waiting.reference}"))
    at = page.link("See the proposal that waits for a second person")
    proposal = Page(await browser.get(at))
    done = await browser.post(proposal.action("Approve"), data=proposal.form("Approve"))

    assert sent.status_code == 303
    assert again.status_code == 409
    assert proposal.h1 == "Take back an approval: Manager"
    assert "Look at the DBS certificate" in proposal.text
    assert done.status_code == 303
    await session.refresh(waiting)
    assert waiting.state is ApplicationState.UNDER_ASSESSMENT
    await browser.sign_in(office.caseworker)
    page = Page(await browser.get(f"/staff/applications/{waiting.reference}"))
    assert "The approval was taken back, as Tess Manager proposed" in page.text
    assert "Look at the DBS certificate" in page.text


async def test_what_is_to_be_looked_at_must_be_said(browser, waiting, office):
    at, page = await open_form(browser, waiting, office.manager)

    answer = Page(await browser.post(at, data=page.form(BUTTON)))

    assert answer.status == 422
    assert answer.errors == ["Enter what is to be looked at again"]


async def test_an_approval_that_was_not_paid_for_is_not_taken_back(
    browser, session, waiting, office
):
    at, _ = await open_form(browser, waiting, office.manager)
    waiting.state = ApplicationState.APPROVED
    await session.flush()
    await browser.sign_in(office.manager)

    shown = await browser.get(at)

    assert shown.status_code == 409


async def test_whose_approval_was_taken_back_reads_that_the_fee_comes_back(
    browser, session, waiting
):
    await waiting.reopen(session, Move.REOPEN, by=make_process(session))
    await session.flush()
    await browser.sign_in(await session.get_one(Account, waiting.account_id))

    page = Page(await browser.get(f"/apply/{waiting.reference}"))

    assert "We have taken back our approval" in page.text
    assert "Any fee that you paid for it is to be given back to you" in page.text
