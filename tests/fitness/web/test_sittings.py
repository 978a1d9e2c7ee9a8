"""Final hearings as their panel decides them on pages, decisions that are served later, and what is due about hearings."""

from datetime import date

import pytest

from fitness.case import Stage
from fitness.fence import Capacity, look_as
from fitness.hearing.decision import decision_of
from fitness.hearing.hearing import hearings_of
from fitness.hearing.kind import HearingState, Kind, Seat
from fitness.hearing.member import panel_of
from fitness.hearing.notice import services_for
from register.account import Account, StaffRole
from tests.fitness.finding import comment, disclose, draw, make_told, went_astray
from tests.fitness.ordering import make_interim
from tests.fitness.serving import post_and_serve
from tests.fitness.sitting import (
    CONDITIONS,
    DAY,
    HOUR,
    IN_TIME,
    TODAY,
    decide,
    draw_up,
    find_all,
    make_final,
    make_hearing,
    make_officer,
    make_panel,
    orders_in,
    refer,
    start,
    tell,
)
from tests.make import NOW, make_account, make_address
from tests.reading import Page


@pytest.fixture
async def told(session):
    """Heard, with its allegation disclosed and answered."""
    case, account = await make_told(session)
    allegation = await draw(session, case)
    disclosure = await disclose(session, case, [allegation])
    await comment(session, case, disclosure, "I was not there that night.")
    refer(session, case)
    hearing = await make_hearing(session, case, Kind.FINAL)
    await make_panel(session, case, hearing)
    await tell(session, case, hearing)
    await start(session, case, hearing)
    return case, hearing, account


@pytest.fixture
async def chair(session, told):
    (_, hearing, _) = told
    return await seated(session, hearing, Seat.CHAIR)


@pytest.fixture
async def bench(browser, chair, clock):
    """Where the chair sits, an hour into the hearing."""
    clock.now = IN_TIME + HOUR
    await browser.sign_in(chair)
    return browser


async def seated(session, hearing, seat):
    for member in await panel_of(session, hearing):
        if member.seat is seat:
            return await with_roles(session, member.account_id)
    raise AssertionError


async def with_roles(session, account_id):
    found = await session.scalars(Account.usable().where(Account.id == account_id))
    return found.one()


def sitting(case, page=""):
    return f"/staff/sittings/{case.reference}/1{page}"


def at(case, page=""):
    return f"/staff/cases/{case.reference}/hearings{page}"


async def get(browser, address):
    return Page(await browser.get(address))


async def send(browser, address, **data):
    return await post_and_serve(browser, address, data)


def on(day, name):
    return {
        f"{name}-day": str(day.day),
        f"{name}-month": str(day.month),
        f"{name}-year": str(day.year),
    }


async def work(session):
    """Tests look at all of it, pages as whoever is signed in."""
    await look_as(session, Capacity.SERVICE)
    session.expunge_all()


# From the facts to the sanction


async def test_a_final_hearing_from_its_facts_to_the_order(
    session, bench, browser, told, clock
):
    case, _, registrant = told
    page = await send(
        bench, sitting(case, "/allegations/1/1"), found="proved", words="She saw it."
    )
    assert page.status == 303
    page = await send(
        bench, sitting(case, "/allegations/1"), grounds="misconduct", words="It is."
    )
    assert page.status == 303
    page = await send(
        bench,
        sitting(case, "/decision"),
        outcome="impaired",
        reasons="They have no insight.",
        measure="suspension_order",
        months="12",
        cover="interim_suspension",
        cover_months="18",
    )
    assert page.status == 303
    await work(session)
    (hearing,) = await hearings_of(session, case.id)
    for member in await panel_of(session, hearing):
        await browser.sign_in(await with_roles(session, member.account_id))
        page = await get(browser, sitting(case, "/signature"))
        assert "She saw it." in page.text
        await send(browser, sitting(case, "/signature"), **page.form("Sign it"))

    await work(session)
    cover, order = await orders_in(session, case)
    assert cover.in_force_at == clock.now
    assert order.appeal_by == date(2027, 5, 13)
    await browser.sign_in(registrant)
    page = await get(browser, f"/your-case/{case.reference}")
    assert "She saw it." in page.text
    assert "They have no insight." in page.text


