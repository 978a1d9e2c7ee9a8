"""Bank transfers and cheques: recorded once, counted from the day on which they came, and only ever reversed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from fees import ledger
from fees.collective import LeftOut, invoices_of, shares_of
from fees.credit_note import CreditReason, credit, propose
from fees.invoice import Invoice, bill
from fees.ledger import AccountCode, balance
from fees.other_money import (
    MoneyKind,
    NotCounted,
    NothingFree,
    NotYetCome,
    OtherMoney,
    ReversedAlready,
    ReversedBecause,
    alike,
)
from fees.payment import OverpaidBecause, PaidBy, Receipt, write_off_unpaid
from fees.payment.standing import InvoiceState, Show, standings
from register.account import StaffRole
from register.entry import EntryProjection
from register.kit.clock import day_of, end_of, start_of
from register.kit.post import Message
from register.process import Event
from tests.fees.books import the_ledger_is_sound
from tests.fees.employing import bill_all, make_employer, renewals, take_over
from tests.fees.owing import make_approved
from tests.fees.renewing import CURED_UNTIL, ENDS, OPENS, confirm, renewing
from tests.make import make_account, make_process


@pytest.fixture
async def renewal(session, clock):
    clock.now = OPENS + timedelta(days=10, hours=15)
    renewal = await renewing(session)
    await bill_all(session)
    return renewal


async def invoice_of(session, renewal):
    return await session.scalar(select(Invoice).where(Invoice.renewal_id == renewal.id))


async def came(session, clock, pence=12000, *, on=None, kind=MoneyKind.TRANSFER):
    return await OtherMoney.record(
        session,
        kind,
        pence,
        came_on=on or day_of(clock.now),
        statement_reference="A LOVELACE 123",
        by=make_process(session, now=clock.now),
    )


async def pays(session, money, bill, clock):
    return await money.pay_for(session, bill, by=make_process(session, now=clock.now))


async def taken_back(session, money, clock, because=ReversedBecause.BOUNCED):
    await money.reverse(session, because, by=make_process(session, now=clock.now))


async def test_what_comes_is_at_the_bank_and_pays_for_nothing_yet(
    session, renewal, clock
):
    money = await came(session, clock)

    assert money.reference.startswith("MON-")
    assert await balance(session, AccountCode.BANK) == 12000
    assert await ledger.unallocated_of(session, money.id) == 12000
    await the_ledger_is_sound(session)


async def test_it_pays_the_renewal_at_the_beginning_of_the_day_on_which_it_came(
    session, renewal, clock
):
    money = await came(session, clock)

    assert await pays(session, money, await invoice_of(session, renewal), clock) == 0

    assert renewal.paid_at == start_of(day_of(clock.now))
    receipt = await session.get(Receipt, (await invoice_of(session, renewal)).id)
    assert receipt.paid_by is PaidBy.TRANSFER
    await the_ledger_is_sound(session)


async def test_the_letter_says_how_it_was_paid(session, renewal, clock):
    money = await came(session, clock, kind=MoneyKind.CHEQUE)

    await pays(session, money, await invoice_of(session, renewal), clock)

    letter = await session.scalar(
        select(Message).where(Message.letter == "fees/renewal_receipt")
    )
    assert "Paid by cheque on: " in letter.body


async def test_what_came_on_the_last_day_and_is_recorded_later_renews_in_time(
    session, renewal, clock
):
    clock.now = end_of(ENDS) - timedelta(hours=1)
    await confirm(session, renewal, clock.now)
    clock.now = end_of(ENDS) + timedelta(days=2)
    money = await came(session, clock, on=ENDS)

    await pays(session, money, await invoice_of(session, renewal), clock)

    assert renewal.in_time


async def test_what_came_the_day_after_does_not(session, renewal, clock):
    clock.now = end_of(ENDS) - timedelta(hours=1)
    await confirm(session, renewal, clock.now)
    clock.now = end_of(ENDS) + timedelta(days=2)
    money = await came(session, clock, on=ENDS + timedelta(days=1))

    await pays(session, money, await invoice_of(session, renewal), clock)

    assert renewal.finished_at is not None
    assert not renewal.in_time


async def test_what_came_after_the_last_day_to_pay_stays_unallocated(
    session, renewal, clock
):
    clock.now = end_of(CURED_UNTIL) + timedelta(days=3)
    money = await came(session, clock, on=CURED_UNTIL + timedelta(days=1))

    with pytest.raises(NotCounted) as refused:
        await pays(session, money, await invoice_of(session, renewal), clock)

    assert refused.value.because is OverpaidBecause.LATE
    assert await ledger.unallocated_of(session, money.id) == 12000


async def test_what_came_on_the_last_day_to_pay_counts(session, renewal, clock):
    clock.now = end_of(CURED_UNTIL) + timedelta(days=3)
    money = await came(session, clock, on=CURED_UNTIL)

    await pays(session, money, await invoice_of(session, renewal), clock)

    assert renewal.paid_at == start_of(CURED_UNTIL)


DECIDED = datetime(2027, 12, 2, 15, tzinfo=UTC)
NEXT_YEAR = date(2028, 11, 30)


@pytest.mark.parametrize(
    ("came_on", "registered_on"),
    [
        (date(2026, 12, 5), date(2027, 12, 2)),
        (date(2027, 11, 28), date(2027, 12, 2)),
        (date(2027, 12, 1), date(2027, 12, 2)),
        (date(2027, 12, 2), date(2027, 12, 2)),
        (date(2027, 12, 3), date(2027, 12, 3)),
    ],
)
async def test_nobody_is_registered_by_it_before_the_day_on_which_they_were_approved(
    session, clock, came_on, registered_on
):
    clock.now = start_of(date(2027, 12, 6))
    money = await came(session, clock, on=came_on)
    application = await make_approved(
        session, approved_at=DECIDED, pay_by=date(2027, 12, 16)
    )
    invoice = await bill(session, application, now=DECIDED)

    await pays(session, money, invoice, clock)

    entry = await session.scalar(select(EntryProjection))
    assert application.paid_at == start_of(registered_on)
    assert entry.registered_from == registered_on
    assert entry.registered_until == invoice.covers_until == NEXT_YEAR


async def test_what_came_before_a_renewal_was_asked_for_counts_from_when_it_was(
    session, renewal, clock
):
    money = await came(session, clock, on=day_of(OPENS) - timedelta(days=1))

    await pays(session, money, await invoice_of(session, renewal), clock)

    assert renewal.paid_at == OPENS


async def test_so_does_each_share_of_what_an_employer_sent(session, clock):
    clock.now = OPENS
    lead = await make_employer(session, "Ada", "Bea")
    taken = await take_over(session, lead, clock)
    money = await came(session, clock, 24000, on=day_of(OPENS) - timedelta(days=1))

    await pays(session, money, taken, clock)

    assert [one.paid_at for one in await renewals(session)] == [OPENS, OPENS]


async def test_what_has_not_come_yet_cannot_be_recorded(session, renewal, clock):
    with pytest.raises(NotYetCome):
        await came(session, clock, on=day_of(clock.now) + timedelta(days=1))


async def test_more_than_is_owed_leaves_the_rest_unallocated(session, renewal, clock):
    money = await came(session, clock, 15000)

    left = await pays(session, money, await invoice_of(session, renewal), clock)

    assert left == await ledger.unallocated_of(session, money.id) == 3000
    await the_ledger_is_sound(session)


async def test_less_than_is_owed_is_a_part(session, renewal, clock):
    money = await came(session, clock, 11999)

    await pays(session, money, await invoice_of(session, renewal), clock)

    assert renewal.paid_at is None
    assert await ledger.owed_on(session, (await invoice_of(session, renewal)).id) == 1
    await the_ledger_is_sound(session)


async def test_two_parts_pay_it(session, renewal, clock):
    for pence in (7000, 5000):
        money = await came(session, clock, pence)
        await pays(session, money, await invoice_of(session, renewal), clock)

    assert renewal.paid_at is not None


async def test_what_pays_already_pays_nothing_else(session, renewal, clock):
    money = await came(session, clock)
    await pays(session, money, await invoice_of(session, renewal), clock)

    with pytest.raises(NothingFree):
        await pays(session, money, await invoice_of(session, renewal), clock)


async def test_what_is_paid_is_not_paid_again(session, renewal, clock):
    invoice = await invoice_of(session, renewal)
    await pays(session, await came(session, clock), invoice, clock)

    with pytest.raises(NotCounted) as refused:
        await pays(session, await came(session, clock), invoice, clock)

    assert refused.value.because is OverpaidBecause.PAID_ALREADY


async def test_it_pays_for_all_whom_an_employer_has_taken_over(session, clock):
    clock.now = OPENS
    lead = await make_employer(session, "Ada", "Bea")
    taken = await take_over(session, lead, clock)

    await pays(session, await came(session, clock, 24000), taken, clock)

    assert [one.paid_at for one in await renewals(session)] == [OPENS, OPENS]
    await the_ledger_is_sound(session)


async def test_what_is_too_little_for_all_pays_each_whole_or_not_at_all(session, clock):
    clock.now = OPENS
    lead = await make_employer(session, "Ada", "Bea")
    taken = await take_over(session, lead, clock)
    money = await came(session, clock, 23999)

    assert await pays(session, money, taken, clock) == 11999

    paid = [one.paid_at for one in await renewals(session)]
    assert sorted(paid, key=str) == [OPENS, None]
    await the_ledger_is_sound(session)


async def test_what_was_left_over_of_an_employers_is_not_shared_out_again(
    session, clock
):
    clock.now = OPENS
    lead = await make_employer(session, "Ada", "Bea")
    taken = await take_over(session, lead, clock)
    money = await came(session, clock, 25000)
    await pays(session, money, taken, clock)

    with pytest.raises(NotCounted):
        await pays(session, money, taken, clock)
    with pytest.raises(NotCounted):
        await pays(session, await came(session, clock, 24000), taken, clock)

    await the_ledger_is_sound(session)


async def test_an_employers_transfer_of_the_last_day_counts_after_the_fee_was_written_off(
    session, clock
):
    clock.now = OPENS
    lead = await make_employer(session, "Ada")
    taken = await take_over(session, lead, clock)
    clock.now = end_of(CURED_UNTIL) + timedelta(days=2)
    await write_off_unpaid(session, clock.now)
    money = await came(session, clock, on=CURED_UNTIL)

    await pays(session, money, taken, clock)

    assert [one.paid_at for one in await renewals(session)] == [start_of(CURED_UNTIL)]
    await the_ledger_is_sound(session)


async def test_a_part_that_came_in_time_leaves_the_rest_written_off_again(
    session, renewal, clock
):
    invoice = await invoice_of(session, renewal)
    clock.now = end_of(CURED_UNTIL) + timedelta(days=2)
    await write_off_unpaid(session, clock.now)
    await pays(
        session, await came(session, clock, 5000, on=CURED_UNTIL), invoice, clock
    )
    left = await ledger.owed_on(session, invoice.id)

    await write_off_unpaid(session, clock.now)

    assert left == 7000
    assert await ledger.owed_on(session, invoice.id) == 0
    assert await balance(session, AccountCode.WRITTEN_OFF) == 7000
    await the_ledger_is_sound(session)


async def test_an_employers_that_is_too_little_for_all_pays_none_in_part_after_a_write_off(
    session, clock
):
    clock.now = OPENS
    lead = await make_employer(session, "Ada", "Bea")
    taken = await take_over(session, lead, clock)
    clock.now = end_of(CURED_UNTIL) + timedelta(days=2)
    await write_off_unpaid(session, clock.now)
    money = await came(session, clock, 23999, on=CURED_UNTIL)

    assert await pays(session, money, taken, clock) == 11999

    shares = await shares_of(session, taken)
    assert sorted((one.pence, one.left_out) for one in shares) == [
        (0, LeftOut.TOO_LITTLE),
        (12000, None),
    ]
    await write_off_unpaid(session, clock.now)
    assert await balance(session, AccountCode.WRITTEN_OFF) == 12000
    assert await balance(session, AccountCode.RECEIVABLE) == 0
    await the_ledger_is_sound(session)


@pytest.mark.parametrize("lost", [False, True])
async def test_whose_fee_was_credited_in_full_is_left_out(session, clock, lost):
    clock.now = OPENS
    lead = await make_employer(session, "Ada", "Bea")
    taken = await take_over(session, lead, clock)
    invoice = await session.get(Invoice, (await invoices_of(session, taken))[0])
    by = make_process(session, now=clock.now)
    why = {"reason": CreditReason.WAIVED, "waits": False}
    for pence in (7000, 3000):
        await credit(session, invoice, pence, **why, by=by)
    two = [await make_account(session, StaffRole.FINANCE_OFFICER) for _ in range(2)]
    waiting = await propose(session, invoice, 2000, **why, proposer=two[0], by=by)
    await waiting.approve(session, approver=two[1], by=by)
    if lost:
        clock.now = end_of(CURED_UNTIL) + timedelta(days=2)
        await write_off_unpaid(session, clock.now)
    money = await came(session, clock, 24000, on=day_of(OPENS))

    assert await pays(session, money, taken, clock) == 12000

    shares = {one.invoice_id: one for one in await shares_of(session, taken)}
    assert shares.pop(invoice.id).left_out is LeftOut.NOTHING_OWED
    assert [one.pence for one in shares.values()] == [12000]
    await the_ledger_is_sound(session)


async def test_reversed_it_is_gone_from_the_bank_and_owed_again(
    session, renewal, clock
):
    money = await came(session, clock)
    invoice = await invoice_of(session, renewal)
    await pays(session, money, invoice, clock)

    await taken_back(session, money, clock)

    assert await balance(session, AccountCode.BANK) == 0
    assert await ledger.owed_on(session, invoice.id) == 12000
    assert await ledger.unallocated_of(session, money.id) == 0
    await the_ledger_is_sound(session)


async def told(session):
    return list(
        await session.scalars(
            select(Message).where(Message.letter == "fees/owed_again")
        )
    )


@pytest.mark.parametrize(
    ("because", "said"),
    [
        (ReversedBecause.BOUNCED, "The bank has taken it back."),
        (ReversedBecause.NOT_FOR_US, "goes back to whoever sent it."),
        (ReversedBecause.RECORDED_WRONG, "If it was for you, we record it again"),
    ],
)
async def test_its_payer_is_told_that_it_is_owed_again_and_how_to_pay(
    session, renewal, clock, because, said
):
    invoice = await invoice_of(session, renewal)
    await pays(session, await came(session, clock, 5000), invoice, clock)
    money = await came(session, clock, 7000)
    await pays(session, money, invoice, clock)

    await taken_back(session, money, clock, because)

    (letter,) = await told(session)
    assert letter.subject == f"£70 of invoice {invoice.reference} is owed again"
    assert said in letter.body
    assert "Left to pay: £70" in letter.body
    assert "your registration does not change by this" in letter.body
    assert f"/account/payments/{invoice.reference}" in letter.body


async def test_each_time_once(session, renewal, clock):
    invoice = await invoice_of(session, renewal)
    for _ in range(2):
        money = await came(session, clock, 5000)
        await pays(session, money, invoice, clock)
        await taken_back(session, money, clock)

    letters = await told(session)

    assert len(letters) == 2
    assert "your registration does not change" not in letters[0].body


async def test_where_it_paid_for_nothing_nobody_is_told(session, renewal, clock):
    await taken_back(session, await came(session, clock), clock)

    assert await told(session) == []


async def test_a_reversal_changes_nothing_in_the_register(session, renewal, clock):
    await confirm(session, renewal, clock.now)
    money = await came(session, clock)
    await pays(session, money, await invoice_of(session, renewal), clock)

    await taken_back(session, money, clock)

    assert renewal.paid_at is not None
    assert renewal.finished_at is not None


@pytest.mark.parametrize("show", [Show.NOT_PAID, None])
async def test_what_is_owed_again_is_seen_in_the_list(session, renewal, clock, show):
    money = await came(session, clock)
    await pays(session, money, await invoice_of(session, renewal), clock)
    await taken_back(session, money, clock)

    found = await standings(session, show=show, today=day_of(clock.now))

    assert [one.state for one in found.rows] == [InvoiceState.OWED_AGAIN]
    paid = await standings(session, show=Show.PAID, today=day_of(clock.now))
    assert paid.rows == []


async def test_what_is_owed_again_is_paid_by_other_money(session, renewal, clock):
    invoice = await invoice_of(session, renewal)
    money = await came(session, clock)
    await pays(session, money, invoice, clock)
    await taken_back(session, money, clock, ReversedBecause.RECORDED_WRONG)

    await pays(session, await came(session, clock), invoice, clock)

    assert await ledger.owed_on(session, invoice.id) == 0
    await the_ledger_is_sound(session)


async def test_it_is_reversed_once(session, renewal, clock):
    money = await came(session, clock)
    await taken_back(session, money, clock)

    with pytest.raises(ReversedAlready):
        await taken_back(session, money, clock)
    with pytest.raises(ReversedAlready):
        await pays(session, money, await invoice_of(session, renewal), clock)


async def test_the_same_once_more_is_noticed(session, renewal, clock):
    money = await came(session, clock)
    what = {"came_on": money.came_on, "statement_reference": "a lovelace 123"}

    assert await alike(session, MoneyKind.TRANSFER, 12000, **what) == money
    assert await alike(session, MoneyKind.TRANSFER, 12001, **what) is None
    assert await alike(session, MoneyKind.CHEQUE, 12000, **what) is None


async def test_what_was_reversed_is_not_the_same_once_more(session, renewal, clock):
    money = await came(session, clock)
    await taken_back(session, money, clock)

    assert not await alike(
        session,
        MoneyKind.TRANSFER,
        12000,
        came_on=money.came_on,
        statement_reference=money.statement_reference,
    )


async def test_its_history_holds_no_words_of_the_statement(session, renewal, clock):
    await came(session, clock)
    await session.flush()

    line = await session.scalar(
        select(Event).where(Event.kind == "other_money:recorded")
    )

    assert "LOVELACE" not in str(line.data)
    assert line.data["came_on"] == str(date(2027, 9, 11))


@pytest.mark.parametrize("table", ["other_money", "money_reversal"])
@pytest.mark.parametrize(
    "statement", ["delete from {}", "update {} set process_id = process_id"]
)
async def test_the_database_refuses_to_alter_it(
    session, renewal, clock, table, statement
):
    await taken_back(session, await came(session, clock), clock)

    with pytest.raises(DBAPIError):
        await session.execute(text(statement.format(table)))
