"""Credit notes take back what was asked, by one officer up to the limit and by two above it; the invoice stays."""

import asyncio
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from fees.acts import FeesAct
from fees.credit_note import (
    CreditNote,
    CreditNoteLine,
    CreditReason,
    MoreThanIsLeft,
    NoLowIncomeDiscount,
    NothingWouldBeLeft,
    SecondPersonNeeded,
    credit,
    low_income_off,
    propose,
)
from fees.invoice import Invoice, bill
from fees.ledger import AccountCode, balance, owed_on, unallocated_of
from fees.payment import Payment, write_off_unpaid
from fees.payment.mop_up import GRACE
from fees.payment.standing import InvoiceState, record
from fees.scale import Discount, DiscountFor, FeeScale
from register.account import Account, StaffRole
from register.application import ApplicationKind
from register.kit.clock import day_of, end_of
from register.kit.db import Role, connect, sessions_of
from register.kit.post import Message
from register.process import Event, Process
from register.proposal import NeedsAnotherPerson
from tests.fees.books import the_ledger_is_sound
from tests.fees.owing import PAY_BY, make_approved
from tests.fees.test_ledger import Payer
from tests.make import NOW, make_account


@pytest.fixture
async def officers(session):
    return [await make_account(session, StaffRole.FINANCE_OFFICER) for _ in range(2)]


@pytest.fixture
async def payer(session, sessions, pay, clock):
    application = await make_approved(session)
    account = await session.get(Account, application.account_id)
    await session.commit()
    return Payer(session, sessions, pay, clock, application, account)


@pytest.fixture
async def invoice(payer, session):
    return await bill(session, payer.application, now=NOW)


async def give(
    session, invoice, pence, officer, *, reason=CreditReason.GOODWILL, waits=True
):
    by = Process.begin(session, FeesAct.CREDIT, now=NOW, actor=officer)
    return await credit(session, invoice, pence, reason=reason, waits=waits, by=by)


async def test_what_is_credited_is_owed_no_more(session, invoice, officers):
    note = await give(session, invoice, 2000, officers[0])

    assert note.reference.startswith("CRN-")
    assert invoice.amount_pence == 9000
    assert await owed_on(session, invoice.id) == 7000
    assert await balance(session, AccountCode.INCOME) == -7000
    await the_ledger_is_sound(session)


async def test_the_payer_is_told_and_so_is_the_history(session, invoice, officers):
    note = await give(session, invoice, 2000, officers[0])
    await session.flush()

    letter = await session.scalar(
        select(Message).where(Message.letter == "fees/credit_note")
    )
    assert letter.subject == (
        f"Credit note {note.reference} for £20: invoice {invoice.reference}"
    )
    event = await session.scalar(select(Event).where(Event.kind == "credited"))
    assert event.data == {
        "invoice": invoice.reference,
        "credit_note": note.reference,
        "pence": 2000,
        "because": "goodwill",
    }


async def test_the_payer_pays_only_what_is_left(session, payer, invoice, officers):
    await give(session, invoice, 2000, officers[0])
    await session.commit()

    await payer.pay.pays(await payer.starts())
    await payer.hears()

    assert [made.amount for made in payer.pay.made()] == [7000]
    await session.refresh(payer.application)
    assert payer.application.paid_at
    assert await owed_on(session, invoice.id) == 0
    await the_ledger_is_sound(session)


async def test_what_was_paid_meanwhile_and_is_too_much_is_to_be_given_back(
    session, payer, invoice, officers
):
    page = await payer.starts()
    await give(session, invoice, 2000, officers[0])
    await payer.pay.pays(page)

    await payer.hears()

    payment = await session.scalar(select(Payment))
    assert await unallocated_of(session, payment.id) == 2000
    assert payer.application.paid_at
    await the_ledger_is_sound(session)


async def test_a_credit_of_what_was_paid_is_to_be_given_back_and_ends_no_entry(
    session, payer, invoice, officers
):
    await payer.pay.pays(await payer.starts())
    await payer.hears()

    await give(session, invoice, 9000, officers[0], waits=False)

    payment = await session.scalar(select(Payment))
    assert await unallocated_of(session, payment.id) == 9000
    found = await record(session, invoice.number, today=day_of(NOW))
    assert found.standing.state is InvoiceState.CREDITED
    await session.refresh(payer.application)
    assert payer.application.state == "granted"
    await the_ledger_is_sound(session)


@pytest.mark.parametrize("pence", [0, 9001])
async def test_more_than_is_left_is_not_credited(session, invoice, officers, pence):
    with pytest.raises(MoreThanIsLeft):
        await give(session, invoice, pence, officers[0], waits=False)


async def test_what_waits_to_be_paid_keeps_a_penny(session, invoice, officers):
    with pytest.raises(NothingWouldBeLeft):
        await give(session, invoice, 9000, officers[0])

    assert await give(session, invoice, 8999, officers[0])


