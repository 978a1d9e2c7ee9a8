"""Employer, persons and finance officer pay, cancel, credit and refund in any order and as often as they like.

No invoice is paid twice, no penny is lost, and when all has come right the ledger says the same as GOV.UK Pay.
"""

import tempfile
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import async_sessionmaker

from fees.acts import FeesAct
from fees.collective import CollectiveInvoice
from fees.credit_note import CreditReason, credit
from fees.govuk_pay import PayFailed
from fees.invoice import Invoice
from fees.ledger import AccountCode, Posting, balance
from fees.payment import (
    Payment,
    cancel_collective,
    check,
    go_to_pay,
    go_to_pay_together,
    to_pay,
)
from fees.refund import Refund, refund, refundable
from fees.refund import check as check_refund
from register.account import Account
from register.kit.clock import day_of
from register.kit.errors import Refused
from register.process import Process
from tests.conftest import Clock
from tests.fees.books import the_ledger_is_sound
from tests.fees.employing import account_of, make_employer, renewals, take_over
from tests.fees.owing import DECLINED, RETURN, PayService
from tests.fees.renewing import OPENS
from tests.fees.test_payment_any_order import unhurried
from tests.thorough import many


class Life:
    """An employer, two of its staff, a finance officer, and GOV.UK Pay."""

    def __init__(self, sessions, session, service, clock, lead):
        self.sessions, self.session = sessions, session
        self.service, self.clock, self.lead = service, clock, lead
        self.pages, self.own_pages = [], []

    async def employer_takes_one_over(self):
        with suppress(Refused):
            await take_over(self.session, self.lead, self.clock, but=1)

    async def employer_takes_all_over(self):
        with suppress(Refused):
            await take_over(self.session, self.lead, self.clock)

    async def employer_cancels(self):
        for one in await self.session.scalars(select(CollectiveInvoice)):
            by = Process.begin(
                self.session, FeesAct.CANCEL_COLLECTIVE, now=self.clock.now
            )
            with suppress(Refused):
                await cancel_collective(self.session, one, by=by)

    async def employer_presses(self):
        for one in (await self.session.scalars(select(CollectiveInvoice))).all():
            with suppress(Refused):
                page = await go_to_pay_together(
                    self.session,
                    self.sessions,
                    self.service.client,
                    one.id,
                    return_url=RETURN,
                    now=self.clock.now,
                    by=await account_of(self.session, self.lead),
                )
                self.pages += [page] if page else []

    async def employer_pays(self):
        if self.pages:
            await self.service.pays(self.pages[-1])

    async def employers_card_is_declined(self):
        if self.pages:
            await self.service.pays(self.pages[-1], card_number=DECLINED)

    async def first_presses(self):
        await self._press(0)

    async def second_presses(self):
        await self._press(1)

    async def somebody_pays(self):
        if self.own_pages:
            await self.service.pays(self.own_pages[-1])

    async def look(self):
        for one in (await self.session.scalars(select(Payment))).all():
            with suppress(PayFailed):
                await check(self.session, self.service.client, one, now=self.clock.now)
        await self.session.flush()

    async def look_while_it_is_down(self):
        self.service.transport.down = True
        await self.look()
        self.service.transport.down = False

    async def look_and_be_killed(self):
        async with self.session.begin_nested() as request:
            await self.look()
            await request.rollback()
        self.session.expire_all()
        await self.session.refresh(self.lead)
        await self.session.refresh(self.lead, ["organisation"])

    async def officer_credits_the_first(self):
        (invoice, *_) = await self._invoices()
        by = Process.begin(self.session, FeesAct.CREDIT, now=self.clock.now)
        why = {"reason": CreditReason.GOODWILL, "waits": False}
        with suppress(Refused):
            await credit(self.session, invoice, 4000, **why, by=by)

    async def officer_refunds(self):
        for one in (await self.session.scalars(select(Payment))).all():
            pence = min(9000, await refundable(self.session, one))
            by = Process.begin(self.session, FeesAct.REFUND, now=self.clock.now)
            with suppress(Refused):
                await refund(self.session, one, pence, by=by)

    async def look_at_refunds(self):
        for one in (await self.session.scalars(select(Refund))).all():
            await check_refund(
                self.session, self.service.client, one, now=self.clock.now
            )

    async def pass_two_hours(self):
        self.clock.now += timedelta(hours=2)

    async def come_right(self):
        for _ in range(3):
            self.clock.now += timedelta(hours=2)
            await self.look()
            await self.look_at_refunds()
            await self.session.flush()

    async def _press(self, which):
        renewal = (await renewals(self.session))[which]
        account = await self.session.scalar(
            select(Account).where(Account.person_id == renewal.person_id)
        )
        owed = await to_pay(self.session, account, today=day_of(self.clock.now))
        with suppress(Refused):
            page = owed and await go_to_pay(
                self.session,
                self.sessions,
                self.service.client,
                owed,
                return_url=RETURN,
                now=self.clock.now,
                by=account,
            )
            self.own_pages += [page] if page else []

    async def _invoices(self):
        return (
            await self.session.scalars(select(Invoice).order_by(Invoice.number))
        ).all()


