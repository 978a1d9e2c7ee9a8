"""The pages on which a fee is paid, read as their payer reads them."""

import hmac
import json
from datetime import date, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import func, select

from fees.payment import Payment, PaymentState, PayNotice, Receipt
from register.account import Account, StaffRole
from register.application import ApplicationKind, ApplicationState, Move
from register.kit.clock import end_of
from register.kit.jobs import run_pending
from register.matching import WatchItem, WatchKind, look_for_matches
from register.person import Person
from tests.fees.owing import BROKEN, DECLINED, PAY_BY, make_approved
from tests.make import NOW, make_account, make_process
from tests.reading import Page


@pytest.fixture
async def owing(browser, session, pay):
    """An approved application whose applicant is signed in."""
    application = await make_approved(session)
    await session.commit()
    await browser.sign_in(await session.get(Account, application.account_id))
    return application


async def press_pay(browser):
    return await browser.post("/pay")


async def come_back(browser):
    answer = await browser.get("/pay/return")
    assert (answer.status_code, answer.headers["location"]) == (303, "/pay/result")
    return Page(await browser.get("/pay/result"))


async def test_the_page_says_what_is_to_pay_and_by_when(browser, owing):
    page = Page(await browser.get("/pay"))

    assert page.h1 == "Pay the registration fee"
    assert page.fact("Fee to pay") == "£90"
    assert (
        page.fact("For") == "9 months of the yearly fee of £120, until 30 November 2027"
    )
    assert page.fact("Pay by") == "the end of 24 March 2027"
    assert page.buttons == ["Pay £90 now"]


async def test_looking_at_the_page_begins_nothing(browser, owing, session):
    await browser.get("/pay")

    assert await session.scalar(select(func.count()).select_from(Payment)) == 0


async def test_a_card_that_is_good_makes_the_entry_and_says_so(
    browser, owing, pay, session
):
    answer = await press_pay(browser)
    back = await pay.pays(answer.headers["location"])

    page = await come_back(browser)

    assert answer.status_code == 303
    assert back.headers["location"].endswith("/pay/return")
    assert page.h1 == "Payment received"
    person = await session.get(Person, owing.person_id, populate_existing=True)
    assert f"Your registration number is {person.number} " in page.text
    await session.refresh(owing)
    assert owing.state is ApplicationState.GRANTED


async def test_the_return_address_names_nobody_and_nothing(browser, owing, pay):
    await press_pay(browser)

    (made,) = pay.made()
    assert made.return_url.endswith("/pay/return")
    assert made.description == "Registration fee, Children's Homes Workforce Register"


@pytest.mark.parametrize(
    ("card", "h1"),
    [(DECLINED, "Your card was declined"), (BROKEN, "The payment did not work")],
)
async def test_a_card_that_is_not_says_what_happened_and_what_to_do(
    browser, owing, pay, card, h1
):
    answer = await press_pay(browser)
    await pay.pays(answer.headers["location"], card_number=card)

    page = await come_back(browser)

    assert page.h1 == h1
    assert "No money has been taken." in page.text
    assert "Pay by the end of 24 March 2027" in page.text
    assert page.buttons == ["Try again to pay £90"]


async def test_a_payer_who_cancelled_is_told_so(browser, owing, pay):
    answer = await press_pay(browser)
    await pay.leaves(answer.headers["location"])

    page = await come_back(browser)

    assert page.h1 == "You cancelled the payment"
    assert page.buttons == ["Try again to pay £90"]


