from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from register.kit.jobs import (
    START,
    enqueue,
    first_try,
    go_on,
    held,
    job,
    run_again,
    run_due,
    run_pending,
    wait_before,
)
from register.kit.jobs.kinds import cron, periods
from register.kit.jobs.queue import queue

NOW = datetime(2027, 3, 10, 10, tzinfo=UTC)
done = []


@pytest.fixture(autouse=True)
def nothing_done_yet():
    done.clear()


@job("test_note", tries=3)
async def note(session, now, thing_id: UUID):
    done.append((thing_id, now, first_try()))


@job("test_write", tries=3)
async def write(session, now, word: str):
    await session.execute(text("insert into jotting values (:word)"), {"word": word})
    if word == "bad":
        raise ValueError("Siobhán O'Brien's secret")


@job("test_chain_begins")
async def chain_begins(session, now):
    done.append("begun")


@job("test_chain")
async def chain(session, now, count: int):
    done.append(count)
    if count:
        await enqueue(session, "test_chain", {"count": count - 1})


left: set[UUID] = set()


@job("test_batches")
async def batches(session, now, after: UUID):
    some = sorted(one for one in left if one > after)[:2]
    done.append((after.int, [one.int for one in some]))
    left.difference_update(some)
    await go_on(session, "test_batches", some, after=after)


async def queued(session):
    return await session.scalar(
        text(
            "select count(*) from pgqueuer where entrypoint like 'test_%' and status = 'queued'"
        )
    )


async def jottings(session):
    return list(await session.scalars(text("select word from jotting")))


@pytest.fixture
async def jotter(session):
    await session.execute(text("create temporary table jotting (word text)"))


async def test_the_queues_tables_are_those_that_pgqueuer_wants(session):
    """All but the function that wakes the workers, which says the same in fewer words."""
    plan = await queue(session).plan_upgrade()

    assert [statement.partition("(")[0] for statement in plan.statements] == [
        "CREATE OR REPLACE FUNCTION fn_pgqueuer_changed"
    ]


async def test_a_job_is_done_with_its_ids_and_the_moment(session, sessions):
    thing = uuid4()
    await enqueue(session, "test_note", {"thing_id": thing})

    count = await run_pending(sessions, lambda: NOW)

    assert count == 1
    assert done == [(thing, NOW, True)]
    assert await queued(session) == 0


async def test_a_job_goes_with_the_transaction_that_queued_it(sessions, session):
    async with sessions() as first:
        await enqueue(first, "test_note", {"thing_id": uuid4()})
        await first.rollback()

    assert await queued(session) == 0


async def test_a_key_that_waits_is_not_queued_again(session, sessions):
    for _ in range(2):
        await enqueue(session, "test_note", {"thing_id": uuid4()}, key="once")

    assert await run_pending(sessions, lambda: NOW) == 1


async def test_a_key_is_free_again_once_its_job_is_done(session, sessions):
    await enqueue(session, "test_note", {"thing_id": uuid4()}, key="once")
    await run_pending(sessions, lambda: NOW)

    await enqueue(session, "test_note", {"thing_id": uuid4()}, key="once")

    assert await queued(session) == 1


async def test_what_a_job_queues_is_done_too(session, sessions):
    await enqueue(session, "test_chain", {"count": 2})

    assert await run_pending(sessions, lambda: NOW) == 3
    assert done == [2, 1, 0]


async def test_each_batch_goes_on_behind_the_one_before_and_once_more_from_the_start(
    session, sessions
):
    left.update(UUID(int=n) for n in (5, 6, 7))
    await enqueue(session, "test_batches", {"after": START})

    await run_pending(sessions, lambda: NOW)

    assert done == [(0, [5, 6]), (6, [7]), (7, []), (0, [])]


async def test_who_stands_before_the_last_of_a_batch_is_found_from_the_start(
    session, sessions
):
    left.update(UUID(int=n) for n in (5, 6))
    await enqueue(session, "test_batches", {"after": UUID(int=5)})

    await run_pending(sessions, lambda: NOW)

    assert done == [(5, [6]), (6, []), (0, [5]), (5, []), (0, [])]


async def test_a_job_for_later_waits(session, sessions):
    await enqueue(session, "test_chain", {"count": 0}, after=timedelta(minutes=1))

    assert await run_pending(sessions, lambda: NOW) == 0
    assert await queued(session) == 1


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        ({}, "thing_id"),
        ({"thing_id": "Siobhán"}, "thing_id"),
        ({"thing_id": uuid4(), "name": "Siobhán"}, "name"),
    ],
)
async def test_a_job_is_queued_with_its_own_ids_and_nothing_else(session, ids, said):
    with pytest.raises(Exception, match=said):
        await enqueue(session, "test_note", ids)


