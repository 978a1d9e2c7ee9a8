"""Has a file made anew from what it shows, by a process of its own that may use little memory and time."""

import asyncio
import sys
from enum import StrEnum

from register.kit import remaking

PATIENCE = 60.0
AT_ONCE = 2

_turns = asyncio.Semaphore(AT_ONCE)
"""Each may take a gigabyte, and a storm of uploads must not take the machine."""


class MediaType(StrEnum):
    """What we take."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"

    @property
    def suffix(self) -> str:
        return {MediaType.PDF: ".pdf", MediaType.JPEG: ".jpg", MediaType.PNG: ".png"}[
            self
        ]


class Unreadable(Exception):
    """The file is broken, locked with a password, or larger unpacked than we bear."""


class NotRun(Exception):
    """The program that makes files anew did not run: the fault is ours, and says nothing of the file."""


async def cleaned(content: bytes, kind: MediaType) -> bytes:
    """The same document without scripts, attachments and actions; Unreadable where that cannot be done."""
    async with _turns:
        return await _made_by_a_child(content, kind)


async def _made_by_a_child(content: bytes, kind: MediaType) -> bytes:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", remaking.__file__, kind),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            made, _ = await child.communicate(content)
    except TimeoutError:
        raise Unreadable from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    # Below nought: the kernel stopped it, for its memory or its time.
    if child.returncode == remaking.FAULTY or (child.returncode or 0) < 0:
        raise Unreadable
    if child.returncode:
        raise NotRun(child.returncode)
    return made