@pytest.mark.parametrize(
    ("late", "buttons", "next_step"),
    [
        (-timedelta(seconds=1), ["Try again to pay £90"], "Pay by the end of 24 March"),
        (timedelta(0), [], "The last day to pay was 24 March 2027"),
    ],
)
async def test_who_failed_to_pay_before_the_last_day_ended_is_told_what_that_means_after_it(
    browser, owing, pay, clock, late, buttons, next_step
):
    clock.now = end_of(PAY_BY) - timedelta(minutes=5)
    await browser.sign_in(await _account(browser, owing))
    answer = await press_pay(browser)
    await pay.leaves(answer.headers["location"])
    clock.now = end_of(PAY_BY) + late

    page = await come_back(browser)

    assert page.h1 == "You cancelled the payment"
    assert page.buttons == buttons
    assert next_step in page.text
    assert ("Apply again" in page.links) is (not buttons)
    assert ("waits for the fee" in page.text) is bool(buttons)


async def test_who_left_one_payment_and_made_another_owes_nothing(
    browser, owing, pay, session
):
    answer = await press_pay(browser)
    await pay.leaves(answer.headers["location"])
    owing.state, owing.paid_at = ApplicationState.GRANTED, NOW
    await session.flush()

    page = await come_back(browser)

    assert page.h1 == "You cancelled the payment"
    assert "you are in the register" in page.text


async def test_a_payer_who_left_may_go_on(browser, owing, pay):
    answer = await press_pay(browser)

    page = await come_back(browser)

    assert page.h1 == "The payment is not finished"
    assert page.buttons == ["Go on to pay £90"]
    again = await browser.post("/pay")
    assert again.headers["location"] == answer.headers["location"]


async def test_a_payer_who_left_for_too_long_is_told_so(browser, owing, pay, clock):
    await press_pay(browser)
    clock.now += timedelta(minutes=90)
    await browser.sign_in(await _account(browser, owing))

    page = await come_back(browser)

    assert page.h1 == "The payment was not finished in time"


async def _account(browser, application):
    async with browser.sessions() as session:
        return await session.get(Account, application.account_id)


async def test_a_service_that_is_down_is_said_so(browser, owing, pay):
    pay.transport.down = True

    answer = await press_pay(browser)
    page = Page(await browser.get(answer.headers["location"]))

    assert page.h1 == "The payment service did not answer"
    assert page.buttons == ["Try again to pay £90"]


async def test_a_payment_in_doubt_is_being_checked(browser, owing, pay):
    pay.transport.lost = {"POST"}

    answer = await press_pay(browser)
    page = Page(await browser.get(answer.headers["location"]))

    assert page.h1 == "We are checking your payment"
    assert "you cannot be charged twice" in page.text
    assert page.links["Check again"] == "/pay/return"


async def test_a_double_click_makes_one_payment(browser, owing, pay):
    first, second = await press_pay(browser), await press_pay(browser)

    assert first.headers["location"] == second.headers["location"]
    assert len(pay.made()) == 1


async def test_when_the_service_cannot_be_read_the_result_is_not_guessed(
    browser, owing, pay
):
    answer = await press_pay(browser)
    await pay.pays(answer.headers["location"])
    pay.transport.down = True

    page = await come_back(browser)

    assert page.h1 == "The payment is not finished"
    assert page.links["check again"] == "/pay/return"


async def test_after_the_last_day_there_is_nothing_to_press(browser, owing, clock):
    clock.now = end_of(PAY_BY)
    await browser.sign_in(await _account(browser, owing))

    page = Page(await browser.get("/pay"))
    posted = await press_pay(browser)

    assert page.h1 == "The last day to pay is over"
    assert page.buttons == []
    assert posted.status_code == 409
    assert "last day to pay" in posted.text


async def test_a_payment_after_the_last_day_is_to_be_given_back(
    browser, owing, pay, clock
):
    clock.now = end_of(PAY_BY) - timedelta(seconds=1)
    await browser.sign_in(await _account(browser, owing))
    answer = await press_pay(browser)
    clock.now = end_of(PAY_BY)
    await pay.pays(answer.headers["location"])

    page = await come_back(browser)

    assert page.h1 == "We will give you your money back"
    assert "came after the last day to pay, 24 March 2027" in page.text
    assert page.links["Apply again"] == "/apply"


