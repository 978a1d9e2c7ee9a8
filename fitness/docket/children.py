"""Runs the programs of the docket, each in a process of its own that may use little memory and time."""

import asyncio
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any

from register.kit.cleaning import NotRun, Unreadable

FAULTY = 3
AT_ONCE = 2
LOOKING, BUILDING = 50.0, 400.0
"""Seconds: a page that somebody waits for may keep its transaction for less than a minute, a job for ten."""

_turns = asyncio.Semaphore(AT_ONCE)
"""Each may take a gigabyte."""


class Program(StrEnum):
    SHEETS = "sheets.py"
    BINDING = "binding.py"

    @property
    def path(self) -> Path:
        return Path(__file__).with_name(self.value)


async def with_sheets(content: bytes, **order: Any) -> bytes:
    """What the program of an upload answers; raises Unreadable."""
    patience = BUILDING if order["do"] == "part" else LOOKING
    arguments = json.dumps(order)
    return await _run(Program.SHEETS, arguments, content=content, patience=patience)


async def bind_in(folder: Path) -> None:
    """What lies ready there, by the order beside it; raises Unreadable."""
    await _run(Program.BINDING, folder=folder, patience=BUILDING)


async def _run(
    program: Program,
    *arguments: str,
    patience: float,
    content: bytes = b"",
    folder: Path | None = None,
) -> bytes:
    async with _turns:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", str(program.path), *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=folder,
        )
        try:
            async with asyncio.timeout(patience):
                made, _ = await child.communicate(content)
        except TimeoutError:
            raise Unreadable from None
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    # Below nought: the kernel stopped it, for its memory or its time.
    if child.returncode == FAULTY or (child.returncode or 0) < 0:
        raise Unreadable
    if child.returncode:
        raise NotRun(child.returncode)
    return made
