"""Doing what is due here and now: for tests, and for the nightly command."""

from collections.abc import Callable
from dataclasses import dataclass

from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job as PickedJob
from pgqueuer.models import TracebackRecord
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from register.kit.clock import Now
from register.kit.db import Sessions
from register.kit.jobs.kinds import kinds, periods
from register.kit.jobs.queue import (
    Stopped,
    do,
    done,
    failure,
    fall_due,
    queue,
    this_try,
)


@dataclass(frozen=True)
class Outcome:
    done: int
    failures: list[Exception]


async def run_due(
    sessions: Sessions, now: Now, *, step: Callable[[int], None] = lambda _: None
) -> Outcome:
    """Do here, once each, all that falls due by time, and whatever else waits; a job that failed comes back as with a worker."""
    for name in periods:
        await fall_due(sessions, name)
    return await _run(sessions, now, step)


async def run_pending(sessions: Sessions, now: Now) -> int:
    """Do here all that is due, and what that queues in turn, until nothing is left; then raise what failed on the way."""
    outcome = await _run(sessions, now, lambda _: None)
    if outcome.failures:
        raise (
            outcome.failures[0]
            if len(outcome.failures) == 1
            else ExceptionGroup("jobs failed", outcome.failures)
        )
    return outcome.done


async def _run(sessions: Sessions, now: Now, step: Callable[[int], None]) -> Outcome:
    count, failures = 0, list[Exception]()
    while await _do_next(sessions, now, failures):
        count += 1
        step(1)
    return Outcome(count - len(failures), failures)


async def _do_next(sessions: Sessions, now: Now, failures: list[Exception]) -> bool:
    """Do the next job, under the lock of its row: no worker picks it meanwhile."""
    picked = None
    try:
        async with sessions.begin() as session:
            if picked := await _next(session):
                this_try.set(picked.attempts + 1)
                await do(session, picked, now)
                await done(session, picked)
    except Exception as error:
        failures.append(error)
        if picked is None:
            raise
        async with sessions.begin() as session:
            await _failed(session, picked, failure(picked, picked.attempts + 1, error))
    return picked is not None


async def _next(session: AsyncSession) -> PickedJob | None:
    rows = await session.execute(
        text("""select * from pgqueuer where status = 'queued' and execute_after <= now() and entrypoint = any(:known)
                order by priority desc, id limit 1 for update skip locked"""),
        {"known": list(kinds)},
    )
    row = rows.mappings().one_or_none()
    return PickedJob.model_validate(dict(row)) if row else None


async def _failed(
    session: AsyncSession, picked: PickedJob, failure: RetryRequested | Stopped
) -> None:
    kept = TracebackRecord.from_exception(failure, picked.id, None)
    if isinstance(failure, RetryRequested):
        await queue(session).retry_job(picked, failure.delay, kept)
    else:
        held = kinds[picked.entrypoint].on_failure == "hold"
        await queue(session).log_jobs(
            [(picked, "failed" if held else "exception", kept)]
        )