async def test_who_owes_nothing_is_told_so(browser, session, pay):
    await browser.sign_in(await make_account(session))

    page = Page(await browser.get("/pay"))

    assert page.h1 == "There is nothing to pay"
    for path in ("/pay/return", "/pay/result"):
        assert (await browser.get(path)).headers["location"] == "/pay"
    assert (await press_pay(browser)).headers["location"] == "/pay"


@pytest.mark.parametrize(
    "path", ["/pay", "/pay/return", "/pay/result", "/account/payments"]
)
async def test_nobody_pays_without_signing_in(browser, path):
    answer = await browser.get(path)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


async def test_the_account_lists_what_was_asked_and_paid(browser, owing, pay):
    answer = await press_pay(browser)
    await pay.pays(answer.headers["location"])
    await come_back(browser)

    page = Page(await browser.get("/account/payments"))

    (row,) = page.rows()
    assert row["Amount"] == "£90"
    assert row["For"] == "Manager, until 30 November 2027"
    assert row["State"] == "Paid"
    receipt = Page(await browser.get(page.links[row["Invoice"]]))
    assert receipt.h1 == f"Receipt {row['Invoice']}"
    assert receipt.fact("Paid by card on") == "10 March 2027 at 10:00am"
    assert receipt.rows()[-1] == {"Item": "Total", "Amount": "£90"}


async def test_who_was_approved_a_moment_ago_need_not_wait_for_the_invoice(
    browser, owing
):
    page = Page(await browser.get("/account/payments"))

    assert page.links["Pay what is due"] == "/pay"


async def test_before_it_is_paid_it_is_an_invoice_with_a_way_to_pay(
    browser, owing, pay
):
    await press_pay(browser)

    page = Page(await browser.get("/account/payments"))

    (row,) = page.rows()
    assert row["State"] == "To be paid"
    assert page.links["Pay what is due"] == "/pay"
    invoice = Page(await browser.get(page.links[row["Invoice"]]))
    assert invoice.h1 == f"Invoice {row['Invoice']}"
    assert invoice.fact("Pay by") == "the end of 24 March 2027"


async def test_somebody_elses_invoice_is_not_there(browser, owing, pay, session):
    await press_pay(browser)
    page = Page(await browser.get("/account/payments"))
    (row,) = page.rows()
    await browser.sign_in(await make_account(session))

    theirs = await browser.get(f"/account/payments/{row['Invoice']}")
    none = await browser.get("/account/payments/INV-9999999")
    no_number = await browser.get("/account/payments/x")

    assert [theirs.status_code, none.status_code, no_number.status_code] == [404] * 3
    assert Page(theirs).text == Page(none).text
    assert Page(await browser.get("/account/payments")).text.endswith(
        "You have not been asked to pay anything."
    )


async def test_the_fees_are_public(browser):
    page = Page(await browser.get("/fees"))

    assert page.h1 == "Fees"
    assert "This registration year ends on 30 November 2027." in page.text
    assert {
        "What for": "Joining the register, for a full year",
        "Fee": "£120",
    } in page.rows("Manager")
    assert {"What for": "Coming back to the register", "Fee": "£180"} in page.rows(
        "Manager"
    )


# What finance sees.


async def test_the_finance_officer_sees_what_is_due_paid_and_to_be_given_back(
    browser, owing, pay, session
):
    await press_pay(browser)
    await browser.sign_in(await make_account(session, StaffRole.FINANCE_OFFICER))

    page = Page(await browser.get("/staff/payments"))
    (row,) = page.rows()
    due = Page(await browser.get("/staff/payments?show=due"))
    paid = Page(await browser.get("/staff/payments?show=paid"))
    one = Page(await browser.get(page.links[row["Invoice"]]))

    assert (row["Person"], row["State"], row["Paid"]) == (
        "Ngozi Adébáyò",
        "To be paid",
        "–",
    )
    assert len(due.rows()) == 1
    assert "No invoices match." in paid.text
    assert one.rows("Payments")[0]["State"] == "Waiting for the payer"


