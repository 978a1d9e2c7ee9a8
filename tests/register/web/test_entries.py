"""A person's page in the register, and where the API must not say more."""

from datetime import date, timedelta

import pytest

from register.entry import ConditionKind, LapseReason, NewCondition
from register.kit.clock import start_of
from register.kit.security.limits import MINUTE, ProcessLimit, Rate
from register.person import number_of
from register.web import entries
from tests.make import (
    NOW,
    make_entry,
    make_person,
    make_process,
)
from tests.reading import Page

END = start_of(date(2027, 12, 1))
QUALIFICATION = NewCondition(
    ConditionKind.QUALIFICATION,
    "Gain the Level 5 diploma.",
    date(2029, 1, 8),
)


async def test_the_page_shows_the_entry(browser, session):
    entry = await make_entry(session, conditions=[QUALIFICATION])

    page = Page(await browser.get(f"/register/{entry.person.number}"))

    assert page.h1 == "Ngozi Adébáyò"
    assert page.fact("Status").startswith("Registered")
    assert page.fact("Registered from") == "1 February 2027"
    assert page.fact("Registered until") == "30 November 2027"
    assert "Gain the Level 5 diploma. Due by January 2029." in page.text


@pytest.mark.parametrize("path", ["/register/{}", "/api/v1/register/{}"])
async def test_never_issued_and_withheld_look_the_same(browser, session, path):
    person = await make_person(session, withheld=True)
    await make_entry(session, person=person)
    never = number_of(1) if person.number != number_of(1) else number_of(2)

    withheld, missing = [
        await browser.get(path.format(number)) for number in (person.number, never)
    ]

    assert withheld.status_code == missing.status_code == 404
    assert withheld.content == missing.content


@pytest.mark.parametrize("path", ["/register/{}", "/api/v1/register/{}"])
async def test_somebody_who_died_is_gone_without_a_name(browser, session, path):
    person = await make_person(session)
    entry = await make_entry(session, person=person)
    person.deceased_on = date(2027, 3, 1)
    await entry.project(session, now=NOW)

    answer = await browser.get(path.format(person.number))

    assert answer.status_code == 410
    assert "Ngozi" not in answer.text


@pytest.mark.parametrize(
    ("ahead", "status"), [(timedelta(microseconds=1), 200), (timedelta(0), 410)]
)
async def test_a_lapsed_entry_is_shown_for_a_year_to_the_instant(
    browser, clock, session, ahead, status
):
    entry = await make_entry(session)
    await entry.lapse(
        session,
        on=END,
        because=LapseReason.NOT_RENEWED,
        by=make_process(session, now=END),
    )

    clock.now = start_of(date(2028, 12, 1)) - ahead
    answer = await browser.get(f"/register/{entry.person.number}")

    assert answer.status_code == status


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
async def test_a_merged_number_leads_to_the_survivor(browser, session, prefix):
    kept = await make_entry(session)
    merged = await make_entry(session)
    merged.person.merged_into = kept.person.id
    await session.flush()

    answer = await browser.get(f"{prefix}/register/{merged.person.number}")

    assert answer.status_code == 308
    assert answer.headers["location"] == f"{prefix}/register/{kept.person.number}"


@pytest.mark.parametrize("path", ["/register/{}", "/api/v1/register/{}"])
async def test_a_merged_number_of_somebody_withheld_looks_never_issued(
    browser, session, path
):
    kept = await make_entry(session)
    merged = await make_entry(session)
    merged.person.merged_into = kept.person.id
    kept.person.withheld = True
    await session.flush()

    answer = await browser.get(path.format(merged.person.number))

    assert answer.status_code == 404
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("ahead", "told"),
    [(-timedelta(microseconds=1), False), (timedelta(0), True)],
)
async def test_while_nobody_has_lapsed_a_period_that_is_over_is_being_renewed(
    browser, clock, session, ahead, told
):
    entry = await make_entry(session)
    clock.now = END + ahead

    page = Page(await browser.get(f"/register/{entry.person.number}"))

    assert page.fact("Status").startswith("Registered")
    assert ("Renewal being processed" in page.fact("Registered until")) is told


async def test_a_number_without_dashes_leads_to_the_page(browser, session):
    entry = await make_entry(session)

    answer = await browser.get(
        f"/register/{entry.person.number.replace('-', '').lower()}"
    )

    assert answer.headers["location"] == f"/register/{entry.person.number}"


async def test_numbers_are_not_looked_up_without_end(browser, session, monkeypatch):
    entry = await make_entry(session)
    monkeypatch.setattr(entries, "CHECKS", ProcessLimit(Rate(2, MINUTE)))

    answers = [await browser.get(f"/register/{entry.person.number}") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
