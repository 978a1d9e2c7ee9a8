"""A fee is taken once, whatever is repeated, comes late or gets lost; money that pays for nothing is on record."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import httpx2
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from fees import govuk_pay
from fees.govuk_pay import Notice
from fees.invoice import Invoice, NothingToPay, bill
from fees.payment import (
    OverpaidBecause,
    Overpayment,
    Owed,
    Payment,
    PaymentState,
    PayNotice,
    Receipt,
    TooLateToPay,
    check,
    close_unpaid,
    go_to_pay,
    hear,
    mop_up_payments,
    remind_unpaid,
)
from fees.payment.mop_up import forget_pay_notices
from register.account import Account
from register.application import Application, ApplicationState
from register.entry import Entry, Status
from register.kit.clock import end_of, start_of
from register.kit.jobs import run_pending
from register.kit.post import Message
from register.person import Person
from register.process import Event
from tests.fees.owing import BROKEN, DECLINED, PAY_BY, RETURN, make_approved
from tests.make import NOW, make_entry, make_person

MINUTE = timedelta(minutes=1)
LAST_INSTANT = end_of(PAY_BY) - timedelta(microseconds=1)


class Payer:
    """Somebody whose application is approved, at their screen."""

    def __init__(self, session, sessions, pay, clock, application, account):
        self.session, self.sessions, self.pay, self.clock = (
            session,
            sessions,
            pay,
            clock,
        )
        self.application, self.account = application, account

    async def presses_pay_now(self):
        return await go_to_pay(
            self.session,
            self.sessions,
            self.pay.client,
            Owed.for_application(self.application),
            return_url=RETURN,
            now=self.clock.now,
            by=self.account,
        )

    async def comes_back(self):
        payment = await self.payment()
        await check(
            self.session, self.pay.client, payment, now=self.clock.now, by=self.account
        )
        await self.session.flush()

    async def mop_up(self):
        await mop_up_payments(self.session, self.clock.now)
        await self.session.commit()
        await run_pending(self.sessions, self.clock)

    async def payments(self):
        found = select(Payment).order_by(Payment.asked_at, Payment.attempt)
        return list(
            await self.session.scalars(found.execution_options(populate_existing=True))
        )

    async def payment(self):
        return (await self.payments())[-1]

    async def state(self):
        return (await self.payment()).state

    async def outcome(self):
        """What it all came to: the application, and how many entries, receipts and overpayments there are."""
        await self.session.refresh(self.application)
        counts = [
            await self.session.scalar(select(func.count()).select_from(table))
            for table in (Entry, Receipt, Overpayment)
        ]
        return (self.application.state, *counts)


PAID = (ApplicationState.GRANTED, 1, 1, 0)
OWING = (ApplicationState.APPROVED, 0, 0, 0)


@pytest.fixture
async def payer(session, sessions, pay, clock):
    return await a_payer(session, sessions, pay, clock)


async def a_payer(session, sessions, pay, clock, **more):
    application = await make_approved(session, **more)
    account = await session.get(Account, application.account_id)
    await session.commit()
    return Payer(session, sessions, pay, clock, application, account)


async def test_a_fee_that_is_paid_makes_the_entry(payer, pay, session):
    page = await payer.presses_pay_now()
    await pay.pays(page)

    await payer.comes_back()

    assert await payer.outcome() == PAID
    person = await session.get(Person, payer.application.person_id)
    entry = await Entry.load(session, await session.scalar(select(Entry.id)))
    assert person.number
    assert entry.status_at(NOW) is Status.REGISTERED
    assert entry.registrations[0].until_on == date(2027, 11, 30)
    assert [made.amount for made in pay.made()] == [9000]


async def test_the_payer_gets_a_receipt_by_letter(payer, pay, session):
    await pay.pays(await payer.presses_pay_now())
    await payer.comes_back()

    letter = await session.scalar(
        select(Message).where(Message.letter == "fees/receipt")
    )

    assert letter.subject.startswith("Receipt for £90: invoice INV-")
    assert "Paid by card on: 10 March 2027 at 10:00am" in letter.body


async def test_the_history_tells_what_was_paid_in_codes(payer, pay, session):
    await pay.pays(await payer.presses_pay_now())
    await payer.comes_back()

    kinds = await session.scalars(
        select(Event.kind)
        .where(Event.application_id == payer.application.id)
        .order_by(Event.id)
    )
    assert {
        "invoice_raised",
        "payment_started",
        "payment_succeeded",
        "application_granted",
        "fee_paid",
    } <= set(kinds)


async def test_coming_back_twice_pays_once(payer, pay):
    await pay.pays(await payer.presses_pay_now())

    for _ in range(3):
        await payer.comes_back()
        await payer.mop_up()

    assert await payer.outcome() == PAID


async def test_the_mop_up_alone_is_enough(payer, pay, clock):
    await pay.pays(await payer.presses_pay_now())

    clock.now += MINUTE
    await payer.mop_up()

    assert await payer.outcome() == PAID


async def test_the_mop_up_leaves_the_youngest_to_their_payers(payer, pay, clock):
    await pay.pays(await payer.presses_pay_now())

    clock.now += MINUTE - timedelta(microseconds=1)
    await payer.mop_up()

    assert await payer.outcome() == OWING


async def test_a_second_press_goes_on_with_the_same_payment(payer, pay):
    first = await payer.presses_pay_now()

    second = await payer.presses_pay_now()

    assert second == first
    assert len(pay.made()) == 1


@pytest.mark.parametrize(
    ("card", "state"),
    [(DECLINED, PaymentState.DECLINED), (BROKEN, PaymentState.FAILED)],
)
async def test_a_card_that_fails_ends_the_try_and_the_next_may_succeed(
    payer, pay, card, state
):
    await pay.pays(await payer.presses_pay_now(), card_number=card)
    await payer.comes_back()
    ended = await payer.state()

    await pay.pays(await payer.presses_pay_now())
    await payer.comes_back()

    assert ended is state
    assert [payment.attempt for payment in await payer.payments()] == [1, 2]
    assert await payer.outcome() == PAID


async def test_a_payer_who_cancels_still_owes(payer, pay):
    await pay.leaves(await payer.presses_pay_now())

    await payer.comes_back()

    assert await payer.state() is PaymentState.CANCELLED
    assert await payer.outcome() == OWING


async def test_a_payer_who_just_leaves_may_come_back_to_the_same_page(
    payer, pay, clock
):
    page = await payer.presses_pay_now()
    clock.now += timedelta(minutes=89)

    assert await payer.presses_pay_now() == page
    assert await payer.state() is PaymentState.OPEN


async def test_a_page_that_was_left_expires_and_another_is_made(payer, pay, clock):
    page = await payer.presses_pay_now()
    clock.now += timedelta(minutes=90)
    await payer.mop_up()
    expired = await payer.state()

    another = await payer.presses_pay_now()

    assert expired is PaymentState.EXPIRED
    assert another != page
    assert len(pay.made()) == 2


async def test_a_press_that_finds_the_page_expired_says_so_first(payer, clock):
    await payer.presses_pay_now()
    clock.now += timedelta(minutes=90)

    assert await payer.presses_pay_now() == ""
    assert await payer.state() is PaymentState.EXPIRED


async def test_what_was_made_though_the_answer_was_lost_is_found_and_not_made_again(
    payer, pay, clock
):
    pay.transport.lost = {"POST"}
    in_doubt = await payer.presses_pay_now()
    state_then = await payer.state()
    pay.transport.lost = set()
    clock.now += timedelta(seconds=5)

    page = await payer.presses_pay_now()

    assert (in_doubt, state_then) == ("", PaymentState.ASKING)
    assert pay.client.shows(page)
    assert len(pay.made()) == 1


async def test_while_a_search_may_not_know_it_yet_nothing_is_made_again(
    payer, pay, clock
):
    pay.transport.lost = {"POST"}
    await payer.presses_pay_now()
    pay.transport.lost = set()

    clock.now += timedelta(seconds=2)

    assert await payer.presses_pay_now() == ""
    assert await payer.state() is PaymentState.ASKING
    assert len(pay.made()) == 1


async def test_what_was_never_made_is_given_up_after_two_minutes(
    payer, pay, clock, session
):
    await payer.presses_pay_now()
    payment = await payer.payment()
    await session.execute(
        text("update payment set state = 'asking', provider_id = null")
    )
    await session.refresh(payment)
    payment.reference = "INV-unknown-1"
    await session.flush()

    clock.now += timedelta(minutes=2) - timedelta(seconds=1)
    await payer.mop_up()
    before = await payer.state()
    clock.now += timedelta(seconds=1)
    await payer.mop_up()

    assert before is PaymentState.ASKING
    assert await payer.state() is PaymentState.NEVER_MADE
    assert pay.client.shows(await payer.presses_pay_now())


async def test_a_service_that_cannot_be_reached_takes_nothing_and_may_be_tried_again(
    payer, pay
):
    pay.transport.down = True
    nowhere = await payer.presses_pay_now()
    state = await payer.state()
    pay.transport.down = False

    page = await payer.presses_pay_now()

    assert (nowhere, state) == ("", PaymentState.NEVER_MADE)
    assert pay.client.shows(page)
    assert len(pay.made()) == 1


async def test_a_service_that_cannot_be_read_changes_nothing(payer, pay, clock):
    await pay.pays(await payer.presses_pay_now())
    pay.transport.down = True
    clock.now += MINUTE
    await payer.mop_up()
    meanwhile = await payer.outcome()
    pay.transport.down = False

    await payer.mop_up()

    assert meanwhile == OWING
    assert await payer.outcome() == PAID


async def test_a_payment_that_the_service_has_forgotten_is_over(payer, pay, session):
    await payer.presses_pay_now()
    payment = await payer.payment()
    payment.provider_id = "gone"
    await session.flush()

    await payer.comes_back()

    assert await payer.state() is PaymentState.FAILED


async def test_a_fee_confirmed_in_the_last_instant_counts_even_if_heard_of_later(
    payer, pay, clock
):
    clock.now = LAST_INSTANT - timedelta(minutes=20)
    page = await payer.presses_pay_now()
    clock.now = LAST_INSTANT
    await pay.pays(page)

    clock.now = LAST_INSTANT + timedelta(hours=2)
    await payer.mop_up()

    assert await payer.outcome() == PAID


class ConfirmedMeanwhile(httpx2.AsyncBaseTransport):
    """The payer confirms after it was told that they have not, and before the payment itself is told."""

    def __init__(self, inner, confirm):
        self.inner, self.confirm = inner, confirm
        self.confirmed = asyncio.Event()

    async def handle_async_request(self, request):
        if request.url.path.endswith("/events"):
            answer = await self.inner.handle_async_request(request)
            if not self.confirmed.is_set():
                await self.confirm()
                self.confirmed.set()
            return answer
        await self.confirmed.wait()
        return await self.inner.handle_async_request(request)


async def test_a_fee_confirmed_between_two_answers_to_the_same_question_counts_from_then(
    payer, pay, clock
):
    """Both are asked for at once, or this would wait for ever."""
    page = await payer.presses_pay_now()
    clock.now = confirmed_at = NOW + 5 * MINUTE
    pay.transport.inner = ConfirmedMeanwhile(
        pay.transport.inner, lambda: pay.pays(page)
    )

    async with asyncio.timeout(10):
        await payer.comes_back()

    assert await payer.outcome() == PAID
    assert (await payer.payment()).succeeded_at == confirmed_at


async def test_a_fee_confirmed_after_the_last_day_is_to_be_given_back(
    payer, pay, clock, session
):
    clock.now = LAST_INSTANT
    page = await payer.presses_pay_now()
    clock.now = end_of(PAY_BY)
    await pay.pays(page)

    await payer.comes_back()

    assert await payer.outcome() == (ApplicationState.APPROVED, 0, 0, 1)
    overpayment = await session.scalar(select(Overpayment))
    assert (overpayment.because, overpayment.amount_pence) == (
        OverpaidBecause.LATE,
        9000,
    )
    letter = await session.scalar(
        select(Message).where(Message.letter == "fees/overpayment")
    )
    assert letter.subject == "We will give you back £90"


async def test_nobody_starts_to_pay_after_the_last_day(payer, clock):
    clock.now = end_of(PAY_BY)

    with pytest.raises(TooLateToPay, match="last day to pay"):
        await payer.presses_pay_now()


async def test_nobody_pays_for_what_is_granted(payer, pay):
    await pay.pays(await payer.presses_pay_now())
    await payer.comes_back()

    with pytest.raises(NothingToPay):
        await payer.presses_pay_now()


async def test_a_second_payment_for_the_same_fee_is_to_be_given_back(
    payer, pay, session, clock
):
    """Two card pages of two tries, both paid: the first one cannot have been open any more, but money is money."""
    first = await payer.presses_pay_now()
    await session.execute(
        text("update payment set state = 'failed', ended_at = asked_at")
    )
    clock.now += MINUTE
    second = await payer.presses_pay_now()
    await pay.pays(first)
    await pay.pays(second)

    for payment in await payer.payments():
        await check(session, pay.client, payment, now=clock.now)
    await session.flush()

    assert await payer.outcome() == (ApplicationState.GRANTED, 1, 1, 1)
    assert {payment.state for payment in await payer.payments()} == {PaymentState.PAID}
    assert (
        await session.scalar(select(Overpayment.because))
    ) is OverpaidBecause.PAID_ALREADY


async def test_money_for_an_application_that_has_closed_is_to_be_given_back(
    payer, pay, session, clock
):
    page = await payer.presses_pay_now()
    payer.application.state = ApplicationState.CLOSED_UNPAID
    await session.flush()
    await pay.pays(page)

    await payer.comes_back()

    assert await payer.outcome() == (ApplicationState.CLOSED_UNPAID, 0, 0, 1)


async def test_money_for_a_year_that_is_over_is_to_be_given_back(
    session, sessions, pay, clock
):
    clock.now = datetime(2027, 11, 30, 23, 30, tzinfo=UTC)
    payer = await a_payer(
        session,
        sessions,
        pay,
        clock,
        approved_at=clock.now - timedelta(days=5),
        pay_by=date(2027, 12, 9),
    )
    page = await payer.presses_pay_now()
    clock.now += timedelta(minutes=30)
    await pay.pays(page)

    await payer.comes_back()

    assert await payer.outcome() == (ApplicationState.APPROVED, 0, 0, 1)
    assert (
        await session.scalar(select(Overpayment.because))
    ) is OverpaidBecause.YEAR_OVER


async def test_money_is_not_lost_where_the_register_refuses_the_entry(
    session, sessions, pay, clock
):
    person = await make_person(session)
    await make_entry(session, person=person)
    payer = await a_payer(session, sessions, pay, clock, person=person)
    await pay.pays(await payer.presses_pay_now())

    await payer.comes_back()

    assert await payer.outcome() == (ApplicationState.APPROVED, 1, 0, 1)
    assert await payer.state() is PaymentState.PAID
    assert (
        await session.scalar(select(Overpayment.because))
    ) is OverpaidBecause.NOT_GRANTED


async def test_a_webhook_is_a_hint_that_has_the_payment_read_again(
    payer, pay, session, sessions, clock
):
    await pay.pays(await payer.presses_pay_now())
    payment = await payer.payment()
    notice = Notice("card_payment_captured", payment.provider_id, "m1")

    heard = [await hear(session, notice, now=clock.now) for _ in range(3)]
    await session.commit()
    await run_pending(sessions, clock)

    assert heard == [True, False, False]
    assert await payer.outcome() == PAID


async def test_a_webhook_that_claims_success_changes_nothing_by_itself(
    payer, session, sessions, clock
):
    await payer.presses_pay_now()
    payment = await payer.payment()

    await hear(
        session,
        Notice("card_payment_succeeded", payment.provider_id, "m1"),
        now=clock.now,
    )
    await session.commit()
    await run_pending(sessions, clock)

    assert await payer.state() is PaymentState.OPEN
    assert await payer.outcome() == OWING


async def test_a_webhook_about_somebody_elses_payment_is_kept_and_does_nothing(
    payer, session, clock
):
    assert await hear(
        session, Notice("card_payment_succeeded", "unknown", "m1"), now=clock.now
    )
    assert await payer.outcome() == OWING


async def test_webhook_messages_are_forgotten_after_thirty_days(session, clock):
    await hear(session, Notice("card_payment_failed", "x", "m1"), now=clock.now)

    await forget_pay_notices(session, clock.now + timedelta(days=30))
    kept = await session.scalar(select(func.count()).select_from(PayNotice))
    await forget_pay_notices(session, clock.now + timedelta(days=30, microseconds=1))

    assert kept == 1
    assert await session.scalar(select(func.count()).select_from(PayNotice)) == 0


async def test_who_has_not_paid_is_reminded_once_four_days_before_the_last(
    payer, session
):
    await bill(session, payer.application, now=NOW)
    four_days_before = start_of(PAY_BY - timedelta(days=4))

    await remind_unpaid(session, four_days_before - timedelta(microseconds=1))
    too_early = await reminders(session)
    await remind_unpaid(session, four_days_before)
    await remind_unpaid(session, four_days_before + timedelta(days=1))

    assert too_early == []
    [letter] = await reminders(session)
    assert "Pay by: the end of 24 March 2027" in letter.body


@pytest.mark.parametrize(
    ("moment", "sent"),
    [(-timedelta(microseconds=1), 1), (timedelta(0), 0)],
)
async def test_nobody_is_reminded_after_the_last_day_to_pay(
    payer, session, moment, sent
):
    await bill(session, payer.application, now=NOW)

    await remind_unpaid(session, end_of(PAY_BY) + moment)

    assert len(await reminders(session)) == sent


async def test_who_has_paid_is_not_reminded(payer, pay, session):
    await pay.pays(await payer.presses_pay_now())
    await payer.comes_back()

    await remind_unpaid(session, end_of(PAY_BY) - timedelta(days=1))

    assert await reminders(session) == []


async def reminders(session):
    letter = Message.letter == "fees/reminder"
    return (await session.scalars(select(Message).where(letter))).all()


async def test_who_did_not_pay_in_time_is_told_that_the_application_closed(
    payer, session, clock
):
    await close_unpaid(session, end_of(PAY_BY) + timedelta(hours=3, microseconds=-1))
    before = payer.application.state
    await close_unpaid(session, end_of(PAY_BY) + timedelta(hours=3))
    await close_unpaid(session, end_of(PAY_BY) + timedelta(hours=4))

    assert before is ApplicationState.APPROVED
    assert payer.application.state is ApplicationState.CLOSED_UNPAID
    letters = await session.scalars(select(Message.letter))
    assert list(letters) == ["fees/closed_unpaid"]


async def test_nothing_is_closed_while_a_payment_is_in_doubt(payer, session, clock):
    clock.now = LAST_INSTANT
    await payer.presses_pay_now()

    await close_unpaid(session, end_of(PAY_BY) + timedelta(days=1))

    assert payer.application.state is ApplicationState.APPROVED


async def test_an_invoice_has_one_open_payment_at_most(session):
    invoice = await bill(session, await make_approved(session), now=NOW)
    session.add_all(
        Payment(
            invoice_id=invoice.id,
            attempt=attempt,
            reference=f"{invoice.reference}-{attempt}",
            amount_pence=9000,
            state=PaymentState.ASKING,
            asked_at=NOW,
        )
        for attempt in (1, 2)
    )

    with pytest.raises(DBAPIError, match="payment_one_unsettled"):
        await session.flush()


@pytest.mark.parametrize(
    "change",
    [
        "delete from payment",
        "update receipt set paid_at = now()",
        "delete from receipt",
        "update overpayment set amount_pence = 1",
        "update invoice_line set amount_pence = 1",
    ],
)
async def test_the_database_refuses_to_forget_what_was_paid(session, change):
    with pytest.raises(DBAPIError, match="permission denied"):
        await session.execute(text(change))


async def test_the_amount_is_the_scales_whatever_else_is_said(payer, pay):
    await payer.presses_pay_now()

    assert [made.amount for made in pay.made()] == [9000]


def test_the_client_of_the_process_is_of_its_settings(monkeypatch):
    monkeypatch.undo()

    assert govuk_pay.client() is govuk_pay.client()


async def test_an_invoice_that_was_paid_stays_one_invoice(payer, pay, session):
    await pay.pays(await payer.presses_pay_now())
    await payer.comes_back()

    assert await session.scalar(select(func.count()).select_from(Invoice)) == 1
    assert await session.scalar(select(func.count()).select_from(Application)) == 1
