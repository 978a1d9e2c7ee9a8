"""Registrants from before this register."""

from datetime import date

import pytest
from sqlalchemy import select

from register.entry import Entry, EntryProjection
from register.imports import ENTRIES_TEMPLATE, import_entries
from register.matching import Match
from register.matching.record import remember
from register.person import Person, number_of
from register.reaching import way_to
from tests.make import NOW, make_entry, make_home, make_person

HEAD = (
    "Given names,Family name,Date of birth,Part,Registered from,Registered until,"
    "Number,Home URN,Role,Qualification,Awarding body,Awarded on\n"
)
ROW = (
    f"Siân,O'Brien-Jones,17/05/1985,Manager,2026-12-01,2027-11-30,{number_of(77)},SC462450,"
    "Registered manager,Level 5 Diploma,City & Guilds,2019-07-01\n"
)


@pytest.fixture
async def bring(session, tmp_path):
    async def bring(text, encoding="utf-8"):
        file = tmp_path / "entries.csv"
        file.write_bytes(text.encode(encoding))
        return await import_entries(session, file, now=NOW, step=lambda _: None)

    await make_home(session)
    return bring


async def test_a_registrant_keeps_their_number_and_shows_in_the_register(
    bring, session
):
    report = await bring(HEAD + ROW)

    row = await session.scalar(select(EntryProjection))
    assert report.faults == []
    assert (row.number, row.name, row.status) == (
        number_of(77),
        "Siân O'Brien-Jones",
        "registered",
    )
    assert (row.registered_from, row.registered_until) == (
        date(2026, 12, 1),
        date(2027, 11, 30),
    )
    assert row.qualifications == ["Level 5 Diploma"]
    assert row.town == "Yorkshire and The Humber"


ADDRESSED = HEAD.strip() + ",Address,Town,Postcode\n"


async def test_an_address_in_the_list_is_where_letters_go(bring, session):
    report = await bring(ADDRESSED + ROW.strip() + ",4 Mill Lane,Leeds,ls1 4ap\n")

    person = await session.scalar(select(Person))
    way = await way_to(session, person.id)
    assert report.faults == []
    assert way.to.splitlines() == [
        "Siân O'Brien-Jones",
        "4 Mill Lane",
        "Leeds",
        "LS1 4AP",
    ]


@pytest.mark.parametrize(
    ("address", "column", "why"),
    [
        ("4 Mill Lane,Leeds,", "Postcode", "is empty: an address needs it"),
        ("4 Mill Lane,,LS1 4AP", "Town", "is empty: an address needs it"),
        (",Leeds,LS1 4AP", "Address line 1", "is empty: an address needs it"),
        ("4 Mill Lane,Leeds,LS1 4", "Postcode", "is not a UK postcode"),
    ],
)
async def test_half_an_address_is_a_fault(bring, address, column, why):
    report = await bring(ADDRESSED + ROW.strip() + f",{address}\n")

    assert [(f.column, f.reason) for f in report.faults] == [(column, why)]


async def test_whoever_comes_without_an_address_is_registered_all_the_same(
    bring, session
):
    report = await bring(ADDRESSED + ROW.strip() + ",,,\n")

    assert (report.faults, report.new) == ([], 1)
    assert await way_to(session, await session.scalar(select(Person.id))) is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
async def test_names_come_through_whatever_excel_wrote(bring, session, encoding):
    await bring(HEAD + ROW, encoding)

    assert await session.scalar(select(EntryProjection.name)) == "Siân O'Brien-Jones"


async def test_whoever_was_registered_before_there_were_terms_has_the_first_ones(
    bring, session
):
    report = await bring(
        HEAD + "Tom,Smith,1960-01-01,manager,1998-04-01,2027-11-30,,,,,,\n"
    )

    row = await session.scalar(select(EntryProjection))
    assert report.faults == []
    assert (row.status, row.registered_from) == ("registered", date(1998, 4, 1))


async def test_a_name_that_shows_something_else_than_it_says_is_a_fault(bring):
    report = await bring(
        HEAD
        + "To\u202em,Smith,1990-01-01,manager,2026-12-01,2027-11-30,,,,,,\n"
        + "Tom,***,1990-01-01,manager,2026-12-01,2027-11-30,,,,,,\n"
        + "Ann,Lee,0190-01-01,manager,2026-12-01,2027-11-30,,,,,,\n"
    )

    assert [str(fault) for fault in report.faults] == [
        "line 2, Given names: has hidden characters, or no letter at all",
        "line 3, Family name: has hidden characters, or no letter at all",
        "line 4, Date of birth: is before 1900",
    ]


