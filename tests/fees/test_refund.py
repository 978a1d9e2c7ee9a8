"""Money that pays for nothing goes back once, to the penny, by one officer up to the limit and by two above it."""

import asyncio
from datetime import timedelta
from itertools import product

import httpx2
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from fees.acts import FeesAct
from fees.credit_note import CreditReason, SecondPersonNeeded, credit
from fees.govuk_pay import Notice, PayFailed
from fees.invoice import Invoice, bill
from fees.ledger import AccountCode, balance, unallocated_of
from fees.payment import Payment, hear
from fees.refund import (
    MOVES,
    FailedBecause,
    NotThatMuch,
    Refund,
    RefundState,
    RefundUnderWay,
    check,
    hear_of_refunds,
    mop_up_refunds,
    propose,
    refund,
)
from register.account import Account, StaffRole
from register.kit.db import Role, connect, sessions_of
from register.kit.jobs import run_pending
from register.kit.post import Message
from register.process import Event, Process
from register.proposal import NeedsAnotherPerson
from register.rule_set import RuleSet
from tests.fees.books import the_ledger_is_sound
from tests.fees.owing import make_approved
from tests.fees.test_ledger import Payer
from tests.make import NOW, make_account

SOON = timedelta(seconds=4)


class Desk(Payer):
    """Somebody has paid £90, of which some or all is credited; two finance officers may give it back."""

    async def credits(self, pence):
        invoice = await self.session.scalar(select(Invoice))
        by = self.act(FeesAct.CREDIT, self.officers[0])
        await credit(
            self.session,
            invoice,
            pence,
            reason=CreditReason.GOODWILL,
            waits=False,
            by=by,
        )

    def act(self, kind, officer):
        return Process.begin(self.session, kind, now=self.clock.now, actor=officer)

    async def payment(self):
        return await self.session.scalar(select(Payment))

    async def refunds(self, pence):
        by = self.act(FeesAct.REFUND, self.officers[0])
        made = await refund(self.session, await self.payment(), pence, by=by)
        await self.session.flush()
        return made

    async def proposes(self, pence):
        return await propose(
            self.session,
            await self.payment(),
            pence,
            proposer=self.officers[0],
            by=self.act(FeesAct.PROPOSE_REFUND, self.officers[0]),
        )

    async def looks(self, asked):
        await check(self.session, self.pay.client, asked, now=self.clock.now)
        await self.session.flush()

    def at_the_service(self):
        (made,) = self.pay.made()
        book = self.pay.desk.book
        found = book.find(payment_id=made.payment_id, now=self.clock.now)
        return [(one["amount"], one["status"]) for one in found.refunds]


@pytest.fixture
async def desk(session, sessions, pay, clock):
    application = await make_approved(session)
    account = await session.get(Account, application.account_id)
    officers = [await make_account(session, StaffRole.FINANCE_OFFICER) for _ in "ab"]
    await session.commit()
    desk = Desk(session, sessions, pay, clock, application, account)
    desk.officers = officers
    await desk.pay.pays(await desk.starts())
    await desk.hears()
    clock.now += timedelta(minutes=1)
    return desk


async def test_what_was_credited_goes_back(desk, session, clock):
    await desk.credits(3000)
    asked = await desk.refunds(3000)
    before = desk.at_the_service()
    await desk.looks(asked)
    on_its_way = (asked.state, desk.at_the_service())
    clock.now += SOON
    await desk.looks(asked)

    assert before == []
    assert on_its_way == (RefundState.SUBMITTED, [(3000, "submitted")])
    assert asked.state is RefundState.SUCCEEDED
    assert await balance(session, AccountCode.CARD_CLEARING) == 6000
    assert await balance(session, AccountCode.REFUNDS_PAYABLE) == 0
    await the_ledger_is_sound(session)


async def test_it_is_on_its_way_as_soon_as_it_is_asked(desk, session):
    await desk.credits(3000)
    await desk.refunds(3000)

    assert await balance(session, AccountCode.REFUNDS_PAYABLE) == -3000
    assert await balance(session, AccountCode.UNALLOCATED) == 0
    await the_ledger_is_sound(session)


async def test_the_payer_is_told_when_it_has_gone_and_not_before(desk, session, clock):
    await desk.credits(3000)
    asked = await desk.refunds(3000)
    await desk.looks(asked)
    letter = Message.letter == "fees/refund"
    before = await session.scalar(select(Message).where(letter))
    clock.now += SOON
    await desk.looks(asked)
    await desk.looks(asked)

    (told,) = await session.scalars(select(Message).where(letter))
    assert before is None
    assert told.subject == "We have given you back £30"
    kinds = await session.scalars(
        select(Event.kind).where(Event.kind.like("refund:%")).order_by(Event.id)
    )
    assert list(kinds) == ["refund:asked", "refund:succeeded"]


