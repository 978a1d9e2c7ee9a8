"""Rewriting the rows that time alone has changed, so that readers seldom have to compute."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.entry.entry import Entry
from register.entry.projection import EntryProjection, project_many
from register.kit.jobs import every

BATCH = 200


@every(minutes=1)
async def refresh_projections(session: AsyncSession, now: datetime) -> None:
    """The oldest first; what one run leaves, the next takes."""
    stale = select(EntryProjection.entry_id).where(EntryProjection.good_until <= now)
    stale = (
        stale.order_by(EntryProjection.good_until)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    ids = (await session.scalars(stale)).all()
    await project_many(session, await Entry.load_many(session, ids), now=now)
