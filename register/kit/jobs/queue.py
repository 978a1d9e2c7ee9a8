"""What is written to the queue and read from it, always in somebody's transaction."""

import random
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import msgspec
import structlog
from pgqueuer import Queries
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job as PickedJob
from pgqueuer.ports.driver import Driver
from pgqueuer.types import JobId
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from register.kit.clock import Now
from register.kit.db import Sessions
from register.kit.jobs.kinds import every, kinds
from register.kit.logs import where

log = structlog.get_logger(__name__)

SHORTEST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=30)

this_try: ContextVar[int] = ContextVar("this_try", default=1)


class Stopped(Exception):
    """What the queue keeps of a failure: its kind and place, never the values that it held."""


class Overtaken(Exception):
    """Another worker has taken the job over, so what this one did must not stand."""


def first_try() -> bool:
    """Whether this job has never been begun before; if it has, what it tells the outside may have been said already."""
    return this_try.get() == 1


async def enqueue(
    session: AsyncSession,
    name: str,
    ids: Mapping[str, str | int | UUID] | None = None,
    *,
    key: str | None = None,
    after: timedelta = timedelta(0),
) -> None:
    """Queue a job, if the caller's transaction commits; a `key` that waits already is not queued again."""
    payload = msgspec.json.encode(msgspec.convert(ids or {}, kinds[name].ids))
    await queue(session).enqueue(
        name, payload, execute_after=after, dedupe_key=key, on_conflict="skip"
    )


async def enqueue_all(
    session: AsyncSession,
    name: str,
    many: Sequence[Mapping[str, str | int | UUID]],
    *,
    after: timedelta = timedelta(0),
) -> None:
    """Queue a job for each of many, in one statement."""
    if not many:
        return
    ids = kinds[name].ids
    payloads: list[bytes | None] = [
        msgspec.json.encode(msgspec.convert(one, ids)) for one in many
    ]
    await queue(session).enqueue(
        [name] * len(many), payloads, [0] * len(many), [after] * len(many)
    )


async def fall_due(sessions: Sessions, name: str) -> None:
    """Through the queue, so that it runs in a worker's transaction and never twice at once."""
    async with sessions.begin() as session:
        await enqueue(session, name, key=f"every {name}")


class _SessionDriver:
    """pgqueuer's driver over a session: given the raw connection, a job queued by the session's first statement
    would escape a rollback, because SQLAlchemy has not begun the transaction yet.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch(self, query: str, *args: Any) -> list[dict[str, Any]]:
        connection = await self._session.connection()
        rows = await connection.exec_driver_sql(query, args)
        names = list(rows.keys())
        return [dict(zip(names, row, strict=True)) for row in rows]

    async def execute(self, query: str, *args: Any) -> str:
        connection = await self._session.connection()
        await connection.exec_driver_sql(query, args)
        return ""


def queue(session: AsyncSession) -> Queries:
    return Queries(cast("Driver", _SessionDriver(session)))


async def do(session: AsyncSession, picked: PickedJob, now: Now) -> None:
    kind = kinds[picked.entrypoint]
    ids = msgspec.json.decode(picked.payload or b"{}", type=kind.ids)
    await kind.handler(session, now(), **msgspec.structs.asdict(ids))
    await session.flush()


async def done(session: AsyncSession, picked: PickedJob) -> None:
    """Said in the transaction of the work itself: a worker killed in between leaves both or neither."""
    await queue(session).log_jobs([(picked, "successful", None)])


def failure(
    picked: PickedJob, tries: int, error: Exception
) -> RetryRequested | Stopped:
    """What the queue is told: only kind and place of the error, as the values in its text may be personal data."""
    found = where(error)
    told = f"{found['error']} at {found['called_from']}"
    last = tries >= kinds[picked.entrypoint].tries and not isinstance(error, Overtaken)
    log.warning(
        "job failed",
        job=picked.entrypoint,
        id=picked.id,
        tries=tries,
        last=last,
        error=told,
    )
    return Stopped(told) if last else RetryRequested(wait_before(tries + 1), told)


def wait_before(tries: int) -> timedelta:
    """Twice as long each time, and never the same for two, lest all come back at once."""
    wait: timedelta = min(SHORTEST_WAIT * 2 ** min(max(tries - 2, 0), 20), LONGEST_WAIT)
    spread: float = random.uniform(0.75, 1.25)  # noqa: S311 - it spreads load, and guards nothing
    return wait * spread


@dataclass(frozen=True)
class HeldJob:
    """Work that failed as often as it may, and waits for somebody to look."""

    id: int
    name: str
    since: datetime
    error: str


async def held(session: AsyncSession, *, limit: int = 100) -> list[HeldJob]:
    """The jobs that were given up, the latest first."""
    rows = await session.execute(
        text("""select job.id, job.entrypoint as name, job.updated as since, coalesce((
                    select traceback ->> 'exception_message' from pgqueuer_log
                    where job_id = job.id and traceback is not null order by id desc limit 1), '') as error
                from pgqueuer job where status = 'failed' order by job.updated desc, job.id desc limit :limit"""),
        {"limit": limit},
    )
    return [HeldJob(**row) for row in rows.mappings()]


async def run_again(session: AsyncSession, job_id: int) -> None:
    """Put a job that was given up back into the queue, with all its tries."""
    await queue(session).requeue_jobs([JobId(job_id)])


@every(hours=24)
async def forget_finished_jobs(session: AsyncSession, _: datetime) -> None:
    """By the database's clock, which stamps the queue's rows."""
    await session.execute(
        text("delete from pgqueuer_log where created < now() - interval '14 days'")
    )
    await session.execute(
        text(
            "delete from pgqueuer_statistics where created < now() - interval '90 days'"
        )
    )
