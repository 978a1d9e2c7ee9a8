"""The ledger: balanced, unchanged, and moved in the same breath as what it tells of."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from fees import ledger
from fees.invoice import Invoice, bill, bill_next_renewals
from fees.ledger import (
    AccountCode,
    EntryKind,
    LedgerAccount,
    LedgerEntry,
    OverAllocated,
    Post,
    Posting,
    Unbalanced,
    balance,
    enter,
    owed_on,
)
from fees.payment import (
    Owed,
    Payment,
    PaymentState,
    check,
    close_unpaid,
    go_to_pay,
    write_off_unpaid,
)
from fees.payment.mop_up import GRACE
from register.account import Account
from register.application import ApplicationState
from register.kit.clock import end_of
from tests.fees.books import the_ledger_is_sound
from tests.fees.owing import PAY_BY, RETURN, make_approved
from tests.fees.renewing import CURED_UNTIL, OPENS, renewing
from tests.make import NOW, make_process


async def kinds(session):
    found = select(LedgerEntry.kind).order_by(LedgerEntry.number)
    return list(await session.scalars(found))


async def balances(session):
    return {
        account: pence
        for account in AccountCode
        if (pence := await balance(session, account))
    }


async def billed(session):
    return await bill(session, await make_approved(session), now=NOW)


async def immediately(session):
    """Check what is otherwise checked at the commit."""
    await session.flush()
    await session.execute(text("set constraints all immediate"))


# What the database refuses


async def test_an_entry_that_does_not_balance_is_refused_at_the_commit(session):
    invoice = await billed(session)
    by = make_process(session)
    entry = LedgerEntry(kind=EntryKind.CREDITED, at=NOW, process=by)
    entry.postings = [
        Posting(account="receivable", pence=-100, invoice_id=invoice.id),
        Posting(account="written_off", pence=99, invoice_id=invoice.id),
    ]
    session.add(entry)

    with pytest.raises(DBAPIError, match="does not balance"):
        await immediately(session)


async def test_a_line_cannot_be_added_to_an_entry_later(session):
    invoice = await billed(session)
    await immediately(session)
    entry = await session.scalar(select(LedgerEntry))

    session.add(
        Posting(
            entry_id=entry.id, account="written_off", pence=1, invoice_id=invoice.id
        )
    )
    with pytest.raises(DBAPIError, match="does not balance"):
        await session.flush()


async def test_an_entry_without_lines_is_refused_too(session):
    by = make_process(session)
    session.add(LedgerEntry(kind=EntryKind.CREDITED, at=NOW, process=by))

    with pytest.raises(DBAPIError, match="does not balance"):
        await immediately(session)


async def test_our_own_code_does_not_even_try(session):
    by = make_process(session)

    with pytest.raises(Unbalanced):
        await enter(session, EntryKind.CREDITED, [Post("bank", 1)], by=by)


@pytest.mark.parametrize(
    "change",
    [
        "update posting set pence = 1",
        "delete from posting",
        "truncate posting",
        "update ledger_entry set kind = 'credited'",
        "delete from ledger_entry",
        "truncate ledger_entry cascade",
        "update ledger_account set kind = 'income'",
        "delete from ledger_account",
        "update credit_note set amount_pence = 1",
        "delete from credit_note_line",
    ],
)
async def test_what_has_been_entered_is_never_changed(session, change):
    await billed(session)

    with pytest.raises(DBAPIError, match="permission denied"):
        await session.execute(text(change))


async def test_the_owner_is_refused_too(session):
    await billed(session)
    await immediately(session)
    await session.execute(text("set local role register_owner"))

    for change in ("update posting set pence = 1", "truncate posting"):
        with pytest.raises(DBAPIError, match="keeps what it holds"):
            async with session.begin_nested():
                await session.execute(text(change))


async def test_an_invoice_is_entered_once(session):
    invoice = await billed(session)
    by = make_process(session)

    with pytest.raises(DBAPIError, match="ledger_entry_raised_once"):
        await ledger.move(
            session,
            EntryKind.INVOICE_RAISED,
            100,
            giver=AccountCode.WRITTEN_OFF,
            taker=AccountCode.RECEIVABLE,
            invoice_id=invoice.id,
            by=by,
        )


async def test_another_account_is_another_row(session):
    session.add(LedgerAccount(code="bursary", kind="expense", title="Bursaries"))
    await session.flush()
    by = make_process(session)

    await enter(
        session,
        EntryKind.CREDITED,
        [Post("bursary", 500), Post("bank", -500)],
        by=by,
    )

    await immediately(session)
    assert await balance(session, "bursary") == 500


# What is entered


async def test_an_invoice_is_owed_and_is_income_by_part_and_kind(session):
    invoice = await billed(session)

    rows = await session.execute(
        select(Posting.account, Posting.pence, Posting.part, Posting.fee_kind)
    )
    assert sorted(map(tuple, rows)) == [
        ("income", -9000, "manager", "registration"),
        ("receivable", 9000, None, None),
    ]
    assert await owed_on(session, invoice.id) == 9000


async def test_renewals_billed_in_a_batch_are_entered_each(session):
    for _ in range(3):
        await renewing(session)

    await bill_next_renewals(session, now=OPENS)

    assert await kinds(session) == [EntryKind.INVOICE_RAISED] * 3
    assert await balances(session) == {
        AccountCode.RECEIVABLE: 36000,
        AccountCode.INCOME: -36000,
    }
    await the_ledger_is_sound(session)


class Payer:
    def __init__(self, session, sessions, pay, clock, application, account):
        self.session, self.sessions, self.pay = session, sessions, pay
        self.clock, self.application, self.account = clock, application, account

    async def starts(self):
        return await go_to_pay(
            self.session,
            self.sessions,
            self.pay.client,
            Owed.for_application(self.application),
            return_url=RETURN,
            now=self.clock.now,
            by=self.account,
        )

    async def hears(self):
        for payment in await self.session.scalars(select(Payment)):
            await check(self.session, self.pay.client, payment, now=self.clock.now)
        await self.session.flush()


@pytest.fixture
async def payer(session, sessions, pay, clock):
    application = await make_approved(session)
    account = await session.get(Account, application.account_id)
    await session.commit()
    return Payer(session, sessions, pay, clock, application, account)


async def test_a_payment_is_received_and_allocated(payer, session):
    await payer.pay.pays(await payer.starts())
    await payer.hears()
    await payer.hears()

    assert await kinds(session) == [
        EntryKind.INVOICE_RAISED,
        EntryKind.PAYMENT_RECEIVED,
        EntryKind.ALLOCATED,
    ]
    assert await balances(session) == {
        AccountCode.CARD_CLEARING: 9000,
        AccountCode.INCOME: -9000,
    }
    await the_ledger_is_sound(session)


async def test_what_pays_for_nothing_stays_unallocated(payer, session, clock):
    clock.now = end_of(PAY_BY) - timedelta(minutes=1)
    page = await payer.starts()
    clock.now = end_of(PAY_BY)
    await payer.pay.pays(page)
    await payer.hears()

    assert await balance(session, AccountCode.UNALLOCATED) == -9000
    (invoice,) = await session.scalars(select(Invoice))
    assert await owed_on(session, invoice.id) == 9000
    await the_ledger_is_sound(session)


async def test_what_can_never_be_paid_is_written_off_once(payer, session, clock):
    await bill(session, payer.application, now=NOW)
    late = end_of(PAY_BY) + GRACE
    await write_off_unpaid(session, late - timedelta(microseconds=1))
    before = await balance(session, AccountCode.WRITTEN_OFF)

    for hours in range(3):
        at = late + timedelta(hours=hours)
        await close_unpaid(session, at)
        await write_off_unpaid(session, at)

    assert before == 0
    assert payer.application.state is ApplicationState.CLOSED_UNPAID
    assert await balances(session) == {
        AccountCode.WRITTEN_OFF: 9000,
        AccountCode.INCOME: -9000,
    }
    await the_ledger_is_sound(session)


async def test_nothing_is_written_off_while_a_payment_is_in_doubt(payer, session):
    await payer.starts()

    await write_off_unpaid(session, end_of(PAY_BY) + GRACE)

    assert await balance(session, AccountCode.WRITTEN_OFF) == 0


async def test_the_invoice_of_an_approval_that_was_taken_back_is_written_off(
    payer, session
):
    await bill(session, payer.application, now=NOW)
    payer.application.pay_by = date(2027, 4, 1)
    await session.flush()

    await write_off_unpaid(session, NOW)

    assert await balance(session, AccountCode.WRITTEN_OFF) == 9000


async def test_money_in_time_that_is_heard_of_late_recovers_what_was_written_off(
    session, sessions, pay, clock
):
    clock.now = OPENS
    renewal = await renewing(session)
    account = await session.scalar(
        select(Account).where(Account.person_id == renewal.person_id)
    )
    await session.commit()
    clock.now = end_of(CURED_UNTIL) - timedelta(minutes=1)
    owed = Owed("renewal", renewal.id, CURED_UNTIL)
    page = await go_to_pay(
        session,
        sessions,
        pay.client,
        owed,
        return_url=RETURN,
        now=clock.now,
        by=account,
    )
    await pay.pays(page)
    payment = await session.scalar(select(Payment))
    await payment.give_up(session, PaymentState.FAILED, now=clock.now)
    await session.flush()

    await write_off_unpaid(session, end_of(CURED_UNTIL) + timedelta(days=1))
    lost = await balance(session, AccountCode.WRITTEN_OFF)
    await check(session, pay.client, payment, now=clock.now + timedelta(days=1))

    assert (lost, await balance(session, AccountCode.WRITTEN_OFF)) == (12000, 0)
    assert renewal.paid_at == clock.now
    await the_ledger_is_sound(session)


async def test_more_is_never_allocated_than_is_owed_or_came(payer, session):
    await payer.pay.pays(await payer.starts())
    await payer.hears()
    payment = await session.scalar(select(Payment))
    by = make_process(session)

    with pytest.raises(OverAllocated):
        await ledger.allocate(session, payment.invoice_id, payment.id, 1, by=by)
    with pytest.raises(OverAllocated):
        await ledger.release(session, payment.invoice_id, 9001, by=by)