async def test_a_number_that_was_merged_is_a_fault(bring, session):
    await bring(HEAD + ROW)
    merged = await session.scalar(select(Person))
    merged.merged_into = (await make_person(session)).id
    await session.flush()

    report = await bring(HEAD + ROW)

    assert [str(fault) for fault in report.faults] == [
        "line 2, Number: has been merged with another number"
    ]


async def test_the_same_list_again_enters_nobody_twice(bring, session):
    await bring(
        HEAD + ROW + "Tom,Smith,1990-01-01,manager,2026-12-01,2027-11-30,,,,,,\n"
    )

    report = await bring(
        HEAD + ROW + "Tom,Smith,1990-01-01,manager,2026-12-01,2027-11-30,,,,,,\n"
    )

    assert (report.new, report.same) == (0, 2)
    assert len(list(await session.scalars(select(Entry)))) == 2


async def test_somebody_without_a_number_gets_one(bring, session):
    await bring(HEAD + "Tom,Smith,1990-01-01,manager,2026-12-01,2027-11-30,,,,,,\n")

    person = await session.scalar(select(Person).where(Person.family_name == "Smith"))
    assert person.number


async def test_every_fault_is_listed_and_nothing_is_written(bring, session):
    report = await bring(
        HEAD
        + ",Smith,1990-02-30,manager,2026-12-01,2027-11-30,,,,,,\n"
        + "Tom,Smith,2028-01-01,king,2026-12-01,2026-11-30,CH-0000123-K,,,,,\n"
        + ROW
        + ROW
        + "Ann,Lee,1990-01-01,manager,2026-12-01,2027-11-30,,1000009,,L5,,\n"
    )

    assert [str(fault) for fault in report.faults] == [
        "line 2, Given names: is empty",
        "line 2, Date of birth: is not a date: write it as 2027-03-12 or 12/03/2027",
        "line 3, Date of birth: is in the future",
        "line 3, Registered from: is before the person was born",
        "line 3, Registered until: is before the registration began",
        "line 3, Registered until: has passed: only people who are registered now can be imported",
        "line 3, Part: is not one of: manager, deputy, residential_worker, responsible_individual, trainee",
        "line 3, Number: is not a registration number: CH-, seven digits, - and the right letter",
        "line 5, Family name: is the same person and part as on line 4",
        "line 5, Number: is also on line 4",
        "line 6, Qualification: needs an awarding body and the day it was awarded",
    ]
    assert await session.scalar(select(Person)) is None


async def test_a_home_that_we_do_not_know_is_a_fault(bring, session):
    report = await bring(
        HEAD + "Ann,Lee,1990-01-01,manager,2026-12-01,2027-11-30,,1000009,,,,\n"
    )

    assert [str(fault) for fault in report.faults] == [
        "line 2, Home URN: is no home that we know: import the homes first"
    ]


async def test_a_number_of_somebody_else_is_a_fault(bring, session):
    other = await make_entry(session, person=await make_person(session))

    report = await bring(HEAD + ROW.replace(number_of(77), other.person.number))

    assert [str(fault) for fault in report.faults] == [
        "line 2, Number: belongs to somebody else"
    ]


@pytest.mark.parametrize(("until", "faults"), [("2027-03-10", 0), ("2027-03-09", 1)])
async def test_a_registration_that_ends_today_can_be_imported_and_one_that_ended_yesterday_not(
    bring, until, faults
):
    report = await bring(
        HEAD + f"Ann,Lee,1990-01-01,manager,2026-12-01,{until},,,,,,\n"
    )

    assert len(report.faults) == faults


async def test_the_template_is_read_without_a_fault(bring):
    report = await bring(
        ENTRIES_TEMPLATE + "Ann,Lee,1990-01-01,manager,2026-12-01,2027-11-30,,,,,,,\n"
    )

    assert (report.new, report.faults, report.ignored) == (1, [], [])


async def test_a_row_that_may_be_somebody_we_know_is_kept_and_told_of(bring, session):
    known = (
        await make_entry(session, given_names="Sian", family_name="O’Brien Jones")
    ).person
    await remember(session, known)

    report = await bring(HEAD + ROW)
    again = await bring(HEAD + ROW)

    (match,) = await session.scalars(select(Match))
    assert known.id in {match.one_id, match.other_id}
    assert (report.new, report.alike) == (1, 1)
    assert (again.same, again.alike) == (1, 0)