async def test_money_to_give_back_is_in_the_finance_officers_list(
    browser, owing, pay, session, clock
):
    answer = await press_pay(browser)
    owing.state = ApplicationState.CLOSED_UNPAID
    await session.commit()
    await pay.pays(answer.headers["location"])
    await come_back(browser)
    await browser.sign_in(await make_account(session, StaffRole.FINANCE_OFFICER))

    page = Page(await browser.get("/staff/payments?show=give_back"))

    (row,) = page.rows()
    one = Page(await browser.get(page.links[row["Invoice"]]))
    assert one.rows("To be given back")[0]["Why"] == "The application had closed"


async def test_a_fee_before_a_last_check_is_received_and_given_back_if_that_finds_somebody(
    browser, owing, pay, session
):
    person = await session.get_one(Person, owing.person_id)
    by = make_process(session)
    await look_for_matches(session, person, by=by)
    await WatchItem.add(
        session,
        WatchKind.BARRED,
        given_names=person.given_names,
        family_name=person.family_name,
        birth_date=person.birth_date,
        source="DBS, ref 1",
        because="Told by letter",
        by=by,
    )
    answer = await press_pay(browser)
    await pay.pays(answer.headers["location"])

    page = await come_back(browser)
    receipt = Page(await browser.get(page.link("See and print your receipt")))
    nothing = Page(await browser.get("/pay"))
    await session.refresh(owing)
    await owing.reopen(session, Move.REOPEN, by=make_process(session))
    await session.flush()
    after = Page(await browser.get(page.link("See and print your receipt")))
    back = Page(await browser.get("/pay/result"))

    assert page.h1 == "Payment received"
    assert "You are not in the register yet." in page.text
    assert receipt.fact("State") == "Paid"
    assert "we are making a last check" in receipt.text.casefold()
    assert nothing.h1 == "There is nothing to pay"
    assert after.fact("State") == "To be given back"
    assert "the fee is to be given back to you" in back.text
    await browser.sign_in(await make_account(session, StaffRole.FINANCE_OFFICER))
    (row,) = Page(await browser.get("/staff/payments?show=give_back")).rows()
    paid = Page(await browser.get("/staff/payments?show=paid"))
    one = Page(await browser.get(f"/staff/payments/{row['Invoice']}"))
    assert row["State"] == "To be given back"
    assert "No invoices match." in paid.text
    assert "£90 is to be given back" in one.text


async def test_who_comes_back_sees_both_fees(browser, owing, pay, session):
    owing.kind, owing.left_on = ApplicationKind.RESTORATION, date(2024, 12, 1)
    await session.flush()

    page = Page(await browser.get("/pay"))
    answer = await browser.post("/pay", data={})
    await pay.pays(answer.headers["location"])
    done = await come_back(browser)
    receipt = Page(await browser.get(done.link("See and print your receipt")))

    assert page.fact("Fee to pay") == (
        "£270: £180 for coming back and £90 for registration"
    )
    assert page.buttons == ["Pay £270 now"]
    assert [row["Amount"] for row in receipt.rows("What it is for")] == [
        "£180",
        "£90",
        "£270",
    ]
    assert "Fee for coming back to the register" in receipt.text


async def test_an_invoice_is_found_by_its_number(browser, owing, session):
    await press_pay(browser)
    await browser.sign_in(await make_account(session, StaffRole.AUDITOR))
    (row,) = Page(await browser.get("/staff/payments")).rows()

    found = Page(await browser.get(f"/staff/payments?invoice={row['Invoice'].lower()}"))
    wrong = Page(await browser.get("/staff/payments?invoice=what"))

    assert len(found.rows()) == 1
    assert wrong.status == 422
    assert wrong.errors == ["Enter an invoice number, such as INV-0000123"]


