"""A yearly statement tells all that came and went for somebody's fees, and counts only what they paid themselves."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fees.acts import FeesAct, FeesEvent
from fees.credit_note import CreditReason, credit
from fees.invoice import Invoice
from fees.money_refund import refund
from fees.other_money import MoneyKind, OtherMoney, ReversedBecause
from fees.papers import Payer, statement, years_paid_in
from register.account import Account
from register.kit.clock import day_of, start_of
from register.process import Process
from tests.fees.employing import bill_all, make_employer, pay_all, take_over
from tests.fees.renewing import OPENS, renewing
from tests.fees.settling import paid
from tests.make import make_process

YEAR = 2027


@pytest.fixture
async def renewal(session, clock):
    clock.now = OPENS + timedelta(days=10, hours=15)
    renewal = await renewing(session)
    await bill_all(session)
    return renewal


@pytest.fixture
async def invoice(session, renewal):
    return await session.scalar(select(Invoice).where(Invoice.renewal_id == renewal.id))


@pytest.fixture
async def payer(session, invoice):
    return await session.get(Account, invoice.account_id)


async def came(session, clock, bill, pence, *, kind=MoneyKind.TRANSFER):
    by = make_process(session, now=clock.now)
    money = await OtherMoney.record(
        session,
        kind,
        pence,
        came_on=day_of(clock.now),
        statement_reference="A LOVELACE",
        by=by,
    )
    await money.pay_for(session, bill, by=by)
    return money


@pytest.mark.parametrize("kind", MoneyKind)
async def test_a_transfer_or_a_cheque_counts_on_the_day_on_which_it_came(
    session, clock, invoice, payer, kind
):
    money = await came(session, clock, invoice, 12_000, kind=kind)

    found = await statement(session, payer, YEAR)

    (line,) = found.own
    assert (line.at, line.reference) == (start_of(day_of(clock.now)), money.reference)
    assert (line.payer, line.pence) == (Payer(kind.value), 12_000)
    assert found.total == "£120"
    assert await years_paid_in(session, payer) == [YEAR]


async def test_of_a_transfer_only_what_paid_for_them_is_theirs(
    session, clock, invoice, payer
):
    await came(session, clock, invoice, 20_000)

    assert (await statement(session, payer, YEAR)).total == "£120"


async def test_what_bounced_never_came(session, clock, invoice, payer):
    money = await came(session, clock, invoice, 12_000)
    by = make_process(session, now=clock.now)
    await money.reverse(session, ReversedBecause.BOUNCED, by=by)

    assert await statement(session, payer, YEAR) is None


async def test_what_is_credited_of_a_transfer_is_to_be_given_back(
    session, clock, invoice, payer
):
    await came(session, clock, invoice, 12_000)
    by = make_process(session, now=clock.now)
    why = {"reason": CreditReason.GOODWILL, "waits": False, "by": by}
    await credit(session, invoice, 2_000, **why)

    found = await statement(session, payer, YEAR)

    assert (found.total, found.unallocated) == ("£120", "£20")


async def test_what_went_back_of_a_transfer_is_taken_off(
    session, clock, invoice, payer
):
    money = await came(session, clock, invoice, 15_000)
    by = make_process(session, now=clock.now)
    why = {"reason": CreditReason.GOODWILL, "waits": False, "by": by}
    await credit(session, invoice, 2_000, **why)
    await refund(session, money, 5_000, by=by)

    found = await statement(session, payer, YEAR)

    assert [line.pence for line in found.own] == [12_000, -2_000]
    assert (found.total, found.unallocated) == ("£100", "£0")


async def test_what_an_employer_paid_is_told_and_not_counted(
    session, sessions, pay, clock
):
    clock.now = OPENS + timedelta(days=10)
    lead = await make_employer(session, "Ada", "Bea")
    collective = await take_over(session, lead, clock)
    await pay_all(session, sessions, pay, lead, collective, clock)
    invoice = await session.scalar(select(Invoice).order_by(Invoice.number).limit(1))
    payer = await session.get(Account, invoice.account_id)

    found = await statement(session, payer, YEAR)

    assert found.own == []
    (line,) = found.of_others
    assert (line.payer, line.pence, line.invoice.id) == (
        Payer.EMPLOYER,
        12_000,
        invoice.id,
    )
    assert line.reference.startswith(collective.reference)
    assert found.total == "£0"


async def test_what_an_employer_paid_by_transfer_is_told_and_not_counted(
    session, clock
):
    clock.now = OPENS + timedelta(days=10)
    lead = await make_employer(session, "Ada", "Bea")
    collective = await take_over(session, lead, clock)
    money = await came(session, clock, collective, 24_000)
    invoice = await session.scalar(select(Invoice).order_by(Invoice.number).limit(1))
    payer = await session.get(Account, invoice.account_id)

    found = await statement(session, payer, YEAR)

    assert found.own == []
    assert [(one.payer, one.reference) for one in found.of_others] == [
        (Payer.EMPLOYER, money.reference)
    ]


@pytest.mark.parametrize(
    ("by_themselves", "payer_of"), [(True, "card"), (False, "link")]
)
async def test_what_was_paid_by_a_link_is_not_what_they_paid(
    session, clock, invoice, payer, by_themselves, payer_of
):
    payment = await paid(session, invoice=invoice, at=clock.now)
    started = Process.begin(
        session,
        FeesAct.START_PAYMENT,
        now=clock.now,
        actor=payer if by_themselves else None,
    )
    invoice.tell(FeesEvent.PAYMENT_STARTED, started, payment=payment.reference)
    await session.flush()

    found = await statement(session, payer, YEAR)

    assert [line.payer for line in found.lines] == [Payer(payer_of)]
    assert found.total == ("£120" if by_themselves else "£0")
