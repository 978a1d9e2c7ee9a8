"""What employers and banks paid, links and agreements go six years after their tax year, and the ledger stays."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from fees.agreement import (
    AgreementState,
    CardAgreement,
    CollectionNotice,
    EndedBecause,
)
from fees.collective import CollectiveInvoice, CollectiveLine, CollectiveShare
from fees.credit_note import CreditReason, credit
from fees.invoice import Invoice
from fees.ledger import LedgerEntry
from fees.money_refund import MoneyRefund, refund
from fees.other_money import MoneyKind, MoneyReversal, OtherMoney, ReversedBecause
from fees.pay_link import PayLink, make_link
from fees.payment import Payment
from fees.retained import old_agreements, old_collectives, old_invoices, old_money
from register.account import Account
from register.kit.clock import day_of, start_of
from register.retention.forgetting import forget_records
from tests.fees.employing import make_employer, pay_all, take_over
from tests.fees.renewing import OPENS
from tests.make import NOW, make_process

GOES = date(2034, 4, 6)
"""The tax year of OPENS ends on 5 April 2028, and six years later is this."""
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def today(clock):
    clock.now = OPENS + timedelta(days=10)


@pytest.fixture
async def collective(session, sessions, pay, clock):
    lead = await make_employer(session, "Ada", "Bea")
    taken = await take_over(session, lead, clock)
    await pay_all(session, sessions, pay, lead, taken, clock)
    return taken


async def came(session, pence=5_000, *, at=OPENS, bill=None):
    by = make_process(session, now=at)
    money = await OtherMoney.record(
        session,
        MoneyKind.TRANSFER,
        pence,
        came_on=day_of(at),
        statement_reference="A LOVELACE",
        by=by,
    )
    if bill:
        await money.pay_for(session, bill, by=by)
    return money


async def over(session, finder, day):
    return set(await session.scalars(await finder(session, day, start_of(day))))


async def count(session, kind):
    return await session.scalar(select(func.count()).select_from(kind))


async def nothing_of(session, *kinds):
    return [await count(session, kind) for kind in kinds] == [0] * len(kinds)


async def forget(session, *kinds, day=GOES):
    for kind in kinds:
        await forget_records(session, start_of(day), kind)
    await session.flush()


async def test_an_employer_s_invoice_goes_once_nobody_s_own_is_left_of_it(
    session, collective
):
    early = await over(session, old_invoices, GOES - DAY)
    with_their_own = await over(session, old_collectives, GOES)
    await forget(session, "fees")
    alone = await over(session, old_collectives, GOES)
    entries = await count(session, LedgerEntry)

    await forget(session, "collective")

    assert (early, with_their_own, alone) == (set(), set(), {collective.id})
    assert await nothing_of(
        session, CollectiveInvoice, CollectiveLine, CollectiveShare, Payment, Invoice
    )
    assert await count(session, LedgerEntry) == entries


async def test_what_is_left_over_of_an_employer_s_payment_keeps_its_invoice(
    session, collective
):
    invoice = await session.scalar(select(Invoice).limit(1))
    by = make_process(session, now=OPENS + 10 * DAY)
    why = {"reason": CreditReason.GOODWILL, "waits": False, "by": by}
    await credit(session, invoice, 2_000, **why)
    await forget(session, "fees")

    assert await count(session, Invoice) == 0
    assert await over(session, old_collectives, date(2060, 1, 1)) == set()


async def test_a_transfer_goes_once_nothing_is_kept_that_it_paid(session, clock):
    lead = await make_employer(session, "Ada", "Bea")
    taken = await take_over(session, lead, clock)
    money = await came(session, 24_000, bill=taken)

    kept = await over(session, old_money, GOES)
    await forget(session, "fees", "collective")
    gone = await over(session, old_money, GOES)
    await forget(session, "other_money")

    assert (kept, gone) == (set(), {money.id})
    assert await nothing_of(session, OtherMoney, CollectiveInvoice, Invoice)


async def test_what_was_reversed_or_given_back_goes_with_its_transfer(session):
    bounced, returned = await came(session), await came(session)
    by = make_process(session, now=OPENS)
    await bounced.reverse(session, ReversedBecause.BOUNCED, by=by)
    await refund(session, returned, 5_000, by=by)

    early = await over(session, old_money, GOES - DAY)
    await forget(session, "other_money")

    assert early == set()
    assert await nothing_of(session, OtherMoney, MoneyReversal, MoneyRefund)


async def test_a_refund_of_a_later_year_keeps_its_transfer_longer(session):
    money = await came(session)
    later = start_of(date(2028, 4, 20))
    await refund(session, money, 5_000, by=make_process(session, now=later))

    assert await over(session, old_money, GOES) == set()
    assert await over(session, old_money, GOES.replace(year=2035)) == {money.id}


async def test_what_waits_to_be_given_back_is_kept_however_old(session):
    await came(session)

    assert await over(session, old_money, date(2060, 1, 1)) == set()


async def agreed(session, account, **more):
    agreement = CardAgreement(
        account_id=account.id,
        person_id=account.person_id,
        agreed_at=OPENS,
        process=make_process(session, now=OPENS),
        **more,
    )
    session.add(agreement)
    await session.flush()
    return agreement


async def test_an_agreement_goes_once_it_has_ended_and_nothing_is_kept_of_it(
    session, collective
):
    invoice = await session.scalar(select(Invoice).limit(1))
    account = await session.get(Account, invoice.account_id)
    ended = await agreed(
        session,
        account,
        state=AgreementState.ENDED,
        ended_at=OPENS,
        ended_because=EndedBecause.CANCELLED,
        provider_id="ended",
    )
    notice = CollectionNotice(
        agreement_id=ended.id, invoice_id=invoice.id, told_at=OPENS
    )
    session.add(notice)
    await agreed(session, account, state=AgreementState.ACTIVE, provider_id="active")
    payment = await session.scalar(select(Payment))
    payment.taken_by = "ended"
    await session.flush()

    with_its_payment = await over(session, old_agreements, GOES)
    payment.taken_by = None
    await session.flush()
    early = await over(session, old_agreements, GOES - DAY)
    await forget(session, "agreements")

    assert (with_its_payment, early) == (set(), set())
    left = await session.scalars(select(CardAgreement.provider_id))
    assert left.all() == ["active"]
    assert await count(session, CollectionNotice) == 0


async def test_a_link_goes_with_its_invoice(session):
    await make_employer(session, "Ada")
    invoice = await session.scalar(select(Invoice))
    await make_link(session, invoice, by=make_process(session, now=OPENS))

    await forget(session, "fees")

    assert await nothing_of(session, PayLink, Invoice)


CHANGES = (
    "delete from collective_share",
    "delete from collective_line",
    "delete from collective_invoice",
    "update collective_line set amount_pence = 1",
    "delete from money_refund",
    "delete from other_money",
    "update other_money set amount_pence = 1",
    "delete from payment",
)


@pytest.mark.parametrize(
    ("role", "act"),
    [
        *(("register_app", act) for act in CHANGES),
        *(("register_owner", act) for act in CHANGES),
        ("register_app", "select erase_money(id) from other_money"),
        ("register_app", "select erase_collective(id) from collective_invoice"),
        ("register_app", "select erase_agreement(gen_random_uuid())"),
    ],
)
async def test_nobody_else_changes_or_deletes_it(session, collective, role, act):
    money = await came(session)
    await refund(session, money, 1, by=make_process(session, now=NOW))
    await session.execute(text(f"set local role {role}"))

    with pytest.raises(DBAPIError, match=r"refused|permission denied"):
        await session.execute(text(act))
