"""A service outside on a bad day, for load tests: slow, failing at random, and now and then done without an answer.

Told by the environment of the sandbox alone: SANDBOX_PAY_DELAY, the mean in seconds, and SANDBOX_PAY_FAILS, a share of one.
"""

import asyncio
import os
import random
from typing import Self

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp, Message, Receive, Scope, Send

TOO_LONG = 12
"""Seconds: longer than anybody waits for an answer."""
ANSWER = ASGIResponse(
    body=b'{"code": "P0198", "description": "Downstream system error"}',
    status_code=503,
    media_type="application/json",
)


class Chaos(ASGIMiddleware):
    scopes = (ScopeType.HTTP,)

    def __init__(self, delay: float, fails: float) -> None:
        self.delay, self.fails = delay, fails

    @classmethod
    def of_environment(cls) -> Self:
        said = (os.environ.get(f"SANDBOX_PAY_{name}") for name in ("DELAY", "FAILS"))
        return cls(*(float(value or 0) for value in said))

    async def handle(
        self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp
    ) -> None:
        if self.delay:
            await asyncio.sleep(random.expovariate(1 / self.delay))
        if random.random() >= self.fails:  # noqa: S311 - the same
            await next_app(scope, receive, send)
            return
        how = random.choice(("refused", "done, and lost", "no answer"))  # noqa: S311 - the same
        if how == "done, and lost":
            await next_app(scope, receive, _nowhere)
        if how == "no answer":
            await asyncio.sleep(TOO_LONG)
        await ANSWER(scope, receive, send)


async def _nowhere(_: Message) -> None:
    """The answer is lost on its way."""
