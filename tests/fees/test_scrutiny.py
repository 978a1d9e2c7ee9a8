"""Whoever sends a qualification from abroad is billed for its scrutiny, which waits until the fee is paid or waived."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import selectinload

from fees.acts import FeesAct
from fees.credit_note import (
    CreditReason,
    NothingWouldBeLeft,
    SecondPersonNeeded,
    credit,
    propose,
)
from fees.income import income
from fees.invoice import Invoice, NothingToPay, Purpose, bill_scrutiny, raise_scrutinies
from fees.ledger import AccountCode, balance, owed_on
from fees.payment import (
    OverpaidBecause,
    Overpayment,
    Receipt,
    remind_unpaid,
    to_pay,
    write_off_unpaid,
)
from fees.payment.standing import InvoiceState, Show, record, standings
from fees.scale import FeeKind, FeeScale
from register.account import Account, StaffRole
from register.application import ApplicationState, withdraw
from register.kit.clock import day_of
from register.kit.post import Message
from register.part import Part
from register.process import Event, Process
from tests.fees.owing import make_abroad
from tests.fees.settling import paid
from tests.make import NOW, make_account, make_process

LATER = NOW + timedelta(minutes=3)
LONG_AFTER = NOW + timedelta(days=90)
ASKED_BY = date(2027, 3, 24)


@pytest.fixture
async def application(session):
    return await make_abroad(session)


@pytest.fixture
async def invoice(session, application):
    return await bill_scrutiny(session, application, now=NOW)


async def invoices(session):
    return list(
        await session.scalars(select(Invoice).options(selectinload(Invoice.lines)))
    )


async def events(session, application):
    return list(
        await session.scalars(
            select(Event.kind)
            .where(Event.application_id == application.id)
            .order_by(Event.id)
        )
    )


async def letters(session):
    found = await session.scalars(select(Message).order_by(Message.created_at))
    return {one.letter: one for one in found if one.letter.startswith("fees/")}


async def account_of(session, application):
    return await session.get(Account, application.account_id)


async def state_of(session, invoice, *, today=None):
    found = await record(session, invoice.number, today=today or day_of(NOW))
    return found.standing.state


async def shown(session, show, *, today=None):
    found = await standings(session, show=show, today=today or day_of(NOW))
    return [one.invoice.id for one in found.rows]


async def test_whoever_sends_a_qualification_from_abroad_is_billed_for_its_scrutiny(
    session, application
):
    await raise_scrutinies(session, LATER)

    (invoice,) = await invoices(session)
    assert (invoice.purpose, invoice.application_id) == (
        Purpose.SCRUTINY,
        application.id,
    )
    assert (invoice.amount_pence, invoice.pay_by) == (67_000, ASKED_BY)
    assert invoice.covers_until is None
    assert application.scrutiny_waits
    assert "application_scrutiny_asked" in await events(session, application)
    letter = (await letters(session))["fees/scrutiny_invoice"]
    assert "Fee to pay: £670" in letter.body
    assert "Pay by: the end of 24 March 2027" in letter.body


async def test_however_often_it_is_asked_it_bills_and_writes_once(session, application):
    for minutes in range(3):
        await raise_scrutinies(session, NOW + timedelta(minutes=minutes))
        await bill_scrutiny(session, application, now=NOW)

    assert len(await invoices(session)) == 1


@pytest.mark.parametrize(
    "said",
    [
        {"country": "England"},
        {
            "awarded": False,
            "awarded_on": None,
            "enrolled_on": date(2027, 1, 4),
            "expected_on": date(2027, 9, 1),
        },
    ],
)
async def test_what_needs_no_scrutiny_is_not_billed(session, said):
    application = await make_abroad(session, **said)

    await raise_scrutinies(session, LATER)

    assert not application.scrutiny_waits
    assert await invoices(session) == []


async def test_where_no_price_is_set_the_scrutiny_waits_for_nothing(
    session, application
):
    application.part = Part.TRAINEE
    await session.flush()

    owed = await to_pay(
        session, await account_of(session, application), today=day_of(NOW)
    )
    await raise_scrutinies(session, LATER)

    assert owed is None
    assert await invoices(session) == []
    assert application.scrutiny_cleared_at == LATER


async def test_a_price_is_that_of_the_day_on_which_it_was_sent(session, application):
    await session.execute(
        text(
            "update fee_scale set valid = tstzrange(lower(valid), '2027-04-01')"
            " where kind = 'overseas_scrutiny'"
        )
    )

    invoice = await bill_scrutiny(session, application, now=LONG_AFTER)

    assert invoice.amount_pence == 67_000


async def test_the_payer_owes_it_however_late_until_something_is_decided(
    session, application, invoice
):
    account = await account_of(session, application)
    late = day_of(LONG_AFTER)

    owed = await to_pay(session, account, today=late)
    await write_off_unpaid(session, LONG_AFTER)

    assert (owed.purpose, owed.about) == (Purpose.SCRUTINY, application.id)
    assert owed.may_be_paid(late)
    assert await owed_on(session, invoice.id) == 67_000
    assert await state_of(session, invoice, today=late) is InvoiceState.DUE
    assert await shown(session, Show.DUE, today=late) == [invoice.id]


async def test_paid_it_is_receipted_and_posted_and_the_scrutiny_may_begin(
    session, application, invoice
):
    await paid(session, invoice=invoice, at=LATER)

    receipt = await session.get(Receipt, invoice.id)
    assert (receipt.paid_at, receipt.application_id) == (LATER, None)
    assert application.scrutiny_cleared_at == LATER
    assert not application.scrutiny_waits
    assert await balance(session, AccountCode.CARD_CLEARING) == 67_000
    assert [one.kind for one in await income(session, until=day_of(LATER))] == [
        FeeKind.OVERSEAS_SCRUTINY
    ]
    assert await events(session, application) == [
        "application_started",
        "application_submitted",
        "application_scrutiny_asked",
        *(["request:asked"] * 2),
        "invoice_raised",
        "payment_succeeded",
        "application_scrutiny_cleared",
        "fee_paid",
    ]
    assert await state_of(session, invoice) is InvoiceState.PAID
    assert await shown(session, Show.PAID) == [invoice.id]
    assert "Amount: £670" in (await letters(session))["fees/scrutiny_receipt"].body


async def test_its_receipt_leaves_the_registration_to_be_paid_for(
    session, application, invoice
):
    await paid(session, invoice=invoice)

    assert application.paid_at is None
    assert await session.scalar(select(Receipt.application_id)) is None


async def test_paid_twice_the_second_is_to_be_given_back(session, application, invoice):
    await paid(session, invoice=invoice)

    second = await paid(session, invoice=invoice)

    overpayment = await session.get(Overpayment, second.id)
    assert overpayment.because is OverpaidBecause.PAID_ALREADY


async def test_paid_after_it_was_withdrawn_it_is_to_be_given_back(
    session, application, invoice
):
    await withdraw(session, application, by=make_process(session))

    payment = await paid(session, invoice=invoice)

    overpayment = await session.get(Overpayment, payment.id)
    assert overpayment.because is OverpaidBecause.CLOSED
    assert application.scrutiny_cleared_at is None


async def test_what_is_withdrawn_unpaid_is_written_off(session, application, invoice):
    await withdraw(session, application, by=make_process(session))

    await write_off_unpaid(session, LATER)

    assert await owed_on(session, invoice.id) == 0
    assert await state_of(session, invoice) is InvoiceState.NOT_PAID
    assert await shown(session, Show.NOT_PAID) == [invoice.id]


async def test_what_was_written_off_is_owed_again_once_a_decision_is_undone(
    session, application, invoice
):
    application.state = ApplicationState.REFUSED
    await session.flush()
    await write_off_unpaid(session, LATER)
    application.state = ApplicationState.UNDER_ASSESSMENT
    await session.flush()

    await raise_scrutinies(session, LATER)

    assert await owed_on(session, invoice.id) == 67_000
    assert len(await invoices(session)) == 1


async def test_refused_once_more_it_is_written_off_once_more(
    session, application, invoice
):
    owed = []
    for state in (
        ApplicationState.REFUSED,
        ApplicationState.UNDER_ASSESSMENT,
        ApplicationState.REFUSED,
    ):
        application.state = state
        await session.flush()
        await raise_scrutinies(session, LATER)
        await write_off_unpaid(session, LATER)
        owed.append(await owed_on(session, invoice.id))

    assert owed == [0, 67_000, 0]


async def waive(session, invoice, pence, officer):
    by = Process.begin(session, FeesAct.CREDIT, now=NOW, actor=officer)
    how = {"reason": CreditReason.WAIVED, "waits": True, "by": by}
    return await credit(session, invoice, pence, **how)


@pytest.fixture
async def officers(session):
    return [await make_account(session, StaffRole.FINANCE_OFFICER) for _ in range(2)]


async def test_finance_waives_it_by_a_credit_note_of_two_where_it_is_above_the_limit(
    session, application, invoice, officers
):
    one, another = officers
    with pytest.raises(SecondPersonNeeded):
        await waive(session, invoice, 67_000, one)
    by = Process.begin(session, FeesAct.PROPOSE_CREDIT, now=NOW, actor=one)
    proposal = await propose(
        session,
        invoice,
        67_000,
        reason=CreditReason.WAIVED,
        waits=True,
        proposer=one,
        by=by,
    )
    by = Process.begin(session, FeesAct.APPROVE_CREDIT, now=LATER, actor=another)

    await proposal.approve(session, approver=another, by=by)

    assert application.scrutiny_cleared_at == LATER
    assert await state_of(session, invoice) is InvoiceState.CREDITED
    letter = (await letters(session))["fees/credit_note"].body
    assert "It need not be paid." in letter
    assert "Nothing is left to pay for checking your qualification" in letter


async def test_of_one_that_is_paid_in_part_a_penny_stays(session, application, invoice):
    await paid(session, invoice=invoice, pence=60_000)

    with pytest.raises(NothingWouldBeLeft):
        await waive(session, invoice, 7_000, None)

    assert application.scrutiny_waits


async def test_a_discount_leaves_the_scrutiny_waiting_for_the_rest(
    session, application, invoice, officers
):
    await waive(session, invoice, 5_000, officers[0])

    assert application.scrutiny_waits
    assert await owed_on(session, invoice.id) == 62_000


async def test_its_payer_is_reminded_once_before_the_day_by_which_it_was_asked_for(
    session, application, invoice
):
    await remind_unpaid(session, NOW)
    early = await letters(session)
    for days in (9, 10):
        await remind_unpaid(session, NOW + timedelta(days=days))

    assert "fees/scrutiny_reminder" not in early
    assert (await letters(session))["fees/scrutiny_reminder"].body.count("£670") == 1
    assert (await events(session, application)).count("fee_reminded") == 1


async def test_once_nothing_waits_there_is_nothing_to_bill(session, application):
    await application.clear_scrutiny(session, by=make_process(session))

    with pytest.raises(NothingToPay):
        await bill_scrutiny(session, application, now=NOW)


async def test_the_database_refuses_a_second_invoice_of_one_scrutiny(
    session, application, invoice
):
    again = text(
        "insert into invoice (id, purpose, application_id, person_id, account_id, process_id, raised_at, pay_by, amount_pence)"
        " select gen_random_uuid(), purpose, application_id, person_id, account_id, process_id, raised_at, pay_by, amount_pence"
        " from invoice"
    )

    with pytest.raises(DBAPIError, match="invoice_one_scrutiny"):
        await session.execute(again)


async def test_the_price_is_a_row_of_the_scale(session):
    scale = await FeeScale.on(
        session, FeeKind.OVERSEAS_SCRUTINY, Part.MANAGER, day_of(NOW)
    )

    assert (scale.amount_pence, scale.instalments) == (67_000, [])
