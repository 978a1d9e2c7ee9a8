"""In which parts somebody is registered."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.entry.entry import Entry
from register.entry.facts import Registration
from register.part import Part


async def parts_of(
    session: AsyncSession, person_id: UUID, *, at: datetime
) -> Sequence[Part]:
    """At that moment, in the order of the parts."""
    held = await session.scalars(
        select(Entry.part)
        .join(Registration, Registration.entry_id == Entry.id)
        .where(Entry.person_id == person_id, Registration.valid.contains(at))
    )
    return sorted(set(held), key=lambda part: part.position)
