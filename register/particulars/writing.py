"""Letters to somebody about their particulars, and their entries brought up to them."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.entry import Entry, project_many
from register.kit.settings import settings
from register.process import Process
from register.reaching import write_to


async def project(session: AsyncSession, person_id: UUID, *, by: Process) -> None:
    """All that the register shows of the person, in this transaction."""
    await session.flush()
    ids = await session.scalars(select(Entry.id).where(Entry.person_id == person_id))
    entries = await Entry.load_many(session, list(ids))
    await project_many(session, entries, now=by.at)


async def write(
    session: AsyncSession,
    person_id: UUID,
    letter: str,
    *,
    key: str,
    by: Process,
    **context: object,
) -> None:
    await write_to(
        session,
        person_id,
        letter,
        context={"contact": settings().contact_email, **context},
        key=f"{letter}:{key}",
        now=by.at,
    )
