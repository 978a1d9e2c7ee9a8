"""The public finds people; what is not public is not found."""

from datetime import timedelta

import pytest

from register.entry import OrderKind
from register.person import NameKind, PersonName
from tests.make import (
    NOW,
    make_employment,
    make_entry,
    make_home,
    make_person,
    make_process,
)
from tests.reading import Page

DAY = timedelta(days=1)
OTHER_HEADINGS = {
    "Search the register",
    "People found",
    "Nobody found",
    "People found, in order of name",
}


async def found(browser, q, **filters):
    page = Page(await browser.get("/search", params={"q": q, **filters}))
    assert page.status == 200
    return [heading for heading in page.headings if heading not in OTHER_HEADINGS]


@pytest.mark.parametrize(
    "typed",
    [
        "Siân",
        "sian",
        "OBrien",
        "o'brien",
        "O’Brien",
        "jones",
        "obrien-jones",
        "O'Brien Jones Siân",
        "O Brien",
        "brien",
        "obrienjones",
        "  SIÂN  o'b ",
    ],
)
async def test_a_name_is_found_by_its_parts_however_they_are_typed(
    browser, session, typed
):
    await make_entry(session, given_names="Siân", family_name="O'Brien-Jones")
    await make_entry(session, given_names="Tom", family_name="Smith")

    assert await found(browser, typed) == ["Siân O'Brien-Jones"]


async def test_every_word_must_match(browser, session):
    await make_entry(session, given_names="Siân", family_name="Jones")

    assert await found(browser, "Siân Smith") == []


async def test_a_former_name_finds_the_person_and_is_not_shown(browser, session):
    person = await make_person(session, given_names="Ada", family_name="Khan")
    session.add(
        PersonName(person_id=person.id, kind=NameKind.FORMER, name="Ada Featherstone")
    )
    await make_entry(session, person=person)

    page = Page(await browser.get("/search", params={"q": "featherstone"}))

    assert "Ada Khan" in page.headings
    assert "Featherstone" not in page.text


@pytest.mark.parametrize(
    "written",
    [str, str.lower, lambda n: n.replace("-", ""), lambda n: n.replace("-", " ")],
)
async def test_a_number_is_found_with_or_without_dashes(browser, session, written):
    entry = await make_entry(session)

    assert await found(browser, written(entry.person.number)) == ["Ngozi Adébáyò"]


@pytest.mark.parametrize("typed", ["a", "'", "é", "%", "_", "*", "\N{FAMILY}" * 40])
async def test_less_than_two_letters_is_asked_for_again(browser, typed):
    page = Page(await browser.get("/search", params={"q": typed}))

    assert page.status == 422
    assert page.errors == [
        "Enter at least 2 letters of a name, or a registration number"
    ]


async def test_a_name_of_single_letters_is_found_by_two_of_them(browser, session):
    await make_entry(session, given_names="芳", family_name="王")

    assert await found(browser, "王 芳") == ["芳 王"]


async def test_a_merged_number_finds_the_survivor(browser, session):
    kept = await make_entry(session)
    merged = await make_entry(session, given_names="Tom", family_name="Smith")
    merged.person.merged_into = kept.person.id
    await merged.project(session, now=NOW)

    assert await found(browser, merged.person.number) == ["Ngozi Adébáyò"]


async def test_the_number_of_somebody_withheld_finds_nobody(browser, session):
    kept = await make_entry(session)
    merged = await make_entry(session)
    merged.person.merged_into, merged.person.withheld = kept.person.id, True
    await merged.project(session, now=NOW)

    assert await found(browser, merged.person.number) == []


async def test_no_page_begins_after_somebody_withheld(browser, session):
    entry = await make_entry(session, given_names="Nia", family_name="Abebe")
    await make_entry(session, given_names="Nia", family_name="Baker")
    entry.person.withheld = True
    await entry.project(session, now=NOW)

    assert await found(browser, "nia", page=entry.person.number) == []


