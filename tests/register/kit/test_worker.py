"""The worker does each job once, whatever is killed, cut off or stopped in between."""

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from register.kit.clock import system_clock
from register.kit.db import connect, sessions_of
from register.kit.jobs import enqueue, held, run_worker
from tests import working

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def url(clone):
    url = await clone()
    owner = await asyncpg.connect(url)
    await owner.execute(working.TABLES)
    await owner.close()
    return url


@pytest.fixture
async def desk(url):
    """Commits what it queues, and sees what the workers have committed."""
    engine = connect(url, pool_size=2)
    yield sessions_of(engine)
    await engine.dispose()


@asynccontextmanager
async def worker(url):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.working", url, cwd=ROOT
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def put(desk, name, **ids):
    async with desk.begin() as session:
        await enqueue(session, name, ids)


async def words(desk):
    async with desk() as session:
        return sorted(
            await session.scalars(
                text("select word from work_done where word <> 'tick'")
            )
        )


async def begun(desk):
    async with desk() as session:
        return sorted(await session.scalars(text("select word from work_begun")))


async def until(ask, wanted, seconds=50):
    async with asyncio.timeout(seconds):
        while (seen := await ask()) != wanted:  # noqa: ASYNC110 - another process does what we wait for
            await asyncio.sleep(0.05)
    return seen


async def test_what_is_queued_is_done(url, desk):
    async with worker(url):
        for word in ("a", "b", "c"):
            await put(desk, "work_write", word=word)

        await until(lambda: words(desk), ["a", "b", "c"])


async def test_a_job_whose_worker_was_killed_is_done_once_by_the_next(url, desk):
    await put(desk, "work_then_die_once", word="a")
    async with worker(url) as first:
        assert await first.wait() == -signal.SIGKILL
    assert await words(desk) == []

    async with worker(url):
        await until(lambda: words(desk), ["a"])
        await until(lambda: left(desk), 0)

    assert await words(desk) == ["a"]


@pytest.mark.long
async def test_a_job_that_kills_every_worker_is_held(url, desk):
    await put(desk, "work_always_die", word="a")
    for _ in range(2):
        async with worker(url) as victim:
            assert await victim.wait() == -signal.SIGKILL

    async with worker(url):
        await put(desk, "work_write", word="b")
        await until(lambda: words(desk), ["b"])
        (stopped,) = await until(lambda: held_jobs(desk), [("work_always_die", True)])

    assert stopped


async def test_a_job_that_fails_leaves_nothing_and_is_held_in_the_end(url, desk):
    async with worker(url):
        await put(desk, "work_fail", word="a")

        await until(lambda: held_jobs(desk), [("work_fail", False)])

    assert await words(desk) == []
    assert await begun(desk) == ["a", "a", "a"]
    async with desk() as session:
        kept = await session.scalar(
            text("select string_agg(traceback::text, '') from pgqueuer_log")
        )
    assert "secret" not in kept


async def test_a_worker_that_is_told_to_stop_finishes_what_it_began(url, desk):
    await put(desk, "work_slowly", word="a", tenths=10)
    async with worker(url) as process:
        await until(lambda: begun(desk), ["a"])
        await put(desk, "work_slowly", word="b", tenths=0)

        process.send_signal(signal.SIGTERM)

        assert await process.wait() == 0
    assert "a" in await words(desk)


@pytest.mark.long
async def test_a_worker_that_stood_still_does_not_do_what_another_has_taken_over(
    url, desk
):
    await put(desk, "work_slowly", word="a", tenths=20)
    async with worker(url) as first:
        await until(lambda: begun(desk), ["a"])
        os.kill(first.pid, signal.SIGSTOP)
        async with worker(url):
            await until(lambda: begun(desk), ["a", "a"])
            await until(lambda: left(desk), 0)

            os.kill(first.pid, signal.SIGCONT)
            await asyncio.sleep(2.5)

        assert await words(desk) == ["a"]


async def test_a_worker_outlives_its_connections(url, desk):
    stop = asyncio.Event()
    working_here = asyncio.create_task(run_worker(url, system_clock(), stop=stop))
    await put(desk, "work_write", word="a")
    await until(lambda: words(desk), ["a"])

    owner = await asyncpg.connect(url)
    ended = await owner.fetchval("""select count(pg_terminate_backend(pid)) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()""")
    await owner.close()
    await put_again(desk, "work_write", word="b")
    await until(lambda: words(desk), ["a", "b"])

    assert ended >= 3
    stop.set()
    await working_here


@pytest.mark.long
async def test_what_is_done_every_second_is_done_by_one_of_two_workers(url, desk):
    async with worker(url), worker(url):
        await until(lambda: ticks(desk, 10), True)
        told = await moments(desk)

    # One may come late on a busy machine, and the next in time; of two workers' there would be twice as many.
    assert len(told) - 1 <= (told[-1] - told[0]).total_seconds() + 1.5


async def left(desk):
    async with desk() as session:
        return await session.scalar(
            text(
                "select count(*) from pgqueuer where entrypoint like 'work\\_%' and entrypoint <> 'work_tick'"
            )
        )


async def held_jobs(desk):
    async with desk() as session:
        return [
            (job.name, "KilledItsWorker" in job.error) for job in await held(session)
        ]


async def ticks(desk, least):
    async with desk() as session:
        return await session.scalar(
            text("select count(*) >= :least from work_done where word = 'tick'"),
            {"least": least},
        )


async def moments(desk):
    """Of the ticks, but for the one at the start of each worker."""
    async with desk() as session:
        return list(
            await session.scalars(
                text(
                    "select told from work_done where word = 'tick' order by told offset 2"
                )
            )
        )


async def put_again(desk, name, **ids):
    """The desk's own connections were ended too; the pool finds that out at its next use."""
    for _ in range(3):
        with suppress(Exception):
            return await put(desk, name, **ids)
    return await put(desk, name, **ids)
