"""The pages on which an employer pays for its staff, and those where finance sees it and gives back a share."""

from datetime import date

import pytest
from sqlalchemy import select

from fees import ledger
from fees.collective import CollectiveInvoice
from fees.invoice import Invoice, bill
from fees.payment import Payment
from register.account import Account, StaffRole
from register.kit.clock import end_of
from tests.fees.employing import look, make_employer, press, renewals, take_over
from tests.fees.owing import make_approved
from tests.fees.renewing import CURED_UNTIL, OPENS
from tests.fees.test_collective import pay_own, together
from tests.make import make_account, make_home
from tests.reading import Page
from tests.register.employing import make_user

LIST = "/employer/fees"


@pytest.fixture
async def lead(browser, session, pay, clock):
    clock.now = OPENS
    lead = await make_employer(session, "Ada", "Bea", provider="Harbour Care Limited")
    await session.commit()
    await browser.sign_in(await session.get_one(Account, lead.account_id))
    return lead


@pytest.fixture
async def taken(session, lead, clock):
    taken = await take_over(session, lead, clock)
    await session.commit()
    return taken


@pytest.fixture
async def with_a_share_left(browser, session, sessions, pay, lead, taken, clock):
    """Bea paid for herself while the employer was at it."""
    page = await press(session, sessions, pay, lead, taken, clock)
    await pay_own(session, sessions, pay, (await renewals(session))[1], clock)
    await pay.pays(page)
    await look(session, pay, clock)
    await session.commit()
    return taken


async def officer(browser, session):
    account = await make_account(session, StaffRole.FINANCE_OFFICER)
    await session.commit()
    await browser.sign_in(account)
    return account


async def test_a_lead_reads_whose_fees_are_unpaid_and_nothing_else_of_them(
    browser, lead
):
    page = Page(await browser.get(LIST))

    assert page.h1 == "Pay renewal fees for your staff"
    assert "Ada" in page.text
    assert "£120 to pay by the end of 14 December 2027" in page.text
    assert "Manager: registered" in page.text
    assert "For all of them it is £240." in page.text


async def test_choosing_makes_one_invoice(browser, session, lead):
    (first, _) = await session.scalars(select(Invoice).order_by(Invoice.number))

    done = await browser.post(LIST, data={"who": first.reference})

    raised = await session.scalar(select(CollectiveInvoice))
    page = Page(await browser.get(done.headers["location"]))
    assert page.h1 == f"Invoice {raised.reference}"
    assert page.fact("Left to pay") == "£120"
    assert "Pay £120 by card" in page.buttons


async def test_choosing_nobody_is_asked_again(browser, lead):
    answer = await browser.post(LIST, data={})

    assert answer.status_code == 422
    assert "Select whose renewal fee you pay" in Page(answer).text


async def test_choosing_somebody_who_is_not_offered_is_asked_again(browser, lead):
    answer = await browser.post(LIST, data={"who": "INV-9999999"})

    assert answer.status_code == 422


async def test_only_a_lead_with_a_second_factor_comes_in(browser, session, lead, taken):
    at = f"{LIST}/{taken.reference}"
    user = await make_user(session, lead.organisation)
    other = await make_employer(
        session, "Eve", home=await make_home(session, "SC000001")
    )
    account = await session.get_one(Account, other.account_id)
    await session.commit()

    await browser.sign_in(await session.get_one(Account, user.account_id))
    assert (await browser.get(LIST)).status_code == 404
    await browser.sign_in(account)
    for answer in (
        await browser.get(at),
        await browser.post(f"{at}/payment"),
        await browser.post(f"{at}/cancellation"),
    ):
        assert answer.status_code == 404
    await browser.sign_in(account, proved=False)
    answer = await browser.get(LIST)
    assert answer.headers["location"] == "/account/second-factor"


async def test_nobody_comes_in_without_signing_in(browser, session, lead):
    await browser.post("/sign-out")

    answer = await browser.get(LIST)

    assert answer.headers["location"] == f"/sign-in?next={LIST}"


@pytest.mark.parametrize("reference", ["COL-9999999", "COL-x", "INV-0000001"])
async def test_an_invoice_that_is_not_there_is_not_found(browser, lead, reference):
    answer = await browser.get(f"{LIST}/{reference}")

    assert answer.status_code == 404


async def test_the_employer_pays_and_reads_that_it_is_paid(
    browser, session, pay, taken
):
    at = f"{LIST}/{taken.reference}"
    answer = await browser.post(f"{at}/payment")
    begun = Page(await browser.get(at))
    await pay.pays(answer.headers["location"])

    back = await browser.get(f"{LIST}/return")

    page = Page(await browser.get(back.headers["location"]))
    assert "A card payment has begun" in begun.text
    assert page.fact("Left to pay") == "Nothing"
    assert page.text.count("Paid by the employer") == 2
    assert page.buttons == []


async def test_coming_back_without_a_payment_leads_to_the_list(browser, lead):
    answer = await browser.get(f"{LIST}/return")

    assert answer.headers["location"] == LIST


