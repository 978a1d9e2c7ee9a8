"""`python -m register.kit.sandbox`: all of them, next to the service."""

import asyncio
import sys

import uvicorn

from register.kit.clock import system_clock
from register.kit.sandbox import create_sandbox
from register.kit.sandbox.scanner import serve_scanner
from register.kit.settings import settings


async def serve() -> None:
    known = settings()
    app = create_sandbox(known, system_clock(known.clock_offset))
    async with await serve_scanner(known.scanner_host, known.scanner_port):
        await uvicorn.Server(
            uvicorn.Config(
                app,
                host=known.host,
                port=known.port + 1,
                log_level="warning",
                server_header=False,
            )
        ).serve()


if __name__ == "__main__":
    try:
        asyncio.run(serve())
    except OSError as error:
        sys.exit(f"The sandboxes cannot start: {error}")