async def test_a_refund_leaves_the_registration_alone(desk, session, clock):
    state = desk.application.state
    await desk.credits(9000)
    asked = await desk.refunds(9000)
    await desk.looks(asked)
    clock.now += SOON
    await desk.looks(asked)

    await session.refresh(desk.application)
    assert desk.application.state is state


@pytest.mark.parametrize("pence", [0, 3001])
async def test_more_than_pays_for_nothing_does_not_go_back(desk, pence):
    await desk.credits(3000)

    with pytest.raises(NotThatMuch):
        await desk.refunds(pence)


async def test_what_pays_for_something_does_not_go_back(desk):
    with pytest.raises(NotThatMuch):
        await desk.refunds(1)


async def test_one_refund_at_a_time(desk):
    await desk.credits(3000)
    await desk.refunds(1000)

    with pytest.raises(RefundUnderWay):
        await desk.refunds(1000)


async def test_several_may_follow_each_other(desk, session, clock):
    await desk.credits(3000)
    for pence in (1000, 1000, 1000):
        asked = await desk.refunds(pence)
        await desk.looks(asked)
        clock.now += SOON
        await desk.looks(asked)

    assert desk.at_the_service() == [(1000, "success")] * 3
    await the_ledger_is_sound(session)


# In doubt


async def test_an_answer_that_is_lost_gives_back_once(desk, session, clock):
    await desk.credits(3000)
    asked = await desk.refunds(3000)
    desk.pay.transport.lost = {"POST"}
    with pytest.raises(PayFailed):
        await desk.looks(asked)
    desk.pay.transport.lost = set()
    state = asked.state

    await desk.looks(asked)
    clock.now += SOON
    await desk.looks(asked)

    assert state is RefundState.ASKED
    assert desk.at_the_service() == [(3000, "success")]
    assert asked.state is RefundState.SUCCEEDED
    await the_ledger_is_sound(session)


async def test_a_service_that_is_down_changes_nothing(desk):
    await desk.credits(3000)
    asked = await desk.refunds(3000)
    desk.pay.transport.down = True
    with pytest.raises(PayFailed):
        await desk.looks(asked)

    assert asked.state is RefundState.ASKED
    assert desk.at_the_service() == []


async def test_another_amount_left_there_than_here_gives_nothing_back(desk, session):
    """Somebody has refunded in GOV.UK Pay itself."""
    await desk.credits(3000)
    asked = await desk.refunds(3000)
    (made,) = desk.pay.made()
    await desk.pay.client.refund(
        made.payment_id, amount_pence=500, available_pence=9000
    )

    await desk.looks(asked)

    assert asked.state is RefundState.FAILED
    assert asked.failed_because is FailedBecause.MISMATCH
    assert desk.at_the_service() == [(500, "submitted")]
    payment = await desk.payment()
    assert await unallocated_of(session, payment.id) == 3000
    await the_ledger_is_sound(session)


async def test_one_that_does_not_go_through_may_be_tried_again(desk, session, clock):
    await desk.credits(3000)
    desk.pay.desk.refunds_fail = True
    first = await desk.refunds(3000)
    await desk.looks(first)
    clock.now += SOON
    await desk.looks(first)
    desk.pay.desk.refunds_fail = False

    second = await desk.refunds(3000)
    await desk.looks(second)
    clock.now += SOON
    await desk.looks(second)

    assert first.failed_because is FailedBecause.PROVIDER
    assert second.state is RefundState.SUCCEEDED
    assert desk.at_the_service() == [(3000, "error"), (3000, "success")]
    await the_ledger_is_sound(session)


async def test_the_job_and_the_mop_up_see_it_through(desk, session, clock):
    await desk.credits(3000)
    asked = await desk.refunds(3000)
    await session.commit()
    await run_pending(desk.sessions, clock)
    clock.now += SOON
    await mop_up_refunds(session, clock.now)
    await session.commit()
    await run_pending(desk.sessions, clock)

    await session.refresh(asked)
    assert asked.state is RefundState.SUCCEEDED


async def test_a_webhook_message_is_enough_too(desk, session, clock):
    await desk.credits(3000)
    asked = await desk.refunds(3000)
    await desk.looks(asked)
    clock.now += SOON
    payment = await desk.payment()
    notice = Notice("card_payment_refunded", payment.provider_id, "m1")

    assert await hear(session, notice, now=clock.now)
    await hear_of_refunds(session, notice.resource_id)
    await session.commit()
    await run_pending(desk.sessions, clock)

    await session.refresh(asked)
    assert asked.state is RefundState.SUCCEEDED


