"""The page on which a finance officer credits an invoice, and what a payer reads of it."""

import pytest

from fees.invoice import bill
from fees.ledger import owed_on
from register.account import Account, StaffRole
from register.application import ApplicationKind
from tests.fees.owing import make_approved
from tests.make import NOW, make_account
from tests.reading import Page

DEAR = {"kind": ApplicationKind.RESTORATION}


@pytest.fixture
async def officers(session):
    return [await make_account(session, StaffRole.FINANCE_OFFICER) for _ in range(2)]


@pytest.fixture
async def invoice(session, browser, officers):
    """Of £90, with a finance officer at the desk."""
    invoice = await bill(session, await make_approved(session), now=NOW)
    await session.commit()
    await browser.sign_in(officers[0])
    return invoice


def at(invoice):
    return f"/staff/payments/{invoice.reference}/credit"


async def credit(browser, invoice, amount="20", reason="goodwill"):
    return await browser.post(at(invoice), data={"amount": amount, "reason": reason})


async def test_an_officer_credits_a_part(browser, invoice, session):
    form = Page(await browser.get(at(invoice)))
    answer = await credit(browser, invoice)
    page = Page(await browser.get(answer.headers["location"]))

    assert form.fact("Left to pay") == "£90"
    assert "Over £100 a second finance officer has to agree." in form.text
    assert page.fact("Left to pay") == "£70"
    assert page.rows("Credit notes")[0]["Why"] == "Goodwill"
    assert page.rows("In the ledger")[-1]["Amount"] == "£20"


async def test_the_payer_reads_what_is_left(browser, invoice, session):
    await credit(browser, invoice)
    await browser.sign_in(await session.get(Account, invoice.account_id))

    own = Page(await browser.get(f"/account/payments/{invoice.reference}"))
    pay = Page(await browser.get("/pay"))

    assert "Left to pay" in own.text
    assert pay.fact("Left to pay") == "£70"
    assert pay.buttons == ["Pay £70 now"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"amount": "90"}, "at least a penny of it has to stay"),
        ({"amount": "91"}, "£90 of this can still be credited"),
        ({"amount": ""}, "£90 of this can still be credited"),
        ({"amount": "much"}, "must be an amount of money"),
        ({"reason": ""}, "Select why it is credited"),
        ({"reason": "low_income"}, "No discount for a low income is set"),
    ],
)
async def test_what_cannot_be_is_said_beside_what_was_typed(
    browser, invoice, session, given, said
):
    answer = await credit(browser, invoice, **given)

    assert answer.status_code == 422
    assert said in Page(answer).text
    assert await owed_on(session, invoice.id) == 9000


@pytest.fixture
async def dear(session, browser, officers):
    """Of £270: over the limit."""
    application = await make_approved(session, **DEAR, left_on=NOW.date())
    invoice = await bill(session, application, now=NOW)
    await session.commit()
    await browser.sign_in(officers[0])
    return invoice


async def test_over_the_limit_a_second_officer_decides(
    browser, dear, officers, session
):
    await credit(browser, dear, amount="150")
    own = Page(await browser.get(at(dear)))
    listed = Page(await browser.get(f"/staff/payments/{dear.reference}"))
    await browser.sign_in(officers[1])
    other = Page(await browser.get(at(dear)))
    before = await owed_on(session, dear.id)
    answer = await browser.post(f"{at(dear)}/approval")

    assert "somebody else must decide it" in own.text
    assert at(dear) in listed.links.values()
    assert other.fact("Credit") == "£150"
    assert answer.status_code == 303
    assert (before, await owed_on(session, dear.id)) == (27000, 12000)


async def test_who_proposed_it_cannot_post_past_the_page(browser, dear, session):
    await credit(browser, dear, amount="150")

    answer = await browser.post(f"{at(dear)}/approval")

    assert answer.status_code == 409
    assert await owed_on(session, dear.id) == 27000


async def test_a_proposal_may_be_given_back(browser, dear, officers):
    await credit(browser, dear, amount="150")
    await browser.sign_in(officers[1])
    silent = await browser.post(f"{at(dear)}/return", data={"words": ""})
    await browser.post(f"{at(dear)}/return", data={"words": "Too much"})

    page = Page(await browser.get(at(dear)))

    assert silent.status_code == 422
    assert "Too much" in page.text
    assert (await browser.post(f"{at(dear)}/approval")).status_code == 404


async def test_an_invoice_that_is_not_there_is_not_found(browser, invoice):
    assert (await browser.get("/staff/payments/INV-9999999/credit")).status_code == 404


async def test_the_auditor_reads_and_credits_nothing(browser, invoice, session):
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))

    assert (await browser.get(at(invoice))).status_code == 200
    assert (await credit(browser, invoice)).status_code == 403
