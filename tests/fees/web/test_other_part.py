"""What somebody who is in one part reads of what another costs, before they apply, at approval and as they pay."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from fees.invoice import bill, raise_due
from fees.scale import FeeKind, FeeScale, ProRata
from register.account import Account
from register.application import ApplicationState
from register.kit.clock import since, start_of
from register.kit.post import Message
from register.part import Part
from register.person import Person
from tests.applications import make_sent_application
from tests.fees.owing import PAY_BY, make_approved
from tests.make import NOW, make_account, make_entry
from tests.reading import Page

JOINED = start_of(date(2026, 12, 1))
LESS = "there may be less to pay than the whole registration fee, or nothing"


async def holder(browser, session, held, asked):
    """Somebody who is in one part, waits for the fee of another and is signed in."""
    entry = await make_entry(session, part=held, on=JOINED)
    application = await make_approved(session, person=entry.person, part=asked)
    await session.commit()
    await browser.sign_in(await session.get_one(Account, application.account_id))
    return application


@pytest.fixture
async def deputy(browser, session, pay):
    return await holder(browser, session, Part.DEPUTY, Part.MANAGER)


@pytest.fixture
async def manager(browser, session, pay):
    return await holder(browser, session, Part.MANAGER, Part.DEPUTY)


async def test_the_page_says_what_is_taken_off_and_why(browser, deputy):
    page = Page(await browser.get("/pay"))

    assert page.fact("Fee to pay") == "£45"
    assert (
        page.fact("For") == "9 months of the yearly fee of £120, until 30 November 2027"
    )
    assert page.fact("Taken off") == (
        "£45, as you are in another part already and pay only what this part costs more"
    )
    assert page.buttons == ["Pay £45 now"]


async def test_for_a_whole_year_the_page_says_the_fee_of_which_something_is_taken_off(
    browser, session, pay, clock
):
    clock.now = JOINED + timedelta(hours=10)
    entry = await make_entry(session, part=Part.DEPUTY, on=JOINED)
    waits = await make_approved(session, person=entry.person, approved_at=clock.now)
    await session.commit()
    await browser.sign_in(await session.get_one(Account, waits.account_id))

    page = Page(await browser.get("/pay"))

    assert page.fact("Fee to pay") == "£60"
    assert page.fact("For") == "the yearly fee of £120, until 30 November 2027"
    assert page.fact("Taken off").startswith("£60, as you are in another part already")


async def test_the_service_that_takes_the_card_is_asked_for_what_the_page_said(
    browser, deputy, pay
):
    answer = await browser.post("/pay")
    await pay.pays(answer.headers["location"])
    await browser.get("/pay/return")

    page = Page(await browser.get("/pay/result"))

    assert [made.amount for made in pay.made()] == [4500]
    assert page.h1 == "Payment received"
    assert "You are now in the register." in page.text


async def test_the_invoice_says_what_is_taken_off(browser, session, deputy):
    invoice = await bill(session, deputy, now=NOW)
    await session.commit()

    page = Page(await browser.get(f"/account/payments/{invoice.reference}"))

    assert page.rows()[0] == {
        "Item": "Registration fee, manager: 9 months of £120, until 30 November 2027, £45 less: another part held",
        "Amount": "£45",
    }


async def test_where_nothing_is_left_to_pay_the_page_says_so_and_asks_for_no_card(
    browser, manager, pay
):
    page = Page(await browser.get("/pay"))
    posted = await browser.post("/pay")

    assert page.h1 == "There is nothing to pay"
    assert "Your entry is made within a few minutes" in page.text
    assert page.buttons == []
    assert posted.status_code == 409
    assert pay.made() == []


async def test_after_that_nothing_waits_to_be_paid(browser, session, manager):
    await raise_due(session, NOW)
    await session.commit()

    page = Page(await browser.get("/pay"))
    own = Page(await browser.get(f"/apply/{manager.reference}"))

    assert manager.state is ApplicationState.GRANTED
    assert "No fee of yours is due now." in page.text
    assert "You are in the register." in own.text
    letter = await session.scalar(select(Message.letter))
    assert letter == "application_granted"


async def test_of_two_at_once_the_page_asks_for_one_and_says_that_the_other_follows(
    browser, session, pay
):
    first = await make_approved(session, part=Part.DEPUTY)
    account = await session.get_one(Account, first.account_id)
    person = await session.get_one(Person, first.person_id)
    second = await make_approved(
        session, account=account, person=person, pay_by=PAY_BY + timedelta(days=1)
    )
    await session.commit()
    await browser.sign_in(account)

    before = Page(await browser.get("/pay"))
    answer = await browser.post("/pay")
    await pay.pays(answer.headers["location"])
    await browser.get("/pay/return")
    after = Page(await browser.get("/pay"))

    assert before.fact("Application") == first.reference
    assert f"Your application {second.reference} has been approved too" in before.text
    assert "You have until the end of 25 March 2027." in before.text
    assert after.fact("Application") == second.reference
    assert after.buttons == ["Pay £45 now"]
    assert "approved too" not in after.text


async def test_the_application_says_that_there_may_be_less_to_pay(browser, deputy):
    page = Page(await browser.get(f"/apply/{deputy.reference}"))

    assert LESS in page.text


async def test_who_is_in_no_part_reads_nothing_of_less(browser, session, pay):
    application = await make_approved(session)
    await session.commit()
    await browser.sign_in(await session.get_one(Account, application.account_id))

    page = Page(await browser.get(f"/apply/{application.reference}"))
    start = Page(await browser.get("/apply"))

    assert LESS not in page.text
    assert LESS not in start.text


async def test_whoever_is_in_a_part_reads_it_before_they_apply(browser, session):
    entry = await make_entry(session, part=Part.DEPUTY, on=JOINED)
    account = await make_account(session, person=entry.person)
    await session.commit()
    await browser.sign_in(account)

    page = Page(await browser.get("/apply"))

    assert LESS in page.text


async def test_whoever_is_in_a_part_reads_it_as_they_send_their_application(
    browser, session
):
    entry = await make_entry(session, part=Part.DEPUTY, on=JOINED)
    account = await make_account(session, person=entry.person)
    sent = await make_sent_application(session, account=account)
    await session.commit()
    await browser.sign_in(account)

    page = Page(await browser.get(f"/apply/{sent.reference}/sent"))

    assert LESS in page.text
    letter = await session.scalar(
        select(Message).where(Message.letter == "application_submitted")
    )
    assert LESS in letter.body


# The scale


async def test_the_fees_say_that_there_is_one_a_person(browser):
    page = Page(await browser.get("/fees"))

    assert "You pay one fee a year, however many parts you are in" in page.text
    assert "besides any other part" not in page.text


async def test_the_fees_say_which_is_paid_besides_any_other_part(browser, session):
    trainee = FeeScale(
        kind=FeeKind.REGISTRATION,
        part=Part.TRAINEE,
        valid=since(JOINED),
        amount_pence=2000,
        pro_rata=ProRata.NONE,
        each_part=True,
        instalments=[],
    )
    session.add(trainee)
    await session.commit()

    page = Page(await browser.get("/fees"))

    assert "Joining the register, for a full year, besides any other part" in page.text
    assert "is paid in full, whatever other parts you are in" in page.text
