"""Numbers by which those who work on a case call what is in it: E1, E2 and so on, each in its own case."""

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from register.kit.errors import NotFound


class Numbered(Protocol):
    @property
    def number(self) -> int: ...


N = TypeVar("N", bound=Numbered)


def numbered(found: Iterable[N], number: int) -> N:
    """The one of them with that number; raises NotFound."""
    for one in found:
        if one.number == number:
            return one
    raise NotFound


async def next_number(
    session: AsyncSession,
    numbers: InstrumentedAttribute[int],
    within: InstrumentedAttribute[Any],
    whole: UUID,
) -> int:
    """Two who ask at once get the same, and the database refuses the second: whoever adds has locked the case."""
    last = await session.scalar(select(func.max(numbers)).where(within == whole))
    return (last or 0) + 1
