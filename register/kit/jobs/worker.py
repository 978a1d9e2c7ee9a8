"""The worker: one process of many, each job in a transaction, which any of them may take over from one that died."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial

import asyncpg
import structlog
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.errors import FailingListenerError
from pgqueuer.models import Job as PickedJob
from pgqueuer.models import Schedule
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from register.kit.clock import Now
from register.kit.db import Role, Sessions, connect, sessions_of
from register.kit.jobs.kinds import cron, kinds, periods
from register.kit.jobs.queue import (
    Overtaken,
    do,
    done,
    failure,
    fall_due,
    this_try,
    wait_before,
)

log = structlog.get_logger(__name__)

AT_ONCE = 10
LONGEST_WORK = timedelta(minutes=10)
"""Of one job beside the database: ten files at once, of which two at a time are scanned and made anew."""
TAKE_OVER_AFTER = timedelta(seconds=15)
DATABASE_LOST = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    DBAPIError,
    FailingListenerError,
)
"""The driver takes a connection that ended in the middle of something for a fault of its own, too."""


class KilledItsWorker(Exception):
    """It was begun as often as it may and never came to an end."""


async def run_worker(
    database_url: str,
    now: Now,
    *,
    stop: asyncio.Event | None = None,
    take_over_after: timedelta = TAKE_OVER_AFTER,
) -> None:
    """Do what is queued until told to stop (by SIGTERM, where no event is given); then finish what was begun."""
    stop = stop or _stop_on_signal()
    engine = connect(database_url, idle=LONGEST_WORK, pool_size=AT_ONCE, max_overflow=2)
    losses = 0
    while not stop.is_set():
        try:
            await _work(database_url, sessions_of(engine), now, stop, take_over_after)
        except DATABASE_LOST as error:
            losses += 1
            log.warning(
                "worker lost the database", error=type(error).__name__, losses=losses
            )
            await _pause(stop, min(wait_before(losses), timedelta(seconds=10)))
    await engine.dispose()


def _stop_on_signal() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _work(
    database_url: str,
    sessions: Sessions,
    now: Now,
    stop: asyncio.Event,
    take_over_after: timedelta,
) -> None:
    async with _pool(database_url) as pool:
        queuer = PgQueuer(AsyncpgPoolDriver(pool))
        for kind in kinds.values():
            queuer.entrypoint(kind.name, on_failure=kind.on_failure)(
                _worked(sessions, now, stop)
            )
        for name, period in periods.items():
            await fall_due(sessions, name)
            queuer.schedule(name, cron(period), clean_old=True)(
                partial(_fall_due_again, sessions)
            )
        running = asyncio.create_task(
            queuer.run(
                batch_size=AT_ONCE // 2,
                max_concurrent_tasks=AT_ONCE,
                dequeue_timeout=timedelta(seconds=5),
                heartbeat_timeout=take_over_after,
                shutdown_on_listener_failure=True,
            )
        )
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        queuer.shutdown.set()
        await running


@asynccontextmanager
async def _pool(database_url: str) -> AsyncGenerator[asyncpg.Pool, None]:
    """The queue's own connections: one listens, the others pick."""
    pool = await asyncpg.create_pool(
        database_url,
        min_size=2,
        max_size=4,
        timeout=3,
        command_timeout=30,
        server_settings={"role": str(Role.APP), "application_name": "register queue"},
    )
    try:
        yield pool
    finally:
        pool.terminate()


async def _fall_due_again(sessions: Sessions, schedule: Schedule) -> None:
    await fall_due(sessions, schedule.entrypoint)


def _worked(
    sessions: Sessions, now: Now, stop: asyncio.Event
) -> Callable[[PickedJob], Awaitable[None]]:
    async def work(picked: PickedJob) -> None:
        tries = picked.attempts + 1
        try:
            async with sessions.begin() as session:
                tries = await _tries(session, picked)
                this_try.set(tries)
                await do(session, picked, now)
                await _must_be_ours(session, picked)
                await done(session, picked)
        except Exception as error:  # noqa: BLE001 - whatever it is, the job comes back or is held
            await _database_back(sessions, stop)
            raise failure(picked, tries, error) from None

    return work


async def _tries(session: AsyncSession, picked: PickedJob) -> int:
    """How often it was begun, told from the picks: a job that kills its worker never gets to count a failure."""
    begun = await session.scalar(
        text("""select count(*) from pgqueuer_log where job_id = :job and status = 'picked' and id >
                coalesce((select max(id) from pgqueuer_log where job_id = :job and status = 'failed'), 0)"""),
        {"job": picked.id},
    )
    if begun > kinds[picked.entrypoint].tries:
        raise KilledItsWorker
    return int(begun)


async def _must_be_ours(session: AsyncSession, picked: PickedJob) -> None:
    """A worker that stood still too long has lost its job to another; the row's lock decides which of the two commits."""
    ours = await session.scalar(
        text(
            "select id from pgqueuer where id = :job and status = 'picked' and queue_manager_id = :us for update"
        ),
        {"job": picked.id, "us": picked.queue_manager_id},
    )
    if ours is None:
        raise Overtaken


async def _database_back(sessions: Sessions, stop: asyncio.Event) -> None:
    """Wait for the database, because a retry that cannot be written down is taken for a last failure."""
    while not stop.is_set():
        try:
            async with sessions() as session:
                await session.execute(text("select 1"))
        except DATABASE_LOST:
            await _pause(stop, timedelta(seconds=1))
        else:
            return


async def _pause(stop: asyncio.Event, wait: timedelta) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), wait.total_seconds())
