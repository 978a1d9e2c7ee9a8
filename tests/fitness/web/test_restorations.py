"""Restoration on the pages of whoever proposes it, brings its hearing about, decides it and asks for it."""

import pytest

from fitness.hearing.kind import Kind, Seat
from fitness.hearing.member import panel_of
from register.account import Account
from tests.fitness.hearing.test_restoring import asks, opened, two_years
from tests.fitness.sitting import HOUR, make_listed, make_officer, start
from tests.reading import Page
from tests.register.assessing import proposed_refusal
from tests.register.test_restoration import proposed

__all__ = ["two_years"]

RESTORATION = "Whether somebody is restored to the register"
NOT_YET = {"outcome": "restored", "reasons": "They have changed."}


@pytest.fixture
async def asked(session, two_years):
    return await asks(session)


@pytest.fixture
async def refusable(session, two_years):
    """Something that the rules ask for is not met."""
    account, _, application, office = await asks(session, checked=False)
    await proposed_refusal(session, application, office.caseworker)
    return account


async def get(browser, address):
    return Page(await browser.get(address))


async def begun(session):
    """The case, its hearing, and the account of its chair."""
    (case,) = await opened(session)
    _, hearing = await make_listed(session, Kind.RESTORATION, case=case)
    await start(session, case, hearing)
    panel = await panel_of(session, hearing)
    chair = next(one for one in panel if one.seat is Seat.CHAIR)
    return case, hearing, await session.get_one(Account, chair.account_id)


async def test_whoever_proposes_it_reads_that_a_panel_decides(asked, browser):
    _, _, application, office = asked
    await browser.sign_in(office.caseworker)

    page = await get(browser, f"/staff/applications/{application.reference}/proposal")

    assert "so a panel decides on what you propose, at a hearing." in page.text


async def test_nobody_approves_it_alone(session, asked, browser):
    _, _, application, office = asked
    proposal = await proposed(session, application, office.caseworker)
    at = f"/staff/proposals/{proposal.id}"
    await browser.sign_in(office.registrar)

    page = await get(browser, at)

    assert "A panel decides on this, at a hearing." in page.text
    assert "Approve" not in page.buttons
    assert (await browser.post(f"{at}/approval", data={})).status_code in (409, 422)


async def test_nothing_else_is_listed_in_its_case(session, asked, browser):
    _, _, application, office = asked
    await proposed(session, application, office.caseworker)
    (case,) = await opened(session)
    await browser.sign_in(await make_officer(session, case))
    at = f"/staff/cases/{case.reference}"

    page = await get(browser, f"{at}/hearings/new")

    heard = [one for one in page.labels if one.startswith("What is to be heard?")]
    assert heard == [f"What is to be heard?: {RESTORATION}"]
    page = await get(browser, at)
    assert page.fact("Concerns").startswith("None: somebody asks to be restored")


async def test_a_decision_that_cannot_be_is_shown_again(
    session, refusable, browser, clock
):
    case, hearing, chair = await begun(session)
    clock.now = hearing.starts_at + HOUR
    await browser.sign_in(chair)
    at = f"/staff/sittings/{case.reference}/1/decision"

    page = Page(await browser.post(at, data=NOT_YET))

    (error,) = page.errors
    assert error.startswith("What the rules ask of everybody is not shown to be met")
    assert page.field("Why?").value == "They have changed."
    sent = NOT_YET | {"outcome": "restoration_refused"}
    assert (await browser.post(at, data=sent)).status_code == 303


async def test_whoever_asks_reads_of_the_hearing(session, refusable, browser):
    case, _, _ = await begun(session)
    await browser.sign_in(refusable)

    page = await get(browser, f"/your-case/{case.reference}")

    assert "You ask to be restored to the register" in page.text
    assert RESTORATION in page.text


async def test_whoever_sits_reads_what_is_asked_and_of_no_allegations(
    session, asked, browser
):
    _, _, application, office = asked
    await proposed(session, application, office.caseworker)
    case, _, chair = await begun(session)
    await browser.sign_in(chair)

    page = await get(browser, f"/staff/sittings/{case.reference}/1")

    assert "Somebody asks to be restored after a removal by order." in page.text
    assert "Allegations" not in page.headings
