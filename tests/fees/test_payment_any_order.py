"""Whatever happens in whatever order: one receipt and one entry at most, and no penny unaccounted for.

A life is a list of happenings: the payer presses, pays, cancels or leaves; answers get lost, the service is down, a process is
killed; returns, webhooks and mop-ups come when they like and as often as they like. Afterwards the world comes right again, time
passes, and only the mop-up goes on. Then the books must be in order.
"""

import tempfile
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import async_sessionmaker

from fees.govuk_pay import PayFailed
from fees.invoice import Invoice, raise_due
from fees.payment import (
    UNSETTLED,
    Overpayment,
    Owed,
    Payment,
    PaymentState,
    Receipt,
    check,
    close_unpaid,
    go_to_pay,
    to_pay,
    write_off_unpaid,
)
from register.account import Account
from register.application import ApplicationState
from register.entry import Entry
from register.kit.clock import day_of, end_of
from register.kit.errors import Refused
from tests.conftest import Clock
from tests.fees.books import the_ledger_is_sound
from tests.fees.owing import DECLINED, PAY_BY, RETURN, PayService, make_approved
from tests.make import NOW
from tests.thorough import many

IN_TIME = end_of(PAY_BY)


class Life:
    """One approved application, its payer and GOV.UK Pay."""

    def __init__(self, sessions, session, service, clock, application, account):
        self.sessions, self.session = sessions, session
        self.service, self.clock = service, clock
        self.application, self.account = application, account
        self.pages = []

    async def press(self):
        if not await to_pay(self.session, self.account, today=day_of(self.clock.now)):
            return
        with suppress(Refused):
            page = await go_to_pay(
                self.session,
                self.sessions,
                self.service.client,
                Owed.for_application(self.application),
                return_url=RETURN,
                now=self.clock.now,
                by=self.account,
            )
            self.pages += [page] if page else []

    async def press_and_lose_the_answer(self):
        self.service.transport.lost = {"POST"}
        await self.press()
        self.service.transport.lost = set()

    async def press_while_it_is_down(self):
        self.service.transport.down = True
        await self.press()
        self.service.transport.down = False

    async def pay(self):
        if self.pages:
            await self.service.pays(self.pages[-1])

    async def pay_on_the_first_page(self):
        if self.pages:
            await self.service.pays(self.pages[0])

    async def give_a_bad_card(self):
        if self.pages:
            await self.service.pays(self.pages[-1], card_number=DECLINED)

    async def cancel(self):
        if self.pages:
            await self.service.leaves(self.pages[-1])

    async def come_back(self):
        with suppress(PayFailed):
            for payment in (await self.payments())[-1:]:
                await self._check(payment)

    async def come_back_while_it_is_down(self):
        self.service.transport.down = True
        await self.come_back()
        self.service.transport.down = False

    async def come_back_and_be_killed(self):
        async with self.session.begin_nested() as request:
            await self.come_back()
            await self.session.flush()
            await request.rollback()
        self.session.expire_all()
        await self.session.refresh(self.application)
        await self.session.refresh(self.account)

    async def hear_of_every_payment(self):
        """What webhooks bring about, also for what had ended long ago."""
        for payment in await self.payments():
            await self._check(payment)

    async def mop_up(self):
        for payment in await self.payments():
            if payment.state in UNSETTLED:
                await self._check(payment)

    async def bill(self):
        await raise_due(self.session, self.clock.now)

    async def close_what_is_unpaid(self):
        await close_unpaid(self.session, self.clock.now)

    async def write_off_what_is_unpaid(self):
        await write_off_unpaid(self.session, self.clock.now)

    async def pass_a_minute(self):
        self.clock.now += timedelta(minutes=1)

    async def pass_forty_minutes(self):
        self.clock.now += timedelta(minutes=40)

    async def pass_four_hours(self):
        self.clock.now += timedelta(hours=4)

    async def begin_the_last_hour(self):
        self.clock.now = max(self.clock.now, IN_TIME - timedelta(hours=1))

    async def payments(self):
        found = select(Payment).order_by(Payment.asked_at, Payment.attempt)
        return list(await self.session.scalars(found))

    async def _check(self, payment):
        await check(self.session, self.service.client, payment, now=self.clock.now)

    async def come_right(self):
        """Nobody does anything any more; only the mop-up goes on."""
        for _ in range(3):
            self.clock.now += timedelta(hours=2)
            await self.mop_up()
            await self.session.flush()

    async def count(self, table):
        return await self.session.scalar(select(func.count()).select_from(table))