# Two people


async def with_a_low_limit(session):
    """The limit is £50, so that £90 are over it."""
    await session.execute(text("set local role register_owner"))
    await session.execute(text("alter table rule_set disable trigger user"))
    await session.execute(
        text("update rule_set set data = data || '{\"refund_alone_pence\": 5000}'")
    )
    await session.execute(text("alter table rule_set enable always trigger no_update"))
    await session.execute(text("set local role register_app"))
    await session.scalars(select(RuleSet).execution_options(populate_existing=True))


async def test_the_limit_is_one_officers_for_all_of_a_payment(desk, session, clock):
    await desk.credits(9000)
    await with_a_low_limit(session)
    with pytest.raises(SecondPersonNeeded):
        await desk.refunds(5001)
    asked = await desk.refunds(5000)
    await desk.looks(asked)
    clock.now += SOON
    await desk.looks(asked)

    with pytest.raises(SecondPersonNeeded):
        await desk.refunds(1)


async def test_a_second_officer_lets_more_go_back(desk, session):
    await desk.credits(9000)
    await with_a_low_limit(session)
    waiting = await desk.proposes(9000)
    before = await session.scalar(select(func.count()).select_from(Refund))

    by = desk.act(FeesAct.APPROVE_REFUND, desk.officers[1])
    await waiting.approve(session, approver=desk.officers[1], by=by)
    asked = await session.scalar(select(Refund))
    await desk.looks(asked)

    assert before == 0
    assert desk.at_the_service() == [(9000, "submitted")]


async def test_who_proposed_it_does_not_approve_it(desk, session):
    await desk.credits(9000)
    waiting = await desk.proposes(9000)

    with pytest.raises(NeedsAnotherPerson):
        await waiting.approve(
            session,
            approver=desk.officers[0],
            by=desk.act(FeesAct.APPROVE_REFUND, desk.officers[0]),
        )


# The graph, and the database


@pytest.mark.parametrize(("old", "new"), list(product(RefundState, RefundState)))
def test_what_has_ended_stays_as_it_ended(old, new):
    assert old.may_become(new) is (new in MOVES[old])
    if not old.unsettled:
        assert not old.may_become(new)


@pytest.mark.parametrize("change", ["delete from refund", "truncate refund"])
async def test_the_database_refuses_to_forget_a_refund(session, change):
    with pytest.raises(DBAPIError, match="permission denied"):
        await session.execute(text(change))


async def test_two_officers_at_once_give_back_once(clone, pay, clock):
    engine = connect(await clone(), Role.APP, pool_size=4)
    apart = sessions_of(engine)
    async with apart.begin() as session:
        application = await make_approved(session)
        account = await session.get(Account, application.account_id)
        officers = [
            await make_account(session, StaffRole.FINANCE_OFFICER) for _ in "ab"
        ]
        await bill(session, application, now=NOW)
    async with apart.begin() as session:
        application = await session.merge(application)
        desk = Desk(session, apart, pay, clock, application, account)
        desk.officers = officers
        page = await desk.starts()
        await pay.pays(page)
    async with apart.begin() as session:
        desk.session = session
        await desk.hears()
        await desk.credits(3000)

    async def press(officer):
        async with apart.begin() as session:
            payment = await session.scalar(select(Payment))
            by = Process.begin(session, FeesAct.REFUND, now=clock.now, actor=officer)
            await refund(session, payment, 3000, by=by)

    told = await asyncio.gather(*map(press, officers), return_exceptions=True)

    async with apart() as session:
        assert await session.scalar(select(func.count()).select_from(Refund)) == 1
        await the_ledger_is_sound(session)
    assert sorted(type(one).__name__ for one in told) == ["NoneType", "RefundUnderWay"]
    await engine.dispose()


async def test_being_too_fast_waits_as_long_as_it_is_told(pay):
    class Busy(httpx2.AsyncBaseTransport):
        asked = 0

        async def handle_async_request(self, _):
            self.asked += 1
            if self.asked < 3:
                return httpx2.Response(429, headers={"Retry-After": "1"})
            return httpx2.Response(
                202,
                json={
                    "refund_id": "r",
                    "amount": 1,
                    "status": "submitted",
                    "created_date": "2027-03-10T10:00:00.000Z",
                },
            )

    busy = Busy()
    pay.client._http._transport = busy

    made = await pay.client.refund("p", amount_pence=1, available_pence=2)

    assert (made.refund_id, busy.asked) == ("r", 3)
