"""The pages on which the provider's files are taken in, and money that pays for nothing is given to an invoice."""

import pytest
from sqlalchemy import func, select

from fees.invoice import Invoice, bill
from fees.payment import Receipt
from fees.reconciliation import SettlementRow
from fees.web import settlements, unallocated
from register.account import Account, RoleGrant, StaffRole
from tests.fees.owing import make_approved
from tests.fees.settling import HEADINGS, line, paid, settled
from tests.make import NOW, make_account
from tests.reading import Page

AT = settlements.AT
QUEUE = unallocated.AT
UNKNOWN = "unknown1,INV-9999999-1,90.00,0.50,89.50,2027-03-09\n"


@pytest.fixture
async def officer(session, browser):
    await browser.sign_in(await make_account(session, StaffRole.FINANCE_OFFICER))
    return browser


async def send(browser, content, name="settlement.csv"):
    raw = content if isinstance(content, bytes) else content.encode()
    return await browser.post(AT, files={"file": (name, raw, "text/csv")})


async def rows(session):
    return await session.scalar(select(func.count()).select_from(SettlementRow))


async def test_the_overview_leads_to_each_page_of_finance(officer):
    page = Page(await officer.get("/staff/finance"))

    assert page.h1 == "Finance"
    assert {AT, QUEUE, "/staff/payments"} <= set(page.links.values())


async def test_a_file_is_taken_in_and_shown_row_by_row(officer, session):
    payment = await paid(session)

    sent = await send(officer, HEADINGS + line(payment) + UNKNOWN)
    page = Page(await officer.get(sent.headers["location"]))
    listed = Page(await officer.get(AT))

    assert page.flashes == ["2 rows are taken in"]
    assert [row["State"] for row in page.rows("Rows")] == ["Matched", "Not identified"]
    assert page.rows("Rows")[0]["Payment"] == payment.reference
    assert listed.rows("Files, newest first")[0]["Not matched"] == "1"


async def test_only_the_rows_of_a_state_are_shown_where_asked(officer, session):
    sent = await send(officer, HEADINGS + line(await paid(session)) + UNKNOWN)
    at = sent.headers["location"]

    page = Page(await officer.get(f"{at}?show=unidentified"))

    assert [row["Line"] for row in page.rows("Rows")] == ["3"]
    assert (await officer.get(f"{at}?show=nonsense")).status_code == 404
    assert (await officer.get(f"{AT}/SET-9999999")).status_code == 404
    assert (await officer.get(f"{AT}/nonsense")).status_code == 404


async def test_long_files_go_on_on_another_page(officer, session, monkeypatch):
    monkeypatch.setattr(settlements, "ROWS", 1)
    sent = await send(officer, HEADINGS + line(await paid(session)) + UNKNOWN)

    first = Page(await officer.get(sent.headers["location"]))
    second = Page(await officer.get(first.links["Next page"]))

    assert [row["Line"] for row in second.rows("Rows")] == ["3"]
    assert "Next page" not in second.links


@pytest.mark.parametrize(
    ("after", "answers"),
    [
        ("", 200),
        ("999999999999", 200),
        ("1000000000000", 404),
        ("99999999999999999999", 404),
        ("-1", 404),
        ("nonsense", 404),
    ],
)
async def test_a_page_of_a_file_begins_after_a_line_or_is_not_there(
    officer, after, answers
):
    sent = await send(officer, HEADINGS + UNKNOWN)

    page = await officer.get(f"{sent.headers['location']}?after={after}")

    assert page.status_code == answers


async def test_the_same_file_again_says_that_nothing_has_changed(officer, session):
    await send(officer, HEADINGS + UNKNOWN)
    again = await send(officer, HEADINGS + UNKNOWN)

    page = Page(await officer.get(again.headers["location"]))

    assert page.flashes[-1:] == ["All of this file had been taken in before. Nothing has changed"]  # fmt: skip
    assert await rows(session) == 1


async def test_every_faulty_row_is_told_and_nothing_is_taken_in(officer, session):
    answer = await send(
        officer, HEADINGS + UNKNOWN + UNKNOWN.replace("90.00", "ninety") + ",,1,0,1,x\n"
    )
    page = Page(answer)

    assert answer.status_code == 422
    assert page.errors == ["Nothing was taken in: some rows cannot be read"]
    faults = page.rows("Rows that cannot be read")
    assert [(one["Line"], one["Column"]) for one in faults] == [
        ("3", "Gross"),
        ("4", "Provider payment ID"),
        ("4", "Reference"),
        ("4", "Settled on"),
    ]
    assert await rows(session) == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The selected file is empty"),
        (b"%PDF-1.7 this is not one", "The file is a PDF. Save it as CSV"),
        (b"a,b\n1,2\n", "The file has no column for: Provider payment ID"),
        (HEADINGS.encode(), "headings and no rows"),
        (b"x" * (10 * 1024**2 + 1), "must be smaller than 10MB"),
    ],
)
async def test_what_is_no_such_file_is_said_in_a_sentence(officer, content, said):
    answer = await send(officer, content)

    assert answer.status_code == 422
    assert said in Page(answer).errors[0]


async def test_a_form_without_a_file_asks_for_one(officer):
    answer = await officer.post(AT, data={})

    assert Page(answer).errors == ["Select a file"]


async def test_the_headings_can_be_downloaded(officer):
    answer = await officer.get(f"{AT}/template.csv")

    assert answer.text == HEADINGS


