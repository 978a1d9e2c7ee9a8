"""Nobody at the desk acts on their own money, whoever of them is asked to pay, and whatever it is called by now."""

import pytest
from sqlalchemy import select

from fees.acts import FeesAct
from fees.collective import invoices_of
from fees.credit_note import CreditReason, credit, propose
from fees.invoice import Invoice, bill
from fees.money_refund import propose as propose_money_refund
from fees.money_refund import refund as give_money_back
from fees.other_money import MoneyKind, OtherMoney, ReversedBecause
from fees.own_money import is_own
from fees.refund import propose as propose_refund
from fees.refund import refund
from register.account import Account, StaffRole
from register.kit.clock import day_of
from register.process import Process
from register.proposal import AboutYourself
from tests.fees.books import the_ledger_is_sound
from tests.fees.employing import make_employer, take_over
from tests.fees.owing import make_approved
from tests.fees.renewing import OPENS
from tests.fees.settling import paid
from tests.make import NOW, make_account, make_person, make_process

GOODWILL = {"reason": CreditReason.GOODWILL, "waits": False}


@pytest.fixture
async def invoice(session):
    return await bill(session, await make_approved(session), now=NOW)


@pytest.fixture
async def payer(session, invoice):
    """Asked to pay it, for themselves."""
    return await session.get(Account, invoice.account_id)


def act(session, officer, now=NOW):
    return make_process(session, now=now, actor=officer)


async def came(session, pence, bill=None, *, now=NOW):
    by = make_process(session, now=now)
    money = await OtherMoney.record(
        session,
        MoneyKind.TRANSFER,
        pence,
        came_on=day_of(now),
        statement_reference="NO IDEA",
        by=by,
    )
    if bill:
        await money.pay_for(session, bill, by=by)
    return money


async def test_whose_fee_it_is_and_who_is_asked_to_pay_it_are_both_themselves(
    session, invoice
):
    theirs = await make_account(session)
    invoice = await bill(session, await make_approved(session, account=theirs), now=NOW)
    alone = await session.scalar(
        select(Account).where(Account.person_id == invoice.person_id)
    )

    assert alone is None
    assert await is_own(session, [invoice.id], theirs.id)


async def test_who_became_another_by_a_merge_is_still_themselves(session, invoice):
    kept = await make_person(session)
    before = await session.get_one(type(kept), invoice.person_id)
    before.merged_into = kept.id
    officer = await make_account(session, StaffRole.FINANCE_OFFICER, person=kept)

    assert await is_own(session, [invoice.id], officer.id)


async def test_anybody_else_and_a_job_act_on_it(session, invoice):
    officer = await make_account(session, StaffRole.FINANCE_OFFICER)

    assert not await is_own(session, [invoice.id], officer.id)
    assert not await is_own(session, [invoice.id], None)


async def test_nobody_credits_their_own_invoice(session, invoice, payer):
    with pytest.raises(AboutYourself):
        await credit(session, invoice, 1, **GOODWILL, by=act(session, payer))
    with pytest.raises(AboutYourself):
        await propose(
            session, invoice, 1, **GOODWILL, proposer=payer, by=act(session, payer)
        )


async def test_nobody_approves_a_credit_of_an_invoice_that_they_are_to_pay(session):
    theirs = await make_account(session, StaffRole.FINANCE_OFFICER)
    invoice = await bill(session, await make_approved(session, account=theirs), now=NOW)
    other = await make_account(session, StaffRole.FINANCE_OFFICER)
    waiting = await propose(
        session, invoice, 1, **GOODWILL, proposer=other, by=act(session, other)
    )

    by = Process.begin(session, FeesAct.APPROVE_CREDIT, now=NOW, actor=theirs)
    with pytest.raises(AboutYourself):
        await waiting.approve(session, approver=theirs, by=by)


async def test_nobody_refunds_what_they_paid(session, invoice, payer):
    payment = await paid(session, invoice=invoice)
    await credit(session, invoice, 1000, **GOODWILL, by=make_process(session))

    with pytest.raises(AboutYourself):
        await refund(session, payment, 1000, by=act(session, payer))
    with pytest.raises(AboutYourself):
        await propose_refund(
            session, payment, 1000, proposer=payer, by=act(session, payer)
        )
    officer = await make_account(session, StaffRole.FINANCE_OFFICER)
    assert await refund(session, payment, 1000, by=act(session, officer))


async def test_nobody_refunds_what_paid_for_them_though_it_came_for_another(
    session, invoice, payer
):
    first = await paid(session)
    other = await session.get(Invoice, first.invoice_id)
    payment = await paid(session, invoice=other)
    await payment.reallocate(session, invoice, 9000, by=make_process(session))
    await credit(session, invoice, 1000, **GOODWILL, by=make_process(session))

    with pytest.raises(AboutYourself):
        await refund(session, payment, 1000, by=act(session, payer))


async def test_nobody_lets_money_pay_for_themselves(session, invoice, payer):
    money = await came(session, 9000)

    with pytest.raises(AboutYourself):
        await money.pay_for(session, invoice, by=act(session, payer))

    officer = await make_account(session, StaffRole.FINANCE_OFFICER)
    assert await money.pay_for(session, invoice, by=act(session, officer)) == 0
    await the_ledger_is_sound(session)


async def test_nobody_lets_money_pay_for_all_of_whom_they_are_one(session, clock):
    clock.now = OPENS
    lead = await make_employer(session, "Ada", "Bea")
    taken = await take_over(session, lead, clock)
    invoice = await session.get(Invoice, (await invoices_of(session, taken))[1])
    bea = await session.get(Account, invoice.account_id)
    money = await came(session, 24000, now=OPENS)

    with pytest.raises(AboutYourself):
        await money.pay_for(session, taken, by=act(session, bea, OPENS))


async def test_nobody_reverses_or_gives_back_what_pays_for_them(
    session, invoice, payer
):
    money = await came(session, 10000, invoice)

    with pytest.raises(AboutYourself):
        await money.reverse(session, ReversedBecause.NOT_FOR_US, by=act(session, payer))
    with pytest.raises(AboutYourself):
        await give_money_back(session, money, 1000, by=act(session, payer))
    with pytest.raises(AboutYourself):
        await propose_money_refund(
            session, money, 1000, proposer=payer, by=act(session, payer)
        )
    officer = await make_account(session, StaffRole.FINANCE_OFFICER)
    assert await give_money_back(session, money, 1000, by=act(session, officer))


async def test_nor_what_has_paid_for_them_and_was_taken_out_again(
    session, invoice, payer
):
    money = await came(session, 9000, invoice)
    await credit(session, invoice, 9000, **GOODWILL, by=make_process(session))

    with pytest.raises(AboutYourself):
        await give_money_back(session, money, 9000, by=act(session, payer))
