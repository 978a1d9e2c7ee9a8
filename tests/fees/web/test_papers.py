"""Receipts and yearly statements as PDF: whose they are, which days they tell of, and that everybody can read them."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import page as validator
import pypdfium2
import pytest
from sqlalchemy import select

from fees import ledger
from fees.acts import FeesAct
from fees.invoice import Invoice, bill
from fees.ledger import AccountCode, EntryKind
from fees.other_money import MoneyKind, OtherMoney, ReversedBecause
from fees.papers import statement, years_paid_in
from fees.refund import Refund, RefundState
from register.account import Account
from register.kit.clock import day_of, end_of
from register.process import Process
from tests.fees.employing import make_employer, pay_all, take_over
from tests.fees.owing import PAY_BY, make_approved
from tests.fees.renewing import OPENS
from tests.fees.settling import paid
from tests.make import NOW, make_account, make_person, make_process
from tests.reading import Page
from tests.verapdf import faults

YEAR_BEGINS = datetime(2027, 4, 5, 23, tzinfo=UTC)
"""Midnight of 6 April in London, in summer time."""
INSTANT = timedelta(microseconds=1)
LATER = date(2027, 6, 30)


def words(pdf):
    """All of it, with single spaces."""
    leaves = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(leaf.get_textpage().get_text_bounded().split()) for leaf in leaves)  # fmt: skip


@pytest.fixture
async def payer(session):
    person = await make_person(session)
    return await make_account(session, person=person)


async def pays(session, payer, at, **more):
    person = more.pop("person", None) or await make_person(session)
    application = await make_approved(
        session, account=payer, person=person, pay_by=LATER
    )
    invoice = await bill(session, application, now=NOW)
    payment = await paid(session, invoice=invoice, at=at, **more)
    await session.commit()
    return invoice, payment


async def gives_back(session, payment, pence, at):
    by = Process.begin(session, FeesAct.SETTLE_REFUND, now=at)
    refund = Refund(
        id=uuid4(),
        payment_id=payment.id,
        amount_pence=pence,
        state=RefundState.SUCCEEDED,
        provider_id=f"refund{uuid4().hex[:10]}",
        asked_at=at,
        ended_at=at,
        process=by,
    )
    session.add(refund)
    await ledger.move(
        session,
        EntryKind.REFUND_ASKED,
        pence,
        giver=AccountCode.REFUNDS_PAYABLE,
        taker=AccountCode.UNALLOCATED,
        payment_id=payment.id,
        by=by,
    )
    await session.commit()


# The statement


@pytest.mark.parametrize(
    ("at", "year"),
    [
        (YEAR_BEGINS - INSTANT, 2026),
        (YEAR_BEGINS, 2027),
        (datetime(2028, 4, 5, 22, 59, 59, tzinfo=UTC), 2027),
        (datetime(2028, 4, 5, 23, tzinfo=UTC), 2028),
    ],
)
async def test_a_tax_year_begins_on_6_april_and_ends_on_5_april_in_london(
    session, payer, at, year
):
    _, payment = await pays(session, payer, at)

    assert await years_paid_in(session, payer) == [year]
    (line,) = (await statement(session, payer, year)).lines
    assert (line.at, line.pence) == (at, payment.amount_pence)
    assert await statement(session, payer, year - 1) is None
    assert await statement(session, payer, year + 1) is None


async def test_what_went_back_counts_in_the_year_in_which_it_did(session, payer):
    invoice, _ = await pays(session, payer, YEAR_BEGINS - INSTANT)
    twice = await paid(session, invoice=invoice, at=YEAR_BEGINS - INSTANT)
    await gives_back(session, twice, 9000, YEAR_BEGINS)

    before, after = [await statement(session, payer, year) for year in (2026, 2027)]

    assert (before.total, before.unallocated_pence) == ("£180", 0)
    assert after.total == "-£90"
    assert await years_paid_in(session, payer) == [2027, 2026]


async def test_what_pays_for_nothing_is_said(session, payer):
    invoice, _ = await pays(session, payer, NOW)
    await paid(session, invoice=invoice)

    found = await statement(session, payer, 2026)

    assert (found.total, found.unallocated) == ("£180", "£90")


async def test_what_others_paid_is_not_in_it(session, payer):
    await pays(session, payer, NOW)
    other = await make_account(session)

    assert await statement(session, other, 2026) is None
    assert await years_paid_in(session, other) == []


# The pages


@pytest.fixture
async def browsing(browser, session, payer):
    invoice, payment = await pays(session, payer, NOW)
    await browser.sign_in(payer)
    return browser, invoice, payment


async def test_a_receipt_is_downloaded_from_its_page(browsing):
    browser, invoice, _ = browsing
    page = Page(await browser.get(f"/account/payments/{invoice.reference}"))

    answer = await browser.get(page.links["Download this receipt (PDF)"])
    said = words(answer.content)

    assert answer.headers["content-type"] == "application/pdf"
    assert f"receipt-{invoice.reference}.pdf" in answer.headers["content-disposition"]
    for told in (f"Receipt {invoice.reference}", "Adébáyò", "10 March 2027", "Total £90"):  # fmt: skip
        assert told in said


async def test_a_year_is_downloaded_from_the_list(browsing):
    browser, _, payment = browsing
    page = Page(await browser.get("/account/payments"))

    answer = await browser.get(
        page.links["What you paid from 6 April 2026 to 5 April 2027 (PDF)"]
    )
    said = words(answer.content)

    assert 'filename="payments-2026.pdf"' in answer.headers["content-disposition"]
    for told in ("6 April 2026 to 5 April 2027", payment.reference, "10 March 2027", "£90"):  # fmt: skip
        assert told in said


async def test_what_an_employer_paid_stands_apart_and_not_in_the_total(
    browser, session, sessions, pay, clock
):
    clock.now = OPENS + timedelta(days=10)
    lead = await make_employer(session, "Ada")
    collective = await take_over(session, lead, clock)
    await pay_all(session, sessions, pay, lead, collective, clock)
    await session.commit()
    invoice = await session.scalar(select(Invoice))
    await browser.sign_in(await session.get(Account, invoice.account_id))

    told = words((await browser.get("/account/payments/tax-year/2027.pdf")).content)

    assert "You paid nothing yourself in this year." in told
    assert f"invoice {invoice.reference}, paid by your employer £120" in told
    assert "This is not in the total." in told


async def test_the_same_facts_are_the_same_bytes(browsing):
    browser, invoice, _ = browsing
    for path in (f"{invoice.reference}/receipt.pdf", "tax-year/2026.pdf"):
        once, again = [await browser.get(f"/account/payments/{path}") for _ in range(2)]
        assert once.content == again.content


async def test_both_are_fit_for_archives_and_screen_readers(browsing):
    browser, invoice, _ = browsing
    profiles = validator.ValidationProfile
    for path in (f"{invoice.reference}/receipt.pdf", "tax-year/2026.pdf"):
        pdf = (await browser.get(f"/account/payments/{path}")).content
        for profile in (profiles.PDF_A_3A, profiles.PDF_UA_1):
            assert validator.validate_pdf_bytes(pdf, profile=profile).failures == []


@pytest.mark.long
@pytest.mark.timeout(600)  # Java on two busy cores
async def test_verapdf_says_so_too(browsing, tmp_path):
    browser, invoice, _ = browsing
    files = []
    for path in (f"{invoice.reference}/receipt.pdf", "tax-year/2026.pdf"):
        files.append(tmp_path / f"{len(files)}.pdf")
        pdf = (await browser.get(f"/account/payments/{path}")).content
        files[-1].write_bytes(pdf)

    assert faults(files) == {file: [] for file in files}


@pytest.mark.parametrize(
    "path", ["tax-year/2025.pdf", "tax-year/2026", "tax-year/now.pdf", "INV-9999999/receipt.pdf"]
)  # fmt: skip
async def test_what_is_not_there_is_not_found(browsing, path):
    browser, _, _ = browsing

    assert (await browser.get(f"/account/payments/{path}")).status_code == 404


async def test_somebody_else_s_are_not_there(browsing, session):
    browser, invoice, _ = browsing
    await browser.sign_in(await make_account(session))

    for path in (f"{invoice.reference}/receipt.pdf", "tax-year/2026.pdf"):
        assert (await browser.get(f"/account/payments/{path}")).status_code == 404


async def test_who_is_not_signed_in_signs_in_first(browsing):
    browser, invoice, _ = browsing
    browser.cookies.clear()

    answer = await browser.get(f"/account/payments/{invoice.reference}/receipt.pdf")

    assert answer.headers["location"].startswith("/sign-in")


async def test_what_is_not_paid_has_no_receipt(browser, session):
    application = await make_approved(session)
    invoice = await bill(session, application, now=NOW)
    payer = await session.get(Account, application.account_id)
    await session.commit()
    await browser.sign_in(payer)

    at = f"/account/payments/{invoice.reference}"
    page = Page(await browser.get(at))

    assert "Download this receipt (PDF)" not in page.links
    assert (await browser.get(f"{at}/receipt.pdf")).status_code == 404


async def test_a_name_that_no_face_can_print_is_printed_in_codes(browser, session):
    person = await make_person(session, given_names="Smile\N{GRINNING FACE}")
    payer = await make_account(session, person=person)
    invoice, _ = await pays(session, payer, NOW, person=person)
    await browser.sign_in(payer)

    answer = await browser.get(f"/account/payments/{invoice.reference}/receipt.pdf")

    assert "[U+1F600]" in words(answer.content)
    assert isinstance(await session.get(Invoice, invoice.id), Invoice)


# What is owed again


async def by_cheque(session, invoice):
    by = make_process(session)
    cheque = await OtherMoney.record(
        session,
        MoneyKind.CHEQUE,
        9000,
        came_on=day_of(NOW),
        statement_reference="A LOVELACE",
        by=by,
    )
    await cheque.pay_for(session, invoice, by=by)
    return cheque


@pytest.fixture
async def owed_again(browser, session):
    """£90, paid by a cheque that bounced, with its payer at the pages."""
    application = await make_approved(session)
    invoice = await bill(session, application, now=NOW)
    cheque = await by_cheque(session, invoice)
    await cheque.reverse(
        session, ReversedBecause.BOUNCED, by=make_process(session, now=NOW)
    )
    await session.commit()
    await browser.sign_in(await session.get(Account, application.account_id))
    return invoice


async def test_what_is_owed_again_has_no_receipt_and_says_how_it_is_paid(
    browser, owed_again
):
    at = f"/account/payments/{owed_again.reference}"
    page = Page(await browser.get(at))
    (row,) = Page(await browser.get("/account/payments")).rows("Invoices and payments")

    assert page.h1 == f"Invoice {owed_again.reference}"
    assert "£90 is owed again" in page.text
    assert (
        f"give the number of this invoice with it: {owed_again.reference}" in page.text
    )
    assert "Download this receipt (PDF)" not in page.links
    assert (row["State"], row["Paid, or pay by"]) == ("Owed again", "24 March 2027")
    assert (await browser.get(f"{at}/receipt.pdf")).status_code == 404


async def test_paid_once_more_it_has_its_receipt_again(browser, session, owed_again):
    await by_cheque(session, owed_again)
    await session.commit()

    at = f"/account/payments/{owed_again.reference}"
    page = Page(await browser.get(at))

    assert page.h1 == f"Receipt {owed_again.reference}"
    assert (await browser.get(f"{at}/receipt.pdf")).status_code == 200


@pytest.mark.parametrize(("days", "offered"), [(0, True), (1, False)])
async def test_it_is_paid_by_card_by_a_link_until_the_last_day_to_pay(
    browser, session, clock, owed_again, days, offered
):
    clock.now = end_of(PAY_BY + timedelta(days=days)) - INSTANT
    await browser.sign_in(await session.get(Account, owed_again.account_id))

    page = Page(await browser.get(f"/account/payments/{owed_again.reference}"))

    assert ("Get a link" in page.buttons) is offered
    assert ("To pay by card" in page.text) is offered


async def test_the_link_takes_what_is_owed_again(browser, owed_again):
    at = f"/account/payments/{owed_again.reference}"
    await browser.post(f"{at}/link")

    page = Page(await browser.get(at))
    (address,) = [one for one in page.text.split() if "/pay/link/" in one]
    asked = Page(await browser.get(address[address.index("/pay/link/") :]))

    assert "£90" in asked.text
