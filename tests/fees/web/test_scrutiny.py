"""The fee for the scrutiny of a qualification from abroad, as the applicant and the finance officer read it."""

from datetime import timedelta

import pytest

from fees.invoice import bill_scrutiny, raise_scrutinies
from fees.invoice.of_scrutiny import scrutiny_invoice
from fees.ledger import owed_on
from register.account import Account, StaffRole
from register.application import withdraw
from register.part import Part
from tests.fees.owing import make_abroad
from tests.make import NOW, make_account, make_process
from tests.reading import Page


@pytest.fixture
async def application(session):
    application = await make_abroad(session)
    await session.commit()
    return application


@pytest.fixture
async def owner(session, application):
    return await session.get(Account, application.account_id)


@pytest.fixture
async def invoice(session, application):
    invoice = await bill_scrutiny(session, application, now=NOW)
    await session.commit()
    return invoice


async def test_the_applicant_is_led_from_the_application_to_the_fee(
    browser, application, owner
):
    await browser.sign_in(owner)

    sent = Page(await browser.get(f"/apply/{application.reference}/sent"))
    happening = Page(await browser.get(f"/apply/{application.reference}"))
    begun = Page(await browser.get("/apply"))
    own = Page(await browser.get("/your-registration"))
    payments = Page(await browser.get("/account/payments"))

    assert sent.links["pay the fee"] == "/pay"
    assert happening.links["Pay the fee"] == "/pay"
    assert (
        happening.fact("Who acts next")
        == "You: pay the fee for checking your qualification from abroad"
    )
    assert "You do not need to do anything." not in happening.text
    assert "Pay the fee for checking your qualification from abroad." in begun.text
    assert own.links["Pay the fee"] == "/pay"
    assert "fee for checking your qualification from abroad" in payments.text


async def test_the_page_says_what_is_to_pay_and_what_waits_for_it(
    browser, application, owner
):
    await browser.sign_in(owner)

    page = Page(await browser.get("/pay"))

    assert page.h1 == "Pay the fee for checking your qualification"
    assert page.fact("Application") == application.reference
    assert page.fact("Fee to pay") == "£670"
    assert page.fact("Pay by") == "the end of 24 March 2027"
    assert page.buttons == ["Pay £670 now"]
    assert "your qualification waits until then" in page.text


async def test_late_it_can_still_be_paid(browser, owner, clock, pay):
    clock.now = NOW + timedelta(days=60)
    await browser.sign_in(owner)

    page = Page(await browser.get("/pay"))
    answer = await browser.post("/pay")

    assert "You can still pay: your qualification waits until you do." in page.text
    assert pay.client.shows(answer.headers["location"])


async def test_a_card_that_is_good_pays_it_and_its_receipt_can_be_read(
    browser, session, application, owner, pay
):
    await browser.sign_in(owner)
    answer = await browser.post("/pay")
    await pay.pays(answer.headers["location"])
    await browser.get("/pay/return")

    page = Page(await browser.get("/pay/result"))
    invoice = await scrutiny_invoice(session, application)
    receipt = Page(await browser.get(f"/account/payments/{invoice.reference}"))
    printed = await browser.get(f"/account/payments/{invoice.reference}/receipt.pdf")

    assert page.h1 == "Payment received"
    assert "You are not in the register yet." in page.text
    (made,) = pay.made()
    assert made.amount == 67_000
    assert made.description.startswith("Fee for checking a qualification")
    assert receipt.h1 == f"Receipt {invoice.reference}"
    assert "Fee for checking qualifications from abroad, manager" in receipt.text
    assert printed.headers["content-type"] == "application/pdf"
    await session.refresh(application)
    assert application.scrutiny_cleared_at


async def test_a_card_that_is_not_says_how_to_try_again(browser, owner, pay):
    await browser.sign_in(owner)
    answer = await browser.post("/pay")
    await pay.leaves(answer.headers["location"])
    await browser.get("/pay/return")

    page = Page(await browser.get("/pay/result"))

    assert page.h1 == "You cancelled the payment"
    assert "or your application closes" not in page.text
    assert page.buttons == ["Try again to pay £670"]


async def test_what_is_withdrawn_cannot_be_paid_for_any_more(
    browser, session, application, owner, pay
):
    await browser.sign_in(owner)
    answer = await browser.post("/pay")
    await pay.leaves(answer.headers["location"])
    await withdraw(session, application, by=make_process(session))
    await session.commit()
    await browser.get("/pay/return")

    page = Page(await browser.get("/pay/result"))

    assert "this fee is not asked for any more" in page.text
    assert page.buttons == []


async def test_a_finance_officer_finds_it_and_waives_it(
    browser, session, application, invoice
):
    one, another = [
        await make_account(session, StaffRole.FINANCE_OFFICER) for _ in range(2)
    ]
    await session.commit()
    at = f"/staff/payments/{invoice.reference}"
    await browser.sign_in(one)
    listed = Page(await browser.get("/staff/payments?show=due"))
    page = Page(await browser.get(at))
    form = {"reason": "waived", "amount": "670"}
    await browser.post(f"{at}/credit", data=form)

    await browser.sign_in(another)
    await browser.post(f"{at}/credit/approval")

    assert "Checking a qualification from abroad" in listed.text
    assert page.fact("For") == "Checking a qualification from abroad"
    assert await owed_on(session, invoice.id) == 0
    await session.refresh(application)
    assert application.scrutiny_cleared_at


async def test_the_public_fees_say_what_it_costs_and_when_it_is_paid(browser):
    page = Page(await browser.get("/fees"))

    assert "Checking qualifications from abroad £670" in page.text
    assert "We check it once the fee is paid." in page.text


async def test_a_link_for_somebody_else_can_be_made_also_late(
    browser, session, invoice, owner, clock
):
    clock.now = NOW + timedelta(days=60)
    await browser.sign_in(owner)

    await browser.post(f"/account/payments/{invoice.reference}/link")
    page = Page(await browser.get(f"/account/payments/{invoice.reference}"))

    assert "/pay/link/" in page.text


async def test_one_of_another_part_without_a_price_is_not_asked_for(
    browser, session, application, owner
):
    application.part = Part.TRAINEE
    await raise_scrutinies(session, NOW)
    await session.commit()
    await browser.sign_in(owner)

    page = Page(await browser.get(f"/apply/{application.reference}"))

    assert "Pay the fee" not in page.links
