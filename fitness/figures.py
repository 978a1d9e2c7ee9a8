"""By which rules a concern or a case is worked on: those of the part that the person it is about leads."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.entry import Entry
from register.kit.clock import day_of
from register.part import Part
from register.rule_set import RuleSet


async def rule_set_for(
    session: AsyncSession, person_id: UUID | None, *, now: datetime
) -> RuleSet:
    """Those of managers where nobody is known whom it is about, or they are in no part."""
    parts = await session.scalars(
        select(Entry.part).where(Entry.person_id == person_id)
    )
    leading = min(parts, key=lambda part: part.position, default=Part.MANAGER)
    return await RuleSet.on(session, leading, day_of(now))
