"""Registrants from before this register, with the numbers they have or new ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.application.answers import PostalAddress
from register.employment import Employment, Home, Source
from register.entry import Entry
from register.imports.homes import ImportAct
from register.imports.report import Fault, Report, Step
from register.imports.sheet import Column, Row, read_sheet
from register.kit.clock import day_of, since, start_of
from register.kit.db import Base
from register.kit.forms.contact import read_postcode
from register.kit.forms.field import HIDDEN
from register.matching import look_for_matches
from register.part import Part
from register.particulars import know_address
from register.person import IssuedNumber, Person, fold, read_number
from register.process import Process
from register.qualification import Qualification
from register.rule_set import PartNotOpen, RuleSet, Verdict

COLUMNS = (
    Column(
        "given_names",
        ("Given names", "First names", "Forenames", "First name", "Forename"),
        "all of them, as on official documents",
        required=True,
    ),
    Column(
        "family_name",
        ("Family name", "Last name", "Surname"),
        "as on official documents",
        required=True,
    ),
    Column(
        "birth_date",
        ("Date of birth", "Birth date", "DOB"),
        "2027-03-12 or 12/03/2027, as every day in the file",
        required=True,
    ),
    Column(
        "part",
        ("Part", "Part of the register"),
        f"one of {', '.join(Part)}",
        required=True,
    ),
    Column(
        "registered_from",
        ("Registered from", "Registration date", "Start date"),
        "the first day of the present registration",
        required=True,
    ),
    Column(
        "registered_until",
        ("Registered until", "Registration ends", "Expiry date"),
        "its last day; it has not passed",
        required=True,
    ),
    Column(
        "number",
        ("Number", "Registration number"),
        "the number they have, as CH-0000123-J; without it they are given one",
    ),
    Column(
        "urn",
        ("Home URN", "URN", "Ofsted URN"),
        "of the home they work in, which was imported before",
    ),
    Column("role", ("Role", "Job title"), "what they are there"),
    Column(
        "role_from",
        ("Role from", "Role start date", "In post since"),
        "since when; without it, since they are registered",
    ),
    Column(
        "qualification",
        ("Qualification", "Qualification title"),
        "its name; then the two columns below are filled in too",
    ),
    Column(
        "awarding_body",
        ("Awarding body", "Awarding organisation"),
        "of the qualification",
    ),
    Column("awarded_on", ("Awarded on", "Date of award"), "the day of the award"),
    Column(
        "line_1",
        ("Address line 1", "Address", "Street"),
        "of their home, for letters; then the town and postcode are filled in too",
    ),
    Column("line_2", ("Address line 2",), "the second line, where there is one"),
    Column("town", ("Town", "Town or city", "Post town"), "of that address"),
    Column("postcode", ("Postcode", "Post code"), "of that address, in the UK"),
)
TITLES = {column.name: column.title for column in COLUMNS}
LONGEST_NAME = 200
EARLIEST_YEAR = 1900
DAYS = ("registered_from", "registered_until", "birth_date", "role_from", "awarded_on")


@dataclass(frozen=True)
class Registrant:
    line: int
    given_names: str
    family_name: str
    birth_date: date
    part: Part
    registered_from: date
    registered_until: date
    number: str | None
    urn: str | None
    role: str
    role_from: date
    qualification: str
    awarding_body: str
    awarded_on: date | None
    address: PostalAddress | None

    @property
    def key(self) -> tuple[str, date]:
        return fold(f"{self.family_name} {self.given_names}"), self.birth_date


async def import_entries(
    session: AsyncSession,
    file: Path,
    *,
    now: datetime,
    step: Step,
    actor: Account | None = None,
) -> Report:
    """Enter everybody on the list who is not entered yet; who is, counts as the same.

    With a fault in the report nothing has been written, and the caller must not commit.
    """
    sheet = read_sheet(file, COLUMNS)
    report = Report(sheet.columns, sheet.ignored)
    registrants = list(_registrants(sheet.rows, report, day_of(now)))
    homes = await _homes(session, registrants)
    report.faults += [
        Fault(r.line, TITLES["urn"], "is no home that we know: import the homes first")
        for r in registrants
        if r.urn not in homes
    ]
    numbers, merged = await _numbers(session, registrants)
    report.faults += [
        Fault(r.line, TITLES["number"], "belongs to somebody else")
        for r in registrants
        if numbers.get(r.number, r.key) != r.key
    ]
    report.faults += [
        Fault(r.line, TITLES["number"], "has been merged with another number")
        for r in registrants
        if r.number in merged
    ]
    report.faults.sort(key=lambda fault: fault.line)
    if report.faults:
        return report
    process = Process.begin(session, ImportAct.ENTRIES, now=now, actor=actor)
    for registrant in registrants:
        await _enter(session, registrant, homes, process, report)
        step(1)
    return report


def _registrants(
    rows: Sequence[Row], report: Report, today: date
) -> Iterator[Registrant]:
    seen: dict[tuple[str, str, str, str], int] = {}
    numbers: dict[str, int] = {}
    for row in rows:
        faults = [
            *_empty(row),
            *_days(row, today),
            *_codes(row),
            *_address_faults(row),
        ]
        key = (
            fold(row["family_name"]),
            fold(row["given_names"]),
            row["birth_date"],
            row["part"],
        )
        if key in seen:
            faults.append(
                Fault(
                    row.line,
                    TITLES["family_name"],
                    f"is the same person and part as on line {seen[key]}",
                )
            )
        number = read_number(row["number"]) or ""
        if number in numbers:
            faults.append(
                Fault(row.line, TITLES["number"], f"is also on line {numbers[number]}")
            )
        seen.setdefault(key, row.line)
        if number:
            numbers.setdefault(number, row.line)
        report.faults += faults
        if not faults:
            yield _registrant(row)


def _empty(row: Row) -> Iterator[Fault]:
    for column in COLUMNS:
        if column.required and not row[column.name]:
            yield Fault(row.line, column.title, "is empty")
    for name in (
        "given_names",
        "family_name",
        "qualification",
        "awarding_body",
        "role",
        "line_1",
        "line_2",
        "town",
    ):
        if len(row[name]) > LONGEST_NAME:
            yield Fault(
                row.line, TITLES[name], f"is longer than {LONGEST_NAME} characters"
            )
    for name in ("given_names", "family_name"):
        if row[name] and (HIDDEN.search(row[name]) or not fold(row[name])):
            yield Fault(
                row.line, TITLES[name], "has hidden characters, or no letter at all"
            )
    if row["qualification"] and not (row["awarding_body"] and row["awarded_on"]):
        yield Fault(
            row.line,
            TITLES["qualification"],
            "needs an awarding body and the day it was awarded",
        )


def _address_faults(row: Row) -> Iterator[Fault]:
    written = [name for name in ("line_1", "line_2", "town", "postcode") if row[name]]
    if not written:
        return
    for name in ("line_1", "town", "postcode"):
        if not row[name]:
            yield Fault(row.line, TITLES[name], "is empty: an address needs it")
    for name in written:
        if HIDDEN.search(row[name]):
            yield Fault(row.line, TITLES[name], "has hidden characters")
    if row["postcode"] and read_postcode(row["postcode"]) is None:
        yield Fault(row.line, TITLES["postcode"], "is not a UK postcode")


def _address(row: Row) -> PostalAddress | None:
    if not row["line_1"]:
        return None
    return PostalAddress(
        line_1=row["line_1"],
        line_2=row["line_2"],
        town=row["town"],
        postcode=read_postcode(row["postcode"]) or "",
    )


def _days(row: Row, today: date) -> Iterator[Fault]:
    days = {name: read_day(row[name]) for name in DAYS if row[name]}
    for name, day in days.items():
        if day is None:
            yield Fault(
                row.line,
                TITLES[name],
                "is not a date: write it as 2027-03-12 or 12/03/2027",
            )
        elif day.year < EARLIEST_YEAR:
            yield Fault(row.line, TITLES[name], f"is before {EARLIEST_YEAR}")
        elif name != "registered_until" and day > today:
            yield Fault(row.line, TITLES[name], "is in the future")
    born, start, until = (
        days.get("birth_date"),
        days.get("registered_from"),
        days.get("registered_until"),
    )
    if born and start and start <= born:
        yield Fault(
            row.line, TITLES["registered_from"], "is before the person was born"
        )
    if start and until and until < start:
        yield Fault(
            row.line, TITLES["registered_until"], "is before the registration began"
        )
    if until and until < today:
        yield Fault(
            row.line,
            TITLES["registered_until"],
            "has passed: only people who are registered now can be imported",
        )


def _codes(row: Row) -> Iterator[Fault]:
    if row["part"] and _part(row["part"]) is None:
        yield Fault(row.line, TITLES["part"], f"is not one of: {', '.join(Part)}")
    if row["number"] and read_number(row["number"]) is None:
        yield Fault(
            row.line,
            TITLES["number"],
            "is not a registration number: CH-, seven digits, - and the right letter",
        )


def read_day(written: str) -> date | None:
    """2027-03-12 or 12/03/2027: a day first, as it is written here."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(written, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _part(written: str) -> Part | None:
    plain = fold(written).replace(" ", "_")
    return Part(plain) if plain in list(Part) else None


