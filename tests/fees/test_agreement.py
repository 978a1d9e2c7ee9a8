"""By agreement: told of before, taken when it is time, tried a few times, never twice; nothing renews by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from fees.agreement import (
    AgreedAlready,
    AgreementState,
    CardAgreement,
    CollectionNotice,
    EndedBecause,
    agree,
    announce_collections,
    check_agreement,
    collect_fees,
    give_up_collections,
    go_on_taking,
    live_agreement,
    take_payment,
)
from fees.invoice import Invoice
from fees.ledger import write_off
from fees.payment import Payment, PaymentState, check_payment, go_to_pay, to_pay
from register.account import Account
from register.kit.clock import day_of, end_of, start_of
from register.kit.jobs import run_pending
from register.kit.post import Message
from tests.fees.books import the_ledger_is_sound
from tests.fees.employing import bill_all
from tests.fees.owing import RETURN
from tests.fees.renewing import ENDS, OPENS, confirm, renewing
from tests.make import make_process

NOT_NOW, NEVER = "4000002500003155", "4000000000003220"
INSTANT = timedelta(microseconds=1)
TOLD_AT = OPENS + timedelta(days=2)
EARLIEST = TOLD_AT + timedelta(days=10)
NEAR = start_of(ENDS - timedelta(days=7))
A_ROUND = timedelta(minutes=2)


class Agreed:
    """A registrant who agreed as they paid something before, and whose renewal is open now."""

    def __init__(self, session, sessions, pay, clock):
        self.session, self.sessions = session, sessions
        self.pay, self.clock = pay, clock

    async def looks(self):
        await self.session.flush()
        for one in await self.session.scalars(select(CardAgreement)):
            await check_agreement(self.session, self.clock.now, one.id)
        await self.session.flush()

    async def agreement(self):
        return await self.session.scalar(select(CardAgreement))

    async def hourly(self):
        """The three jobs, and what they set off."""
        await announce_collections(self.session, self.clock.now)
        await collect_fees(self.session, self.clock.now)
        for _ in range(2):
            await self.settles()
            self.clock.now += A_ROUND
        await give_up_collections(self.session, self.clock.now)
        await self.looks()

    async def settles(self):
        """As the jobs do that come every two minutes."""
        await self.session.flush()
        for one in await self.collections():
            work = take_payment if one.to_be_taken else check_payment
            await work(self.session, self.clock.now, one.id)
        await self.session.flush()

    def taken(self):
        """All that GOV.UK Pay took by the agreement."""
        return [one for one in self.pay.made() if one.agreement_id]

    async def collections(self):
        found = await self.session.scalars(
            select(Payment)
            .where(Payment.taken_by.is_not(None))
            .order_by(Payment.attempt)
        )
        return list(found)

    async def letters(self, letter):
        found = select(func.count()).where(Message.letter == f"fees/{letter}")
        return await self.session.scalar(found)


@pytest.fixture
async def agreed(session, sessions, pay, clock):
    clock.now = OPENS
    one = Agreed(session, sessions, pay, clock)
    one.renewal = await renewing(session)
    one.account = await session.scalar(
        select(Account).where(Account.person_id == one.renewal.person_id)
    )
    await bill_all(session)
    return one


async def make_active(agreed, session, **card):
    """Through the sandbox: an agreement, and a payment that sets it up."""
    clock, pay = agreed.clock, agreed.pay
    set_up = await agree(
        session, agreed.sessions, pay.client, agreed.account, now=clock.now
    )
    made = await pay.client.create(
        amount_pence=100,
        reference="BEFORE-1",
        description="A fee of the year before",
        return_url=RETURN,
        set_up_agreement=set_up,
    )
    await pay.pays(made.next_url, **card)
    clock.now = TOLD_AT
    await agreed.looks()
    return await agreed.agreement()


async def test_it_is_active_once_its_first_payment_went_through(agreed, session):
    agreement = await make_active(agreed, session)

    assert agreement.state is AgreementState.ACTIVE
    assert agreement.active_at == TOLD_AT


async def test_paying_the_renewal_makes_it_active_too(agreed, session, sessions, pay):
    set_up = await agree(
        session, sessions, pay.client, agreed.account, now=agreed.clock.now
    )
    page = await go_to_pay(
        session,
        sessions,
        pay.client,
        await to_pay(session, agreed.account, today=day_of(agreed.clock.now)),
        return_url=RETURN,
        now=agreed.clock.now,
        by=agreed.account,
        set_up_agreement=set_up,
    )
    await pay.pays(page)
    await agreed.looks()

    assert (await agreed.agreement()).active


async def test_without_its_payment_it_ends_after_a_day(agreed, session, sessions, pay):
    await agree(session, sessions, pay.client, agreed.account, now=agreed.clock.now)

    agreed.clock.now += timedelta(days=1) - INSTANT
    await agreed.looks()
    before = (await agreed.agreement()).state
    agreed.clock.now += INSTANT
    await agreed.looks()

    agreement = await agreed.agreement()
    assert before is AgreementState.CREATED
    assert agreement.ended_because is EndedBecause.NEVER_ACTIVE


async def test_an_answer_that_is_lost_is_looked_up(agreed, session, sessions, pay):
    pay.transport.lost = {"POST"}
    asked = await agree(
        session, sessions, pay.client, agreed.account, now=agreed.clock.now
    )
    pay.transport.lost = set()
    agreed.clock.now += timedelta(seconds=10)
    await agreed.looks()

    assert asked == ""
    assert (await agreed.agreement()).state is AgreementState.CREATED


async def test_nobody_agrees_twice(agreed, session, sessions, pay):
    await make_active(agreed, session)

    with pytest.raises(AgreedAlready):
        await agree(session, sessions, pay.client, agreed.account, now=TOLD_AT)


async def test_the_person_is_told_before_anything_is_taken(agreed, session):
    await make_active(agreed, session)
    await confirm(session, agreed.renewal, agreed.clock.now)

    await agreed.hourly()

    assert await agreed.letters("collection_notice") == 1
    assert await agreed.collections() == []


async def test_ten_days_after_the_notice_it_is_taken_from_who_has_done_all_else(
    agreed, session
):
    await make_active(agreed, session)
    await confirm(session, agreed.renewal, agreed.clock.now)
    await announce_collections(session, TOLD_AT)
    agreed.clock.now = EARLIEST - INSTANT
    await collect_fees(session, agreed.clock.now)
    before = await agreed.collections()

    agreed.clock.now = EARLIEST
    await agreed.hourly()

    assert before == []
    (payment,) = await agreed.collections()
    assert payment.state is PaymentState.PAID
    assert agreed.renewal.finished_at is not None
    await the_ledger_is_sound(session)


async def test_who_has_not_done_all_else_is_charged_seven_days_before_the_last(
    agreed, session
):
    await make_active(agreed, session)
    await announce_collections(session, TOLD_AT)
    await collect_fees(session, NEAR - INSTANT)
    before = await agreed.collections()

    agreed.clock.now = NEAR
    await agreed.hourly()

    assert before == []
    assert agreed.renewal.paid_at is not None
    assert agreed.renewal.finished_at is None


async def test_nothing_is_taken_after_the_last_day(agreed, session):
    await make_active(agreed, session)
    await announce_collections(session, TOLD_AT)

    await collect_fees(session, end_of(ENDS))

    assert await agreed.collections() == []


async def test_on_the_last_day_it_still_is(agreed, session):
    await make_active(agreed, session)
    await announce_collections(session, TOLD_AT)

    await collect_fees(session, end_of(ENDS) - INSTANT)

    assert len(await agreed.collections()) == 1


async def test_what_is_paid_otherwise_is_not_taken(agreed, session, sessions, pay):
    await make_active(agreed, session)
    await announce_collections(session, TOLD_AT)
    page = await go_to_pay(
        session,
        sessions,
        pay.client,
        await to_pay(session, agreed.account, today=day_of(agreed.clock.now)),
        return_url=RETURN,
        now=agreed.clock.now,
        by=agreed.account,
    )
    await collect_fees(session, NEAR)
    while_it_is_open = await agreed.collections()
    await pay.pays(page)
    for one in await session.scalars(select(Payment)):
        await check_payment(session, agreed.clock.now, one.id)

    agreed.clock.now = NEAR
    await agreed.hourly()

    assert while_it_is_open == await agreed.collections() == []


async def test_a_lost_answer_takes_nothing_twice(agreed, session, pay):
    await make_active(agreed, session)
    await announce_collections(session, TOLD_AT)
    agreed.clock.now = NEAR
    await collect_fees(session, NEAR)
    pay.transport.lost = {"POST"}
    await agreed.settles()
    pay.transport.lost = set()
    for _ in range(3):
        await agreed.settles()
        agreed.clock.now += timedelta(seconds=5)

    (payment,) = await agreed.collections()
    assert len(agreed.taken()) == 1
    assert payment.state is PaymentState.PAID
    await the_ledger_is_sound(session)


async def to_be_taken(agreed, session):
    """At a time when it is due, and nobody has been asked for it yet."""
    await make_active(agreed, session)
    await announce_collections(session, TOLD_AT)
    agreed.clock.now = NEAR
    await collect_fees(session, NEAR)
    (payment,) = await agreed.collections()
    return payment


@pytest.mark.parametrize("then", ["busy", "down", "lost"])
async def test_after_an_answer_that_was_lost_no_refusal_is_believed(
    agreed, session, pay, then
):
    payment = await to_be_taken(agreed, session)
    pay.transport.next = ["lost", then, then]
    await agreed.settles()
    in_doubt = payment.state
    for _ in range(2):
        agreed.clock.now += A_ROUND
        await agreed.settles()

    assert in_doubt is PaymentState.ASKING
    assert payment.state is PaymentState.PAID
    assert len(agreed.taken()) == 1
    await the_ledger_is_sound(session)


@pytest.mark.parametrize("fate", ["busy", "down"])
async def test_who_was_not_let_through_is_asked_again_with_the_same_key(
    agreed, session, pay, fate
):
    payment = await to_be_taken(agreed, session)
    pay.transport.next = [fate] * 3
    await agreed.settles()
    before = payment.state, agreed.taken()
    for _ in range(2):
        agreed.clock.now += A_ROUND
        await agreed.settles()

    assert before == (PaymentState.ASKING, [])
    assert payment.state is PaymentState.PAID
    assert len(agreed.taken()) == len(await agreed.collections()) == 1


async def test_a_plain_no_ends_it_only_once_it_would_be_found_had_it_been_taken(
    agreed, session, pay
):
    payment = await to_be_taken(agreed, session)
    await pay.client.cancel_agreement(payment.taken_by)
    await agreed.settles()
    agreed.clock.now += A_ROUND - INSTANT
    await agreed.settles()
    before = payment.state
    agreed.clock.now += INSTANT
    await agreed.settles()

    assert before is PaymentState.ASKING
    assert payment.state is PaymentState.NEVER_MADE


async def test_what_was_taken_before_a_plain_no_is_found(agreed, session, pay):
    payment = await to_be_taken(agreed, session)
    pay.transport.next = ["lost", "down", "down"]
    await agreed.settles()
    await pay.client.cancel_agreement(payment.taken_by)
    await agreed.settles()
    agreed.clock.now += A_ROUND
    await agreed.settles()

    assert payment.state is PaymentState.PAID
    assert len(agreed.taken()) == 1


async def test_asked_again_it_counts_from_when_it_went_through(agreed, session, pay):
    payment = await to_be_taken(agreed, session)
    pay.transport.next = ["lost", "down", "down"]
    await agreed.settles()
    agreed.clock.now += timedelta(seconds=2, milliseconds=500)
    pay.desk.book.asked_with(str(payment.id), agreed.clock.now)  # it goes through
    agreed.clock.now += timedelta(milliseconds=400)

    await agreed.settles()

    assert payment.succeeded_at == NEAR + timedelta(seconds=2, milliseconds=500)


async def test_who_cancels_while_it_is_down_is_charged_nothing_when_it_is_back(
    agreed, session, pay
):
    payment = await to_be_taken(agreed, session)
    pay.transport.down = True
    await agreed.settles()
    agreement = await agreed.agreement()
    await agreement.cancel(session, by=make_process(session, now=agreed.clock.now))
    pay.transport.down = False

    for _ in range(2):
        await agreed.settles()
        agreed.clock.now += A_ROUND

    assert payment.state is PaymentState.NEVER_MADE
    assert agreed.taken() == []


async def test_what_was_taken_before_they_cancelled_is_not_lost(agreed, session, pay):
    payment = await to_be_taken(agreed, session)
    pay.transport.next = ["lost", "down", "down"]
    await agreed.settles()
    agreement = await agreed.agreement()
    await agreement.cancel(session, by=make_process(session, now=agreed.clock.now))
    for _ in range(2):
        agreed.clock.now += A_ROUND
        await agreed.settles()

    assert payment.state is PaymentState.PAID
    assert agreed.renewal.paid_at is not None


@pytest.mark.parametrize(("late", "taken"), [(INSTANT, 1), (timedelta(0), 0)])
async def test_it_is_asked_for_until_the_last_instant_of_the_last_day(
    agreed, session, pay, late, taken
):
    payment = await to_be_taken(agreed, session)
    pay.transport.down = True
    await agreed.settles()
    pay.transport.down = False

    agreed.clock.now = end_of(ENDS) - late
    await agreed.settles()
    agreed.clock.now += A_ROUND
    await agreed.settles()

    assert len(agreed.taken()) == taken
    assert payment.state is (PaymentState.PAID if taken else PaymentState.NEVER_MADE)


async def test_what_is_owed_no_more_is_not_asked_for(agreed, session):
    payment = await to_be_taken(agreed, session)
    by = make_process(session, now=agreed.clock.now)
    await write_off(session, payment.invoice_id, by=by)

    await agreed.settles()
    agreed.clock.now += A_ROUND
    await agreed.settles()

    assert agreed.taken() == []
    assert payment.state is PaymentState.NEVER_MADE


async def test_to_look_at_it_takes_nothing(agreed, session):
    payment = await to_be_taken(agreed, session)

    await check_payment(session, agreed.clock.now + A_ROUND, payment.id)

    assert payment.state is PaymentState.ASKING
    assert agreed.taken() == []


async def test_every_two_minutes_it_is_asked_for_by_a_job_of_its_own(
    agreed, session, sessions, clock
):
    await to_be_taken(agreed, session)
    await session.execute(text("delete from pgqueuer"))

    await go_on_taking(session, clock.now)
    await session.commit()
    await run_pending(sessions, clock)

    clock.now += A_ROUND
    assert len(agreed.taken()) == 1


async def test_the_jobs_may_run_as_often_as_they_like(agreed, session, pay):
    await make_active(agreed, session)
    await announce_collections(session, TOLD_AT)
    agreed.clock.now = NEAR
    for _ in range(3):
        await agreed.hourly()

    assert len(agreed.taken()) == 1
    assert await agreed.letters("collection_notice") == 1


async def test_a_card_that_says_not_now_is_tried_three_times_three_days_apart(
    agreed, session
):
    await make_active(agreed, session, card_number=NOT_NOW)
    await announce_collections(session, TOLD_AT)
    agreed.clock.now = NEAR
    tries = []
    for _ in range(7):
        await agreed.hourly()
        tries.append(len(await agreed.collections()))
        agreed.clock.now += timedelta(days=1)

    assert tries == [1, 1, 1, 2, 2, 2, 3]
    assert await agreed.letters("collection_failed") == 1
    assert (await agreed.agreement()).active


async def test_a_card_that_says_never_is_not_tried_again(agreed, session):
    await make_active(agreed, session, card_number=NEVER)
    await announce_collections(session, TOLD_AT)
    agreed.clock.now = NEAR
    for _ in range(2):
        await agreed.hourly()
        agreed.clock.now += timedelta(days=4)

    assert len(await agreed.collections()) == 1
    assert await agreed.letters("collection_failed") == 1
    agreement = await agreed.agreement()
    assert agreement.ended_because is EndedBecause.CARD_REFUSED


async def test_a_cancelled_one_takes_nothing_and_is_cancelled_there_too(
    agreed, session, pay
):
    agreement = await make_active(agreed, session)
    await announce_collections(session, TOLD_AT)

    await agreement.cancel(session, by=make_process(session, now=TOLD_AT))
    await agreed.looks()

    told = await pay.client.agreement(agreement.provider_id)
    agreed.clock.now = NEAR
    await agreed.hourly()
    assert told.status == "cancelled"
    assert agreement.over_there_at is not None
    assert await agreed.collections() == []
    assert await live_agreement(session, agreed.renewal.person_id) is None


async def test_while_it_is_down_the_cancelling_is_kept_and_done_later(
    agreed, session, pay
):
    agreement = await make_active(agreed, session)
    pay.transport.down = True
    await agreement.cancel(session, by=make_process(session, now=TOLD_AT))
    await agreed.looks()
    before = agreement.over_there_at
    pay.transport.down = False

    await agreed.looks()

    assert before is None
    assert agreement.over_there_at is not None


async def test_without_a_notice_nothing_is_taken(agreed, session):
    await make_active(agreed, session)

    await collect_fees(session, NEAR)

    assert await agreed.collections() == []
    assert (await session.scalars(select(CollectionNotice))).all() == []
    assert await session.scalar(select(func.count()).select_from(Invoice)) == 1


async def test_one_that_was_cancelled_at_govuk_pay_alone_ends_here_and_the_person_is_told(
    agreed, session, pay
):
    agreement = await make_active(agreed, session)
    await announce_collections(session, TOLD_AT)
    await pay.client.cancel_agreement(agreement.provider_id)
    agreed.clock.now = NEAR

    await agreed.hourly()
    await agreed.hourly()

    assert agreement.ended_because is EndedBecause.CARD_REFUSED
    assert agreed.renewal.paid_at is None
    assert await agreed.letters("collection_failed") == 1
