"""Takes away what security keeps for a while only."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from register.kit.jobs import every
from register.kit.security import limits, lock_outs, sessions


@every(hours=1)
async def sweep_sessions_and_limits(session: AsyncSession, now: datetime) -> None:
    await sessions.sweep(session, now)
    await lock_outs.sweep(session, now)
    await limits.sweep(session)
