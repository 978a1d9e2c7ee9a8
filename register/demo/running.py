"""The demo as a command: made in one transaction, with its accounts told then and whenever it is asked for again."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from register.demo.accounts import keep_told, kept_told
from register.demo.applications import TakeFees
from register.demo.making import OpenCases, is_demo, is_used, make_demo
from register.kit.db import connect, sessions_of


async def fill(
    url: str,
    folder: Path,
    *,
    registrants: int,
    seed: int,
    on: date,
    step: Callable[[int], None],
    take_fees: TakeFees,
    open_cases: OpenCases,
) -> str:
    """Fill the database; gives the accounts as they are to be printed."""
    async with _session(url) as session:
        accounts = await make_demo(
            session,
            registrants=registrants,
            seed=seed,
            on=on,
            step=step,
            take_fees=take_fees,
            open_cases=open_cases,
        )
        # Before it is committed: a demo whose passwords nobody was told could only be thrown away.
        return keep_told(folder, accounts)


async def is_wanted(url: str) -> bool:
    """Whether the register is empty."""
    return not await _asked(url, is_used)


async def told_again(url: str, folder: Path) -> str | None:
    """The accounts of the demo that fills the database; None where something else does."""
    return kept_told(folder) if await _asked(url, is_demo) else None


async def _asked(url: str, question: Callable[[AsyncSession], Awaitable[bool]]) -> bool:
    async with _session(url) as session:
        return await question(session)


@asynccontextmanager
async def _session(url: str) -> AsyncIterator[AsyncSession]:
    engine = connect(url)
    try:
        async with sessions_of(engine).begin() as session:
            yield session
    finally:
        await engine.dispose()