async def test_a_filter_that_is_none_of_ours_is_said_so(browser, session):
    await browser.sign_in(await make_account(session, StaffRole.FINANCE_OFFICER))

    assert (await browser.get("/staff/payments?show=everything")).status_code == 422


@pytest.mark.parametrize(
    "role",
    [
        StaffRole.CASEWORKER,
        StaffRole.TEAM_MANAGER,
        StaffRole.REGISTRAR,
        StaffRole.ADMIN,
    ],
)
async def test_money_is_no_business_of_other_staff(browser, session, role):
    await browser.sign_in(await make_account(session, role))

    assert (await browser.get("/staff/payments")).status_code == 403
    assert (await browser.get("/staff/payments/INV-0000001")).status_code == 403


# What GOV.UK Pay tells us.


def message(provider_id, **more):
    told = {
        "webhook_message_id": "m1",
        "event_type": "card_payment_succeeded",
        "resource_id": provider_id,
        "resource_type": "payment",
        "resource": {"state": {"status": "success", "finished": True}},
    }
    return json.dumps(told | more).encode()


async def send(browser, body, secret=b"webhook_test_secret", signature=None):
    signature = signature or hmac.new(secret, body, sha256).hexdigest()
    return await browser.post(
        "/webhooks/pay",
        content=body,
        headers={
            "Pay-Signature": signature,
            "Content-Type": "application/json",
            "sec-fetch-site": "cross-site",
        },
    )


async def test_a_signed_message_has_the_payment_read_again(
    browser, owing, pay, session, sessions, clock
):
    answer = await press_pay(browser)
    await pay.pays(answer.headers["location"])
    payment = await session.scalar(select(Payment))

    answers = [await send(browser, message(payment.provider_id)) for _ in range(2)]
    await run_pending(sessions, clock)

    assert [answer.status_code for answer in answers] == [200, 200]
    assert await session.scalar(select(func.count()).select_from(Receipt)) == 1
    assert await session.scalar(select(func.count()).select_from(PayNotice)) == 1


async def test_a_message_that_says_paid_of_a_payment_that_is_not_changes_nothing(
    browser, owing, pay, session, sessions, clock
):
    await press_pay(browser)
    payment = await session.scalar(select(Payment))

    await send(browser, message(payment.provider_id))
    await run_pending(sessions, clock)

    await session.refresh(payment)
    assert payment.state is PaymentState.OPEN


@pytest.mark.parametrize("signature", ["", "0" * 64, "é", "A" * 64])
async def test_a_message_with_a_wrong_signature_is_not_heard(
    browser, session, signature
):
    body = message("x")
    right = hmac.new(b"webhook_test_secret", body, sha256).hexdigest()

    for wrong in (signature.encode() or b"-", right.upper().encode()):
        answer = await browser.post(
            "/webhooks/pay", content=body, headers=[(b"Pay-Signature", wrong)]
        )
        assert answer.status_code == 403
    assert await session.scalar(select(func.count()).select_from(PayNotice)) == 0


async def test_every_byte_of_a_message_is_signed(browser):
    body = message("x")
    signature = hmac.new(b"webhook_test_secret", body, sha256).hexdigest()

    answers = [
        (
            await send(browser, body[:n] + b" " + body[n:], signature=signature)
        ).status_code
        for n in (0, 1, len(body))
    ]

    assert answers == [403, 403, 403]


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"webhook_message_id": "m"}'])
async def test_a_signed_message_in_an_unknown_form_is_taken_and_does_nothing(
    browser, session, body
):
    answer = await send(browser, body)

    assert answer.status_code == 200
    assert await session.scalar(select(func.count()).select_from(PayNotice)) == 0


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"a": "\x00"}', b"[" * 100_000])
async def test_a_message_that_is_no_json_is_no_error_of_ours(browser, body):
    assert (await send(browser, body)).status_code in (200, 400)
