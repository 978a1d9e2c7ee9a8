"""What two tabs, two clicks and two messages do at the same instant, each in a transaction of its own."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import func, select

from register.account import Account
from register.application import Application, ApplicationState, NotNow, start, submit
from register.entry import Entry
from register.kit.db import connect, sessions_of
from register.part import Part
from tests.applications import fill, make_application, make_form, make_sent_application
from tests.make import make_account, make_process

TRIES = 4


@pytest.fixture
async def committed(clone):
    """Sessions that really commit, on a database of their own."""
    engine = connect(await clone())
    yield sessions_of(engine)
    await engine.dispose()


async def all_at_once(sessions, act):
    async def once():
        async with sessions.begin() as session:
            return await act(session)

    return await asyncio.gather(*(once() for _ in range(TRIES)), return_exceptions=True)


async def test_beginning_at_once_begins_one(committed):
    async with committed.begin() as session:
        account = await make_account(session)

    async def begin(session):
        mine = await session.get_one(Account, account.id)
        by = make_process(session, actor=mine)
        return (await start(session, mine, Part.MANAGER, by=by)).reference

    references = await all_at_once(committed, begin)

    assert len(set(references)) == 1


async def test_sending_at_once_sends_once(committed):
    async with committed.begin() as session:
        draft = await make_application(session)
        await fill(session, draft, make_form())

    async def send(session):
        mine = await session.get_one(Application, draft.id)
        await submit(session, mine, by=make_process(session))

    outcomes = await all_at_once(committed, send)

    assert outcomes.count(None) == 1
    assert [type(one) for one in outcomes if one].count(NotNow) == TRIES - 1


async def test_news_of_the_fee_at_once_makes_one_entry(committed, now):
    async with committed.begin() as session:
        sent = await make_sent_application(session)
        by = make_process(session)
        sent.take_up(await make_account(session), by=by)
        sent.propose(by=by)
        sent.approve(pay_by=date(2027, 3, 24), by=by)

    async def pay(session):
        mine = await session.get_one(Application, sent.id)
        await mine.paid(session, at=now, by=make_process(session))

    outcomes = await all_at_once(committed, pay)

    async with committed.begin() as session:
        entries = await session.scalar(select(func.count()).select_from(Entry))
        state = (await session.get_one(Application, sent.id)).state
    assert outcomes == [None] * TRIES
    assert entries == 1
    assert state is ApplicationState.GRANTED
