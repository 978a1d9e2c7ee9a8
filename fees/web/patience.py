"""How long a page waits for GOV.UK Pay. What takes longer goes on behind it, in a transaction of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from fees import govuk_pay
from fees.govuk_pay import PayFailed
from fees.payment import Payment, check
from register.account import Account
from register.kit.db import Sessions
from register.kit.errors import Refused
from register.kit.settings import settings

log = structlog.get_logger()

T = TypeVar("T")

AT_ONCE = 8
"""In each process: each may hold a connection to the database for as long as GOV.UK Pay takes, and all other pages need some."""
going_on = set[asyncio.Task[object]]()
"""Nothing else holds them. One that a restart cuts off was not needed: whatever is in doubt is looked up by a job."""


class Busy(Refused):
    def __init__(self) -> None:
        super().__init__(
            "GOV.UK Pay is slow to answer at the moment. Nothing was begun, and no money was taken. Try again in a minute."
        )


async def in_time(
    database: Sessions, work: Callable[[AsyncSession], Awaitable[T]], *, otherwise: T
) -> T:
    """What comes of it, or whatever it raises, while somebody waits; later they are told `otherwise`, and it goes on.

    Raises Busy where too much goes on already.
    """
    if len(going_on) >= AT_ONCE:
        raise Busy
    task = asyncio.create_task(_alone(database, work))
    going_on.add(task)
    task.add_done_callback(going_on.discard)
    done, _ = await asyncio.wait({task}, timeout=settings().pay_wait_seconds)
    if done:
        return task.result()
    task.add_done_callback(_tell)
    return otherwise


async def _alone(database: Sessions, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    async with database.begin() as session:
        return await work(session)


async def look_again(
    database: Sessions, payment_id: UUID, *, now: datetime, by: Account | None = None
) -> None:
    """Where GOV.UK Pay does not say how a payment stands, the page that follows says that we are still checking."""

    async def look(own: AsyncSession) -> None:
        payment = await own.get_one(Payment, payment_id)
        payer = await own.get_one(Account, by.id) if by else None
        await check(own, govuk_pay.client(), payment, now=now, by=payer)

    with suppress(PayFailed, Busy):
        await in_time(database, look, otherwise=None)


def _tell(task: asyncio.Task[object]) -> None:
    """Nobody waits for it any more."""
    if not task.cancelled() and (error := task.exception()):
        log.warning("payment not begun", error=type(error).__name__)
