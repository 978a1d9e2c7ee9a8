"""Payments, credit notes, refunds and deaths of processes in any order and as often as they like: the ledger is sound throughout.

Afterwards, when all has come right, it says the same as GOV.UK Pay of what came and what went back.
"""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from fees.acts import FeesAct
from fees.credit_note import CreditReason, credit
from fees.govuk_pay import PayFailed
from fees.invoice import Invoice
from fees.ledger import AccountCode, balance
from fees.payment import Payment
from fees.refund import Refund, check, refund, refundable
from register.kit.errors import Refused
from register.process import Process
from tests.fees.books import the_ledger_is_sound
from tests.fees.test_payment_any_order import HAPPENINGS, Life, a_life, unhurried
from tests.thorough import many


class LifeWithRefunds(Life):
    """As one life of paying, with a finance officer who credits and gives back."""

    async def credit_a_part(self):
        for invoice in await self.session.scalars(select(Invoice)):
            with suppress(Refused):
                await self._credit(invoice, 2000, waits=True)

    async def credit_what_was_paid(self):
        for invoice in await self.session.scalars(select(Invoice)):
            with suppress(Refused):
                await self._credit(invoice, 3000, waits=False)

    async def refund_a_part(self):
        await self._refund(lambda free: min(free, 700))

    async def refund_all_that_is_free(self):
        await self._refund(lambda free: free)

    async def look_at_refunds(self):
        for one in await self.session.scalars(select(Refund)):
            with suppress(PayFailed):
                await check(self.session, self.service.client, one, now=self.clock.now)

    async def look_at_refunds_and_lose_the_answer(self):
        self.service.transport.lost = {"POST"}
        await self.look_at_refunds()
        self.service.transport.lost = set()

    async def look_at_refunds_and_be_killed(self):
        async with self.session.begin_nested() as request:
            await self.look_at_refunds()
            await self.session.flush()
            await request.rollback()
        self.session.expire_all()
        await self.session.refresh(self.application)
        await self.session.refresh(self.account)

    async def cards_turn_refunds_down(self):
        self.service.desk.refunds_fail = True

    async def cards_take_refunds_again(self):
        self.service.desk.refunds_fail = False

    async def settle_all(self):
        await self.come_right()
        for _ in range(3):
            await self.look_at_refunds()
            await self.session.flush()
            self.clock.now += timedelta(minutes=1)

    async def _credit(self, invoice, pence, *, waits):
        by = Process.begin(self.session, FeesAct.CREDIT, now=self.clock.now)
        await credit(
            self.session,
            invoice,
            pence,
            reason=CreditReason.GOODWILL,
            waits=waits,
            by=by,
        )

    async def _refund(self, how_much):
        for payment in await self.session.scalars(select(Payment)):
            pence = how_much(await refundable(self.session, payment))
            by = Process.begin(self.session, FeesAct.REFUND, now=self.clock.now)
            with suppress(Refused):
                await refund(self.session, payment, pence, by=by)


OFFICERS = [
    name
    for name in vars(LifeWithRefunds)
    if not name.startswith("_") and name != "settle_all"
]
PAID = ["press", "pay", "come_back"]


async def the_ledger_is_sound_after(engine, happenings):
    async with a_life(engine, LifeWithRefunds) as life:
        for what in happenings:
            await getattr(life, what)()
            await the_ledger_is_sound(life.session)
        await life.settle_all()
        await the_ledger_is_sound(life.session)

        made = life.service.made()
        came = sum(one.amount for one in made if one.status == "success")
        back = sum(one.refunded for one in made)
        held = await balance(life.session, AccountCode.CARD_CLEARING)
        assert held == came - back
        assert await balance(life.session, AccountCode.REFUNDS_PAYABLE) == 0


lives = st.lists(st.sampled_from([*HAPPENINGS, *OFFICERS]), max_size=25).map(
    lambda rest: [*PAID, *rest]
)


@settings(unhurried, max_examples=8)
@example(
    [
        *PAID,
        "credit_what_was_paid",
        "refund_a_part",
        "look_at_refunds_and_lose_the_answer",
        "look_at_refunds_and_be_killed",
        "look_at_refunds",
        "refund_all_that_is_free",
    ]
)
@example(
    [
        *PAID,
        "credit_what_was_paid",
        "cards_turn_refunds_down",
        "refund_all_that_is_free",
        "look_at_refunds",
        "pass_a_minute",
        "look_at_refunds",
        "cards_take_refunds_again",
        "refund_all_that_is_free",
    ]
)
@example(["press", "credit_a_part", "pay", "come_back", "refund_all_that_is_free"])
@example(
    [
        *PAID,
        "credit_what_was_paid",
        "refund_a_part",
        "look_at_refunds_and_be_killed",
        "look_at_refunds_and_be_killed",
        "look_at_refunds",
    ]
)
@given(lives)
async def test_the_ledger_is_sound_whatever_happened(engine, happenings):
    await the_ledger_is_sound_after(engine, happenings)


@pytest.mark.long
@pytest.mark.timeout(many(300))
@settings(unhurried, max_examples=many(40))
@given(lives)
async def test_the_ledger_is_sound_after_very_many_lives(engine, happenings):
    await the_ledger_is_sound_after(engine, happenings)