async def test_a_percent_sign_is_no_wildcard(browser, session):
    await make_entry(session)

    assert await found(browser, "ad%ba ng") == []


async def test_the_list_goes_on_where_it_stopped(browser, session):
    for n in range(23):
        await make_entry(session, given_names=f"Ann{n:02}", family_name="Walker")

    first = Page(await browser.get("/search", params={"q": "walker"}))
    second = Page(await browser.get(first.links["Next page"]))

    names = [h for page in (first, second) for h in page.headings if "Walker" in h]
    assert names == [f"Ann{n:02} Walker" for n in range(23)]
    assert "Next page" not in second.links


async def test_a_filter_narrows(browser, session):
    entry = await make_entry(session, family_name="Walker")
    await make_entry(session, given_names="Bo", family_name="Walker")
    await entry.order(
        session,
        OrderKind.SUSPENSION_ORDER,
        on=NOW - timedelta(days=1),
        until=NOW + timedelta(days=9),
        wording=None,
        by=make_process(session),
    )

    assert await found(browser, "walker", status="suspended") == ["Ngozi Walker"]
    assert await found(browser, "walker", status="registered", part="manager") == [
        "Bo Walker"
    ]


async def test_a_town_narrows_where_it_has_homes_enough_and_else_its_region_does(
    browser, session
):
    for given, urns in (
        ("Ann", ("1000001", "1000002", "1000003")),
        ("Bo", ("2000001",)),
    ):
        town = "Otley" if given == "Ann" else "Ilkley"
        homes = [await make_home(session, urn=urn, town=town) for urn in urns]
        person = await make_person(session, given_names=given, family_name="Walker")
        await make_employment(session, person, homes[0])
        await make_entry(session, person=person)

    offered = (
        Page(await browser.get("/search")).field("Town or region (optional)").options
    )

    assert await found(browser, "walker", town="Otley") == ["Ann Walker"]
    assert await found(browser, "walker", town="Yorkshire and The Humber") == [
        "Bo Walker"
    ]
    assert "Ilkley" not in offered


async def test_a_status_that_time_has_ended_is_computed(browser, session):
    entry = await make_entry(session, family_name="Walker")
    await entry.order(
        session,
        OrderKind.SUSPENSION_ORDER,
        on=NOW - timedelta(days=9),
        until=NOW,
        wording=None,
        by=make_process(session, now=NOW - timedelta(days=9)),
    )

    assert await found(browser, "walker", status="suspended") == []
    assert await found(browser, "walker", status="registered") == ["Ngozi Walker"]


async def test_those_whom_time_has_passed_by_do_not_end_the_list(browser, session):
    for n in range(21):
        entry = await make_entry(
            session, given_names=f"Ann{n:02}", family_name="Walker"
        )
        await entry.order(
            session,
            OrderKind.SUSPENSION_ORDER,
            on=NOW - 9 * DAY,
            until=NOW + 9 * DAY if n == 20 else NOW,
            wording=None,
            by=make_process(session, now=NOW - 9 * DAY),
        )

    assert await found(browser, "walker", status="suspended") == ["Ann20 Walker"]


async def test_an_unknown_filter_is_told(browser):
    page = Page(
        await browser.get("/search", params={"q": "walker", "status": "frozen"})
    )

    assert page.status == 422
    assert page.errors == ["Select status from the list"]


async def test_a_withheld_person_is_not_found(browser, session):
    person = await make_person(session, family_name="Walker", withheld=True)
    await make_entry(session, person=person)

    assert await found(browser, "walker") == []


@pytest.mark.parametrize(
    "q",
    [
        "'; drop table entry; --",
        "ا" * 200,
        "a" * 200,
        "CH-9999999-A",
    ],
)
async def test_strange_searches_find_nobody(browser, q):
    assert await found(browser, q) == []


async def test_too_much_is_told(browser):
    page = Page(await browser.get("/search", params={"q": "a" * 201}))

    assert page.status == 422
