"""Work on many, batch by batch: each goes on behind the last of the one before, so that none looks through all of them again."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from register.kit.jobs.queue import enqueue

START = UUID(int=0)
"""Behind which everybody stands."""


async def go_on(
    session: AsyncSession,
    name: str,
    done: Sequence[UUID],
    *,
    after: UUID,
    ids: Mapping[str, UUID] | None = None,
) -> bool:
    """Queue the batch behind the one that was `done`, in order; whether there is one.

    At the end, once more from the start: somebody may have been held by another, and another list may follow.
    """
    if not done and after == START:
        return False
    await enqueue(session, name, {**(ids or {}), "after": done[-1] if done else START})
    return True
