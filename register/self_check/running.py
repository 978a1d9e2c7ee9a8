"""The self-check as a command: batch by batch, each difference told as it is found."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from register.kit.clock import Now
from register.kit.db import Sessions, connect, sessions_of
from register.self_check.checking import check_next, people_to_check
from register.self_check.nightly import FROM_THE_FIRST, Report, latest
from register.self_check.surfaces import Difference


async def how_many(url: str) -> int:
    async with _sessions(url) as sessions, sessions() as session:
        return await people_to_check(session)


async def check_everybody(
    url: str,
    *,
    now: Now,
    step: Callable[[int], None],
    tell: Callable[[Difference], None],
) -> int:
    """How many differences there are."""
    found, after = 0, FROM_THE_FIRST
    async with _sessions(url) as sessions:
        while True:
            async with sessions.begin() as session:
                checked = await check_next(session, after=after, now=now())
            for difference in checked.differences:
                tell(difference)
            found += len(checked.differences)
            step(checked.people)
            if checked.last is None:
                return found
            after = checked.last


async def last_report(url: str) -> Report | None:
    async with _sessions(url) as sessions, sessions() as session:
        return await latest(session)


@asynccontextmanager
async def _sessions(url: str) -> AsyncIterator[Sessions]:
    engine = connect(url)
    try:
        yield sessions_of(engine)
    finally:
        await engine.dispose()
