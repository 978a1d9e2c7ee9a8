"""Limits and lock-outs hold on a real, committed database, whoever asks at once."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from register.kit.db import connect, sessions_of
from register.kit.errors import TooMany
from register.kit.security import limits, lock_outs
from register.kit.security.limits import (
    CODE,
    SEARCH,
    Limit,
    Meter,
    ProcessLimit,
    Rate,
    hit,
    network,
)
from register.kit.security.lock_outs import LockOut, LockOuts
from register.kit.security.sessions import StoredSession
from register.kit.security.sweeping import sweep_sessions_and_limits

SLOW = Limit("slow", (Rate(10, timedelta(hours=1)),))


@pytest.fixture(scope="module")
async def pools(clone):
    """Three processes' worth of connections to one database."""
    url = await clone()
    async with AsyncExitStack() as stack:
        engines = [connect(url) for _ in range(3)]
        for engine in engines:
            stack.push_async_callback(engine.dispose)
        yield [sessions_of(engine) for engine in engines]


async def tries(sessions, limit, identity, count):
    passed = 0
    for _ in range(count):
        try:
            await hit(sessions, limit, identity)
        except TooMany:
            continue
        passed += 1
    return passed


async def test_a_limit_is_exact_across_processes(pools):
    counts = await asyncio.gather(
        *(tries(pool, SLOW, "alice", 10) for pool in pools for _ in range(3))
    )

    assert sum(counts) == 10


async def test_another_identity_has_a_limit_of_its_own(pools):
    assert await tries(pools[0], SLOW, "bob", 11) == 10
    assert await tries(pools[0], SLOW, "charlie", 1) == 1


async def test_all_rates_of_a_limit_hold(pools):
    assert await tries(pools[0], CODE, "dora", 30) == 5


async def test_a_refusal_says_when_to_try_again(pools):
    limit = Limit("hourly", (Rate(1, timedelta(hours=1)),))
    await hit(pools[0], limit, "erin")

    with pytest.raises(TooMany) as refused:
        await hit(pools[1], limit, "erin")

    assert 3590 <= refused.value.retry_after <= 3600


async def test_a_limit_lets_pass_again_after_a_while(pools):
    limit = Limit("quick", (Rate(1, timedelta(milliseconds=50)),))
    await hit(pools[0], limit, "frank")
    await asyncio.sleep(0.06)

    await hit(pools[0], limit, "frank")


async def test_a_try_may_cost_more(pools):
    await hit(pools[0], limits.UPLOAD_MEGABYTES, "gina", cost=150)

    with pytest.raises(TooMany):
        await hit(pools[0], limits.UPLOAD_MEGABYTES, "gina", cost=51)
    await hit(pools[0], limits.UPLOAD_MEGABYTES, "gina", cost=50)


async def test_what_costs_more_than_the_limit_never_passes(pools):
    with pytest.raises(TooMany):
        await hit(pools[0], limits.UPLOAD_MEGABYTES, "hugo", cost=201)


async def test_a_try_can_be_given_back(pools):
    counted = limits.Limits(pools[0])
    for _ in range(20):
        await counted.hit(SLOW, "laura")
        await counted.give_back(SLOW, "laura")

    assert await tries(pools[0], SLOW, "laura", 11) == 10


async def test_the_table_names_nobody(pools):
    await hit(pools[0], SLOW, "ida@example.org")

    async with pools[0]() as db:
        keys = (await db.scalars(select(Meter.key))).all()

    assert all(b"ida" not in key and len(key) == 32 for key in keys)


async def test_meters_that_are_full_again_are_swept(pools):
    await hit(pools[0], Limit("gone", (Rate(1, timedelta(milliseconds=1)),)), "jack")
    await asyncio.sleep(0.01)
    async with pools[0].begin() as db:
        before = await db.scalar(select(func.count()).select_from(Meter))
        await limits.sweep(db)
        after = await db.scalar(select(func.count()).select_from(Meter))

    assert after < before


