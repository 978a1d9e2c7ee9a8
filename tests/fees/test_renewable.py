"""Of whom nothing can be renewed, no renewal fee is asked or taken; what comes all the same is given back and renews nobody."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fees.agreement import (
    AgreementState,
    CardAgreement,
    CollectionNotice,
    announce_collections,
    collect_fees,
    take_payment,
)
from fees.invoice import Invoice
from fees.ledger import owed_on, unallocated_of
from fees.pay_link import Closed, LinkClosed, NothingOwed, closed, make_link
from fees.payment import OverpaidBecause, Overpayment, Payment, to_pay
from register.account import Account
from register.entry import Entry, LapseReason, RemovalReason
from register.hiding import ToldBy, record_death
from register.kit.clock import day_of, end_of, start_of
from register.kit.post import Message
from register.part import Part
from register.person import Person
from tests.fees.books import the_ledger_is_sound
from tests.fees.employing import bill_all
from tests.fees.renewing import ENDS, OPENS, confirm, renewing
from tests.fees.settling import paid
from tests.make import make_person, make_process

INSTANT, DAY = timedelta(microseconds=1), timedelta(days=1)
LATER = OPENS + timedelta(days=44)
TOLD_AT = OPENS + DAY
NEAR = start_of(ENDS - timedelta(days=7))
MIDNIGHT = end_of(ENDS)


@pytest.fixture
async def renewal(session, clock, pay):
    clock.now = OPENS
    renewal = await renewing(session)
    await bill_all(session)
    return renewal


@pytest.fixture
async def invoice(session, renewal):
    return await session.scalar(select(Invoice).where(Invoice.renewal_id == renewal.id))


async def entries(session, renewal):
    ids = await session.scalars(
        select(Entry.id).where(Entry.person_id == renewal.person_id).order_by(Entry.id)
    )
    return [await Entry.load(session, one, lock=True) for one in ids.all()]


async def leaves(session, renewal, at, because=RemovalReason.VOLUNTARY):
    for entry in await entries(session, renewal):
        by = make_process(session, now=at)
        await entry.remove(session, on=at, because=because, by=by)
    await session.flush()


async def is_struck_off(session, renewal, at):
    await leaves(session, renewal, at, RemovalReason.ORDER)


async def dies(session, renewal, at):
    person = await session.get_one(Person, renewal.person_id)
    by = make_process(session, now=at)
    await record_death(session, person, on=day_of(at), told_by=ToldBy.FAMILY, by=by)
    await session.flush()


async def is_merged(session, renewal, at):
    person = await session.get_one(Person, renewal.person_id)
    person.merged_into = (await make_person(session)).id
    await session.flush()


async def lapses(session, renewal):
    for entry in await entries(session, renewal):
        by = make_process(session, now=MIDNIGHT)
        because = LapseReason.NOT_RENEWED
        await entry.lapse(session, on=MIDNIGHT, because=because, by=by)
    await session.flush()


async def ends_without_a_lapse(session, renewal):
    for entry in await entries(session, renewal):
        by = make_process(session, now=MIDNIGHT)
        await entry.hold(session, on=OPENS, by=by)
        await entry.end_period(session, on=MIDNIGHT, by=by)
    await session.flush()


GONE = pytest.mark.parametrize("goes", [leaves, is_struck_off, dies, is_merged])


async def owes(session, renewal, at):
    account = await session.scalar(
        select(Account).where(Account.person_id == renewal.person_id)
    )
    return await to_pay(session, account, today=day_of(at))


async def agreed(session, invoice):
    agreement = CardAgreement(
        account_id=invoice.account_id,
        person_id=invoice.person_id,
        state=AgreementState.ACTIVE,
        provider_id="agreement1",
        agreed_at=OPENS,
        active_at=OPENS,
        process=make_process(session, now=OPENS),
    )
    session.add(agreement)
    await session.flush()


async def payments(session):
    return (await session.scalars(select(Payment))).all()


async def letters(session):
    return set(await session.scalars(select(Message.letter)))


# Asking


async def test_who_stands_in_the_register_owes_the_fee(session, renewal):
    assert (await owes(session, renewal, LATER)).about == renewal.id


@GONE
async def test_who_is_gone_owes_none(session, renewal, goes):
    await goes(session, renewal, LATER)

    assert await owes(session, renewal, LATER) is None


async def test_who_left_one_part_of_two_owes_it_for_the_other(session, clock):
    clock.now = OPENS
    renewal = await renewing(session, Part.MANAGER, Part.DEPUTY)
    first, _ = await entries(session, renewal)
    by = make_process(session, now=LATER)
    await first.remove(session, on=LATER, because=RemovalReason.VOLUNTARY, by=by)

    assert (await owes(session, renewal, LATER)).about == renewal.id


@pytest.mark.parametrize(
    ("on", "asked"), [(MIDNIGHT - INSTANT, False), (MIDNIGHT, True)]
)
async def test_who_will_have_left_before_the_period_ends_owes_none(
    session, renewal, on, asked
):
    await leaves(session, renewal, on)

    assert (await owes(session, renewal, LATER) is not None) is asked


async def test_who_lapsed_owes_it_until_it_is_cured(session, renewal):
    await lapses(session, renewal)

    assert (await owes(session, renewal, MIDNIGHT + DAY)).about == renewal.id


async def test_who_was_removed_after_they_lapsed_owes_none(session, renewal):
    await lapses(session, renewal)
    await is_struck_off(session, renewal, MIDNIGHT + DAY)

    assert await owes(session, renewal, MIDNIGHT + DAY) is None


async def test_whose_period_ended_without_a_lapse_owes_none(session, renewal):
    await ends_without_a_lapse(session, renewal)

    assert await owes(session, renewal, MIDNIGHT + DAY) is None


# By agreement


@GONE
async def test_nothing_is_announced_to_who_is_gone(session, renewal, invoice, goes):
    await agreed(session, invoice)
    await goes(session, renewal, LATER)

    await announce_collections(session, LATER)

    assert (await session.scalars(select(CollectionNotice))).all() == []
    assert "fees/collection_notice" not in await letters(session)


@GONE
async def test_who_is_gone_after_they_were_told_is_charged_nothing(
    session, renewal, invoice, goes
):
    await agreed(session, invoice)
    await announce_collections(session, TOLD_AT)
    await goes(session, renewal, LATER)

    await collect_fees(session, NEAR)

    assert await payments(session) == []


@GONE
async def test_who_is_gone_before_it_was_asked_for_is_charged_nothing(
    session, renewal, invoice, pay, clock, goes
):
    await agreed(session, invoice)
    await announce_collections(session, TOLD_AT)
    await collect_fees(session, NEAR)
    await goes(session, renewal, NEAR + DAY)

    clock.now = NEAR + DAY
    (payment,) = await payments(session)
    await take_payment(session, clock.now, payment.id)

    assert payment.let_go_at == clock.now
    assert pay.made() == []


# What comes all the same


@GONE
async def test_money_for_who_is_gone_is_held_to_be_given_back_and_renews_nobody(
    session, renewal, invoice, goes
):
    await confirm(session, renewal, OPENS)
    await goes(session, renewal, LATER)

    payment = await paid(session, invoice=invoice, at=LATER + DAY)

    because = await session.scalar(select(Overpayment.because))
    assert because is OverpaidBecause.NOT_RENEWED
    assert await unallocated_of(session, payment.id) == 12_000
    assert (renewal.paid_at, renewal.finished_at) == (None, None)
    assert "fees/renewal_receipt" not in await letters(session)
    await the_ledger_is_sound(session)


async def test_an_instalment_of_who_has_left_is_held_too(session, renewal, invoice):
    await leaves(session, renewal, LATER)

    payment = await paid(session, invoice=invoice, at=LATER, pence=4_000)

    assert await unallocated_of(session, payment.id) == 4_000
    assert await owed_on(session, invoice.id) == 12_000


async def test_money_in_time_counts_though_the_lapse_was_written_before_we_heard_of_it(
    session, renewal, invoice
):
    await confirm(session, renewal, OPENS)
    await lapses(session, renewal)

    await paid(session, invoice=invoice, at=MIDNIGHT - INSTANT, heard=MIDNIGHT + DAY)

    assert renewal.in_time
    assert await letter_of_receipt(session) == "You are renewed: receipt for £120"


@pytest.mark.parametrize(
    ("at", "counts"), [(MIDNIGHT - INSTANT, True), (MIDNIGHT, False)]
)
async def test_of_a_period_that_ended_without_a_lapse_only_money_in_time_counts(
    session, renewal, invoice, at, counts
):
    await ends_without_a_lapse(session, renewal)

    await paid(session, invoice=invoice, at=at, heard=MIDNIGHT + DAY)

    assert (renewal.paid_at is not None) is counts


async def letter_of_receipt(session):
    return await session.scalar(
        select(Message.subject).where(Message.letter == "fees/renewal_receipt")
    )


# By a link


@GONE
async def test_nobody_else_pays_for_who_is_gone(
    session, sessions, pay, renewal, invoice, goes
):
    link = await make_link(session, invoice, by=make_process(session, now=OPENS))
    await goes(session, renewal, OPENS + DAY)

    assert await closed(session, link, invoice, now=OPENS + DAY) is Closed.NOT_NEEDED
    with pytest.raises(LinkClosed):
        await link.go_to_pay(
            session, sessions, pay.client, return_url="", now=OPENS + DAY
        )
    with pytest.raises(NothingOwed):
        await make_link(session, invoice, by=make_process(session, now=OPENS + DAY))
