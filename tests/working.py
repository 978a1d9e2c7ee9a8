"""A worker in a process of its own, with jobs that can be seen to be done: `python -m tests.working URL`."""

import asyncio
import os
import signal
import sys
from datetime import timedelta

from sqlalchemy import text

from register.kit.clock import system_clock
from register.kit.jobs import every, first_try, job, queue, run_worker

TAKE_OVER_AFTER = timedelta(seconds=1)
TABLES = """
create table work_done (word text not null, told timestamptz not null default clock_timestamp());
create unlogged table work_begun (word text not null);
grant select, insert on work_done, work_begun to register_app
"""


async def write(session, word):
    await session.execute(
        text("insert into work_done (word) values (:word)"), {"word": word}
    )


async def begin(session, word):
    """Seen by others at once, whatever becomes of the job."""
    async with session.bind.connect() as own:
        await own.execute(text("insert into work_begun values (:word)"), {"word": word})
        await own.commit()


@job("work_write")
async def work_write(session, now, word: str):
    await write(session, word)


@job("work_slowly")
async def work_slowly(session, now, word: str, tenths: int):
    await write(session, word)
    await begin(session, word)
    await asyncio.sleep(tenths / 10)


@job("work_then_die_once")
async def work_then_die_once(session, now, word: str):
    await write(session, word)
    await session.flush()
    if first_try():
        os.kill(os.getpid(), signal.SIGKILL)


@job("work_always_die", tries=2)
async def work_always_die(session, now, word: str):
    os.kill(os.getpid(), signal.SIGKILL)


@job("work_fail", tries=3)
async def work_fail(session, now, word: str):
    await write(session, word)
    await begin(session, word)
    raise ValueError("the secret of " + word)


@every(seconds=1)
async def work_tick(session, now):
    await write(session, "tick")


if __name__ == "__main__":
    queue.SHORTEST_WAIT = timedelta(milliseconds=50)
    asyncio.run(
        run_worker(sys.argv[1], system_clock(), take_over_after=TAKE_OVER_AFTER)
    )