async def test_a_finding_needs_words(bench, told):
    case, *_ = told

    page = await send(bench, sitting(case, "/allegations/1/1"), found="proved")

    assert page.status == 422
    assert page.errors == ["Enter why"]


async def test_a_finding_is_there_to_be_changed(session, bench, told):
    case, hearing, _ = told
    await work(session)
    await find_all(session, case, hearing)

    page = await get(bench, sitting(case, "/allegations/1/1"))
    assert page.field("Why?").value == "We heard it."
    page = await get(bench, sitting(case, "/allegations/1"))

    assert page.field("Misconduct").checked


async def test_a_ground_before_the_facts_is_shown_again(bench, told):
    case, *_ = told

    page = await send(
        bench, sitting(case, "/allegations/1"), grounds="misconduct", words="So"
    )

    assert page.status == 422
    assert page.errors[0].startswith("Find on every particular")


async def test_a_decision_before_the_facts_is_shown_again(bench, told):
    case, *_ = told

    page = await send(
        bench, sitting(case, "/decision"), outcome="not_proved", reasons="No"
    )

    assert page.status == 422
    assert page.errors[0].startswith("Find on every particular")


@pytest.mark.parametrize("page", ["/allegations/7", "/allegations/1/7"])
async def test_what_is_not_alleged_is_not_found(bench, told, page):
    case, *_ = told

    assert (await get(bench, sitting(case, page))).status == 404


async def test_nothing_is_signed_before_it_is_drawn_up(bench, told):
    case, *_ = told

    assert (await get(bench, sitting(case, "/signature"))).status == 409
    assert (await send(bench, sitting(case, "/signature"))).status == 409


async def test_a_draft_is_there_to_be_changed(session, bench, told):
    case, hearing, _ = told
    await work(session)
    await find_all(session, case, hearing)
    await draw_up(session, case, hearing, CONDITIONS)

    page = await get(bench, sitting(case, "/decision"))

    assert page.field("Why?").value == "They have no insight yet."
    assert page.field("For how many months? (optional)").value == "12"
    assert page.field("Fitness to practise is impaired").checked


async def test_the_registrant_reads_no_decision_before_it_is_made(
    session, browser, told
):
    case, hearing, registrant = told
    await find_all(session, case, hearing)
    await draw_up(session, case, hearing, CONDITIONS)
    await browser.sign_in(registrant)

    page = await get(browser, f"/your-case/{case.reference}")

    assert "We heard it." not in page.text
    assert "They have no insight yet." not in page.text


# Decisions to be served


async def test_a_decision_that_came_back_is_served_by_post(session, browser, clock):
    case, hearing = await make_final(session)
    officer = await make_officer(session, case)
    await decide(session, case, hearing, CONDITIONS)
    service, *_ = await services_for(session, hearing)
    await went_astray(session, service.service)
    clock.now = IN_TIME + DAY
    await browser.sign_in(officer)

    page = await get(browser, "/staff/hearings/due")
    (row,) = page.rows("Decisions to be served")
    assert row["Hearing"] == f"{case.reference}, hearing 1"
    page = await send(browser, at(case, "/1/decision"), way="post")
    assert page.status == 422
    await work(session)
    await make_address(session, case.person)
    page = await send(browser, at(case, "/1/decision"), way="post")

    assert page.status == 303
    page = await send(browser, at(case, "/1/decision"), way="post")
    assert page.errors == ["The decision has been served, and it has not come back."]


