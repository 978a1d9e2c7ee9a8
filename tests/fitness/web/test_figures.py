"""Figures of cases as a page and as a file, for those who answer for cases and those who look after them."""

import csv
from io import StringIO

import pytest

from fitness.case import ClosedBecause, Stage
from fitness.investigation.allegation import Ground
from register.account import StaffRole
from register.kit.clock import start_of
from tests.fitness.finding import DAY, TODAY, draw, plan
from tests.fitness.investigating import (
    act,
    make_case,
    make_investigated,
    make_investigator,
)
from tests.fitness.ordering import make_heard, make_order
from tests.make import NOW, make_account
from tests.reading import Page

FIGURES = "/staff/cases/figures"


@pytest.fixture
async def manager(session):
    return await make_account(session, StaffRole.TEAM_MANAGER)


@pytest.fixture
async def reader(browser, manager):
    await browser.sign_in(manager)
    return browser


async def told(browser):
    """The rows of the file, by figure."""
    answer = await browser.get(f"{FIGURES}.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    return [
        (row["figure"], row["of"], row["by"], row["value"])
        for row in csv.DictReader(StringIO(answer.text))
    ]


async def test_the_page_and_the_file_tell_the_same_of_open_cases(reader, session):
    await make_case(session, now=NOW - 100 * DAY)
    await make_investigated(session)
    cases = Page(await reader.get("/staff/cases"))

    page = Page(await reader.get(cases.link("Figures of cases")))
    rows = await told(reader)

    triage, investigation, *_ = page.rows("By stage and age")
    assert (triage["Stage"], triage["3 to 6 months"]) == ("Triage", "1")
    assert investigation["Under 3 months"] == "1"
    assert ("open_cases", "triage", "from_3_months", "1") in rows
    assert ("open_cases", "investigation", "from_0_months", "1") in rows
    assert page.link("Download all figures (CSV)") == f"{FIGURES}.csv"


async def test_the_months_stand_newest_first_with_a_chart_above(reader, session):
    await make_case(session)

    page = Page(await reader.get(FIGURES))

    first, *_, last = page.rows("Month by month, newest first")
    assert (first["Month"], first["Opened"], first["Closed"]) == (
        "March 2027",
        "1",
        "0",
    )
    assert last["Month"] == "April 2025"
    titles = [one.get_text() for one in page.soup.select("svg title")]
    assert titles == ["Open cases by stage and age", "Cases opened and closed by month"]
    assert ("opened", "2027-03", "", "1") in await told(reader)


async def test_days_at_a_stage_stand_beside_the_target(reader, session):
    for days in (20, 33):
        case = await make_case(session, now=start_of(TODAY - days * DAY))
        case.move(session, Stage.INVESTIGATION, by=act(session))
    await session.flush()

    page = Page(await reader.get(FIGURES))

    [triage] = page.rows("Stages left in the last 12 months")
    assert triage == {
        "Stage": "Triage",
        "Cases": "2",
        "Half within": "26.5",
        "Nine in ten within": "31.7",
        "Target": "28",
        "Cases within their target": "1",
    }
    rows = await told(reader)
    assert ("median_days", "triage", "", "26.5") in rows
    assert ("target_days", "triage", "least", "28") in rows


async def test_what_came_of_cases_is_told_by_ground_and_by_standard(reader, session):
    case = await make_investigated(session, now=NOW - DAY)
    await draw(session, case, grounds=[Ground.HEALTH], standards=["R8", "R10"])
    await case.close(session, ClosedBecause.NO_ACTION, by=act(session))
    await make_order(session, await make_heard(session))
    await session.flush()

    page = Page(await reader.get(FIGURES))

    assert page.rows("Cases closed in the last 12 months, by ground") == [
        {"Ground": "Adverse physical or mental health", "No further action": "1"}
    ]
    closed = page.rows("Cases closed in the last 12 months, by standard")
    assert [row["Standard"] for row in closed] == ["R8", "R10"]
    assert page.rows("Orders made in the last 12 months, by ground") == [
        {"Ground": "Nothing alleged under any", "Suspension": "1"}
    ]
    rows = await told(reader)
    assert ("closed_because_by_ground", "health", "no_action", "1") in rows
    assert ("ordered_by_standard", "none", "suspension_order", "1") in rows


async def test_what_is_due_stands_beside_whoever_sees_to_it(reader, session):
    ann = await make_investigator(session, name="Ann Vance")
    case = await make_investigated(session, taker=ann)
    await plan(session, case, due_on=TODAY - DAY)
    await plan(session, case, due_on=TODAY + DAY)

    page = Page(await reader.get(FIGURES))

    assert page.rows("Of everybody who works on an open case") == [
        {
            "Who": "Ann Vance",
            "Open cases": "1",
            "Late": "1",
            "Due within a week": "1",
        }
    ]
    assert ("late_of", "Ann Vance", "", "1") in await told(reader)


async def test_nothing_is_told_before_there_is_something(reader):
    page = Page(await reader.get(FIGURES))

    assert "No case has left a stage in the last 12 months." in page.text
    assert "Nobody works on an open case." in page.text


@pytest.mark.parametrize("page", [FIGURES, f"{FIGURES}.csv"])
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (StaffRole.REGISTRAR, 200),
        (StaffRole.AUDITOR, 200),
        (StaffRole.INVESTIGATOR, 403),
        (StaffRole.HEARINGS_OFFICER, 403),
        (StaffRole.CASE_EXAMINER, 403),
    ],
)
async def test_who_answers_for_cases_reads_them_and_nobody_else(
    browser, session, role, status, page
):
    await browser.sign_in(await make_account(session, role))

    assert (await browser.get(page)).status_code == status


async def test_whoever_may_not_read_them_is_not_led_there(browser, session):
    await browser.sign_in(await make_investigator(session))

    page = Page(await browser.get("/staff/cases"))

    assert "Figures of cases" not in page.links
