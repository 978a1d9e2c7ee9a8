"""What every benchmark has in common: a name, a scale, and figures as a table and as one line of JSON."""

import json
from asyncio import to_thread
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg

from register.kit.schema import Schema

Figure = str | int | float
Step = Callable[[int], None]


class Broken(Exception):
    """What was measured is worth nothing, or a promise was not kept; its text tells both."""


@dataclass(frozen=True)
class Outcome:
    headings: Sequence[str]
    rows: Sequence[Sequence[Figure]]
    figures: dict[str, Figure]
    notes: Sequence[str] = ()
    """What belongs below the table, such as the plan of a query."""
    broken: Sequence[str] = ()
    """Promises that were not kept, in words."""


@dataclass(frozen=True)
class Place:
    """Where a benchmark runs: on a server, in databases that it makes, at which scale."""

    server: str
    schema: Callable[[str], Schema]
    scale: int
    step: Step

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """A migrated database of its own, thrown away afterwards; gives its URL."""
        async with self._made() as url:
            await to_thread(self.schema(url).upgrade)
            yield url

    @asynccontextmanager
    async def copy(self, url: str) -> AsyncIterator[str]:
        """A copy of one of them, to which nobody may be connected meanwhile; gives its URL."""
        template = urlsplit(url).path.removeprefix("/")
        async with self._made(f" template {template}") as copied:
            yield copied

    @asynccontextmanager
    async def _made(self, how: str = "") -> AsyncIterator[str]:
        name = f"bench_{uuid4().hex}"
        await self._command(f"create database {name}{how}")
        try:
            yield urlsplit(self.server)._replace(path=f"/{name}").geturl()
        finally:
            await self._command(f"drop database {name} with (force)")

    async def _command(self, words: str) -> None:
        connection = await asyncpg.connect(self.server)
        try:
            await connection.execute(words)
        finally:
            await connection.close()


@dataclass(frozen=True)
class Benchmark:
    name: str
    scale: int
    """How many people or rows, unless told otherwise."""
    run: Callable[[Place], Awaitable[Outcome]]


async def carry_out(bench: Benchmark, place: Place) -> str:
    """What is printed: the table, what belongs below it, and last the line of JSON; raises Broken."""
    outcome = await bench.run(place)
    table = [outcome.headings, *outcome.rows]
    widths = [max(len(str(row[n])) for row in table) for n in range(len(table[0]))]
    lines = [
        "  ".join(
            str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)
        )
        for row in table
    ]
    told = json.dumps({"bench": bench.name, **outcome.figures})
    said = "\n".join([*(line.rstrip() for line in lines), *outcome.notes, told])
    if outcome.broken:
        raise Broken("\n".join(["Not as promised:", *outcome.broken, said]))
    return said