async def test_its_order_is_made_by_whoever_serves_it(session, browser, clock):
    case, hearing = await make_final(session)
    officer = await make_officer(session, case)
    account = await session.scalar(
        Account.usable().where(Account.person_id == case.person_id)
    )
    account.disabled_at = NOW
    await session.flush()
    await decide(session, case, hearing, CONDITIONS)
    await make_address(session, case.person)
    clock.now = IN_TIME + DAY
    await browser.sign_in(officer)

    page = await send(browser, at(case, "/1/decision"), way="post")

    assert page.status == 303
    await work(session)
    (order,) = await orders_in(session, case)
    (heard,) = await hearings_of(session, case.id)
    decision = await decision_of(session, heard)
    assert decision.order_id == order.id
    assert heard.state is HearingState.DECIDED


async def test_nothing_is_served_that_is_not_decided(session, browser, told):
    case, *_ = told
    await browser.sign_in(await make_officer(session, case))

    assert (await get(browser, at(case, "/1/decision"))).status == 409


# What is due, and the court


@pytest.fixture
async def suspended(session):
    case, _ = await make_told(session)
    await make_interim(session, case)
    return case


async def test_reviews_list_themselves_and_turn_red_before_they_are_due(
    session, browser, clock, suspended
):
    officer = await make_officer(session, suspended)
    for days, state in ((0, "To be listed"), (183, "Too late for notice")):
        clock.now = NOW + days * DAY
        await browser.sign_in(officer)
        page = await get(browser, "/staff/hearings/due")
        (row,) = page.rows("Orders to be reviewed, the earliest first")
        assert (row["Order"], row["State"]) == ("Interim suspension", state)


async def test_a_review_is_listed_of_the_order_in_force(session, browser, suspended):
    await browser.sign_in(await make_officer(session, suspended))

    page = await send(
        browser,
        at(suspended, "/new"),
        kind="interim_review",
        at="10:00",
        how="there",
        place="4 Mill Lane",
        privacy="public",
        **on(TODAY + 30 * DAY, "day"),
    )

    assert page.status == 303
    page = await get(browser, at(suspended, "/1"))
    assert page.fact("Reviews").startswith("Interim suspension")


async def test_the_court_s_order_is_recorded(session, browser, suspended):
    await browser.sign_in(await make_officer(session, suspended))
    address = f"/staff/cases/{suspended.reference}/extension/1"
    said = {"words": "The High Court, CO/1"} | on(TODAY, "ordered_on")

    page = await send(browser, address, **said, **on(TODAY + DAY, "until"))
    assert page.errors == [
        "Only an interim order is extended by the court, and to a day after its last."
    ]
    page = await send(browser, address, **said, **on(date(2029, 3, 9), "until"))
    assert page.status == 303
    await work(session)
    _, more = await orders_in(session, suspended)
    assert more.last_day == date(2029, 3, 9)
    page = await send(browser, address, **said, **on(date(2029, 6, 9), "until"))

    assert page.errors == ["This order has been extended already."]


async def test_no_other_order_is_extended(session, browser, told):
    case, *_ = told
    await browser.sign_in(await make_officer(session, case))

    page = await get(browser, f"/staff/cases/{case.reference}/extension/1")

    assert page.status == 404
    assert case.stage is Stage.HEARING


@pytest.mark.parametrize(
    "role", [StaffRole.INVESTIGATOR, StaffRole.REGISTRAR, StaffRole.ADJUDICATOR]
)
async def test_nobody_else_opens_what_is_due(session, browser, role):
    await browser.sign_in(await make_account(session, role))

    assert (await get(browser, "/staff/hearings/due")).status == 403


async def test_whoever_signs_reads_what_the_registrant_is_served_with(
    session, bench, told
):
    case, hearing, _ = told
    await work(session)
    await find_all(session, case, hearing)
    await draw_up(session, case, hearing, CONDITIONS)

    page = await get(bench, sitting(case, "/signature"))

    assert (
        "The notice that is served on the registrant: Decision of the panel"
        in page.text
    )
    assert "[the last day, by the rules]" in page.text
