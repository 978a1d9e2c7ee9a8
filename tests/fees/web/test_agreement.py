"""The pages on which a registrant agrees that the fee is taken from their card, and takes that back."""

import pytest
from sqlalchemy import select

from fees.agreement import CardAgreement, check_agreement
from fees.invoice import Invoice
from fees.payment import Payment
from register.account import Account
from tests.fees.employing import bill_all
from tests.fees.renewing import OPENS, renewing
from tests.reading import Page

HERE = "/account/payments/agreement"


@pytest.fixture
async def renewal(browser, session, pay, clock):
    clock.now = OPENS
    renewal = await renewing(session)
    await bill_all(session)
    account = await session.scalar(
        select(Account).where(Account.person_id == renewal.person_id)
    )
    await session.commit()
    await browser.sign_in(account)
    return renewal


async def agree(browser, session, pay, clock):
    answer = await browser.post("/pay", data={"agree": "yes"})
    await pay.pays(answer.headers["location"])
    await browser.get("/pay/return")
    agreement = await session.scalar(select(CardAgreement))
    await check_agreement(session, clock.now, agreement.id)
    await session.commit()
    return agreement


async def test_it_is_offered_as_somebody_pays(browser, renewal):
    page = await browser.get("/pay")

    assert 'name="agree"' in page.text
    assert "you still make your declarations each year" in page.text


async def test_who_agrees_reads_so_and_is_not_renewed_by_it(
    browser, session, pay, clock, renewal
):
    agreement = await agree(browser, session, pay, clock)

    page = Page(await browser.get(HERE))
    assert page.fact("Agreement") == agreement.reference
    assert "It does not renew you by itself." in page.text


async def test_who_does_not_tick_it_has_not_agreed(browser, session, pay, renewal):
    answer = await browser.post("/pay")
    await pay.pays(answer.headers["location"])

    page = Page(await browser.get(HERE))

    assert "You have not agreed" in page.text
    assert await session.scalar(select(CardAgreement)) is None


async def test_it_is_cancelled_at_any_time(browser, session, pay, clock, renewal):
    await agree(browser, session, pay, clock)

    done = await browser.post(f"{HERE}/cancellation")

    assert done.headers["location"] == HERE
    assert "You have not agreed" in Page(await browser.get(HERE)).text
    assert (await browser.post(f"{HERE}/cancellation")).status_code == 404


async def test_who_cancels_reads_that_nothing_is_taken_any_more(
    browser, session, pay, clock, renewal
):
    await agree(browser, session, pay, clock)

    await browser.post(f"{HERE}/cancellation")

    assert "We take nothing from your card any more" in (await browser.get(HERE)).text


async def test_who_cancels_while_a_payment_is_in_doubt_is_told_of_it(
    browser, session, pay, clock, renewal
):
    agreement = await agree(browser, session, pay, clock)
    invoice = await session.scalar(select(Invoice))
    session.add(
        Payment(
            invoice_id=invoice.id,
            attempt=2,
            reference=f"{invoice.reference}-2",
            amount_pence=12000,
            taken_by=agreement.provider_id,
            asked_at=clock.now,
        )
    )
    await session.commit()

    await browser.post(f"{HERE}/cancellation")

    page = (await browser.get(HERE)).text
    assert "We had begun to take £120 before" in page
    assert "We take nothing from your card" not in page


async def test_nobody_comes_in_without_signing_in(browser):
    answer = await browser.get(HERE)

    assert answer.headers["location"] == f"/sign-in?next={HERE}"
