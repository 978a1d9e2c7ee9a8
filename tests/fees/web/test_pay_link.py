"""The pages of a link by which somebody else pays: they say what it costs, and nothing of whose it is."""

import pytest
from sqlalchemy import select

from fees.invoice import Invoice
from fees.pay_link import PayLink, link_of
from register.account import Account, StaffRole
from register.kit.clock import day_of
from register.person import Person
from tests.fees.employing import bill_all
from tests.fees.owing import CARD, DECLINED
from tests.fees.renewing import OPENS, renewing
from tests.make import make_account
from tests.reading import Page


@pytest.fixture
async def invoice(browser, session, pay, clock):
    """Of somebody who is signed in."""
    clock.now = OPENS
    await renewing(session)
    await bill_all(session)
    invoice = await session.scalar(select(Invoice))
    await session.commit()
    await browser.sign_in(await session.get_one(Account, invoice.account_id))
    return invoice


async def linked(browser, session, invoice):
    """The address of a link, for somebody who is not signed in."""
    await browser.post(f"/account/payments/{invoice.reference}/link")
    link = await link_of(session, invoice)
    await browser.post("/sign-out")
    return f"/pay/link/{link.token}"


async def test_the_registrant_gets_a_link_and_withdraws_it(browser, session, invoice):
    at = f"/account/payments/{invoice.reference}"

    done = await browser.post(f"{at}/link")

    link = await link_of(session, invoice)
    assert done.headers["location"] == at
    assert f"/pay/link/{link.token}" in Page(await browser.get(at)).text
    await browser.post(f"{at}/link/withdrawal")
    assert "/pay/link/" not in Page(await browser.get(at)).text


async def test_finance_gets_one_too(browser, session, invoice):
    await browser.sign_in(await make_account(session, StaffRole.FINANCE_OFFICER))
    at = f"/staff/payments/{invoice.reference}"

    await browser.post(f"{at}/link")

    assert "/pay/link/" in Page(await browser.get(at)).text
    await browser.post(f"{at}/link/withdrawal")
    assert "/pay/link/" not in Page(await browser.get(at)).text


async def test_nobody_else_gets_one(browser, session, invoice):
    await browser.sign_in(await make_account(session))

    own = await browser.post(f"/account/payments/{invoice.reference}/link")
    staff = await browser.post(f"/staff/payments/{invoice.reference}/link")

    assert own.status_code == 404
    assert staff.status_code in {403, 404}


async def test_the_page_says_the_amount_and_what_for_and_not_whose(
    browser, session, invoice
):
    at = await linked(browser, session, invoice)

    answer = await browser.get(at)

    page = Page(answer)
    assert page.h1 == f"Pay invoice {invoice.reference}"
    assert page.fact("Amount") == "£120"
    assert page.fact("For") == "A renewal fee"
    assert "Ngozi" not in answer.text
    assert "CH-" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_somebody_pays_and_reads_that_it_is_paid(browser, session, pay, invoice):
    at = await linked(browser, session, invoice)
    answer = await browser.post(at)
    begun = Page(await browser.get(at))
    await pay.pays(answer.headers["location"])

    back = await browser.get(f"{at}/return")

    paid = await browser.get(back.headers["location"])
    assert "A card payment of it has begun" in begun.text
    assert paid.status_code == 410
    assert Page(paid).h1 == "This is paid"
    assert (await browser.post(at)).status_code == 410


async def test_who_comes_while_the_registrant_has_begun_reads_so_and_goes_on_with_a_payment_of_their_own(
    browser, session, pay, invoice
):
    hers = await browser.post("/pay", data={"agree": "yes"})
    at = await linked(browser, session, invoice)

    page = Page(await browser.get(at))
    answer = await browser.post(at)

    assert "Somebody has begun to pay this in another way" in page.text
    assert answer.headers["location"] != hers.headers["location"]
    await pay.pays(answer.headers["location"])
    back = await browser.get(f"{at}/return")
    assert Page(await browser.get(back.headers["location"])).h1 == "This is paid"


async def test_where_that_cannot_be_stopped_they_read_what_to_do(
    browser, session, pay, invoice
):
    hers = await browser.post("/pay")
    await pay.payer.post(hers.headers["location"], data=CARD)
    at = await linked(browser, session, invoice)

    answer = await browser.post(at)

    assert answer.status_code == 409
    assert "Try again in a few minutes" in Page(answer).text
    assert await session.scalar(select(PayLink.tries)) == 0


async def test_a_card_that_is_declined_is_told(browser, session, pay, invoice):
    at = await linked(browser, session, invoice)
    answer = await browser.post(at)
    await pay.pays(answer.headers["location"], card_number=DECLINED)
    await browser.get(f"{at}/return")

    page = Page(await browser.get(at))

    assert "The last try to pay it did not go through: card declined." in page.text
    assert "Pay £120 now" in page.buttons


async def test_a_link_that_was_withdrawn_says_so(browser, session, invoice):
    await browser.post(f"/account/payments/{invoice.reference}/link")
    link = await link_of(session, invoice)
    at = f"/account/payments/{invoice.reference}/link/withdrawal"
    await browser.post(at)

    answer = await browser.get(f"/pay/link/{link.token}")

    assert answer.status_code == 410
    assert "This link is no longer in use" in Page(answer).h1


async def test_a_link_for_who_is_not_in_the_register_any_more_says_that_nothing_is_to_be_paid(
    browser, session, invoice
):
    at = await linked(browser, session, invoice)
    person = await session.get_one(Person, invoice.person_id)
    person.deceased_on = day_of(OPENS)
    await session.commit()

    answer = await browser.get(at)

    assert answer.status_code == 410
    assert Page(answer).h1 == "This does not have to be paid any more"
    assert (await browser.post(at)).status_code == 410


@pytest.mark.parametrize("token", ["x", "A" * 90, "é"])
async def test_what_is_no_link_is_not_found(browser, token):
    for answer in (
        await browser.get(f"/pay/link/{token}"),
        await browser.post(f"/pay/link/{token}"),
        await browser.get(f"/pay/link/{token}/return"),
    ):
        assert answer.status_code == 404
