"""A run that two workers are at: one of them writes it, and neither undoes what the other did."""

import asyncio

import pytest
from sqlalchemy import func, select

from register.entry import Entry
from register.entry.facts import Lapse
from register.kit.clock import end_of
from register.kit.db import connect, sessions_of
from register.kit.jobs import START
from register.renewal import LapseRun, RunState, prepare_runs
from register.renewal.sweep import lapse_some
from tests.register.lapsing import RELEASED, noticed, registered, released
from tests.register.renewing import ENDS, HOUR


@pytest.fixture
async def committed(clone):
    engine = connect(await clone())
    yield sessions_of(engine)
    await engine.dispose()


@pytest.fixture
async def run_id(committed):
    async with committed.begin() as session:
        await noticed(session, *[await registered(session) for _ in range(3)])
        return (await released(session)).id


async def lapses(sessions):
    async with sessions.begin() as session:
        return await session.scalar(select(func.count()).select_from(Lapse))


async def test_whoever_comes_second_leaves_the_run_to_the_first(committed, run_id):
    async with committed.begin() as first:
        async with committed.begin() as busy:
            some = await busy.scalar(select(Entry.id).limit(1))
            await Entry.load(busy, some, lock=True)
            await lapse_some(first, RELEASED, run_id=run_id, after=START)
        async with committed.begin() as second, asyncio.timeout(10):
            await lapse_some(second, RELEASED, run_id=run_id, after=START)

    before = await lapses(committed)
    async with committed.begin() as third:
        await lapse_some(third, RELEASED, run_id=run_id, after=START)

    assert (before, await lapses(committed)) == (2, 3)


async def test_whoever_finds_the_run_free_goes_on_with_it(committed, run_id):
    async with committed.begin() as session:
        await lapse_some(session, RELEASED, run_id=run_id, after=START)

    async with committed.begin() as session:
        await lapse_some(session, RELEASED, run_id=run_id, after=START)
        run = await session.get_one(LapseRun, run_id)
        assert run.state is RunState.WRITTEN
        assert run.lapsed == 3


async def test_a_run_that_is_released_is_not_kept_from_who_writes_it(committed, run_id):
    async with committed.begin() as night:
        await prepare_runs(night, end_of(ENDS) + 4 * HOUR)
        async with committed.begin() as session:
            await lapse_some(session, RELEASED, run_id=run_id, after=START)

    async with committed.begin() as session:
        assert (await session.get_one(LapseRun, run_id)).lapsed == 3
