"""Goes through everybody, some people at a time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.entry import Entry
from register.self_check.looked import Looked
from register.self_check.surfaces import SURFACES, Difference

BATCH = 200


@dataclass(frozen=True)
class Checked:
    people: int
    last: UUID | None
    """After whom the next begin; None where nobody is left."""
    differences: list[Difference]


async def people_to_check(session: AsyncSession) -> int:
    people = select(func.count(Entry.person_id.distinct()))
    count: int = (await session.execute(people)).scalar_one()
    return count


async def check_next(
    session: AsyncSession, *, after: UUID, now: datetime, batch: int = BATCH
) -> Checked:
    """The next people in the order of their ids.

    Who would act on one of their entries waits: between the reading of two surfaces it would look like a difference.
    """
    people = list(
        await session.scalars(
            select(Entry.person_id)
            .where(Entry.person_id > after)
            .distinct()
            .order_by(Entry.person_id)
            .limit(batch)
        )
    )
    entries = await session.scalars(
        select(Entry.id)
        .where(Entry.person_id.in_(people))
        .order_by(Entry.id)
        .with_for_update(read=True)
    )
    looked = await Looked.at(session, entries.all(), now)
    differences = [
        difference
        for surface in SURFACES
        async for difference in surface(session, looked)
    ]
    last = people[-1] if len(people) == batch else None
    # Somebody in two parts may differ in the same field of both.
    return Checked(len(people), last, list(dict.fromkeys(differences)))
