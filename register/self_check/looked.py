"""Some people, with what their facts give at one moment: what every surface should say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from register.entry import Entry, EntryProjection, rows_at
from register.person import Person
from register.published import PublishedPerson


@dataclass(frozen=True)
class Looked:
    now: datetime
    entries: Sequence[Entry]
    rows: dict[UUID, dict[str, Any]]
    """What the projection of each entry should hold."""

    @classmethod
    async def at(
        cls, session: AsyncSession, entry_ids: Sequence[UUID], now: datetime
    ) -> Self:
        entries = await Entry.load_many(session, entry_ids)
        rows = await rows_at(session, entries, now)
        ids = (entry.id for entry in entries)
        return cls(now, entries, dict(zip(ids, rows, strict=True)))

    @cached_property
    def ids(self) -> list[UUID]:
        return [entry.id for entry in self.entries]

    def people(self) -> Iterator[tuple[Person, PublishedPerson | None]]:
        """Each with what the public should see; None of whom they should not."""
        of_person: dict[UUID, list[Entry]] = {}
        for entry in self.entries:
            of_person.setdefault(entry.person_id, []).append(entry)
        for entries in of_person.values():
            rows = [
                EntryProjection(entry_id=entry.id, **self.rows[entry.id])
                for entry in entries
                if self.rows[entry.id]["published"]
            ]
            yield entries[0].person, PublishedPerson.of(rows) if rows else None