async def test_a_job_that_nobody_does_is_not_queued(session):
    with pytest.raises(KeyError, match="test_nothing"):
        await enqueue(session, "test_nothing")


def test_a_job_asks_for_ids_only():
    async def tell(session, now, name: dict): ...

    with pytest.raises(TypeError, match="name"):
        job("test_tell")(tell)


def test_no_two_jobs_have_one_name():
    with pytest.raises(ValueError, match="test_note"):
        job("test_note")(note)


async def test_a_failed_job_leaves_nothing_and_comes_back(session, sessions, jotter):
    await enqueue(session, "test_write", {"word": "bad"})

    with pytest.raises(ValueError, match="secret"):
        await run_pending(sessions, lambda: NOW)

    assert await jottings(session) == []
    assert await queued(session) == 1


async def test_a_failed_job_does_not_stop_the_others(session, sessions, jotter):
    for word in ("bad", "good", "better"):
        await enqueue(session, "test_write", {"word": word})

    with pytest.raises(ValueError, match="secret"):
        await run_pending(sessions, lambda: NOW)

    assert await jottings(session) == ["good", "better"]


async def test_a_job_that_fails_too_often_is_held_and_can_be_run_again(
    session, sessions, jotter
):
    await fail_for_good(session, sessions)

    (stopped,) = await held(session)
    await run_again(session, stopped.id)

    assert stopped.name == "test_write"
    assert await held(session) == []
    assert await queued(session) == 1


async def test_the_queue_keeps_no_values_of_a_failure(session, sessions, jotter):
    await fail_for_good(session, sessions)

    (stopped,) = await held(session)
    kept = await session.scalar(
        text("select string_agg(coalesce(traceback::text, ''), ' ') from pgqueuer_log")
    )

    assert stopped.error.startswith("builtins.ValueError at ")
    assert "secret" not in kept
    assert "O'Brien" not in kept


async def fail_for_good(session, sessions):
    await enqueue(session, "test_write", {"word": "bad"})
    for _ in range(3):
        await session.execute(text("update pgqueuer set execute_after = now()"))
        with pytest.raises(ValueError, match="secret"):
            await run_pending(sessions, lambda: NOW)


def test_the_waits_double_up_to_half_an_hour():
    waits = [wait_before(tries).total_seconds() for tries in (2, 3, 4, 40)]

    assert waits == pytest.approx([5, 10, 20, 1800], rel=0.26)


@pytest.mark.parametrize(
    ("period", "line"),
    [
        (timedelta(seconds=5), "* * * * * */5"),
        (timedelta(minutes=1), "*/1 * * * *"),
        (timedelta(minutes=30), "*/30 * * * *"),
        (timedelta(hours=1), "0 */1 * * *"),
        (timedelta(days=1), "0 */24 * * *"),
    ],
)
def test_an_interval_is_a_cron_line(period, line):
    assert cron(period) == line


@pytest.mark.parametrize(
    "period",
    [timedelta(0), timedelta(seconds=7), timedelta(minutes=50), timedelta(days=2)],
)
def test_an_interval_that_no_cron_line_can_say_is_refused(period):
    with pytest.raises(ValueError, match="divides"):
        cron(period)


async def test_all_that_falls_due_by_time_is_done_once_and_so_is_what_waits(
    session, sessions, monkeypatch
):
    monkeypatch.delitem(periods, "work_tick", raising=False)
    monkeypatch.setitem(periods, "test_chain_begins", timedelta(hours=24))
    await enqueue(session, "test_note", {"thing_id": UUID(int=1)})
    await session.commit()

    outcome = await run_due(sessions, lambda: NOW)

    assert done.count("begun") == 1
    assert (UUID(int=1), NOW, True) in done
    assert outcome.failures == []
    assert outcome.done >= len(periods) + 1


async def test_what_fails_on_the_way_is_counted_and_the_rest_is_done(
    session, sessions, jotter, monkeypatch
):
    monkeypatch.delitem(periods, "work_tick", raising=False)
    await enqueue(session, "test_write", {"word": "bad"})
    await enqueue(session, "test_write", {"word": "good"})
    await session.commit()

    outcome = await run_due(sessions, lambda: NOW)

    assert [type(failure) for failure in outcome.failures] == [ValueError]
    assert "good" in await jottings(session)
