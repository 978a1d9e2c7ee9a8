"""The sign of life that a worker leaves in its data folder, for who watches over it."""

import asyncio
import socket
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from register.kit.startup import CannotStart

SIGN = f"worker.{socket.gethostname()}.alive"
EVERY = 5.0
SILENT_TOO_LONG = 60.0


@asynccontextmanager
async def showing_life(data_dir: Path) -> AsyncGenerator[None, None]:
    beat = asyncio.create_task(_beat(data_dir / SIGN))
    try:
        yield
    finally:
        beat.cancel()
        await asyncio.to_thread((data_dir / SIGN).unlink, missing_ok=True)


def require_life(data_dir: Path) -> None:
    try:
        silent = time.time() - (data_dir / SIGN).stat().st_mtime
    except OSError:
        raise CannotStart(f"No worker works in {data_dir}.") from None
    if silent > SILENT_TOO_LONG:
        raise CannotStart(f"The worker has been silent for {silent:.0f} seconds.")


async def _beat(sign: Path) -> None:
    while True:
        await asyncio.to_thread(sign.touch)
        await asyncio.sleep(EVERY)