def _registrant(row: Row) -> Registrant:
    days = {name: read_day(row[name]) for name in DAYS}
    part, start = _part(row["part"]), days["registered_from"]
    assert part and start and days["birth_date"] and days["registered_until"]  # noqa: S101, PT018 - a row with a fault is not read
    return Registrant(
        line=row.line,
        given_names=row["given_names"],
        family_name=row["family_name"],
        birth_date=days["birth_date"],
        part=part,
        registered_from=start,
        registered_until=days["registered_until"],
        number=read_number(row["number"]),
        urn="".join(c for c in row["urn"].upper() if c.isalnum()) or None,
        role=row["role"],
        role_from=days["role_from"] or start,
        qualification=row["qualification"],
        awarding_body=row["awarding_body"],
        awarded_on=days["awarded_on"],
        address=_address(row),
    )


async def _homes(
    session: AsyncSession, registrants: Sequence[Registrant]
) -> dict[str | None, Home | None]:
    urns = {r.urn for r in registrants if r.urn}
    found: dict[str | None, Home | None] = {None: None}
    return found | {
        home.urn: home
        for home in await session.scalars(select(Home).where(Home.urn.in_(urns)))
    }


async def _numbers(
    session: AsyncSession, registrants: Sequence[Registrant]
) -> tuple[dict[str | None, tuple[str, date | None]], set[str]]:
    """Whose the numbers of the list are already, and which of them lead to another one by now."""
    issued = select(
        IssuedNumber.number, Person.name_key, Person.birth_date, Person.merged_into
    ).join(Person, Person.id == IssuedNumber.person_id)
    rows = (
        await session.execute(
            issued.where(
                IssuedNumber.number.in_({r.number for r in registrants if r.number})
            )
        )
    ).all()
    return (
        {number: (key, born) for number, key, born, _ in rows},
        {number for number, _, _, heir in rows if heir},
    )


