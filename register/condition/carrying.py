"""What hangs on a condition that ended with its registration, when the same condition stands again."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from register.condition.clock import ClockPause
from register.condition.evidence import ConditionEvidence


async def carry_over(session: AsyncSession, again: Mapping[UUID, UUID]) -> None:
    """The pauses of its clock and what was sent for it hang on the new one, by the old one."""
    for before, after in again.items():
        for kind in (ClockPause, ConditionEvidence):
            await session.execute(
                update(kind)
                .where(kind.condition_id == before)
                .values(condition_id=after)
            )
