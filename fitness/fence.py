"""The second fence: as whom the database shows and lets change what is about a concern or a case, until the transaction ends.

Row-level security asks it of every statement, whatever the statement forgets to ask; who is not named sees nothing.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import StaffRole
from register.kit.errors import Refused


class Capacity(StrEnum):
    STAFF = "staff"
    """An account with a role: what its role and its place in a case open."""
    OWN = "own"
    """An account in its own case, once it has been told of it."""
    REFERRER = "referrer"
    """Whoever holds the code of one concern, and that concern alone."""
    SERVICE = "service"
    """A job, or an act that needs all: the service itself, on nobody's behalf."""


async def look_as(
    session: AsyncSession, capacity: Capacity, who: UUID | None = None
) -> None:
    """`who`: the account, or the concern of a referrer."""
    await _look(session, capacity.value, str(who or ""))


@asynccontextmanager
async def as_the_service(session: AsyncSession) -> AsyncGenerator[None, None]:
    """For a part of the transaction: what the rules ask for of what whoever looks need not know. Afterwards they look again."""
    await session.flush()
    capacity, who = (
        await session.execute(
            select(
                func.current_setting("fitness.capacity", True),
                func.current_setting("fitness.reader", True),
            )
        )
    ).one()
    await look_as(session, Capacity.SERVICE)
    try:
        yield
        await session.flush()
    except Refused:
        await _look(session, capacity, who)
        raise
    await _look(session, capacity, who)


async def _look(session: AsyncSession, capacity: str, who: str) -> None:
    await session.execute(
        select(
            func.set_config("fitness.capacity", capacity or "", True),
            func.set_config("fitness.reader", who or "", True),
        )
    )


def looked_at_by(*held: StaffRole) -> ColumnElement[bool]:
    """True while the service looks, or an account with one of the roles: for what a case needs from tables that have no fence."""
    return or_(
        func.fitness_capacity() == Capacity.SERVICE.value,
        func.fitness_has_role(*(role.value for role in held)),
    )


async def look_away(session: AsyncSession) -> None:
    """Whatever is asked next sees nothing, until somebody says again who looks."""
    await session.execute(
        select(
            func.set_config("fitness.capacity", "", True),
            func.set_config("fitness.reader", "", True),
        )
    )
