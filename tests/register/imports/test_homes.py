"""Ofsted's list, as it comes: other headings each year, and rows that are wrong."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from register.employment import Home
from register.entry import EntryProjection
from register.imports import HOMES_TEMPLATE, SheetRefused, import_homes
from tests.make import NOW, make_employment, make_entry, make_home, make_person

HEAD = (
    "URN,Provider,Type,Local authority,Region,Town,Places,Latest inspection outcome\n"
)
ROW = "SC462450,Northern Care Ltd,Children's home,Leeds,Yorkshire and The Humber,Leeds,4,Good\n"


@pytest.fixture
def bring(session, tmp_path):
    async def bring(text, encoding="utf-8"):
        file = tmp_path / "homes.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        steps = []
        report = await import_homes(session, file, now=NOW, step=steps.append)
        return report, sum(steps)

    return bring


async def homes(session):
    found = select(Home).options(selectinload(Home.provider)).order_by(Home.urn)
    return list(await session.scalars(found.execution_options(populate_existing=True)))


async def test_a_home_is_added_under_its_provider(bring, session):
    report, steps = await bring(HEAD + ROW)

    [home] = await homes(session)
    assert (home.urn, home.provider.name, home.town, home.places) == (
        "SC462450",
        "Northern Care Ltd",
        "Leeds",
        4,
    )
    assert (report.new, report.changed, report.same, report.faults, steps) == (
        1,
        0,
        0,
        [],
        1,
    )


async def test_the_same_list_again_changes_nothing(bring, session):
    await bring(HEAD + ROW)

    report, _ = await bring(HEAD + ROW)

    assert (report.new, report.changed, report.same) == (0, 0, 1)


async def test_what_differs_is_changed_and_what_is_not_told_stays(bring, session):
    await bring(HEAD + ROW)

    report, _ = await bring(
        "URN,Provider,Type,Local authority,Region,Places\n"
        "SC462450,Northern Care Ltd,Children's home,Leeds,North,6\n"
    )

    [home] = await homes(session)
    assert (home.region, home.places, home.inspection_outcome, home.town) == (
        "North",
        6,
        "Good",
        "Leeds",
    )
    assert report.changed == 1


async def test_headings_of_other_years_are_known_and_named(bring):
    report, _ = await bring(
        "Children's homes as at 31 March,,,,,,\n\n"
        "Provision URN,Organisation name,Provision type,Local authority name,Ofsted region,Number of registered places,Colour\n"
        "1234567,Ørsted Care,Children's Home,Leeds,Yorkshire,3,blue\n"
    )

    assert report.columns["provider"] == "Organisation name"
    assert report.ignored == ["Colour"]
    assert report.new == 1


async def test_what_excel_on_windows_writes_is_read(bring, session):
    await bring((HEAD + ROW).replace("Northern", "Siân’s").encode("cp1252"))

    [home] = await homes(session)
    assert home.provider.name == "Siân’s Care Ltd"


async def test_the_mark_that_excel_puts_before_utf_8_belongs_to_no_heading(
    bring, session
):
    report, _ = await bring((HEAD + ROW).replace("Northern", "Siân’s"), "utf-8-sig")

    [home] = await homes(session)
    assert report.columns["urn"] == "URN"
    assert home.provider.name == "Siân’s Care Ltd"


async def test_every_fault_is_listed_and_nothing_is_written(bring, session):
    report, _ = await bring(
        HEAD
        + ROW
        + "SC46,,Children's home,Leeds,Yorkshire,Leeds,-3,Good\n"
        + ROW
        + "1000001,X,Children's home,Leeds,Yorkshire,,999,Good\n"
    )

    assert [str(fault) for fault in report.faults] == [
        "line 3, Provider: is empty",
        "line 3, URN: is not a URN: 4 to 8 digits, perhaps after two letters",
        "line 3, Places: is not a number from 0 to 500",
        "line 4, URN: is also on line 2",
        "line 5, Places: is not a number from 0 to 500",
    ]
    assert await homes(session) == []


async def test_words_for_nothing_are_nothing(bring, session):
    await bring(
        HEAD + "1000001,X Ltd,Children's home,Leeds,Yorkshire,REDACTED,NULL,n/a\n"
    )

    [home] = await homes(session)
    assert (home.town, home.places, home.inspection_outcome) == (None, None, None)


async def test_a_third_home_lets_the_town_be_named(bring, session):
    person = await make_person(session)
    await make_employment(
        session, person, await make_home(session, urn="1000001", town="Otley")
    )
    entry = await make_entry(session, person=person, on=NOW)

    await bring(
        HEAD
        + "1000002,X Ltd,Children's home,Leeds,Yorkshire,Otley,4,Good\n"
        + "1000003,X Ltd,Children's home,Leeds,Yorkshire,Otley,4,Good\n"
    )

    town = select(EntryProjection.town).where(EntryProjection.entry_id == entry.id)
    assert await session.scalar(town) == "Otley"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04rest", "is an Excel workbook. Save it as CSV"),
        (b"%PDF-1.7", "is a PDF"),
        (
            b"a,b\n1,2\n",
            "has no column for: URN, Provider, Type, Local authority, Region",
        ),
        (HEAD.encode(), "has headings and no rows"),
        ((HEAD + "x\0y\n").encode(), "is not a text file"),
        ((HEAD + '"never closed').encode(), "is not CSV"),
        (HEAD.encode() + b"\x81\x8d\n", "encoding we cannot read"),
    ],
)
async def test_a_file_that_is_no_such_table_is_refused_with_the_way_out(
    bring, content, sentence
):
    with pytest.raises(SheetRefused, match=sentence):
        await bring(content)


async def test_the_template_is_read_without_a_fault(bring):
    row = "1000001,,X Ltd,,Children's home,Leeds,Yorkshire,,4,Active,Good\n"

    report, _ = await bring(HOMES_TEMPLATE + row)

    assert report.new == 1
    assert not report.ignored
