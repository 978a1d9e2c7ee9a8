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

    @cached_property
    def projections(self) -> list[EntryProjection]:
        return [EntryProjection(entry_id=i, **row) for i, row in self.rows.items()]

    def people(self) -> Iterator[tuple[Person, PublishedPerson | None]]:
        """Each with what the public should see; None of whom they should not."""
        public: dict[UUID, list[EntryProjection]] = {}
        for row in self.projections:
            if row.published:
                public.setdefault(row.person_id, []).append(row)
        for person in {
            entry.person_id: entry.person for entry in self.entries
        }.values():
            rows = public.get(person.id)
            yield person, PublishedPerson.of(rows) if rows else None
