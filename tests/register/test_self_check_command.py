"""`register self-check` and `register nightly`, as somebody who runs the service types them."""

import asyncio
import os
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from register.entry import EntryProjection, OrderKind
from register.kit.clock import day_of, start_of
from register.kit.db import connect, sessions_of
from register.self_check import SelfCheck
from tests import apart
from tests.make import make_entry, make_process

TODAY = day_of(datetime.now(UTC))
"""The commands have the machine's clock."""


def register(url, *arguments, **environment):
    """In a process of its own, since it reads the settings."""
    known = os.environ | {"DATABASE_URL": url} | environment
    return apart.register(*arguments, environment=known)


@pytest.fixture
def url(clone):
    return asyncio.run(clone())


def committed(url, act):
    async def run():
        engine = connect(url)
        async with sessions_of(engine).begin() as session:
            result = await act(session)
        await engine.dispose()
        return result

    return asyncio.run(run())


async def somebody(session):
    """Registered, and suspended until the day after tomorrow; gives the number."""
    on = start_of(TODAY)
    entry = await make_entry(session, on=on - timedelta(days=9))
    await entry.order(
        session,
        OrderKind.SUSPENSION_ORDER,
        on=on - timedelta(days=1),
        until=on + timedelta(days=2),
        wording=None,
        by=make_process(session, now=on - timedelta(days=1)),
    )
    return entry.person.number


async def planted(session):
    await session.execute(update(EntryProjection).values(town="Nowhere"))


async def status(session):
    return await session.scalar(select(EntryProjection.status))


async def checks(session):
    return list(await session.scalars(select(SelfCheck.ended_at)))


def test_the_self_check_tells_each_difference_in_a_line_and_fails(url):
    number = committed(url, somebody)
    whole = register(url, "self-check")
    committed(url, planted)

    code, told, said = register(url, "self-check")

    assert whole == (0, "No difference among 1 person.\n", "")
    assert code == 1
    assert told.splitlines() == [
        f"{surface} {number} town" for surface in ("projection", "search", "api")
    ]
    assert said == "Error: 3 differences among 1 person.\n"


def test_the_night_of_another_day_does_what_falls_due_on_it(url):
    committed(url, somebody)

    code, told, _ = register(url, "nightly", "--on", str(TODAY + timedelta(days=2)))

    assert code == 0
    assert told.splitlines()[-1].endswith(" jobs done.")
    assert committed(url, status) == "registered"
    [ended_at] = committed(url, checks)
    assert ended_at == start_of(TODAY + timedelta(days=2))


def test_the_night_fails_where_the_register_differs_from_itself(url):
    number = committed(url, somebody)
    committed(url, planted)

    code, told, said = register(url, "nightly")

    assert code == 1
    assert f"projection {number} town" in told
    assert "Error: 0 jobs failed, and the self-check found 3 differences.\n" in said


def test_in_production_no_night_comes_before_its_day(url):
    code, _, said = register(
        url, "nightly", "--on", str(date(2999, 1, 1)), ENVIRONMENT="production"
    )

    assert code == 1
    assert "In production nobody lapses before the day has come" in said
