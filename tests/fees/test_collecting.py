"""Collecting by agreement, batch by batch: who is not ready holds up nobody, and stopped or run twice it does nothing twice."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from fees.agreement import (
    AgreementState,
    CardAgreement,
    CollectionNotice,
    announce_collections,
    begin_to_announce,
    begin_to_collect,
    begin_to_give_up,
    collect_fees,
    collecting,
    give_up_collections,
)
from fees.invoice import Invoice
from fees.ledger import write_off
from fees.payment import Payment, PaymentState, alone
from register.kit.clock import start_of
from register.kit.jobs import run_pending
from register.kit.post import Message
from register.renewal import Renewal
from tests.fees.employing import bill_all
from tests.fees.renewing import ENDS, OPENS, confirm, renewing
from tests.make import make_process

TOLD_AT = OPENS + timedelta(days=1)
EARLIEST = TOLD_AT + timedelta(days=10)
NEAR = start_of(ENDS - timedelta(days=7))
INSTANT = timedelta(microseconds=1)


async def agreed(session, count=3):
    """So many who have agreed, in the order in which batches come to them: each with their renewal and its invoice."""
    for _ in range(count):
        await renewing(session)
    await bill_all(session)
    rows = await session.execute(
        select(Renewal, Invoice)
        .join(Invoice, Invoice.renewal_id == Renewal.id)
        .order_by(Invoice.number)
    )
    found = rows.all()
    for place, (_, invoice) in enumerate(found, 1):
        session.add(
            CardAgreement(
                id=UUID(int=place),
                account_id=invoice.account_id,
                person_id=invoice.person_id,
                state=AgreementState.ACTIVE,
                provider_id=f"agreement{place}",
                agreed_at=OPENS,
                active_at=OPENS,
                process=make_process(session, now=OPENS),
            )
        )
    await session.flush()
    return found


async def in_batches(work, session, now, *, at_once=2):
    """Each behind the one before, as the queue does them; how many each did."""
    sizes, after = [], UUID(int=0)
    while done := await work(session, now, at_once, after=after):
        await session.flush()
        sizes.append(len(done))
        after = done[-1]
    return sizes


async def collected(session):
    """Of whom something is taken."""
    found = select(Payment.invoice_id).where(Payment.taken_by.is_not(None))
    return set(await session.scalars(found))


async def letters(session, name):
    found = select(func.count()).where(Message.letter == f"fees/{name}")
    return await session.scalar(found)


async def refuse(session):
    """The card says no for good to all that is asked for."""
    for payment in await session.scalars(select(Payment)):
        payment.state, payment.ended_at = PaymentState.DECLINED, payment.asked_at
        payment.provider_id, payment.can_retry = uuid4().hex, False
    await session.flush()


async def test_all_are_told_and_charged_and_given_up_batch_by_batch(session):
    people = await agreed(session)

    told = await in_batches(announce_collections, session, TOLD_AT)
    taken = await in_batches(collect_fees, session, NEAR)
    every_one = await collected(session)
    await refuse(session)
    given_up = await in_batches(give_up_collections, session, NEAR)

    assert told == taken == given_up == [2, 1]
    assert every_one == {invoice.id for _, invoice in people}
    assert await letters(session, "collection_notice") == 3
    assert await letters(session, "collection_failed") == 3


@pytest.mark.parametrize("looked_at", [1, 2, 3])
async def test_who_is_not_ready_holds_up_nobody(session, monkeypatch, looked_at):
    monkeypatch.setattr(collecting, "LOOKED_AT", looked_at)
    people = await agreed(session)
    (ready, invoice) = people[-1]
    await confirm(session, ready, TOLD_AT)
    await in_batches(announce_collections, session, TOLD_AT)

    done = await collect_fees(session, EARLIEST, 2)

    assert done == [UUID(int=3)]
    assert await collected(session) == {invoice.id}


async def test_of_whom_nothing_is_owed_holds_up_nobody(session):
    people = await agreed(session)
    for _, invoice in people[:2]:
        await write_off(session, invoice.id, by=make_process(session, now=TOLD_AT))

    told = await announce_collections(session, TOLD_AT, 2)
    taken = await collect_fees(session, NEAR, 2)

    assert told == taken == [UUID(int=3)]
    assert await letters(session, "collection_notice") == 1


@pytest.mark.parametrize(("before", "ready"), [(INSTANT, 0), (timedelta(0), 3)])
async def test_the_last_day_is_near_from_the_start_of_a_day(session, before, ready):
    await agreed(session)
    await announce_collections(session, TOLD_AT)

    assert len(await collect_fees(session, NEAR - before)) == ready


async def test_who_only_pays_is_ready_at_once(session):
    ((renewal, _),) = await agreed(session, 1)
    renewal.only_pays = True
    await announce_collections(session, TOLD_AT)

    assert len(await collect_fees(session, EARLIEST)) == 1


async def test_stopped_it_goes_on_where_it_was(session):
    await agreed(session)
    await announce_collections(session, TOLD_AT, 2)
    told = await announce_collections(session, TOLD_AT, 2)
    await collect_fees(session, NEAR, 2)
    taken = await collect_fees(session, NEAR, 2)

    assert told == taken == [UUID(int=3)]


async def test_run_twice_it_does_nothing_twice(session):
    await agreed(session)
    for _ in range(2):
        await in_batches(announce_collections, session, TOLD_AT)
    for _ in range(2):
        await in_batches(collect_fees, session, NEAR)

    notices = select(func.count()).select_from(CollectionNotice)
    assert await session.scalar(notices) == 3
    assert await letters(session, "collection_notice") == 3
    assert await session.scalar(select(func.count()).select_from(Payment)) == 3


async def test_who_is_paying_at_this_moment_is_left_for_the_next_run(session, engine):
    people = await agreed(session)
    await announce_collections(session, TOLD_AT)
    async with AsyncSession(engine) as elsewhere:
        for renewal, _ in people[:2]:
            assert await alone(elsewhere, renewal.id)

        done = await collect_fees(session, NEAR, 2)

    assert done == [UUID(int=3)]


async def test_the_queue_does_all_of_it(session, sessions, pay, clock):
    people = await agreed(session)
    clock.now = TOLD_AT
    await session.execute(text("delete from pgqueuer"))
    for at, begin in (
        (TOLD_AT, begin_to_announce),
        (NEAR, begin_to_collect),
        (NEAR, begin_to_give_up),
    ):
        clock.now = at
        await begin(session, at)
        await session.commit()
        await run_pending(sessions, clock)

    assert await collected(session) == {invoice.id for _, invoice in people}
    assert await letters(session, "collection_notice") == 3
