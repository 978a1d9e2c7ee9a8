"""What is held about somebody, shelf by shelf; each package tells its own shelves."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account

Record = dict[str, Any]
"""Plain values by name; a name is read to the person, so it is an English word."""


@dataclass(frozen=True)
class Shelf:
    """Records of one kind, in their order."""

    name: str
    records: Sequence[Record]


Holder = Callable[[AsyncSession, Account, datetime], Awaitable[list[Shelf]]]
HOLDERS: list[Holder] = []


def holds(holder: Holder) -> Holder:
    """Mark a function that tells what its package holds about the owner of an account, leaving out nothing that is theirs."""
    HOLDERS.append(holder)
    return holder


async def gathered(
    session: AsyncSession, account: Account, *, now: datetime
) -> list[Shelf]:
    """Every shelf that has something on it."""
    shelves = [
        shelf for holder in HOLDERS for shelf in await holder(session, account, now)
    ]
    return [shelf for shelf in shelves if shelf.records]