async def test_unallocated_money_is_listed_the_longest_waiting_first(
    officer, session, monkeypatch
):
    monkeypatch.setattr("fees.reconciliation.waiting.PAGE", 1)
    first = await paid(session)
    invoice = await session.get(Invoice, first.invoice_id)
    second = await paid(session, invoice=invoice)
    await settled(session, UNKNOWN)
    await session.commit()

    page = Page(await officer.get(QUEUE))
    onward = Page(await officer.get(page.links["Next page"]))

    (row,) = page.rows("What waits longest first")
    (after,) = onward.rows("What waits longest first")
    assert (row["Money"], row["Amount"]) == ("unknown1", "£90")
    assert (after["Money"], after["Amount"]) == (second.reference, "£90")
    assert "Next page" not in onward.links
    assert (await officer.get(f"{QUEUE}?after=nonsense")).status_code == 404


async def test_where_there_is_none_the_page_says_so(officer):
    assert "There is none" in Page(await officer.get(QUEUE)).text


@pytest.fixture
async def overpaid(session, officer):
    """£90 too much, and another invoice over £90."""
    first = await paid(session)
    invoice = await session.get(Invoice, first.invoice_id)
    payment = await paid(session, invoice=invoice)
    other = await bill(session, await make_approved(session), now=NOW)
    await session.commit()
    return f"{QUEUE}/payments/{payment.reference}", other


async def test_what_is_left_is_shown_once_more_and_then_pays(
    officer, overpaid, session
):
    at, other = overpaid
    asked = Page(await officer.get(at))
    sent = {"invoice": other.reference, "amount": "90"}
    shown = Page(await officer.post(at, data=sent))
    before = await session.get(Receipt, other.id)
    done = await officer.post(at, data=sent | {"sure": "yes"})

    assert asked.fact("Pays for nothing") == "£90"
    assert asked.field("Amount").value == "90"
    assert shown.fact("Owed on it") == "£90"
    assert shown.buttons == ["Let it pay for this invoice"]
    assert (before, done.status_code) == (None, 303)
    assert await session.get(Receipt, other.id)
    assert (await officer.get(at)).status_code == 404


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"invoice": ""}, "Enter an invoice number"),
        ({"invoice": "tea"}, "Enter the number of an invoice, like INV-0000123"),
        ({"amount": "90.01"}, "£90 of this money can pay for that invoice"),
        ({"amount": "much"}, "must be an amount of money"),
    ],
)
async def test_what_cannot_be_allocated_is_said_beside_what_was_typed(
    officer, overpaid, given, said
):
    at, other = overpaid
    sent = {"invoice": other.reference, "amount": "5"} | given
    answer = await officer.post(at, data=sent)

    assert answer.status_code == 422
    assert said in Page(answer).errors[0]
    assert Page(answer).field("Amount").value == sent["amount"]


async def test_an_invoice_of_the_officer_s_own_is_refused(officer, overpaid, session):
    at, other = overpaid
    payer = await session.get(Account, other.account_id)
    session.add(RoleGrant(account_id=payer.id, role=StaffRole.FINANCE_OFFICER))
    await session.commit()
    await officer.sign_in(payer)

    answer = await officer.post(at, data={"invoice": other.reference, "amount": "5"})

    assert Page(answer).errors == [
        "This is about you, so somebody else must decide it."
    ]


@pytest.fixture
async def receipt(session, officer):
    await settled(session, UNKNOWN)
    invoice = await bill(session, await make_approved(session), now=NOW)
    await session.commit()
    return f"{QUEUE}/receipts/unknown1", invoice


DAY = {"paid_on-day": "9", "paid_on-month": "3", "paid_on-year": "2027"}


async def test_a_receipt_is_shown_once_more_and_then_is_a_payment(
    officer, receipt, session
):
    at, invoice = receipt
    asked = Page(await officer.get(at))
    sent = {"invoice": invoice.reference} | DAY
    shown = Page(await officer.post(at, data=sent))
    before = await session.get(Receipt, invoice.id)
    done = await officer.post(at, data=sent | {"sure": "yes"})
    page = Page(await officer.get(done.headers["location"]))

    assert asked.rows("What the settlement files say")[0]["Gross"] == "£90"
    assert shown.fact("Paid on") == "9 March 2027"
    assert before is None
    assert page.fact("State") == "Paid"
    assert (await officer.get(at)).status_code == 404


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"invoice": "INV-9999999"}, "Enter the number of an invoice"),
        ({"paid_on-day": "10"}, "so it was paid on that day or before"),
        ({"paid_on-day": ""}, "must include a day"),
    ],
)
async def test_what_a_receipt_cannot_be_is_said_beside_what_was_typed(
    officer, receipt, given, said
):
    at, invoice = receipt
    answer = await officer.post(at, data={"invoice": invoice.reference} | DAY | given)

    assert answer.status_code == 422
    assert said in Page(answer).errors[0]


async def test_the_auditor_reads_and_changes_nothing(
    browser, receipt, overpaid, session
):
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))

    for at in (AT, QUEUE, receipt[0], overpaid[0]):
        page = Page(await browser.get(at))
        assert page.status == 200
        assert not {"Upload", "Go on"} & set(page.buttons)
    for at in (receipt[0], overpaid[0]):
        assert (await browser.post(at, data=DAY)).status_code == 403
    assert (await send(browser, HEADINGS + UNKNOWN)).status_code == 403


async def test_others_do_not_read_it(browser, session):
    await browser.sign_in(await make_account(session, StaffRole.REGISTRAR))

    for at in ("/staff/finance", AT, QUEUE):
        assert (await browser.get(at)).status_code == 403