HAPPENINGS = [
    name
    for name in vars(Life)
    if not name.startswith("_") and name not in ("payments", "come_right", "count")
]


@asynccontextmanager
async def a_life(engine, kind=Life):
    async with engine.connect() as connection:
        outer = await connection.begin()
        sessions = async_sessionmaker(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        clock = Clock(NOW)
        with tempfile.TemporaryDirectory() as folder:
            service = PayService(Path(folder), clock)
            async with sessions() as session:
                application = await make_approved(session)
                account = await session.get_one(Account, application.account_id)
                yield kind(sessions, session, service, clock, application, account)
            await service.close()
        await outer.rollback()


async def the_books_are_in_order_after(engine, happenings):
    async with a_life(engine) as life:
        for what in happenings:
            await getattr(life, what)()
            await life.session.flush()
            await nothing_is_there_twice(life)
        await life.come_right()

        await nothing_is_there_twice(life)
        await every_penny_is_accounted_for(life)


async def nothing_is_there_twice(life):
    await the_ledger_is_sound(life.session)
    await life.session.refresh(life.application)
    granted = life.application.state is ApplicationState.GRANTED
    receipts, entries = await life.count(Receipt), await life.count(Entry)
    assert (receipts, entries) == ((1, 1) if granted else (0, 0))
    assert await life.count(Invoice) <= 1
    assert sum(p.state in UNSETTLED for p in await life.payments()) <= 1


async def every_penny_is_accounted_for(life):
    taken = [made for made in life.service.made() if made.status == "success"]
    payments = await life.payments()
    paid = {p.provider_id for p in payments if p.state is PaymentState.PAID}
    for_nothing = await life.count(Overpayment)
    assert not any(p.state in UNSETTLED for p in payments)
    assert paid == {made.payment_id for made in taken}
    assert await life.count(Receipt) + for_nothing == len(taken)
    in_time = [m for m in taken if datetime.fromisoformat(m.states[-1][3]) < IN_TIME]
    assert await life.count(Receipt) == bool(in_time)
    assert {p.amount_pence for p in payments} <= {9000}


lives = st.lists(st.sampled_from(HAPPENINGS), max_size=25)
unhurried = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@settings(unhurried, max_examples=10)
@example(["press_and_lose_the_answer", "press", "pass_a_minute", "press", "pay"])
@example(
    ["press", "pay", "come_back_and_be_killed", "come_back", "hear_of_every_payment"]
)
@example(["press", "pass_four_hours", "press", "press", "pay", "pay_on_the_first_page"])
@example(["begin_the_last_hour", "press", "pass_forty_minutes", "pay", "come_back"])
@example(["begin_the_last_hour", "press", *["pass_forty_minutes"] * 2, "pay", "mop_up"])
@example(
    ["begin_the_last_hour", "press", "pay", "pass_four_hours", "close_what_is_unpaid"]
)
@given(lives)
async def test_the_books_are_in_order_whatever_happened(engine, happenings):
    await the_books_are_in_order_after(engine, happenings)


@pytest.mark.long
@pytest.mark.timeout(many(300))
@settings(unhurried, max_examples=many(40))
@given(lives)
async def test_the_books_are_in_order_after_very_many_lives(engine, happenings):
    await the_books_are_in_order_after(engine, happenings)
