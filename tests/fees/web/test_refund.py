"""The page on which a finance officer gives money back."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from fees.acts import FeesAct
from fees.credit_note import CreditReason, propose
from fees.govuk_pay import CardRefund, RefundStatus
from fees.invoice import Invoice, bill
from fees.payment import Payment
from fees.refund import Refund, refund
from register.account import Account, StaffRole
from register.application import ApplicationKind
from register.kit.jobs import run_pending
from register.process import Process
from tests.fees.owing import make_approved
from tests.fees.settling import paid
from tests.fees.test_ledger import Payer
from tests.make import NOW, make_account, make_process
from tests.reading import Page


@pytest.fixture
async def officers(session):
    return [await make_account(session, StaffRole.FINANCE_OFFICER) for _ in range(2)]


@pytest.fixture
async def invoice(session, sessions, browser, pay, clock, officers):
    """£270, paid and credited in whole; a finance officer is at the desk."""
    application = await make_approved(
        session, kind=ApplicationKind.RESTORATION, left_on=NOW.date()
    )
    account = await session.get(Account, application.account_id)
    await session.commit()
    payer = Payer(session, sessions, pay, clock, application, account)
    await pay.pays(await payer.starts())
    await payer.hears()
    found = await session.scalar(select(Invoice))
    by = Process.begin(session, FeesAct.PROPOSE_CREDIT, now=NOW, actor=officers[0])
    waiting = await propose(
        session,
        found,
        27000,
        reason=CreditReason.GOODWILL,
        waits=False,
        proposer=officers[0],
        by=by,
    )
    by = Process.begin(session, FeesAct.APPROVE_CREDIT, now=NOW, actor=officers[1])
    await waiting.approve(session, approver=officers[1], by=by)
    await session.commit()
    await browser.sign_in(officers[0])
    return found


def at(invoice):
    return f"/staff/payments/{invoice.reference}"


async def give(browser, invoice, amount, **more):
    data = {"payment": f"{invoice.reference}-1", "amount": amount} | more
    return await browser.post(f"{at(invoice)}/refund", data=data)


async def count(session):
    return await session.scalar(select(func.count()).select_from(Refund))


async def test_what_is_to_be_given_back_is_offered(browser, invoice):
    page = Page(await browser.get(at(invoice)))
    form = Page(await browser.get(f"{at(invoice)}/refund"))

    assert page.fact("State") == "Credited"
    assert f"{at(invoice)}/refund" in page.links.values()
    assert form.fact(f"Of payment {invoice.reference}-1") == (
        "£270 of £270 pays for nothing"
    )
    assert form.field("Amount").value == "270"


async def test_it_is_shown_once_more_before_it_is_done(browser, invoice, session):
    page = Page(await give(browser, invoice, "70.50"))

    assert page.fact("Goes back") == "£70.50"
    assert page.buttons == ["Refund it"]
    assert await count(session) == 0


async def test_the_money_goes_back_and_the_page_says_so(
    browser, invoice, session, sessions, clock
):
    answer = await give(browser, invoice, "70.50", sure="yes")
    asked = Page(await browser.get(answer.headers["location"]))
    for _ in range(2):
        await run_pending(sessions, clock)
        clock.now += timedelta(seconds=5)
        await session.execute(select(Payment))
    page = Page(await browser.get(at(invoice)))

    assert asked.rows("Refunds")[0]["State"] == "Being asked for"
    assert page.rows("Refunds")[0]["State"] in {"On its way", "Given back"}


async def test_what_gov_uk_pay_does_not_agree_with_is_said_plainly(
    browser, invoice, sessions, clock, pay
):
    (made,) = pay.made()
    await pay.client.refund(made.payment_id, amount_pence=1, available_pence=27000)
    await give(browser, invoice, "70.50", sure="yes")
    await run_pending(sessions, clock)

    page = Page(await browser.get(at(invoice)))

    assert "GOV.UK Pay has another amount left to refund" in page.text
    assert "Nothing went back." in page.text
    assert f"{at(invoice)}/refund" in page.links.values()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"amount": ""}, "Enter amount"),
        ({"amount": "0"}, "must be between £0.01"),
        ({"amount": "270.01"}, "£270 of this payment can be refunded"),
        ({"payment": "INV-1-1"}, "Select which payment goes back"),
    ],
)
async def test_what_cannot_be_is_said_beside_what_was_typed(
    browser, invoice, session, given, said
):
    data = {"payment": f"{invoice.reference}-1", "amount": "5"} | given
    answer = await browser.post(f"{at(invoice)}/refund", data=data)

    assert answer.status_code == 422
    assert said in Page(answer).text


async def test_over_the_limit_a_second_officer_decides(
    browser, invoice, officers, session
):
    shown = Page(await give(browser, invoice, "270"))
    await give(browser, invoice, "270", sure="yes")
    own = Page(await browser.get(f"{at(invoice)}/refund"))
    past = await browser.post(f"{at(invoice)}/refund/approval")
    await browser.sign_in(officers[1])
    other = Page(await browser.get(f"{at(invoice)}/refund"))
    before = await count(session)
    await browser.post(f"{at(invoice)}/refund/approval")

    assert shown.buttons == ["Propose it"]
    assert "somebody else must decide it" in own.text
    assert past.status_code == 409
    assert other.fact("Refund") == "£270"
    assert (before, await count(session)) == (0, 1)


async def test_a_proposal_may_be_given_back(browser, invoice, officers):
    await give(browser, invoice, "270", sure="yes")
    await browser.sign_in(officers[1])
    silent = await browser.post(f"{at(invoice)}/refund/return", data={"words": ""})
    await browser.post(f"{at(invoice)}/refund/return", data={"words": "Ask first"})

    page = Page(await browser.get(f"{at(invoice)}/refund"))

    assert silent.status_code == 422
    assert "Ask first" in page.text
    again = await browser.post(f"{at(invoice)}/refund/approval")
    assert again.status_code == 404


async def test_nothing_to_give_back_says_so(browser, session, officers, invoice):
    await session.execute(select(Payment))

    answer = await browser.get("/staff/payments/INV-9999999/refund")

    assert answer.status_code == 404


async def test_the_auditor_reads_and_gives_nothing_back(browser, invoice, session):
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))

    page = Page(await browser.get(f"{at(invoice)}/refund"))

    assert "Go on" not in page.buttons
    assert (await give(browser, invoice, "5", sure="yes")).status_code == 403
    assert await count(session) == 0


async def test_the_payer_reads_what_is_to_be_given_back_and_that_it_was(
    browser, session, sessions, pay, clock
):
    application = await make_approved(session)
    account = await session.get(Account, application.account_id)
    invoice = await bill(session, application, now=NOW)
    await paid(session, invoice=invoice)
    twice = await paid(session, invoice=invoice)
    await session.commit()
    await browser.sign_in(account)
    own = f"/account/payments/{invoice.reference}"

    before = Page(await browser.get(own))
    given = await refund(session, twice, 4_000, by=make_process(session))
    await session.commit()
    meanwhile = Page(await browser.get(own))
    told = CardRefund("back", 4_000, RefundStatus.SUCCESS, NOW)
    await given.settle(session, told, now=NOW)
    await session.commit()
    partly = Page(await browser.get(own))
    rest = await refund(session, twice, 5_000, by=make_process(session))
    told = CardRefund("rest", 5_000, RefundStatus.SUCCESS, NOW)
    await rest.settle(session, told, now=NOW)
    await session.commit()
    wholly = Page(await browser.get(own))

    assert (
        "A payment of £90 on 10 March 2027 is to be given back to you." in before.text
    )
    assert "£40 is on its way back to the card" in meanwhile.text
    assert "We gave you back £40 on 10 March 2027" in partly.text
    assert "£50 of it is still to be given back to you" in partly.text
    assert "We gave you back £50 on 10 March 2027" in wholly.text
    assert "to be given back" not in wholly.text
