"""What the provider says that it paid out is held against the ledger, row by row, and posted once."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from fees import ledger
from fees.acts import FeesAct
from fees.invoice import Invoice, bill, bill_next_renewals
from fees.ledger import AccountCode, EntryKind, balance
from fees.payment import (
    CannotPayFor,
    NotThatMuchLeft,
    Overpayment,
    Payment,
    PaymentState,
    Receipt,
)
from fees.reconciliation import (
    RowState,
    SettlementRow,
    identify,
    known_by_now,
    read_settlement,
    receipt_numbered,
    unallocated,
)
from fees.reconciliation.waiting import PaidTooEarly, TakenBack
from register.account import Account
from register.imports import SheetRefused
from register.kit.clock import end_of, start_of
from register.kit.errors import NotFound
from register.process import Process
from register.proposal import AboutYourself
from tests.fees.books import the_ledger_is_sound
from tests.fees.owing import PAY_BY, make_approved
from tests.fees.renewing import OPENS, renewing
from tests.fees.settling import HEADINGS, line, paid, settled
from tests.make import NOW, make_process

DAY = date(2027, 3, 10)
UNKNOWN = "unknown1,INV-9999999-1,90.00,0.50,89.50,2027-03-09\n"


async def balances(session):
    return {
        account: pence
        for account in AccountCode
        if (pence := await balance(session, account))
    }


async def states(session):
    found = select(SettlementRow.state).order_by(SettlementRow.line)
    return list(await session.scalars(found))


async def immediately(session):
    await session.flush()
    await session.execute(text("set constraints all immediate"))
    await session.execute(text("set constraints all deferred"))


def refunded(session, payment, pence):
    """As the ledger has it once a refund went through."""
    return ledger.move(
        session,
        EntryKind.REFUND_SUCCEEDED,
        pence,
        giver=AccountCode.CARD_CLEARING,
        taker=AccountCode.REFUNDS_PAYABLE,
        payment_id=payment.id,
        by=make_process(session),
    )


# Reading


def read(*lines, headings=HEADINGS, today=DAY):
    return read_settlement((headings + "".join(lines)).encode(), today=today)


def test_a_line_is_read_in_whole_pence():
    (told,), faults = read('abc,INV-0000001-1,"1,234.56",1.20,1233.36,09/03/2027\n')

    assert not faults
    assert (told.gross_pence, told.fee_pence, told.net_pence) == (123456, 120, 123336)
    assert told.settled_on == date(2027, 3, 9)


def test_a_heading_may_say_that_it_is_in_pence():
    headings = (
        "Payment ID,Our reference,Amount (pence),Fee pence,Net pence,Settlement date\n"
    )
    (told,), faults = read("abc,INV-1,-9000,0,-9000,2027-03-09\n", headings=headings)

    assert not faults
    assert (told.gross_pence, told.net_pence) == (-9000, -9000)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",INV-1,90.00,0.50,89.50,2027-03-09", "Provider payment ID", "is empty"),
        ("a b,INV-1,90,0.50,89.50,2027-03-09", "Provider payment ID", "letters and digits"),
        ("abc,,90.00,0.50,89.50,2027-03-09", "Reference", "is empty"),
        ("abc,INV-1,ninety,0.50,89.50,2027-03-09", "Gross", "not an amount"),
        ("abc,INV-1,90.5,0.50,89.50,2027-03-09", "Gross", "not an amount"),
        ("abc,INV-1,0,0,0,2027-03-09", "Gross", "is nothing"),
        ("abc,INV-1,90.00,0.50,89.51,2027-03-09", "Net", "not the gross less the fee"),
        ("abc,INV-1,90.00,0.50,89.50,9 March", "Settled on", "not a date"),
        ("abc,INV-1,90.00,0.50,89.50,2027-03-11", "Settled on", "in the future"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_told_by_line_column_and_reason(
    row, column, reason
):
    good = "abc,INV-1,90.00,0.50,89.50,2027-03-10\n"
    told, (fault,) = read(good, f"{row}\n")

    assert (fault.line, fault.column) == (3, column)
    assert reason in fault.reason
    assert len(told) == 1


def test_a_file_without_the_columns_is_refused():
    with pytest.raises(SheetRefused, match="no column for: Gross, Fee"):
        read("x,y\n", headings="Provider ID,Reference\n")


# Matching and posting


async def test_what_agrees_is_matched_and_goes_to_the_bank_less_the_fee(session):
    payment = await paid(session)

    done = await settled(session, line(payment))

    assert (done.new, done.same) == (1, 0)
    assert await states(session) == [RowState.MATCHED]
    assert await balances(session) == {
        AccountCode.BANK: 8950,
        AccountCode.PROVIDER_FEES: 50,
        AccountCode.INCOME: -9000,
    }
    await immediately(session)


@pytest.mark.parametrize(
    ("gross", "state", "left"),
    [
        ("89.99", RowState.UNDER, 1),
        ("90.00", RowState.MATCHED, None),
        ("90.01", RowState.OVER, -1),
    ],
)
async def test_a_penny_more_or_less_stays_in_the_clearing_account(
    session, gross, state, left
):
    payment = await paid(session)

    await settled(session, line(payment, gross, "0", gross))

    assert await states(session) == [state]
    assert (await balances(session)).get(AccountCode.CARD_CLEARING) == left


async def test_what_was_missing_may_come_later(session):
    payment = await paid(session)

    await settled(session, line(payment, "80.00", "0", "80.00"))
    await settled(session, line(payment, "10.00", "0", "10.00", "2027-03-10"))

    assert sorted(await states(session)) == [RowState.MATCHED, RowState.UNDER]
    assert AccountCode.CARD_CLEARING not in await balances(session)


async def test_what_came_too_much_may_be_taken_back(session):
    payment = await paid(session)

    await settled(session, line(payment, "91.00", "0", "91.00"))
    await settled(session, line(payment, "-1.00", "0", "-1.00", "2027-03-10"))

    assert sorted(await states(session)) == [RowState.MATCHED, RowState.OVER]
    assert AccountCode.CARD_CLEARING not in await balances(session)


async def test_a_payment_and_its_refunds_may_stand_in_one_file(session):
    payment = await paid(session)
    for pence in (3000, 2000):
        await refunded(session, payment, pence)

    await settled(
        session,
        line(payment, "-20.00", "0", "-20.00"),
        line(payment, "-30.00", "0", "-30.00"),
        line(payment),
    )

    assert await states(session) == [RowState.MATCHED] * 3
    assert AccountCode.CARD_CLEARING not in await balances(session)


async def test_a_refund_that_we_know_nothing_of_is_more_than_the_ledger_says(session):
    payment = await paid(session)

    await settled(session, line(payment, "-20.00", "0", "-20.00"))

    assert await states(session) == [RowState.OVER]


async def test_two_refunds_of_one_amount_on_one_day_are_two(session):
    payment = await paid(session)
    rows = [line(payment, "-20.00", "0", "-20.00")] * 2
    for _ in rows:
        await refunded(session, payment, 2000)

    first = await settled(session, *rows)
    again = await settled(session, *rows, line(payment))

    assert (first.new, again.new, again.same) == (2, 1, 2)
    assert await states(session) == [RowState.MATCHED] * 3


async def test_the_same_file_twice_changes_nothing(session):
    payment = await paid(session)
    await settled(session, line(payment), UNKNOWN)
    before = await balances(session)

    again = await settled(session, line(payment), UNKNOWN)

    assert (again.settlement, again.new, again.same) == (None, 0, 2)
    assert await balances(session) == before


async def test_a_payment_of_which_no_money_came_is_unidentified(session):
    payment = await paid(session)
    waits = Payment(
        invoice_id=payment.invoice_id,
        attempt=2,
        reference=f"{payment.reference[:-1]}2",
        amount_pence=9000,
        state=PaymentState.OPEN,
        provider_id="open1",
        asked_at=NOW,
    )
    session.add(waits)
    await session.flush()

    await settled(session, line(waits))

    assert await states(session) == [RowState.UNIDENTIFIED]
    assert await balance(session, AccountCode.UNIDENTIFIED) == -9000


async def test_it_is_matched_once_we_hear_of_the_money(session):
    await settled(session, "late1,INV-0000001-1,90.00,0.50,89.50,2027-03-09\n")
    await paid(session, provider_id="late1")

    known = await known_by_now(session, by=make_process(session))
    again = await known_by_now(session, by=make_process(session))

    assert (known, again) == (1, 0)
    assert await balances(session) == {
        AccountCode.BANK: 8950,
        AccountCode.PROVIDER_FEES: 50,
        AccountCode.INCOME: -9000,
    }
    assert not (await unallocated(session)).rows


@pytest.mark.parametrize(
    "change",
    [
        "update settlement set taken_in_at = now()",
        "delete from settlement_row",
        "update settlement_row set state = 'matched'",
        "truncate settlement_identified",
    ],
)
async def test_what_was_taken_in_is_never_changed(session, change):
    await settled(session, UNKNOWN)

    with pytest.raises(DBAPIError, match="permission denied"):
        await session.execute(text(change))


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    amounts=st.lists(st.integers(1, 20_000), min_size=1, max_size=8),
    cut=st.integers(0, 8),
)
async def test_in_however_many_files_it_comes_the_balances_are_the_same(
    session, amounts, cut
):
    async with session.begin_nested() as all_of_it:
        payment = await paid(session)
        rows = [
            f"{payment.provider_id},{payment.reference},{pence // 100}.{pence % 100:02},0.01,"
            f"{(pence - 1) // 100}.{(pence - 1) % 100:02},2027-03-09\n"
            for pence in amounts
        ]
        before = {
            account: await balance(session, account)
            for account in ("bank", "card_clearing", "provider_fees")
        }
        await settled(session, *rows[:cut] or rows)
        await settled(session, *rows)

        after = {account: await balance(session, account) for account in before}
        assert after["bank"] - before["bank"] == sum(amounts) - len(amounts)
        assert after["provider_fees"] - before["provider_fees"] == len(amounts)
        assert before["card_clearing"] - after["card_clearing"] == sum(amounts)
        await immediately(session)
        await all_of_it.rollback()


# What is unallocated


async def test_an_unidentified_receipt_waits_and_is_a_payment_once_identified(session):
    invoice = await bill(session, await make_approved(session), now=NOW)
    await settled(session, UNKNOWN)
    (waits,) = (await unallocated(session)).rows
    receipt = await receipt_numbered(session, "unknown1")

    payment = await identify(
        session,
        receipt,
        invoice,
        paid_on=DAY - timedelta(days=1),
        by=make_process(session),
    )

    assert (waits.key, waits.pence) == ("unknown1", 9000)
    assert payment.state is PaymentState.PAID
    assert (await session.get(Receipt, invoice.id)).payment_id == payment.id
    assert not (await unallocated(session)).rows
    assert AccountCode.UNIDENTIFIED not in await balances(session)
    await the_ledger_is_sound(session)
    with pytest.raises(NotFound):
        await receipt_numbered(session, "unknown1")


@pytest.mark.parametrize(("paid_on", "counts"), [(PAY_BY, True), (PAY_BY + timedelta(days=1), False)])  # fmt: skip
async def test_whether_it_was_in_time_is_known_by_the_day_on_which_it_was_paid(
    session, paid_on, counts
):
    invoice = await bill(session, await make_approved(session), now=NOW)
    now = start_of(date(2027, 4, 1))
    await settled(session, UNKNOWN.replace("2027-03-09", "2027-03-30"), now=now)

    payment = await identify(
        session,
        await receipt_numbered(session, "unknown1"),
        invoice,
        paid_on=paid_on,
        by=make_process(session, now=now),
    )

    assert bool(await session.get(Receipt, invoice.id)) is counts
    assert bool(await session.get(Overpayment, payment.id)) is not counts


async def test_it_cannot_have_been_paid_after_it_was_paid_out(session):
    invoice = await bill(session, await make_approved(session), now=NOW)
    await settled(session, UNKNOWN)

    with pytest.raises(PaidTooEarly):
        await identify(
            session,
            await receipt_numbered(session, "unknown1"),
            invoice,
            paid_on=DAY,
            by=make_process(session),
        )


async def test_nobody_identifies_money_for_themselves(session):
    application = await make_approved(session)
    invoice = await bill(session, application, now=NOW)
    await settled(session, UNKNOWN)
    receipt = await receipt_numbered(session, "unknown1")
    officer = await session.get(Account, application.account_id)

    with pytest.raises(AboutYourself):
        await identify(
            session,
            receipt,
            invoice,
            paid_on=receipt.settled_on,
            by=make_process(session, actor=officer),
        )


async def test_what_was_taken_back_more_than_came_cannot_be_identified(session):
    invoice = await bill(session, await make_approved(session), now=NOW)
    await settled(session, UNKNOWN.replace("90.00,0.50,89.50", "-5,0,-5"))

    with pytest.raises(TakenBack):
        await identify(
            session,
            await receipt_numbered(session, "unknown1"),
            invoice,
            paid_on=DAY - timedelta(days=1),
            by=make_process(session),
        )


async def test_what_came_and_went_back_unidentified_waits_for_nothing(session):
    await settled(session, UNKNOWN, UNKNOWN.replace("90.00,0.50,89.50", "-90,0,-90"))

    assert not (await unallocated(session)).rows


async def overpaid(session):
    """£90 that came a second time."""
    first = await paid(session)
    invoice = await session.get(Invoice, first.invoice_id)
    return await paid(session, invoice=invoice)


async def test_an_overpayment_may_pay_another_invoice_and_buys_what_it_asks_for(
    session,
):
    payment = await overpaid(session)
    (waits,) = (await unallocated(session)).rows
    other = await bill(session, await make_approved(session), now=NOW)

    await payment.reallocate(session, other, 9000, by=make_process(session))

    assert (waits.key, waits.pence) == (payment.reference, 9000)
    assert (await session.get(Receipt, other.id)).payment_id == payment.id
    assert await ledger.owed_on(session, other.id) == 0
    assert not (await unallocated(session)).rows
    await the_ledger_is_sound(session)


async def test_a_part_of_it_leaves_the_rest_of_the_invoice_owed(session):
    payment = await overpaid(session)
    other = await bill(session, await make_approved(session), now=NOW)

    await payment.reallocate(session, other, 4000, by=make_process(session))
    await payment.reallocate(session, other, 5000, by=make_process(session))

    assert await session.get(Receipt, other.id)
    assert await ledger.unallocated_of(session, payment.id) == 0


@pytest.mark.parametrize("pence", [0, 9001])
async def test_no_more_than_is_owed_or_left_can_be_allocated(session, pence):
    payment = await overpaid(session)
    other = await bill(session, await make_approved(session), now=NOW)

    with pytest.raises(NotThatMuchLeft):
        await payment.reallocate(session, other, pence, by=make_process(session))


async def test_it_counts_from_when_it_had_come_and_not_from_when_it_is_allocated(
    session,
):
    payment = await overpaid(session)
    other = await bill(session, await make_approved(session), now=NOW)

    late = make_process(session, now=end_of(PAY_BY) + timedelta(days=1))
    await payment.reallocate(session, other, 9000, by=late)

    assert (await session.get(Receipt, other.id)).paid_at == NOW


async def test_it_cannot_pay_for_what_was_paid_already(session):
    payment = await overpaid(session)
    invoice = await session.get(Invoice, payment.invoice_id)

    with pytest.raises(CannotPayFor):
        await payment.reallocate(session, invoice, 1, by=make_process(session))


async def test_a_renewal_is_paid_by_it_in_part(session):
    payment = await overpaid(session)
    renewal = await renewing(session)
    await bill_next_renewals(session, now=OPENS)
    other = await session.scalar(
        select(Invoice).where(Invoice.renewal_id == renewal.id)
    )
    by = Process.begin(session, FeesAct.REALLOCATE, now=OPENS)

    with pytest.raises(NotThatMuchLeft):
        await payment.reallocate(session, other, 12000, by=by)
    await payment.reallocate(session, other, 9000, by=by)

    assert await ledger.owed_on(session, other.id) == 3000
    assert renewal.paid_at is None
