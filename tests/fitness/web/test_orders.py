"""Orders on the pages of staff and of the registrant: appeals, check-ins, reporters, and a review that comes earlier."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fitness.case import CaseRead, Read, Stage
from fitness.fence import Capacity, look_as
from fitness.investigation.served import ServiceKind, services_of
from fitness.monitoring import (
    CheckIn,
    Judged,
    Reporter,
    Standing,
    check_ins_of,
    remind_of_check_ins,
    reporters_of,
)
from fitness.order import (
    AppealOutcome,
    Decided,
    Ended,
    Measure,
    appeal_of,
    bring_orders_into_force,
    end,
)
from register.account import StaffRole
from register.kit.clock import day_of
from register.kit.post import Message
from tests.fitness.finding import make_told
from tests.fitness.investigating import act, make_investigator
from tests.fitness.ordering import DAY, make_order, seat, served
from tests.fitness.web.test_investigation_pages import NO_FILE
from tests.make import NOW, make_account, make_employment, make_entry, make_home
from tests.reading import Page
from tests.register.employing import make_organisation, make_user

TODAY = day_of(NOW)


@pytest.fixture
async def investigator(session):
    return await make_investigator(session, name="Inez Vance")


@pytest.fixture
async def told(session, investigator):
    """A case before a panel, and the account of the registrant."""
    case, account = await make_told(session, taker=investigator, now=NOW - 2 * DAY)
    for stage in (Stage.EXAMINATION, Stage.HEARING):
        case.move(session, stage, by=act(session))
    await seat(session, case, Decided.PANEL)
    return case, account


@pytest.fixture
async def case(told):
    return told[0]


@pytest.fixture
async def conditions(session, case):
    return await make_order(session, case, Measure.CONDITIONS)


def at(case, page=""):
    return f"/staff/cases/{case.reference}/orders{page}"


def yours(case, page=""):
    return f"/your-case/{case.reference}/orders{page}"


def on(day, name):
    return {
        f"{name}-day": str(day.day),
        f"{name}-month": str(day.month),
        f"{name}-year": str(day.year),
    }


async def get(browser, url):
    return Page(await browser.get(url))


async def set_check_in(session, case, order, *, of=None, due_on=TODAY + 30 * DAY):
    check_in = await CheckIn.set_one(
        session,
        case,
        order,
        "The record of your supervision",
        due_on=due_on,
        of=of,
        by=act(session),
    )
    await session.flush()
    return check_in


async def test_an_order_is_shown_with_its_term_and_its_words(
    session, case, conditions, investigator, browser
):
    await browser.sign_in(investigator)
    page = await get(browser, at(case))
    (row,) = page.rows()
    assert (row["Order"], row["Made"], row["State"]) == (
        "Conditions of practice",
        "10 March 2027",
        "In force",
    )
    page = await get(browser, at(case, "/1"))

    assert "You must not work alone with children." in page.text
    assert page.facts["Last day"] == "9 March 2028"
    read = await session.scalars(select(CaseRead.what))
    assert Read.ORDERS in read.all()


async def test_there_is_none_for_a_number_that_no_order_has(
    case, investigator, browser
):
    await browser.sign_in(investigator)
    assert (await browser.get(at(case, "/7"))).status_code == 404


async def test_an_appeal_is_recorded_and_ended(session, case, investigator, browser):
    order = await make_order(session, case, served_on=served())
    await browser.sign_in(investigator)
    wrong = await browser.post(at(case, "/1/appeal"), data={})
    assert wrong.status_code == 422
    tomorrow = {"words": "CO/1"} | on(TODAY + DAY, "on")
    assert (await browser.post(at(case, "/1/appeal"), data=tomorrow)).status_code == 422
    sent = {"words": "CO/1"} | on(TODAY, "on")
    await browser.post(at(case, "/1/appeal"), data=sent)
    page = await get(browser, at(case, "/1"))
    assert page.facts["State"] == "Under appeal"
    ended = {"outcome": "dismissed"} | on(TODAY, "on")
    await browser.post(at(case, "/1/appeal/outcome"), data=ended)
    page = await get(browser, at(case, "/1"))

    assert "Appeal dismissed on 10 March 2027" in page.facts["Appeal"]
    assert page.facts["Takes effect"] == "9 April 2027 at 12:00am"
    await look_as(session, Capacity.SERVICE)
    assert (await appeal_of(session, order)).outcome is AppealOutcome.DISMISSED


async def test_an_allowed_appeal_closes_the_case(session, case, investigator, browser):
    await make_order(session, case, served_on=served())
    await browser.sign_in(investigator)
    await browser.post(at(case, "/1/appeal"), data={"words": "CO/1"} | on(TODAY, "on"))
    ended = {"outcome": "allowed"} | on(TODAY, "on")
    answer = await browser.post(at(case, "/1/appeal/outcome"), data=ended)
    assert answer.status_code == 303
    await look_as(session, Capacity.SERVICE)
    await session.refresh(case)
    assert case.stage is Stage.CLOSED


async def test_there_is_no_outcome_of_an_appeal_that_was_never_lodged(
    session, case, conditions, investigator, browser
):
    await browser.sign_in(investigator)
    assert (await browser.get(at(case, "/1/appeal/outcome"))).status_code == 404
    refused = await browser.post(
        at(case, "/1/appeal"), data={"words": "No"} | on(TODAY, "on")
    )

    assert refused.status_code == 409
    assert "There is no appeal to the court against this order." in refused.text


async def test_a_reporter_is_named_and_released(
    session, case, conditions, investigator, browser
):
    await browser.sign_in(investigator)
    assert (
        await browser.post(at(case, "/1/reporters/new"), data={})
    ).status_code == 422
    sent = {"name": "Sue Pervisor", "contact": "01", "standing": "supervisor"}
    await browser.post(at(case, "/1/reporters/new"), data=sent)
    page = await get(browser, at(case, "/1"))
    assert "R1 Sue Pervisor" in page.text
    await browser.post(at(case, "/1/reporters/1/end"))
    again = await browser.post(at(case, "/1/reporters/1/end"))

    assert again.status_code == 409
    await look_as(session, Capacity.SERVICE)
    (reporter,) = await reporters_of(session, conditions)
    await session.refresh(reporter)
    assert reporter.ended_at == NOW


async def test_a_check_in_is_set_for_a_day_within_the_order(
    session, case, conditions, investigator, browser
):
    sent = {"words": "Your record", "of": "registrant"}
    await browser.sign_in(investigator)
    for day, status in (
        (TODAY, 422),
        (conditions.last_day + DAY, 422),
        (conditions.last_day, 303),
        (TODAY + DAY, 303),
    ):
        answer = await browser.post(
            at(case, "/1/check-ins/new"), data=sent | on(day, "due_on")
        )
        assert answer.status_code == status, day

    await look_as(session, Capacity.SERVICE)
    assert [one.number for one in await check_ins_of(session, conditions)] == [2, 1]


async def test_a_check_in_that_is_not_met_leads_to_an_earlier_review(
    session, case, conditions, investigator, browser, clock
):
    await set_check_in(session, case, conditions)
    await browser.sign_in(investigator)
    judged = {"judged": "not_met", "words": "Nothing came."}
    early = await browser.post(at(case, "/1/check-ins/1"), data=judged)
    assert early.status_code == 422
    assert "there is still time" in early.text
    clock.now = NOW + 31 * DAY
    await browser.sign_in(investigator)
    page = await get(browser, at(case, "/1/check-ins/1"))
    assert "Late" in page.facts["Last day"]
    answer = await browser.post(at(case, "/1/check-ins/1"), data=judged)
    assert answer.headers["location"] == at(case, "/1/review")
    until = day_of(clock.now) + 40 * DAY
    sent = {"because": "breach", "words": "Nothing came."}
    late = await browser.post(
        at(case, "/1/review"), data=sent | on(conditions.last_day, "until")
    )
    assert late.status_code == 422
    await browser.post(at(case, "/1/review"), data=sent | on(until, "until"))

    await look_as(session, Capacity.SERVICE)
    await session.refresh(conditions)
    assert conditions.review_by == until


async def test_what_came_by_post_is_written_down_and_judged(
    session, case, conditions, investigator, browser
):
    reporter = await Reporter.name_one(
        session,
        case,
        conditions,
        name="Sue",
        contact="01",
        standing=Standing.EMPLOYER,
        by=act(session),
    )
    await set_check_in(session, case, conditions, of=reporter)
    await browser.sign_in(investigator)
    assert (
        await browser.post(at(case, "/1/check-ins/1/answers/new"), files=NO_FILE)
    ).status_code == 422
    sent = {"words": "They keep to it."} | on(TODAY, "came_on")
    await browser.post(at(case, "/1/check-ins/1/answers/new"), data=sent, files=NO_FILE)
    page = await get(browser, at(case, "/1/check-ins/1"))
    assert "They keep to it." in page.text
    await browser.post(
        at(case, "/1/check-ins/1"), data={"judged": "met", "words": "Good."}
    )
    again = await browser.post(
        at(case, "/1/check-ins/1"), data={"judged": "met", "words": "Good."}
    )

    assert again.status_code == 409
    await look_as(session, Capacity.SERVICE)
    (check_in,) = await check_ins_of(session, conditions)
    assert check_in.judged is Judged.MET


async def test_a_stranger_finds_no_orders(session, case, conditions, browser):
    stranger = await make_investigator(session)
    await browser.sign_in(stranger)
    for page in ("", "/1", "/1/appeal", "/1/review", "/1/check-ins/new"):
        assert (await browser.get(at(case, page))).status_code == 404


async def test_an_auditor_reads_and_changes_nothing(session, case, conditions, browser):
    auditor = await make_account(session, StaffRole.AUDITOR)
    await browser.sign_in(auditor)
    page = await get(browser, at(case, "/1"))
    assert "Set a check-in" not in page.text
    assert (await browser.get(at(case, "/1/review"))).status_code == 403


# The registrant


async def test_of_an_order_that_ended_early_no_last_day_is_shown(
    session, told, conditions, browser
):
    case, account = told
    by = act(session)
    await end(session, case, conditions, on=NOW + DAY, because=Ended.REVOKED, by=by)
    await browser.sign_in(account)

    (row,) = (await get(browser, f"/your-case/{case.reference}")).rows("Orders")

    assert (row["State"], row["Last day"]) == ("Ended", "")


async def test_the_registrant_reads_what_the_order_means_and_shows_what_is_asked(
    session, told, conditions, browser
):
    case, account = told
    await set_check_in(session, case, conditions)
    await browser.sign_in(account)
    page = await get(browser, f"/your-case/{case.reference}")
    (row,) = page.rows("Orders")
    assert (row["Order"], row["State"]) == ("Conditions of practice", "In force")
    assert page.fact("Next date") == row["Last day"] == "9 March 2028"
    assert page.fact("What for") == "A panel looks at the order again by then"
    page = await get(browser, yours(case, "/1"))
    assert "You may practise only as the conditions say." in page.text
    wrong = await browser.post(yours(case, "/1/check-ins/1"), files=NO_FILE)
    assert wrong.status_code == 422
    await browser.post(
        yours(case, "/1/check-ins/1"),
        data={"words": "Here it is."},
        files=NO_FILE,
    )
    page = await get(browser, yours(case, "/1/check-ins/1"))

    assert "Here it is." in page.text
    await look_as(session, Capacity.SERVICE)
    (check_in,) = await check_ins_of(session, conditions)
    assert [one.words for one in check_in.answers] == ["Here it is."]


async def test_what_a_reporter_is_asked_is_not_there_for_the_registrant(
    session, told, conditions, browser
):
    case, account = told
    reporter = await Reporter.name_one(
        session,
        case,
        conditions,
        name="Sue Pervisor",
        contact="01",
        standing=Standing.EMPLOYER,
        by=act(session),
    )
    await set_check_in(session, case, conditions, of=reporter)
    await browser.sign_in(account)
    page = await get(browser, yours(case, "/1"))
    assert "Sue Pervisor" not in page.text
    assert "What you are to show" not in page.text
    assert (await browser.get(yours(case, "/1/check-ins/1"))).status_code == 404


async def test_the_last_day_of_an_order_is_the_next_date_once_it_is_not_reviewed_any_more(
    session, told, conditions, browser
):
    case, account = told
    conditions.review_by = None
    await session.flush()
    await browser.sign_in(account)

    page = await get(browser, f"/your-case/{case.reference}")

    assert page.fact("Next date") == "9 March 2028"
    assert page.fact("What for") == "The last day of the order"


async def test_an_order_that_may_be_appealed_says_until_when(session, told, browser):
    case, account = told
    order = await make_order(session, case, served_on=served())
    await browser.sign_in(account)
    page = await get(browser, yours(case, "/1"))

    assert "nothing changes" in page.text
    assert order.appeal_by == TODAY + 29 * DAY
    assert "until the end of 8 April 2027" in page.text
    page = await get(browser, f"/your-case/{case.reference}")
    assert page.fact("Next date") == "8 April 2027"
    assert page.fact("What for") == "Your last day to appeal to the court"


async def test_somebody_else_finds_nothing(session, told, conditions, browser):
    case, _ = told
    other = await make_account(session, person=(await make_entry(session)).person)
    await browser.sign_in(other)
    assert (await browser.get(yours(case, "/1"))).status_code == 404


# By time alone


async def test_they_are_reminded_once_a_week_before(session, told, conditions):
    case, _ = told
    check_in = await set_check_in(session, case, conditions)
    key = f"check_in:{check_in.id}:reminded"
    for days, count in ((22, 0), (23, 1), (24, 1)):
        await remind_of_check_ins(session, NOW + timedelta(days=days))
        found = await session.scalars(select(Message).where(Message.key == key))
        assert len(found.all()) == count, days


async def test_registrant_and_employer_are_told_as_it_takes_effect(session, told):
    case, _ = told
    home = await make_home(session)
    lead = await make_user(session, await make_organisation(session, home), lead=True)
    await make_employment(session, case.person, home)
    order = await make_order(session, case, served_on=served())
    assert not (await _told(session, order))

    for _ in range(2):
        await bring_orders_into_force(session, order.starts_at)

    to = [one.key.split(":", 2)[2] for one in await _told(session, order)]
    assert to == [f"in_force:{lead.account_id}"]
    assert len(await services_of(session, case.id, kind=ServiceKind.ORDER)) == 1


async def _told(session, order):
    found = await session.scalars(
        select(Message).where(Message.key.like(f"case_order:{order.id}:%"))
    )
    return found.all()


async def test_what_is_due_of_an_order_is_on_the_list_of_its_worker(
    session, case, conditions, investigator, browser, clock
):
    await set_check_in(session, case, conditions)
    clock.now = NOW + 31 * DAY
    await browser.sign_in(investigator)
    page = await get(browser, "/staff/cases/due")
    [check_in] = page.rows()
    clock.now = NOW + 360 * DAY
    await browser.sign_in(investigator)
    [_, review] = (await get(browser, "/staff/cases/due")).rows()

    assert (check_in["What"], check_in["Last day"]) == (
        "Judge the check-in (C1)",
        "9 April 2027 Late",
    )
    assert (review["What"], review["Last day"]) == (
        "Review the order (order 1)",
        "9 March 2028",
    )
    assert page.link(case.reference) == at(case)
