"""Who did something, and the words in which they said why."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.process import Process, ProcessText


@dataclass(frozen=True)
class Said:
    who: str
    """Empty where the service acted."""
    words: str
    """Empty where there were none, or they were erased."""


async def said_in(session: AsyncSession, process_id: UUID) -> Said:
    who = await session.scalar(
        select(Account.name)
        .join(Process, Process.actor_id == Account.id)
        .where(Process.id == process_id)
    )
    words = await session.scalar(
        select(ProcessText.words).where(ProcessText.process_id == process_id)
    )
    return Said(who or "", words or "")
