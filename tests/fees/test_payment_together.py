"""Several at once, and killed in between: real connections on a database of their own, nothing rolled back for us."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from fees.invoice import Invoice, raise_due
from fees.payment import (
    Overpayment,
    Owed,
    Payment,
    PaymentState,
    Receipt,
    check,
    check_payment,
    go_to_pay,
)
from register.account import Account
from register.application import Application, ApplicationState
from register.entry import Entry
from register.kit.db import Role, connect, sessions_of
from register.kit.post import Message
from register.matching import WatchItem, WatchKind, look_for_matches
from register.person import Person
from tests.fees.owing import RETURN, make_approved
from tests.make import make_process


@pytest.fixture(scope="module")
async def apart(clone):
    """Sessions with connections of their own."""
    engine = connect(await clone(), Role.APP, pool_size=12)
    yield sessions_of(engine)
    await engine.dispose()


@pytest.fixture
async def application(apart):
    async with apart.begin() as session:
        return await make_approved(session)


class Killed(BaseException):
    """The process dies here: whatever was not committed is gone."""


async def press(apart, pay, application, clock, *, die=False):
    """One press of "Pay now" in a request of its own."""
    async with apart.begin() as session:
        mine = await session.get_one(Application, application.id)
        account = await session.get_one(Account, application.account_id)
        page = await go_to_pay(
            session,
            apart,
            pay.client,
            Owed.for_application(mine),
            return_url=RETURN,
            now=clock.now,
            by=account,
        )
        if die:
            raise Killed
        return page


async def hear_of_it(apart, pay, clock, payment_id):
    """One return, webhook job or mop-up: each in a transaction of its own."""
    async with apart.begin() as session:
        await check_payment(session, clock.now, payment_id)


async def payments(apart, application):
    async with apart() as session:
        found = (
            select(Payment)
            .join(Invoice)
            .where(Invoice.application_id == application.id)
            .order_by(Payment.attempt)
        )
        return list(await session.scalars(found))


async def outcome(apart, application):
    async with apart() as session:
        mine = await session.get_one(Application, application.id)

        async def count(*of):
            return await session.scalar(select(func.count()).select_from(*of))

        entries = select(Entry).where(Entry.person_id == application.person_id)
        receipts = select(Receipt).where(Receipt.application_id == application.id)
        given_back = (
            select(Overpayment)
            .join(Invoice)
            .where(Invoice.application_id == application.id)
        )
        return (
            mine.state,
            await count(entries.subquery()),
            await count(receipts.subquery()),
            await count(given_back.subquery()),
        )


async def test_a_double_click_makes_one_payment_and_both_lead_to_it(
    apart, pay, application, clock
):
    pages = await asyncio.gather(
        *[press(apart, pay, application, clock) for _ in range(4)]
    )

    assert len(set(pages)) == 1
    assert pay.client.shows(pages[0])
    assert len(pay.made()) == 1
    assert len(await payments(apart, application)) == 1


async def test_the_job_and_the_click_bill_once(apart, pay, application, clock):
    async def job():
        async with apart.begin() as session:
            await raise_due(session, clock.now)

    await asyncio.gather(job(), press(apart, pay, application, clock), job())

    async with apart() as session:
        invoices = select(func.count()).where(Invoice.application_id == application.id)
        letters = select(func.count()).where(
            Message.application_id == application.id, Message.letter == "fees/invoice"
        )
        assert await session.scalar(invoices) == 1
        assert await session.scalar(letters) == 1


async def test_return_webhook_and_mop_up_at_once_make_one_entry(
    apart, pay, application, clock
):
    await pay.pays(await press(apart, pay, application, clock))
    (payment,) = await payments(apart, application)

    await asyncio.gather(*[hear_of_it(apart, pay, clock, payment.id) for _ in range(6)])

    assert await outcome(apart, application) == (ApplicationState.GRANTED, 1, 1, 0)


async def test_whoever_is_listed_as_the_fee_comes_is_found_first_or_entered_first(
    apart, pay, application, clock
):
    async with apart.begin() as session:
        person = await session.get_one(Person, application.person_id)
        await look_for_matches(session, person, by=make_process(session))
    await pay.pays(await press(apart, pay, application, clock))
    (payment,) = await payments(apart, application)
    listing, listed = asyncio.Event(), asyncio.Event()

    async def list_them():
        async with apart.begin() as session:
            await WatchItem.add(
                session,
                WatchKind.BARRED,
                given_names=person.given_names,
                family_name=person.family_name,
                birth_date=person.birth_date,
                source="DBS, ref 1",
                because="Told by letter",
                by=make_process(session),
            )
            listing.set()
            await asyncio.sleep(0.2)
        listed.set()

    async def hear():
        await listing.wait()
        await hear_of_it(apart, pay, clock, payment.id)
        assert listed.is_set()

    await asyncio.gather(list_them(), hear())

    assert await outcome(apart, application) == (ApplicationState.PAID, 0, 1, 0)


async def test_killed_after_the_call_the_try_is_known_and_found_again(
    apart, pay, application, clock
):
    with suppress(Killed):
        await press(apart, pay, application, clock, die=True)
    left = await payments(apart, application)
    clock.now += timedelta(seconds=5)

    page = await press(apart, pay, application, clock)

    assert [(p.state, p.provider_id) for p in left] == [(PaymentState.ASKING, None)]
    assert pay.client.shows(page)
    assert len(pay.made()) == 1


async def test_killed_while_taking_it_in_it_is_taken_in_whole_by_the_next(
    apart, pay, application, clock
):
    await pay.pays(await press(apart, pay, application, clock))
    (payment,) = await payments(apart, application)
    with suppress(Killed):
        async with apart.begin() as session:
            mine = await session.get_one(Payment, payment.id)
            await check(session, pay.client, mine, now=clock.now)
            await session.flush()
            raise Killed
    meanwhile = await outcome(apart, application)

    await hear_of_it(apart, pay, clock, payment.id)

    assert meanwhile == (ApplicationState.APPROVED, 0, 0, 0)
    assert await outcome(apart, application) == (ApplicationState.GRANTED, 1, 1, 0)


async def test_the_database_itself_holds_one_receipt_for_an_application(
    apart, pay, application, clock
):
    await pay.pays(await press(apart, pay, application, clock))
    (payment,) = await payments(apart, application)
    await hear_of_it(apart, pay, clock, payment.id)

    async with apart() as session:
        receipt = await session.scalar(
            select(Receipt).where(Receipt.application_id == application.id)
        )
        session.expunge(receipt)
        session.add(
            Receipt(
                invoice_id=receipt.invoice_id,
                application_id=receipt.application_id,
                payment_id=receipt.payment_id,
                paid_at=clock.now,
                process_id=receipt.process_id,
            )
        )
        with pytest.raises(DBAPIError, match="receipt_pk"):
            await session.flush()