async def test_without_a_database_search_goes_on_and_sign_in_does_not():
    nowhere = sessions_of(connect("postgresql://nobody@/nothing?host=/nowhere"))

    await hit(nowhere, SEARCH, "kate")
    with pytest.raises(OSError, match="No such file"):
        await hit(nowhere, limits.SIGN_IN, "kate")


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("testclient", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_household_counts_as_one(address, counted_as):
    assert network(address) == counted_as


def test_a_process_limit_lets_so_many_pass_and_then_its_share():
    now = 0.0
    limit = ProcessLimit(Rate(60, timedelta(minutes=1)), clock=lambda: now)
    for _ in range(60):
        limit.hit("a")
    with pytest.raises(TooMany):
        limit.hit("a")
    limit.hit("b")

    now = 1.0

    limit.hit("a")
    with pytest.raises(TooMany):
        limit.hit("a")


def test_a_process_limit_does_not_grow_without_end(monkeypatch):
    limit = ProcessLimit(Rate(60, timedelta(minutes=1)))
    monkeypatch.setattr(limit, "MOST_REMEMBERED", 10)
    for n in range(100):
        limit.hit(str(n))

    assert len(limit._full_at) == 10


# Lock-outs


async def fail(locks, who, times, now):
    for _ in range(times):
        await locks.failed(*who, now=now)


async def test_four_failures_lock_nobody(pools, now):
    locks, who = LockOuts(pools[0]), ("alice", "10.0.0.1")
    await fail(locks, who, 4, now)

    await locks.refuse_locked(*who, now=now)


async def test_each_failure_from_the_fifth_doubles_the_wait(pools, now):
    locks, who, waits = LockOuts(pools[0]), ("bob", "10.0.0.1"), []
    await fail(locks, who, 4, now)
    for _ in range(3):
        await locks.failed(*who, now=now)
        with pytest.raises(TooMany) as refused:
            await locks.refuse_locked(*who, now=now)
        waits.append(refused.value.retry_after)

    assert waits == [60, 120, 240]


async def test_the_wait_has_an_end_however_many_failures(pools, now):
    locks, who = LockOuts(pools[0]), ("carol", "10.0.0.1")
    async with pools[0].begin() as db:
        db.add(LockOut(key=lock_outs._key(who), failures=10_000, last_failed_at=now))

    with pytest.raises(TooMany):
        await locks.refuse_locked(*who, now=now + timedelta(hours=4, microseconds=-1))
    await locks.refuse_locked(*who, now=now + timedelta(hours=4))


async def test_one_network_does_not_lock_another(pools, now):
    locks = LockOuts(pools[0])
    await fail(locks, ("dora", "10.0.0.1"), 9, now)

    await locks.refuse_locked("dora", "10.0.0.2", now=now)


async def test_parallel_failures_are_all_counted(pools, now):
    who = ("erin", "10.0.0.1")
    await asyncio.gather(*(fail(LockOuts(pool), who, 3, now) for pool in pools))

    async with pools[0]() as db:
        assert (await db.get(LockOut, lock_outs._key(who))).failures == 9


async def test_success_forgives(pools, now):
    locks, who = LockOuts(pools[0]), ("frank", "10.0.0.1")
    await fail(locks, who, 9, now)

    await locks.passed(*who)

    await locks.refuse_locked(*who, now=now)


async def test_a_day_forgives(pools, now):
    locks, who = LockOuts(pools[0]), ("gina", "10.0.0.1")
    await fail(locks, who, 9, now)
    later = now + timedelta(days=1, microseconds=1)

    await locks.failed(*who, now=later)
    await locks.refuse_locked(*who, now=later)
    async with pools[0].begin() as db:
        await lock_outs.sweep(db, later + timedelta(days=2))
        assert await db.get(LockOut, lock_outs._key(who)) is None


async def test_lock_outs_survive_a_crash_and_meters_need_not(pools):
    async with pools[0]() as db:
        asked = "select relname, relpersistence::text from pg_class where relname in ('lock_out', 'rate_limit')"
        kinds = dict((await db.execute(text(asked))).all())

    assert kinds == {"lock_out": "p", "rate_limit": "u"}


async def test_what_has_expired_is_swept_by_a_job(pools, now):
    expired = StoredSession(
        token_hash=b"1",
        data={},
        created_at=now - timedelta(hours=12),
        seen_at=now,
        expires_at=now,
    )
    alive = StoredSession(
        token_hash=b"2",
        data={},
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(seconds=1),
    )
    async with pools[0].begin() as db:
        db.add_all([expired, alive])
    async with pools[0].begin() as db:
        await sweep_sessions_and_limits(db, now)
    async with pools[0]() as db:
        left = (await db.scalars(select(StoredSession.token_hash))).all()

    assert left == [b"2"]