async def _enter(
    session: AsyncSession,
    registrant: Registrant,
    homes: dict[str | None, Home | None],
    process: Process,
    report: Report,
) -> None:
    person = await _person(session, registrant, process.at)
    entered = await session.scalar(
        select(Entry.id).where(
            Entry.person_id == person.id, Entry.part == registrant.part
        )
    )
    if entered:
        report.same += 1
        return
    await session.flush()
    if not person.number:
        await person.take_number(session, registrant.number)
        report.alike += bool(await look_for_matches(session, person, by=process))
    if registrant.address:
        await know_address(session, person, registrant.address, by=process)
    session.add_all(
        _what_they_bring(registrant, person.id, homes[registrant.urn], process.at)
    )
    rule_set = await _terms(session, registrant.part, registrant.registered_from)
    await Entry.grant(
        session,
        person=person,
        part=registrant.part,
        on=start_of(registrant.registered_from),
        until=registrant.registered_until,
        rule_set=rule_set,
        by=process,
    )
    report.new += 1


async def _terms(session: AsyncSession, part: Part, day: date) -> RuleSet:
    """The terms of the day; for whoever was registered before there were any, the first."""
    try:
        return await RuleSet.on(session, part, day)
    except PartNotOpen:
        of_part = select(RuleSet).where(RuleSet.part == part)
        earliest = of_part.order_by(func.lower(RuleSet.valid)).limit(1)
        return (await session.scalars(earliest)).one()


async def _person(
    session: AsyncSession, registrant: Registrant, now: datetime
) -> Person:
    """The person that the list means: by the number where it has one, else by name and birth date."""
    known = select(Person).where(Person.merged_into.is_(None))
    if registrant.number:
        known = known.where(Person.number == registrant.number)
    else:
        known = known.where(
            tuple_(Person.name_key, Person.birth_date) == registrant.key,
            Person.number.is_not(None),
        )
    found = await session.scalar(known.order_by(func.length(Person.number)).limit(1))
    if found:
        return found
    person = Person.of(
        given_names=registrant.given_names,
        family_name=registrant.family_name,
        birth_date=registrant.birth_date,
        now=now,
    )
    session.add(person)
    return person


def _what_they_bring(
    registrant: Registrant, person_id: UUID, home: Home | None, now: datetime
) -> Iterator[Base]:
    if home:
        yield Employment(
            id=uuid4(),
            person_id=person_id,
            home_id=home.id,
            employer="",
            home_named=home.name,
            urn_typed=None,
            role=registrant.role,
            part=registrant.part,
            fte_percent=100,
            care=True,
            supervisory=registrant.part is Part.MANAGER,
            manages=registrant.part is Part.MANAGER,
            valid=since(start_of(registrant.role_from)),
            reason_for_leaving=None,
            source=Source.EMPLOYER,
            recorded_at=now,
        )
    if registrant.qualification:
        yield Qualification(
            id=uuid4(),
            person_id=person_id,
            title=registrant.qualification,
            awarding_body=registrant.awarding_body,
            level=None,
            country="",
            awarded_on=registrant.awarded_on,
            verdict=Verdict.FULL,
            verified_at=now,
        )
