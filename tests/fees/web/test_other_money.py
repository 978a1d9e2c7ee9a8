"""The pages on which a finance officer records what came by transfer or cheque."""

import pytest
from sqlalchemy import func, select

from fees.invoice import Invoice
from fees.other_money import OtherMoney
from register.account import StaffRole
from tests.fees.employing import make_employer, take_over
from tests.fees.renewing import OPENS
from tests.make import make_account
from tests.reading import Page

LIST = "/staff/payments/other"
TYPED = {
    "kind": "transfer",
    "amount": "120",
    "came_on-day": "1",
    "came_on-month": "9",
    "came_on-year": "2027",
    "statement_reference": "A LOVELACE 123",
}


@pytest.fixture
async def officer(browser, session, clock):
    clock.now = OPENS
    account = await make_account(session, StaffRole.FINANCE_OFFICER)
    await session.commit()
    await browser.sign_in(account)
    return account


@pytest.fixture
async def employer(session, officer):
    employer = await make_employer(session, "Ada", "Bea")
    await session.commit()
    return employer


async def first(session):
    return await session.scalar(select(Invoice).order_by(Invoice.number).limit(1))


async def record(browser, **more):
    return await browser.post(f"{LIST}/record", data=TYPED | more)


async def test_it_is_recorded_and_left_unallocated(browser, officer):
    done = await record(browser)

    page = Page(await browser.get(done.headers["location"]))
    assert page.fact("Amount") == "£120"
    assert page.fact("Came") == "1 September 2027"
    assert page.fact("Pays for nothing") == "£120"
    assert "A LOVELACE 123" in Page(await browser.get(LIST)).text


async def test_it_is_recorded_and_pays_an_invoice(browser, session, employer):
    invoice = await first(session)

    done = await record(browser, invoice=invoice.reference.lower())

    page = Page(await browser.get(done.headers["location"]))
    assert page.fact("Pays for nothing") == "Nothing"
    assert invoice.reference in page.text


async def test_it_pays_for_an_employers_staff(browser, session, employer, clock):
    taken = await take_over(session, employer, clock)
    await session.commit()

    done = await record(browser, amount="240", invoice=taken.reference)

    page = Page(await browser.get(done.headers["location"]))
    assert page.fact("Pays for nothing") == "Nothing"


async def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(browser, officer):
    answer = await browser.post(
        f"{LIST}/record", data=TYPED | {"amount": "", "came_on-year": "2028"}
    )

    page = Page(answer)
    assert answer.status_code == 422
    assert "must be today or in the past" in page.text
    assert 'value="A LOVELACE 123"' in answer.text


@pytest.mark.parametrize("typed", ["INV-9999999", "COL-9999999", "COL-x", "nonsense"])
async def test_an_invoice_that_is_not_there_is_asked_for_again(browser, officer, typed):
    answer = await record(browser, invoice=typed)

    assert answer.status_code == 422
    assert "Enter the number of an invoice that there is" in Page(answer).text


async def test_what_cannot_be_counted_is_not_recorded(browser, session, employer):
    invoice = await first(session)
    await record(browser, invoice=invoice.reference)

    answer = await record(
        browser, invoice=invoice.reference, statement_reference="another"
    )

    assert answer.status_code == 422
    assert "that is paid already" in Page(answer).text
    assert await session.scalar(select(func.count()).select_from(OtherMoney)) == 1


async def test_the_same_once_more_is_asked_about_first(browser, session, officer):
    await record(browser)

    asked = await record(browser)
    done = await record(browser, sure="yes")

    assert asked.status_code == 200
    assert "are recorded already as MON-" in Page(asked).text
    assert done.status_code == 303
    assert await session.scalar(select(func.count()).select_from(OtherMoney)) == 2


async def test_it_is_allocated_later(browser, session, employer):
    at = (await record(browser)).headers["location"]
    invoice = await first(session)
    empty = await browser.post(f"{at}/allocation", data={})

    await browser.post(f"{at}/allocation", data={"invoice": invoice.reference})

    again = await browser.post(f"{at}/allocation", data={"invoice": invoice.reference})
    assert empty.status_code == 422
    assert Page(await browser.get(at)).fact("Pays for nothing") == "Nothing"
    assert again.status_code == 422
    assert "pays for something already" in Page(again).text


async def test_it_is_reversed_with_a_reason(browser, officer):
    at = (await record(browser)).headers["location"]
    empty = await browser.post(f"{at}/reversal", data={})

    await browser.post(f"{at}/reversal", data={"because": "bounced"})

    page = Page(await browser.get(at))
    again = await browser.post(f"{at}/reversal", data={"because": "bounced"})
    assert empty.status_code == 422
    assert "The bank took it back" in page.fact("Reversed")
    assert page.buttons == []
    assert again.status_code == 409


async def test_what_is_not_there_is_not_found(browser, officer):
    for at in (f"{LIST}/MON-9999999", f"{LIST}/x"):
        assert (await browser.get(at)).status_code == 404
        assert (await browser.post(f"{at}/reversal")).status_code == 404


async def test_the_auditor_reads_and_writes_nothing(browser, session, officer):
    at = (await record(browser)).headers["location"]
    account = await make_account(session, StaffRole.AUDITOR)
    await session.commit()
    await browser.sign_in(account)

    page = Page(await browser.get(at))

    assert page.buttons == []
    assert (await record(browser)).status_code == 403
    assert (await browser.post(f"{at}/reversal")).status_code == 403


async def test_nobody_comes_in_without_signing_in(browser):
    answer = await browser.get(LIST)

    assert answer.headers["location"] == f"/sign-in?next={LIST}"
