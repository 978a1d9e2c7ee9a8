"""A finance officer who is in the register posts past the page, and gains nothing by it."""

import pytest
from sqlalchemy import func, select

from fees import ledger
from fees.credit_note import CreditNote, CreditReason, credit
from fees.invoice import bill
from fees.money_refund import MoneyRefund
from fees.other_money import MoneyKind, MoneyReversal, OtherMoney
from fees.refund import Refund
from register.account import Account, RoleGrant, StaffRole
from register.kit.clock import day_of
from tests.fees.owing import make_approved
from tests.fees.settling import paid
from tests.make import NOW, make_process
from tests.reading import Page

SENTENCE = "This is about you, so somebody else must decide it."
SURE = {"sure": "yes"}


@pytest.fixture
async def invoice(session, browser):
    """The officer's own, of £90."""
    invoice = await bill(session, await make_approved(session), now=NOW)
    officer = await session.get(Account, invoice.account_id)
    session.add(RoleGrant(account_id=officer.id, role=StaffRole.FINANCE_OFFICER))
    await session.commit()
    await browser.sign_in(officer)
    return invoice


async def came(session, pence, bill=None):
    by = make_process(session)
    money = await OtherMoney.record(
        session,
        MoneyKind.TRANSFER,
        pence,
        came_on=day_of(NOW),
        statement_reference="NO IDEA",
        by=by,
    )
    if bill:
        await money.pay_for(session, bill, by=by)
    await session.commit()
    return money, f"/staff/payments/other/{money.reference}"


async def credited(session, invoice, pence):
    await credit(
        session,
        invoice,
        pence,
        reason=CreditReason.GOODWILL,
        waits=False,
        by=make_process(session),
    )
    await session.commit()


async def none_of(session, table):
    return not await session.scalar(select(func.count()).select_from(table))


@pytest.mark.parametrize("amount", ["20", "90"])
async def test_they_are_offered_no_credit_of_their_own_fee_and_give_none(
    session, browser, invoice, amount
):
    at = f"/staff/payments/{invoice.reference}/credit"
    page = Page(await browser.get(at))

    answer = await browser.post(
        at, data={"amount": amount, "reason": "raised_in_error"}
    )

    assert "another finance officer has to credit it" in page.text
    assert page.buttons == []
    assert await none_of(session, CreditNote)
    assert answer.status_code in {409, 422}


async def test_they_are_told_why(browser, invoice):
    at = f"/staff/payments/{invoice.reference}/credit"

    answer = await browser.post(at, data={"amount": "20", "reason": "goodwill"})

    assert (answer.status_code, SENTENCE in Page(answer).text) == (409, True)


async def test_they_refund_nothing_of_what_they_paid(session, browser, invoice):
    payment = await paid(session, invoice=invoice)
    await credited(session, invoice, 5000)
    at = f"/staff/payments/{invoice.reference}/refund"
    page = Page(await browser.get(at))

    what = {"payment": payment.reference, "amount": "50"}
    answer = await browser.post(at, data=what | SURE)

    assert "another finance officer has to refund it" in page.text
    assert (answer.status_code, SENTENCE in Page(answer).text) == (409, True)
    assert await none_of(session, Refund)


async def test_they_let_no_transfer_pay_their_own_fee(session, browser, invoice):
    _, at = await came(session, 9000)

    answer = await browser.post(f"{at}/allocation", data={"invoice": invoice.reference})

    assert (answer.status_code, SENTENCE in Page(answer).text) == (422, True)
    assert await ledger.owed_on(session, invoice.id) == 9000


async def test_they_record_no_transfer_that_pays_their_own_fee(
    session, browser, invoice
):
    answer = await browser.post(
        "/staff/payments/other/record",
        data={
            "kind": "transfer",
            "amount": "90",
            "came_on-day": "10",
            "came_on-month": "3",
            "came_on-year": "2027",
            "statement_reference": "ME",
            "invoice": invoice.reference,
        },
    )

    assert (answer.status_code, SENTENCE in Page(answer).text) == (422, True)
    assert await none_of(session, OtherMoney)


async def test_they_reverse_and_give_back_nothing_that_paid_their_own_fee(
    session, browser, invoice
):
    _, at = await came(session, 10000, invoice)
    page = Page(await browser.get(at))
    refund_page = Page(await browser.get(f"{at}/refund"))

    reversed_ = await browser.post(f"{at}/reversal", data={"because": "not_for_us"})
    given = await browser.post(f"{at}/refund", data={"amount": "10"} | SURE)

    assert "It paid for your own fee" in page.text
    assert page.buttons == ["Allocate £10"]
    assert "It paid for your own fee" in refund_page.text
    assert [reversed_.status_code, given.status_code] == [409, 409]
    assert await none_of(session, MoneyReversal)
    assert await none_of(session, MoneyRefund)