HAPPENINGS = [
    name for name in vars(Life) if not name.startswith("_") and name != "come_right"
]


@asynccontextmanager
async def a_life(engine):
    async with engine.connect() as connection:
        outer = await connection.begin()
        sessions = async_sessionmaker(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        clock = Clock(OPENS)
        with tempfile.TemporaryDirectory() as folder:
            service = PayService(Path(folder), clock)
            async with sessions() as session:
                lead = await make_employer(session, "Ada", "Bea")
                yield Life(sessions, session, service, clock, lead)
            await service.close()
        await outer.rollback()


async def nothing_is_paid_twice(session):
    """No invoice took more than it asked for."""
    paid = (
        select(Posting.invoice_id, -func.sum(Posting.pence))
        .where(
            Posting.account == AccountCode.RECEIVABLE, Posting.payment_id.is_not(None)
        )
        .group_by(Posting.invoice_id)
    )
    for _, pence in await session.execute(paid):
        assert pence <= 12000


async def all_is_sound_after(engine, happenings):
    async with a_life(engine) as life:
        for what in happenings:
            await getattr(life, what)()
            await the_ledger_is_sound(life.session)
            await nothing_is_paid_twice(life.session)
        await life.come_right()
        await the_ledger_is_sound(life.session)
        await nothing_is_paid_twice(life.session)

        made = life.service.made()
        came = sum(one.amount for one in made if one.status == "success")
        back = sum(one.refunded for one in made)
        held = await balance(life.session, AccountCode.CARD_CLEARING)
        assert held == came - back


TAKEN = ["employer_takes_all_over", "employer_presses"]
lives = st.lists(st.sampled_from(HAPPENINGS), max_size=25).map(
    lambda rest: [*TAKEN, *rest]
)


@settings(unhurried, max_examples=10)
@example([*TAKEN, "first_presses", "somebody_pays", "look", "employer_pays", "look"])
@example([*TAKEN, "first_presses", "employer_pays", "look", "somebody_pays", "look"])
@example(
    [
        *TAKEN,
        "employer_pays",
        "look_and_be_killed",
        "look",
        "officer_credits_the_first",
        "officer_refunds",
        "look_at_refunds",
        "employer_presses",
    ]
)
@given(happenings=lives)
async def test_in_any_order_money_is_conserved_and_nobody_pays_twice(
    engine, happenings
):
    await all_is_sound_after(engine, happenings)


@pytest.mark.long
@pytest.mark.timeout(many(300))
@settings(unhurried, max_examples=many(50))
@given(happenings=lives)
async def test_in_very_many_orders_money_is_conserved_and_nobody_pays_twice(
    engine, happenings
):
    await all_is_sound_after(engine, happenings)
