"""A person's page in the register, and where the API must not say more."""

from datetime import date, timedelta

import pytest

from register.entry import ConditionKind, LapseReason, NewCondition, OrderKind
from register.kit.clock import since, start_of
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

DAY = timedelta(days=1)
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


# Another day


async def suspended_for_a_day(session):
    """On 5 March, from ten o'clock on."""
    entry = await make_entry(session)
    on = NOW - 5 * DAY
    await entry.order(
        session,
        OrderKind.SUSPENSION_ORDER,
        on=on,
        until=on + DAY,
        wording=None,
        by=make_process(session, now=on),
    )
    return f"/register/{entry.person.number}"


async def test_another_day_is_asked_for_by_a_form_and_shown_at_an_address_of_its_own(
    browser, session
):
    address = await suspended_for_a_day(session)
    form = Page(await browser.get(address))

    assert form.field("What do you want to see?: What was in force on that day, as we know it now").checked  # fmt: skip
    boxes = {"day-day": "5", "day-month": "3", "day-year": "2027"}
    sent = await browser.get(address, params={**boxes, "view": "in_force"})
    said = await browser.get(address, params={**boxes, "view": "said"})

    assert sent.headers["location"] == f"{address}?as_at=2027-03-05"
    assert said.headers["location"] == f"{address}?as_at=2027-03-05&as_known=2027-03-05"
    page = Page(await browser.get(sent.headers["location"]))
    assert page.field("Day: Day").value == "5"
    assert page.fact("Status") == "Suspended Was not allowed to practise"


async def test_a_day_gone_by_says_which_day_it_is_and_what_changed_on_it(
    browser, session
):
    address = await suspended_for_a_day(session)

    answer = await browser.get(f"{address}?as_at=2027-03-05")

    page = Page(answer)
    assert page.title.endswith(" on 5 March 2027")
    assert "what was in force on 5 March 2027 at 11:59pm, as we know it now" in page.text  # fmt: skip
    assert "Status changed from “Registered” to “Suspended” at 10:00am" in page.text
    assert "Suspension order began at 10:00am" in page.text
    assert page.link("See what the register said on that day") == f"{address}?as_at=2027-03-05&as_known=2027-03-05"  # fmt: skip
    assert page.link("What the register says today") == address
    assert answer.headers["x-robots-tag"] == "noindex"


async def test_what_the_register_said_is_not_what_was_put_right_since(browser, session):
    entry = await make_entry(session)
    await entry.correct(
        session,
        entry.registrations[0],
        valid=since(start_of(date(2027, 2, 8))),
        by=make_process(session),
    )
    address = f"/register/{entry.person.number}"

    said = Page(await browser.get(f"{address}?as_at=2027-02-03&as_known=2027-02-03"))
    known = Page(await browser.get(f"{address}?as_at=2027-02-03"))

    assert said.fact("Registered from") == "1 February 2027"
    assert "what the register said on 3 February 2027 at 11:59pm" in said.text
    assert "Not in the register on 3 February 2027." in known.text


async def test_what_it_said_later_of_an_earlier_day_names_both(browser, session):
    address = await suspended_for_a_day(session)

    page = Page(await browser.get(f"{address}?as_at=2027-03-05&as_known=2027-03-07"))

    assert "what the register said of 5 March 2027 at 11:59pm on 7 March 2027 at 11:59pm" in page.text  # fmt: skip


async def test_a_day_on_which_nothing_changed_says_so(browser, session):
    page = Page(
        await browser.get(f"{await suspended_for_a_day(session)}?as_at=2027-03-03")
    )

    assert "Nothing changed on that day." in page.text
    assert page.fact("Status") == "Registered Was allowed to practise"


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("as_at=2027-03-11", "Day must be today or in the past"),
        ("as_known=2027-03-11", "Day must be today or in the past"),
        ("as_at=2027-02-29", "Day must be a real day, written like 2027-03-12"),
        ("as_at=", "Day must be a real day, written like 2027-03-12"),
        ("as_at=2027-03-01&as_at=2027-03-02", "Day must be given once"),
        (
            "as_at=2027-03-02&as_known=2027-03-01",
            "The register says nothing of a day before it has come",
        ),
        ("day-day=29&day-month=2&day-year=2027&view=said", "Day must be a real date"),
        ("day-day=11&day-month=3&day-year=2027&view=said", "Day must be today or in the past"),
        ("day-day=&day-month=&day-year=&view=said", "Enter the day"),
        ("day-day=1&day-month=3&day-year=2027", "Select what you want to see"),
        ("day-day=1", "Day must include a month and year"),
    ],
)  # fmt: skip
async def test_a_day_that_cannot_be_shown_is_said_beside_what_there_is_today(
    browser, session, query, error
):
    address = await suspended_for_a_day(session)

    page = Page(await browser.get(f"{address}?{query}"))

    assert page.status == 422
    assert page.errors[0] == error
    assert page.title.startswith("Error: ")
    assert page.fact("Status").startswith("Registered")
    assert page.soup.select_one("details").has_attr("open")


async def test_a_number_without_dashes_leads_to_the_same_day(browser, session):
    entry = await make_entry(session)
    typed = entry.person.number.replace("-", "")

    answer = await browser.get(f"/register/{typed}?as_at=2027-03-01")

    assert answer.headers["location"] == f"/register/{entry.person.number}?as_at=2027-03-01"  # fmt: skip