async def dear(session):
    """An invoice of two lines, over the limit: 180 to come back and 90 to be registered."""
    application = await make_approved(
        session, kind=ApplicationKind.RESTORATION, left_on=date(2024, 12, 1)
    )
    return await bill(session, application, now=NOW)


async def test_the_limit_is_one_officers(session, officers):
    invoice = await dear(session)

    assert await give(session, invoice, 10000, officers[0])
    with pytest.raises(SecondPersonNeeded):
        await give(session, invoice, 10001, officers[0])


async def test_two_officers_at_once_do_not_pass_the_limit_of_one(clone):
    engine = connect(await clone(), Role.APP, pool_size=2)
    apart = sessions_of(engine)
    async with apart.begin() as session:
        two = [await make_account(session, StaffRole.FINANCE_OFFICER) for _ in "ab"]
        invoice = await dear(session)

    async def press(officer):
        async with apart.begin() as session:
            mine = await session.get_one(Invoice, invoice.id)
            await give(session, mine, 10000, officer)
            # Nobody else may go by what was left before this is committed.
            await asyncio.sleep(0.2)

    told = await asyncio.gather(*map(press, two), return_exceptions=True)

    async with apart() as session:
        assert await owed_on(session, invoice.id) == 17000
        await the_ledger_is_sound(session)
    kinds = sorted(type(one).__name__ for one in told)
    assert kinds == ["NoneType", "SecondPersonNeeded"]
    await engine.dispose()


async def test_what_is_left_of_a_write_off_after_a_credit_is_written_off_again(
    session, invoice, officers
):
    late = end_of(PAY_BY) + GRACE
    await write_off_unpaid(session, late)
    await give(session, invoice, 5000, officers[0], waits=False)
    left = await owed_on(session, invoice.id)

    await write_off_unpaid(session, late)

    assert (left, await owed_on(session, invoice.id)) == (4000, 0)
    assert await balance(session, AccountCode.WRITTEN_OFF) == 4000
    await the_ledger_is_sound(session)


async def proposed(session, invoice, officer, pence=10001):
    by = Process.begin(session, FeesAct.PROPOSE_CREDIT, now=NOW, actor=officer)
    return await propose(
        session,
        invoice,
        pence,
        reason=CreditReason.GOODWILL,
        waits=True,
        proposer=officer,
        by=by,
    )


async def test_a_second_officer_lets_more_be_credited(session, officers):
    invoice = await dear(session)
    waiting = await proposed(session, invoice, officers[0])
    before = await owed_on(session, invoice.id)

    by = Process.begin(session, FeesAct.APPROVE_CREDIT, now=NOW, actor=officers[1])
    await waiting.approve(session, approver=officers[1], by=by)

    assert (before, await owed_on(session, invoice.id)) == (27000, 16999)
    await the_ledger_is_sound(session)


async def test_who_proposed_it_does_not_approve_it(session, officers):
    waiting = await proposed(session, await dear(session), officers[0])
    by = Process.begin(session, FeesAct.APPROVE_CREDIT, now=NOW, actor=officers[0])

    with pytest.raises(NeedsAnotherPerson):
        await waiting.approve(session, approver=officers[0], by=by)


async def test_a_credit_falls_on_the_last_line_first(session, officers):
    invoice = await dear(session)

    await give(session, invoice, 9500, officers[0])

    amounts = await session.scalars(select(CreditNoteLine.amount_pence))
    assert sorted(amounts) == [500, 9000]


async def test_a_low_income_pays_less_by_what_the_scale_says(
    session, invoice, officers
):
    with pytest.raises(NoLowIncomeDiscount):
        await low_income_off(session, invoice)

    scale = await FeeScale.on(session, "registration", "manager", day_of(NOW))
    session.add(
        Discount(fee_scale_id=scale.id, because=DiscountFor.LOW_INCOME, per_cent=50)
    )
    await session.flush()
    session.expire(scale)

    assert await low_income_off(session, invoice) == 4500


@given(st.lists(st.integers(1, 12000), max_size=8))
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_whatever_is_credited_no_line_is_credited_more_than_it_asked(
    sessions, amounts
):
    async with sessions() as session:
        async with session.begin_nested() as life:
            officer = await make_account(session, StaffRole.FINANCE_OFFICER)
            invoice = await dear(session)
            given = 0
            for pence in amounts:
                try:
                    await give(session, invoice, pence, officer, waits=False)
                except (MoreThanIsLeft, SecondPersonNeeded):
                    continue
                given += pence
            by_line = {}
            for line in await session.scalars(
                select(CreditNoteLine).join(
                    CreditNote, CreditNote.id == CreditNoteLine.credit_note_id
                )
            ):
                by_line[line.invoice_line_id] = (
                    by_line.get(line.invoice_line_id, 0) + line.amount_pence
                )
            assert sum(by_line.values()) == given
            assert sorted(by_line.values())[-1:] <= [18000]
            assert await owed_on(session, invoice.id) == 27000 - given
            await the_ledger_is_sound(session)
            await life.rollback()
        await session.rollback()
