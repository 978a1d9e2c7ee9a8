"""The statistics of applications as a page and as a file."""

import csv
from io import StringIO

import pytest

from register.account import StaffRole
from tests.make import make_account
from tests.reading import Page
from tests.register.assessing import make_sent

ADDRESS = "/staff/statistics"


@pytest.fixture
async def reader(browser, session):
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))
    return browser


async def test_the_page_and_the_file_tell_the_same(reader, session):
    for _ in range(5):
        await make_sent(session)
    home = Page(await reader.get("/staff"))

    page = Page(await reader.get(home.link("Statistics of applications")))
    answer = await reader.get(page.link("Download all figures (CSV)"))

    [month] = page.rows("Month by month")
    rows = list(csv.DictReader(StringIO(answer.text)))
    received = next(row for row in rows if row["measure"] == "received")
    assert (month["Month"], month["Received"]) == ("March 2027", "5")
    assert (received["month"], received["value"]) == ("2027-03", "5")
    assert received["as_at"] == "2027-03-10T10:00:00+00:00"
    assert received["definition"] == "Applications sent in the month"
    assert answer.headers["content-type"].startswith("text/csv")


async def test_small_counts_are_told_nowhere(reader, session):
    for _ in range(4):
        await make_sent(session)

    page = Page(await reader.get(ADDRESS))
    answer = await reader.get(f"{ADDRESS}/figures.csv")

    [month] = page.rows("Month by month")
    rows = list(csv.DictReader(StringIO(answer.text)))
    received = next(row for row in rows if row["measure"] == "received")
    assert month["Received"] == "Fewer than 5"
    assert received["value"] == ""
    assert received["note"] == "not shown: it would tell of fewer than 5"


async def test_nothing_is_told_before_there_is_something(reader):
    page = Page(await reader.get(ADDRESS))
    answer = await reader.get(f"{ADDRESS}/figures.csv")

    assert "No application has been sent yet." in page.text
    assert answer.text.splitlines() == [
        "as_at,part,month,measure,value,note,definition"
    ]