async def test_paying_twice_is_refused_in_a_sentence(browser, pay, taken):
    at = f"{LIST}/{taken.reference}"
    answer = await browser.post(f"{at}/payment")
    await pay.pays(answer.headers["location"])
    await browser.get(f"{LIST}/return")

    again = await browser.post(f"{at}/payment")

    assert again.status_code == 409
    assert f"There is no fee to pay for invoice {taken.reference} now." in again.text


async def test_after_the_last_day_it_says_so(browser, session, lead, taken, clock):
    clock.now = end_of(CURED_UNTIL)
    await browser.sign_in(await session.get_one(Account, lead.account_id))

    page = Page(await browser.get(f"{LIST}/{taken.reference}"))

    assert "The last day to pay it is over." in page.text
    assert "Pay £240 by card" not in page.buttons


async def test_it_is_cancelled_and_its_people_can_be_chosen_again(browser, taken):
    at = f"{LIST}/{taken.reference}"

    done = await browser.post(f"{at}/cancellation")

    page = Page(await browser.get(done.headers["location"]))
    assert "For all of them it is £240." in page.text
    assert "Cancelled" in page.text
    assert (await browser.post(f"{at}/cancellation")).status_code == 409
    assert (await browser.post(f"{at}/payment")).status_code == 409


async def test_it_is_not_cancelled_while_a_payment_has_begun(browser, pay, taken):
    at = f"{LIST}/{taken.reference}"
    await browser.post(f"{at}/payment")

    answer = await browser.post(f"{at}/cancellation")

    assert answer.status_code == 409
    assert "A card payment of this invoice has begun." in answer.text


async def test_the_person_reads_that_the_employer_has_paid(
    browser, session, pay, taken
):
    answer = await browser.post(f"{LIST}/{taken.reference}/payment")
    await pay.pays(answer.headers["location"])
    await browser.get(f"{LIST}/return")
    invoice = await session.scalar(select(Invoice).order_by(Invoice.number).limit(1))
    await browser.sign_in(await session.get_one(Account, invoice.account_id))

    page = Page(await browser.get(f"/account/payments/{invoice.reference}"))

    assert "Your employer has paid this fee for you." in page.text
    assert "Paid, not renewed yet: 4 things left to do" in page.text
    assert page.fact("Paid by your employer on")
    assert taken.reference not in page.text


async def test_finance_reads_all_of_them_and_each(browser, session, with_a_share_left):
    await officer(browser, session)

    listed = Page(await browser.get("/staff/payments/collective"))
    page = Page(await browser.get(f"/staff/payments/{with_a_share_left.reference}"))

    assert with_a_share_left.reference in listed.text
    assert page.fact("Organisation") == "Harbour Care Limited"
    assert page.fact("Pays for nothing") == "£120"
    assert "Paid already, by themselves or by somebody else" in page.text


async def test_a_share_over_the_limit_is_given_back_when_a_second_officer_agrees(
    browser, session, with_a_share_left
):
    at = f"/staff/payments/{with_a_share_left.reference}/refund"
    payment = await together(session)
    sent = {"payment": payment.reference, "amount": "120", "sure": "yes"}
    await officer(browser, session)
    proposed = await browser.post(at, data=sent)
    await officer(browser, session)

    done = await browser.post(f"{at}/approval")

    assert (proposed.status_code, done.status_code) == (303, 303)
    page = Page(await browser.get(f"/staff/payments/{with_a_share_left.reference}"))
    assert "Being asked for" in page.text
    assert page.fact("Pays for nothing") == "Nothing"


async def test_what_is_left_over_waits_in_the_queue_and_may_pay_for_somebody_else(
    browser, session, with_a_share_left
):
    await officer(browser, session)
    payment = await together(session)
    owing = await make_approved(session, approved_at=OPENS, pay_by=date(2027, 9, 20))
    debtor = await bill(session, owing, now=OPENS)
    await session.commit()

    queue = Page(await browser.get("/staff/finance/unallocated"))
    at = queue.links[payment.reference]
    shown = Page(await browser.get(at))
    sent = {"invoice": debtor.reference, "amount": "10", "sure": "yes"}
    done = await browser.post(at, data=sent)

    assert "Left of a payment 1 September 2027 £120" in queue.text
    assert shown.fact("Organisation") == "Harbour Care Limited"
    assert (
        shown.links["Refund it to the card it came from"]
        == f"/staff/payments/{with_a_share_left.reference}/refund"
    )
    assert done.status_code == 303
    assert await ledger.owed_on(session, debtor.id) == debtor.amount_pence - 1000


async def test_more_than_the_share_is_not_given_back(
    browser, session, with_a_share_left
):
    await officer(browser, session)
    payment = await session.scalar(
        select(Payment).where(Payment.collective_id.is_not(None))
    )

    answer = await browser.post(
        f"/staff/payments/{with_a_share_left.reference}/refund",
        data={"payment": payment.reference, "amount": "120.01", "sure": "yes"},
    )

    assert answer.status_code == 422
    assert "£120 of this payment can be refunded." in Page(answer).text


async def test_nobody_but_finance_and_the_auditor_reads_them(browser, session, taken):
    account = await make_account(session, StaffRole.CASEWORKER)
    await session.commit()
    await browser.sign_in(account)

    for at in ("/staff/payments/collective", f"/staff/payments/{taken.reference}"):
        assert (await browser.get(at)).status_code in (403, 404)
