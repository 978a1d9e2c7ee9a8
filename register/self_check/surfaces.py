"""The surfaces on which the register says something, each with how it is held against the facts.

What differs is told by the names of fields only: the values may be personal, and the report goes where technicians read it.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.certificate import Certificate
from register.entry import (
    Entry,
    EntryProjection,
    known_at,
    public_words,
    shown_at,
    status_in_sql,
    superseded_facts,
)
from register.kit.clock import day_of
from register.kit.errors import Gone, MovedTo, NotFound
from register.past import Then, people_then
from register.published import PublishedPerson, published
from register.search import NameToken, Sought, find
from register.self_check.looked import Looked


class Surface(StrEnum):
    PROJECTION = "projection"
    SQL = "sql"
    SEARCH = "search"
    API = "api"
    AS_AT = "as_at"
    CERTIFICATE = "certificate"


SHOWN = "shown"
"""The field that differs where somebody is shown who should not be, or the other way round."""


@dataclass(frozen=True)
class Difference:
    surface: Surface
    number: str
    field: str

    def __str__(self) -> str:
        return f"{self.surface} {self.number} {self.field}"


async def projection(
    session: AsyncSession, looked: Looked
) -> AsyncIterator[Difference]:
    """But for rows that time has passed by, which readers compute."""
    kept = select(EntryProjection).where(EntryProjection.entry_id.in_(looked.ids))
    rows = {row.entry_id: row for row in await session.scalars(kept)}
    for entry_id, should in looked.rows.items():
        row, number = rows.get(entry_id), should["number"]
        if row is None:
            yield Difference(Surface.PROJECTION, number, SHOWN)
        elif not row.stale(looked.now):
            for name, value in should.items():
                if getattr(row, name) != value:
                    yield Difference(Surface.PROJECTION, number, name)


async def sql(session: AsyncSession, looked: Looked) -> AsyncIterator[Difference]:
    """The rules of status as they are written in SQL."""
    told = await session.execute(
        select(Entry.id, status_in_sql(looked.now)).where(Entry.id.in_(looked.ids))
    )
    for entry_id, status in told:
        should = looked.rows[entry_id]
        if status != should["status"]:
            yield Difference(Surface.SQL, should["number"], "status")


async def search(session: AsyncSession, looked: Looked) -> AsyncIterator[Difference]:
    """Found by the number, and every word of the name among those that are looked through."""
    for person, should in looked.people():
        if person.number is None or person.merged_into:
            continue
        found = await find(session, Sought(person.number), now=looked.now)
        said = found.people[0] if found.people else None
        for field in _differing(_json(should, looked), _json(said, looked)):
            yield Difference(Surface.SEARCH, person.number, field)
    words = {word for row in looked.rows.values() for word in row["tokens"]}
    known = set(
        await session.scalars(select(NameToken.token).where(NameToken.token.in_(words)))
    )
    for row in looked.rows.values():
        if not known.issuperset(row["tokens"]):
            yield Difference(Surface.SEARCH, row["number"], "tokens")


async def api(session: AsyncSession, looked: Looked) -> AsyncIterator[Difference]:
    for person, should in looked.people():
        if person.number:
            said = await _said(session, person.number, looked)
            for field in _differing(_json(should, looked), said):
                yield Difference(Surface.API, person.number, field)


async def as_at(session: AsyncSession, looked: Looked) -> AsyncIterator[Difference]:
    """What is answered for today as for a day gone by is what is answered for now."""
    today = day_of(looked.now)
    then = Then.asked(today, today, now=looked.now)
    assert then  # noqa: S101 - a day is asked for
    should = {
        person.number: told.as_json(looked.now)
        for person, told in looked.people()
        if told
    }
    rows = [row for row in looked.projections if row.published]
    for past in await people_then(session, rows, then, now=looked.now):
        for field in _differing(should[past.number], past.as_json()):
            yield Difference(Surface.AS_AT, past.number, field)


async def certificate(
    session: AsyncSession, looked: Looked
) -> AsyncIterator[Difference]:
    """What the last one of each entry said is what the register said when it was issued, as far as that is dated."""
    last = select(Certificate).where(
        Certificate.entry_id.in_(looked.ids), Certificate.superseded_at.is_(None)
    )
    certificates = {found.entry_id: found for found in await session.scalars(last)}
    once = await superseded_facts(session, list(certificates))
    for entry in looked.entries:
        if issued := certificates.get(entry.id):
            facts = known_at(entry.facts, once[entry.id], issued.as_at)
            words = await public_words(session, facts)
            shown = shown_at(facts, words, issued.as_at, cited={})
            should = {
                "number": entry.person.number,
                "part": entry.part,
                "status": shown and shown.status,
                "registered_from": shown and shown.registered_from,
                "registered_until": shown and shown.registered_until,
                "restrictions": _terms(shown.restrictions if shown else ()),
            }
            record = issued.record
            said = {name: getattr(record, name) for name in should}
            said["restrictions"] = _terms(record.restrictions)
            for field in _differing(should, said):
                yield Difference(Surface.CERTIFICATE, entry.person.number or "", field)


SURFACES: tuple[Callable[[AsyncSession, Looked], AsyncIterator[Difference]], ...] = (
    projection,
    sql,
    search,
    api,
    as_at,
    certificate,
)


async def _said(
    session: AsyncSession, number: str, looked: Looked
) -> dict[str, Any] | None:
    try:
        person = await published(session, number, now=looked.now)
    except (NotFound, Gone, MovedTo):
        return None
    return person.as_json(looked.now)


def _json(person: PublishedPerson | None, looked: Looked) -> dict[str, Any] | None:
    return person.as_json(looked.now) if person else None


def _differing(
    should: dict[str, Any] | None, said: dict[str, Any] | None
) -> Iterator[str]:
    if should is None or said is None:
        yield from [SHOWN] if should is not said else []
        return
    yield from (name for name, value in should.items() if said.get(name) != value)


def _terms(restrictions: Any) -> list[tuple[Any, ...]]:
    """Without their words, which may have been erased since."""
    return [(one.kind, one.from_on, one.until_on) for one in restrictions]
