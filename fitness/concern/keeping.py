"""Drafts that nobody sent: taken back by whoever wrote them, or erased once their time is over."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.concern.concern import Concern
from fitness.concern.evidence import files_of
from fitness.concern.state import ConcernState
from fitness.fence import Capacity, look_as
from register.kit.clock import day_of
from register.kit.jobs import every

BATCH = 200


async def erase(session: AsyncSession, draft: Concern) -> None:
    """With its answers and documents: nothing is left to say that it was there."""
    for one in await files_of(session, draft):
        await one.remove(session)
    await session.delete(draft)
    await session.flush()


@every(hours=24)
async def erase_old_drafts(session: AsyncSession, now: datetime) -> None:
    """One that its referrer has open just now waits for the next night."""
    await look_as(session, Capacity.SERVICE)
    old = (
        select(Concern)
        .where(Concern.state == ConcernState.DRAFT, Concern.keep_until < day_of(now))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    while drafts := (await session.scalars(old)).all():
        for draft in drafts:
            await erase(session, draft)
