"""What follows as soon as somebody is entered or restored, in the same transaction: packages above this one say so."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from register.entry import Entry
from register.process import Process

Follows = Callable[[AsyncSession, Entry, Process], Awaitable[None]]
FOLLOWING: list[Follows] = []


def follows_entry(follows: Follows) -> Follows:
    FOLLOWING.append(follows)
    return follows
