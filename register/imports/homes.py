"""Ofsted's published list of children's homes."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from register.account import Account
from register.employment import (
    URN,
    Home,
    Provider,
    ProviderGroup,
    place_of,
)
from register.entry import EntryProjection
from register.imports.report import Fault, Report, Step
from register.imports.sheet import LONGEST_CELL, Column, Row, read_sheet
from register.process import Process

COLUMNS = (
    Column(
        "urn",
        (
            "URN",
            "Provision URN",
            "Setting URN",
            "Unique reference number",
            "Provider URN",
        ),
        "Ofsted’s number of the home, 4 to 8 digits, perhaps after two letters",
        required=True,
    ),
    Column(
        "name",
        (
            "Name",
            "Setting name",
            "Provision name",
            "Provider name (setting)",
            "Home name",
        ),
        "the name of the home; Ofsted leaves most of them out",
    ),
    Column(
        "provider",
        (
            "Provider",
            "Organisation name",
            "Provider name",
            "Organisation which owns the provider",
            "Registered provider",
            "Owner name",
        ),
        "who is registered to run the home",
        required=True,
    ),
    Column(
        "group",
        (
            "Provider group",
            "Group",
            "Ultimate owner",
            "Parent organisation",
            "Organisation group",
        ),
        "the group to which the provider belongs",
    ),
    Column(
        "kind",
        (
            "Type",
            "Provision type",
            "Provider type",
            "Provider subtype",
            "Type of provision",
        ),
        "what it is, for example Children’s home",
        required=True,
    ),
    Column(
        "local_authority",
        ("Local authority", "Local authority name", "LA", "LA name"),
        "in which it lies",
        required=True,
    ),
    Column(
        "region",
        ("Region", "Ofsted region", "Government office region", "Region name"),
        "in which it lies",
        required=True,
    ),
    Column(
        "town",
        ("Town", "Town or city", "Post town", "Town/City"),
        "in which it lies; shown in public only where three homes lie there",
    ),
    Column(
        "places",
        (
            "Places",
            "Number of registered places",
            "Maximum number of places",
            "Maximum users",
            "Registered places",
        ),
        "for how many children, a whole number up to 500",
    ),
    Column(
        "registration_status",
        ("Registration status", "Status", "Provision status", "Provider status"),
        "with Ofsted; Active where the file does not say",
    ),
    Column(
        "inspection_outcome",
        (
            "Latest inspection outcome",
            "Overall effectiveness",
            "Latest overall effectiveness",
            "Overall experiences and progress of children and young people",
            "Latest full inspection overall effectiveness",
        ),
        "of the latest full inspection",
    ),
)

OF_OTHERS = {"provider", "group"}
MOST_PLACES = 500
BATCH = 500
NOT_TOLD = {"", "null", "redacted", "not applicable", "n/a", "-"}


class ImportAct(StrEnum):
    HOMES = "import:homes"
    ENTRIES = "import:entries"


class HomesEvent(StrEnum):
    IMPORTED = "homes:imported"


async def import_homes(
    session: AsyncSession,
    file: Path,
    *,
    now: datetime,
    step: Step,
    actor: Account | None = None,
) -> Report:
    """Add the homes of the list and change those that differ; a home that is not on the list stays as it is.

    With a fault in the report nothing has been written, and the caller must not commit.
    """
    sheet = read_sheet(file, COLUMNS)
    report = Report(sheet.columns, sheet.ignored)
    homes = list(_homes(sheet.rows, report, step))
    if report.faults:
        return report
    providers = await _providers(session, homes)
    for start in range(0, len(homes), BATCH):
        await _write(
            session, homes[start : start + BATCH], providers, set(sheet.columns), report
        )
    process = Process.begin(session, ImportAct.HOMES, now=now, actor=actor)
    process.tell(
        HomesEvent.IMPORTED, new=report.new, changed=report.changed, same=report.same
    )
    await _show_places_anew(session, now)
    return report


def _homes(rows: Sequence[Row], report: Report, step: Step) -> Iterator[dict[str, Any]]:
    seen: dict[str, int] = {}
    for row in rows:
        step(1)
        home = {column.name: row[column.name] for column in COLUMNS}
        home["urn"] = "".join(c for c in row["urn"].upper() if c.isalnum())
        faults = list(_faults(row, home["urn"], seen))
        report.faults.extend(faults)
        seen.setdefault(home["urn"], row.line)
        if not faults:
            yield _told(home)


def _faults(row: Row, urn: str, seen: dict[str, int]) -> Iterator[Fault]:
    titles = {column.name: column.title for column in COLUMNS}
    for column in COLUMNS:
        if column.required and not row[column.name]:
            yield Fault(row.line, column.title, "is empty")
        if len(row[column.name]) > LONGEST_CELL:
            yield Fault(
                row.line, column.title, f"is longer than {LONGEST_CELL} characters"
            )
    if urn and not URN.fullmatch(urn):
        yield Fault(
            row.line,
            titles["urn"],
            "is not a URN: 4 to 8 digits, perhaps after two letters",
        )
    if urn in seen:
        yield Fault(row.line, titles["urn"], f"is also on line {seen[urn]}")
    places = row["places"]
    if places.casefold() not in NOT_TOLD and not (
        re.fullmatch("[0-9]{1,3}", places) and int(places) <= MOST_PLACES
    ):
        yield Fault(
            row.line, titles["places"], f"is not a number from 0 to {MOST_PLACES}"
        )


def _told(home: dict[str, Any]) -> dict[str, Any]:
    """What the list leaves out in one of its many ways is left out in ours."""
    told = {
        name: "" if value.casefold() in NOT_TOLD else value
        for name, value in home.items()
    }
    return told | {
        "places": int(told["places"]) if told["places"] else None,
        "town": told["town"] or None,
        "inspection_outcome": told["inspection_outcome"] or None,
        "registration_status": told["registration_status"] or "Active",
    }


async def _providers(
    session: AsyncSession, homes: list[dict[str, Any]]
) -> dict[str, UUID]:
    groups = await _named(
        session, ProviderGroup, {home["group"] for home in homes if home["group"]}
    )
    providers = await _named(session, Provider, {home["provider"] for home in homes})
    for name, group in {
        home["provider"]: home["group"] for home in homes if home["group"]
    }.items():
        await session.execute(
            update(Provider)
            .where(Provider.id == providers[name])
            .values(group_id=groups[group])
        )
    return providers


async def _named(
    session: AsyncSession, kind: type[Provider | ProviderGroup], names: set[str]
) -> dict[str, UUID]:
    rows = [{"id": uuid4(), "name": name} for name in sorted(names)]
    for start in range(0, len(rows), BATCH):
        await session.execute(
            insert(kind)
            .values(rows[start : start + BATCH])
            .on_conflict_do_nothing(index_elements=["name"])
        )
    found = await session.execute(
        select(kind.name, kind.id).where(kind.name.in_(names))
    )
    return {name: row_id for name, row_id in found}  # noqa: C416 - rows are not pairs to the type checker


async def _write(
    session: AsyncSession,
    homes: list[dict[str, Any]],
    providers: dict[str, UUID],
    known: set[str],
    report: Report,
) -> None:
    """What the file has no column for stays as it was."""
    rows = [_row(home, providers) for home in homes]
    urns = select(Home.urn).where(Home.urn.in_([row["urn"] for row in rows]))
    before = set(await session.scalars(urns))
    written = set(await session.scalars(_upsert(rows, known)))
    report.new += len(written - before)
    report.changed += len(written & before)
    report.same += len(rows) - len(written)


def _row(home: dict[str, Any], providers: dict[str, UUID]) -> dict[str, Any]:
    own = {name: value for name, value in home.items() if name not in OF_OTHERS}
    return own | {"id": uuid4(), "provider_id": providers[home["provider"]]}


def _upsert(rows: list[dict[str, Any]], known: set[str]) -> ReturningInsert[tuple[str]]:
    """Gives the URNs of the homes that are new or differ."""
    row = insert(Home).values(rows)
    told = sorted((known - OF_OTHERS - {"urn"}) | {"provider_id"})
    ours = func.row(*(getattr(Home, name) for name in told))
    theirs = func.row(*(row.excluded[name] for name in told))
    changes = row.on_conflict_do_update(
        index_elements=["urn"],
        set_={name: row.excluded[name] for name in told},
        where=ours.is_distinct_from(theirs),
    )
    return changes.returning(Home.urn)


async def _show_places_anew(session: AsyncSession, now: datetime) -> None:
    """A home more or less may let a town be named, or hide it."""
    place = place_of(EntryProjection.person_id, now)
    await session.execute(
        update(EntryProjection)
        .values(town=place)
        .where(EntryProjection.town.is_distinct_from(place))
    )
