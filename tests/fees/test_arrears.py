"""What is owed, by age and part: on both sides of each edge, and never a penny but what the ledger has."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from fees.arrears import Age, aged_debt
from fees.credit_note import CreditReason, credit
from fees.invoice import Invoice, InvoiceLine, Purpose, bill, bill_next_renewals
from fees.invoice.posting import post_raised
from fees.ledger import AccountCode, balance, write_off
from fees.other_money import MoneyKind, OtherMoney, ReversedBecause
from fees.scale import FeeKind, FeeScale
from register.kit.clock import day_of
from register.part import Part
from tests.fees.owing import PAY_BY, make_approved
from tests.fees.renewing import CURED_UNTIL, ENDS, OPENS, renewing
from tests.fees.settling import paid
from tests.make import NOW, make_process

DAY = timedelta(days=1)


async def billed(session):
    """£90, to be paid by 24 March."""
    return await bill(session, await make_approved(session), now=NOW)


async def found(session, today=PAY_BY):
    return [
        (one.part, one.age, one.invoices, one.pence)
        for one in await aged_debt(session, today=today)
    ]


@pytest.mark.parametrize(
    ("late", "age"),
    [
        (-10, Age.NOT_DUE),
        (0, Age.NOT_DUE),
        (1, Age.TO_30),
        (30, Age.TO_30),
        (31, Age.TO_60),
        (60, Age.TO_60),
        (61, Age.TO_90),
        (90, Age.TO_90),
        (91, Age.OVER_90),
        (400, Age.OVER_90),
    ],
)
async def test_a_debt_is_as_old_as_the_days_after_the_last_day_to_pay(
    session, late, age
):
    await billed(session)

    assert await found(session, PAY_BY + timedelta(days=late)) == [
        (Part.MANAGER, age, 1, 9000)
    ]


@pytest.mark.parametrize(("late", "age"), [(28, Age.NOT_DUE), (29, Age.TO_30)])
async def test_a_debt_of_who_has_more_time_to_renew_grows_old_as_much_later(
    session, late, age
):
    renewal = await renewing(session)
    await bill_next_renewals(session, now=OPENS)
    renewal.extended_until = ENDS + 28 * DAY
    await session.flush()

    ages = [one.age for one in await aged_debt(session, today=CURED_UNTIL + late * DAY)]

    assert ages == [age]


async def test_what_is_paid_or_written_off_is_owed_no_more(session):
    await paid(session)
    lost = await billed(session)
    await write_off(session, lost.id, by=make_process(session))

    assert await found(session) == []


async def test_what_is_paid_in_part_or_credited_is_owed_for_the_rest(session):
    invoice = await billed(session)
    await paid(session, invoice=invoice, pence=3000)
    await credit(
        session,
        invoice,
        1000,
        reason=CreditReason.GOODWILL,
        waits=True,
        by=make_process(session),
    )

    assert await found(session) == [(Part.MANAGER, Age.NOT_DUE, 1, 5000)]


async def pays_by_cheque(session, invoice, pence):
    by = make_process(session)
    cheque = await OtherMoney.record(
        session,
        MoneyKind.CHEQUE,
        pence,
        came_on=day_of(NOW),
        statement_reference="A LOVELACE",
        by=by,
    )
    await cheque.pay_for(session, invoice, by=by)
    return cheque


async def bounced(session, cheque):
    await cheque.reverse(session, ReversedBecause.BOUNCED, by=make_process(session))


@pytest.mark.parametrize(("late", "age"), [(0, Age.NOT_DUE), (1, Age.TO_30)])
async def test_what_is_owed_again_after_a_cheque_bounced_is_as_old_as_ever(
    session, late, age
):
    invoice = await billed(session)
    await bounced(session, await pays_by_cheque(session, invoice, 9000))

    assert await found(session, PAY_BY + timedelta(days=late)) == [
        (Part.MANAGER, age, 1, 9000)
    ]


async def test_paid_once_more_it_is_owed_no_more(session):
    invoice = await billed(session)
    await bounced(session, await pays_by_cheque(session, invoice, 9000))
    await pays_by_cheque(session, invoice, 9000)

    assert await found(session) == []


async def of_two_parts(session, first=9000, second=6000):
    """One invoice with a line of each of two parts."""
    account = await make_approved(session)
    invoice = Invoice(
        purpose=Purpose.APPLICATION,
        application_id=account.id,
        person_id=account.person_id,
        account_id=account.account_id,
        process=(by := make_process(session)),
        raised_at=NOW,
        pay_by=PAY_BY,
        covers_until=date(2027, 11, 30),
        amount_pence=first + second,
    )
    session.add(invoice)
    await session.flush()
    for position, (part, pence) in enumerate(
        ((Part.MANAGER, first), (Part.DEPUTY, second)), start=1
    ):
        scale = await FeeScale.on(session, FeeKind.REGISTRATION, part, NOW.date())
        session.add(
            InvoiceLine(
                invoice_id=invoice.id,
                position=position,
                fee_scale_id=scale.id,
                months=9,
                amount_pence=pence,
            )
        )
    await post_raised(session, by)
    return invoice


async def test_of_several_parts_the_first_is_paid_first(session):
    invoice = await of_two_parts(session)
    await paid(session, invoice=invoice, pence=10_000)

    assert await found(session) == [(Part.DEPUTY, Age.NOT_DUE, 1, 5000)]


async def test_parts_stand_in_their_order(session):
    await of_two_parts(session)

    assert await found(session) == [
        (Part.MANAGER, Age.NOT_DUE, 1, 9000),
        (Part.DEPUTY, Age.NOT_DUE, 1, 6000),
    ]


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    first=st.integers(1, 5000),
    second=st.integers(1, 5000),
    paying=st.integers(0, 9999),
    crediting=st.integers(0, 9999),
    sent=st.integers(0, 9999),
    bounces=st.booleans(),
)
async def test_it_is_to_the_penny_what_the_ledger_has(
    session, first, second, paying, crediting, sent, bounces
):
    async with session.begin_nested() as all_of_it:
        invoice = await of_two_parts(session, first, second)
        credited = crediting % (first + second)
        if credited:
            await credit(
                session,
                invoice,
                credited,
                reason=CreditReason.GOODWILL,
                waits=False,
                by=make_process(session),
            )
        pence = paying % (first + second - credited)
        if pence:
            await paid(session, invoice=invoice, pence=pence)
        left = first + second - credited - pence
        money = sent % (left + 1)
        if money:
            cheque = await pays_by_cheque(session, invoice, money)
            if bounces:
                await bounced(session, cheque)
                money = 0

        total = sum(one.pence for one in await aged_debt(session, today=PAY_BY))

        assert total == await balance(session, AccountCode.RECEIVABLE)
        assert total == left - money
        await all_of_it.rollback()


async def test_an_invoice_counts_once_in_each_of_its_parts(session):
    await of_two_parts(session)
    await billed(session)

    assert await found(session) == [
        (Part.MANAGER, Age.NOT_DUE, 2, 18000),
        (Part.DEPUTY, Age.NOT_DUE, 1, 6000),
    ]
    assert len(list(await session.scalars(select(Invoice)))) == 2
