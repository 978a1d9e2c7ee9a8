"""How many restricted sections a member of staff may open in a day."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from register.account import StaffRole
from register.application import SectionName
from register.assessment import (
    ReadingAct,
    ReadingEvent,
    ReadingLocked,
    locked_readers,
    read_checks,
    read_restricted,
    warned_today,
)
from register.assessment.quota import ReleasedAlready, YourOwnLock
from register.kit.errors import NotFound
from register.process import Event, ProcessText
from tests.make import NOW, make_account
from tests.register.assessing import act, allow, make_caseworker, make_sent

BOTH = (SectionName.HEALTH, SectionName.CRIMINAL)
LAST_MOMENT = datetime(2027, 3, 10, 23, 59, 59, tzinfo=UTC)
"""In winter London's midnight is that of UTC."""


@pytest.fixture
async def figures(session):
    """Warned at the second section, locked at the fourth."""
    await allow(session, warn=2, lock=4)


@pytest.fixture
async def reader(session):
    return await make_account(session, StaffRole.AUDITOR)


async def read(session, application, reader, section=SectionName.HEALTH, now=NOW):
    quota = await read_restricted(session, application, section, reader=reader, now=now)
    await session.flush()
    return quota


async def read_four(session, reader, now=NOW):
    for application in [await make_sent(session), await make_sent(session)]:
        for section in BOTH:
            quota = await read(session, application, reader, section, now=now)
    return quota


async def told(session, kind):
    return await session.scalar(select(func.count()).where(Event.kind == kind))


@pytest.mark.usefixtures("figures")
async def test_a_reader_is_warned_once_and_then_locked_out(session, reader):
    one, two = await make_sent(session), await make_sent(session)

    first = await read(session, one, reader)
    again = await read(session, one, reader)
    second = await read(session, one, reader, SectionName.CRIMINAL)
    third = await read(session, two, reader)
    fourth = await read(session, two, reader, SectionName.CRIMINAL)

    quotas = (first, again, second, third, fourth)
    assert [quota.opened for quota in quotas] == [1, 1, 2, 3, 4]
    assert [quota.warns for quota in quotas] == [False, False, True, True, True]
    assert [quota.locks for quota in quotas] == [False, False, False, False, True]
    with pytest.raises(ReadingLocked):
        await read(session, one, reader)
    assert await told(session, "restricted_section_read") == 5
    assert await told(session, ReadingEvent.WARNED) == 1
    assert await told(session, ReadingEvent.LOCKED) == 1
    [warned] = await warned_today(session, now=NOW)
    assert (warned.account, warned.sections) == (reader, 2)


@pytest.mark.usefixtures("figures")
async def test_a_lock_outlasts_the_day_until_somebody_else_releases_it(session, reader):
    manager = await make_account(session, StaffRole.TEAM_MANAGER)
    await read_four(session, reader)
    application = await make_sent(session)
    [lock] = await locked_readers(session)
    tomorrow = NOW + timedelta(days=1)

    with pytest.raises(ReadingLocked):
        await read(session, application, reader, now=tomorrow)
    with pytest.raises(YourOwnLock):
        lock.release(
            words="I", releaser=reader, by=act(session, ReadingAct.RELEASE, reader)
        )
    by = act(session, ReadingAct.RELEASE, manager, now=tomorrow)
    lock.release(words="They stood in", releaser=manager, by=by)
    await session.flush()
    with pytest.raises(ReleasedAlready):
        lock.release(words="Twice", releaser=manager, by=by)

    assert (await read(session, application, reader, now=tomorrow)).opened == 1
    assert await locked_readers(session) == []
    words = select(ProcessText.words).where(ProcessText.process_id == by.id)
    assert await session.scalar(words) == "They stood in"


@pytest.mark.usefixtures("figures")
async def test_each_day_begins_anew_at_midnight(session, reader):
    one, two = await make_sent(session), await make_sent(session)
    await read(session, one, reader, now=LAST_MOMENT)

    same_day = await read(session, two, reader, now=LAST_MOMENT)
    next_day = await read(session, one, reader, now=LAST_MOMENT + timedelta(seconds=1))

    assert (same_day.opened, next_day.opened) == (2, 1)


@pytest.mark.usefixtures("figures")
async def test_what_others_read_and_what_is_not_restricted_does_not_count(
    session, reader
):
    application = await make_sent(session)
    await read(session, application, await make_account(session, StaffRole.REGISTRAR))

    nothing = await read_checks(
        session, application, [SectionName.DBS], reader=reader, now=NOW
    )
    both = await read_checks(session, application, BOTH, reader=reader, now=NOW)

    assert nothing is None
    assert both.opened == 2


async def test_who_may_not_read_leaves_nothing_behind(session):
    application = await make_sent(session)

    with pytest.raises(NotFound):
        await read(session, application, await make_caseworker(session))

    assert await told(session, "restricted_section_read") == 0
