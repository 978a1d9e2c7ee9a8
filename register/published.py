"""What the public may know of a person: found by the number, read from the projection, computed where time has passed it by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from register.entry import Entry, EntryProjection, Status, row_at
from register.kit.errors import Gone, MovedTo, NotFound
from register.part import Part
from register.person import Person, survivor


@dataclass(frozen=True)
class PublishedEntry:
    part: Part
    status: Status
    may_practise: bool
    registered_from: date
    registered_until: date
    qualifications: tuple[str, ...]
    restrictions: tuple[dict[str, Any], ...]
    """As the API sends them: kind, text, from, until, decision."""
    decision: str | None
    """Where to read why it was removed."""
    previous_periods: tuple[dict[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "part": self.part,
            "status": self.status,
            "may_practise": self.may_practise,
            "registered_from": self.registered_from.isoformat(),
            "registered_until": self.registered_until.isoformat(),
            "qualifications": self.qualifications,
            "restrictions": self.restrictions,
            "decision": self.decision,
            "previous_periods": self.previous_periods,
        }


@dataclass(frozen=True)
class PublishedPerson:
    number: str
    name: str
    town: str | None
    entries: tuple[PublishedEntry, ...]
    """The leading one first: one that is registered, then by the order of the parts."""

    @property
    def leading(self) -> PublishedEntry:
        return self.entries[0]

    @classmethod
    def of(cls, rows: Sequence[EntryProjection]) -> Self:
        first = min(rows, key=_rank)
        entries = [_entry(row) for row in rows]
        return cls(first.number, first.name, first.town, leading_first(entries))

    def as_json(self, as_at: datetime) -> dict[str, Any]:
        leading = self.leading.as_json()
        return {
            "number": self.number,
            "name": self.name,
            "status": leading["status"],
            "may_practise": leading["may_practise"],
            "town": self.town,
            "registered_from": leading["registered_from"],
            "registered_until": leading["registered_until"],
            "parts": [entry.part for entry in self.entries],
            "qualifications": leading["qualifications"],
            "restrictions": leading["restrictions"],
            "entries": [entry.as_json() for entry in self.entries],
            "as_at": written(as_at),
        }


def leading_first(entries: Iterable[PublishedEntry]) -> tuple[PublishedEntry, ...]:
    return tuple(sorted(entries, key=_rank))


def _rank(entry: PublishedEntry | EntryProjection) -> tuple[bool, int]:
    return entry.status is not Status.REGISTERED, entry.part.position


def written(moment: datetime) -> str:
    """As the API writes it: to the second, in UTC."""
    plain = moment.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    return f"{plain.isoformat()}Z"


async def published(
    session: AsyncSession, number: str, *, now: datetime
) -> PublishedPerson:
    """The person with that number, as the public may see them; raises what public_rows does."""
    return PublishedPerson.of(await public_rows(session, number, now=now))


async def published_of(
    session: AsyncSession, person: Person, *, now: datetime
) -> PublishedPerson | None:
    """The same for the person themself; None where the public sees nothing of them."""
    if person.withheld:
        return None
    rows = await session.scalars(
        select(EntryProjection).where(EntryProjection.person_id == person.id)
    )
    current = await fresh(session, rows.all(), now=now)
    public = [row for row in current if row.published]
    return PublishedPerson.of(public) if public else None


async def public_rows(
    session: AsyncSession, number: str, *, now: datetime
) -> list[EntryProjection]:
    """What is public of the entries of the person with that number, at least one.

    Raises NotFound for a number that was never issued and for somebody withheld, who must look the same, whatever number they
    had before; MovedTo for a merged number; Gone for somebody who died, was withdrawn, or whose publication is over.
    """
    projected = aliased(EntryProjection)
    found = (
        select(Person, projected)
        .outerjoin(projected, projected.person_id == Person.id)
        .where(Person.number == number)
    )
    rows = (await session.execute(found)).all()
    if not rows or rows[0][0].withheld:
        raise NotFound
    person = rows[0][0]
    if person.merged_into:
        heir = await session.get_one(Person, await survivor(session, person.id))
        if heir.withheld:
            raise NotFound
        raise MovedTo(f"/register/{heir.number}")
    public = [
        row
        for row in await fresh(session, [row for _, row in rows if row], now=now)
        if row.published
    ]
    if not public:
        raise Gone
    return public


async def fresh(
    session: AsyncSession, rows: Sequence[EntryProjection], *, now: datetime
) -> list[EntryProjection]:
    """The rows as they are at `now`: those that time alone has changed are computed."""
    return [
        await _computed(session, row, now) if row.stale(now) else row for row in rows
    ]


async def _computed(
    session: AsyncSession, row: EntryProjection, now: datetime
) -> EntryProjection:
    entry = await Entry.load(session, row.entry_id)
    return EntryProjection(entry_id=entry.id, **await row_at(session, entry, now))


def _entry(row: EntryProjection) -> PublishedEntry:
    assert row.status and row.registered_from and row.registered_until  # noqa: S101, PT018 - a published row has all three
    return PublishedEntry(
        part=row.part,
        status=row.status,
        may_practise=row.may_practise,
        registered_from=row.registered_from,
        registered_until=row.registered_until,
        qualifications=tuple(row.qualifications),
        restrictions=tuple(row.restrictions),
        decision=row.decision,
        previous_periods=tuple(row.previous_periods),
    )
