"""The pages on which a renewal is paid: nobody may read "paid" as "renewed"."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fees.invoice import Invoice, bill_next_renewals, bill_reinstatements
from fees.payment import write_off_unpaid
from register.account import Account, StaffRole
from register.entry import Entry, RemovalReason
from register.kit.clock import end_of
from tests.fees.renewing import CURED_UNTIL, ENDS, OPENS, confirm, renewing
from tests.make import make_account, make_process
from tests.reading import Page

MORE = timedelta(days=28)


@pytest.fixture
async def renewal(browser, session, pay, clock):
    """Of a registrant who is signed in."""
    clock.now = OPENS
    renewal = await renewing(session)
    await session.commit()
    await browser.sign_in(await _account(session, renewal))
    return renewal


async def do_all_else(session, renewal, at):
    await confirm(session, renewal, at)
    await session.commit()


async def pay_all(browser, pay):
    answer = await browser.post("/pay")
    await pay.pays(answer.headers["location"])
    await browser.get("/pay/return")
    return Page(await browser.get("/pay/result"))


async def test_the_page_says_that_paying_does_not_renew_by_itself(browser, renewal):
    page = Page(await browser.get("/pay"))

    assert page.h1 == "Pay the renewal fee"
    assert "Paying does not renew you by itself. 4 things are left" in page.text
    assert page.fact("Fee to pay") == "£120"
    assert page.fact("Renew by") == "the end of 30 November 2027"
    assert page.buttons == ["Pay £120 now"]


async def test_the_page_says_when_it_is_the_last_thing(browser, renewal, session):
    await do_all_else(session, renewal, OPENS)

    page = Page(await browser.get("/pay"))

    assert "This is the last thing that is left to do" in page.text


async def test_who_pays_first_reads_that_they_are_not_renewed(browser, renewal, pay):
    page = await pay_all(browser, pay)

    assert page.h1 == "Payment received, not renewed yet"
    assert "Paid, not renewed yet: 4 things left." in page.text
    assert "Record your learning" in page.text
    assert "You are renewed" not in page.text
    assert page.links["Go on with your renewal"] == "/renew"


async def test_who_pays_last_reads_that_they_are(browser, renewal, pay, session):
    await do_all_else(session, renewal, OPENS)

    page = await pay_all(browser, pay)

    assert page.h1 == "Payment received"
    assert "You are renewed until 30 November 2028." in page.text
    assert page.links["See how it stands with your renewal"] == "/renew"


async def leave(session, renewal, at):
    (entry_id,) = await session.scalars(
        select(Entry.id).where(Entry.person_id == renewal.person_id)
    )
    entry = await Entry.load(session, entry_id, lock=True)
    by = make_process(session, now=at)
    await entry.remove(session, on=at, because=RemovalReason.VOLUNTARY, by=by)
    await session.commit()


async def test_who_has_left_is_offered_nothing_to_pay(browser, renewal, session, clock):
    clock.now = OPENS + timedelta(days=1)
    await leave(session, renewal, clock.now)
    await browser.sign_in(await _account(session, renewal))

    assert Page(await browser.get("/pay")).h1 == "There is nothing to pay"
    assert (await browser.post("/pay")).headers["location"] == "/pay"


async def test_who_leaves_while_they_pay_reads_that_the_money_is_given_back(
    browser, renewal, session, clock, pay
):
    await do_all_else(session, renewal, OPENS)
    answer = await browser.post("/pay")
    clock.now = OPENS + timedelta(minutes=1)
    await leave(session, renewal, clock.now)
    await pay.pays(answer.headers["location"])
    await browser.get("/pay/return")

    page = Page(await browser.get("/pay/result"))

    assert page.h1 == "We will give you your money back"
    assert "could not count it for your renewal" in page.text


async def test_who_was_renewed_and_has_left_since_does_not_read_that_they_are(
    browser, renewal, session, clock, pay
):
    await do_all_else(session, renewal, OPENS)
    before = await pay_all(browser, pay)
    clock.now = OPENS + timedelta(minutes=1)
    await leave(session, renewal, clock.now)

    after = Page(await browser.get("/pay/result"))

    assert "You are renewed" in before.text
    assert "You are renewed" not in after.text
    assert "after its last day" not in after.text


async def test_who_pays_after_the_last_day_reads_until_when_they_can_finish(
    browser, renewal, clock, session, pay
):
    clock.now = end_of(ENDS)
    await browser.sign_in(await _account(session, renewal))

    before = Page(await browser.get("/pay"))
    after = await pay_all(browser, pay)

    assert before.fact("Finish by") == "the end of 14 December 2027"
    assert "The last day to renew was 30 November 2027." in before.text
    assert "may lapse" not in before.text
    assert "Do all of it at once: you can until the end of 14 December" in after.text


async def test_the_receipt_says_so_too_until_all_is_done(
    browser, renewal, pay, session
):
    await pay_all(browser, pay)
    listed = Page(await browser.get("/account/payments"))
    receipt = listed.links[await _reference(session)]
    before = Page(await browser.get(receipt))

    await do_all_else(session, renewal, OPENS)
    after = Page(await browser.get(receipt))

    assert "Paid, not renewed yet: 4 things left" in before.text
    assert "not renewed" not in after.text


async def _reference(session):
    return (await session.scalar(select(Invoice))).reference


async def test_after_the_cure_there_is_nothing_to_pay_any_more(
    browser, renewal, clock, session
):
    clock.now = end_of(CURED_UNTIL)
    await browser.sign_in(await _account(session, renewal))

    page = Page(await browser.get("/pay"))

    assert page.h1 == "The last day to pay is over"
    assert page.links["Apply to come back to the register"] == "/apply"


async def test_who_has_more_time_may_pay_until_it_and_its_cure_are_over(
    browser, renewal, clock, session, pay
):
    await bill_next_renewals(session, now=OPENS)
    renewal.extended_until = ENDS + MORE
    await do_all_else(session, renewal, OPENS)
    clock.now = end_of(CURED_UNTIL)
    await browser.sign_in(await _account(session, renewal))
    listed = Page(await browser.get("/account/payments"))
    asked = Page(await browser.get("/pay"))

    paid = await pay_all(browser, pay)

    assert "To be paid" in listed.text
    assert "11 January 2028" in listed.text
    assert asked.fact("Renew by") == "the end of 28 December 2027"
    assert paid.h1 == "Payment received"
    assert "You are renewed until 30 November 2028." in paid.text


async def test_who_is_given_more_time_when_the_fee_was_written_off_pays_it_all_the_same(
    browser, renewal, clock, session, pay
):
    await bill_next_renewals(session, now=OPENS)
    await do_all_else(session, renewal, OPENS)
    await write_off_unpaid(session, end_of(CURED_UNTIL) + timedelta(days=1))
    renewal.extended_until = CURED_UNTIL + MORE
    await session.commit()
    clock.now = end_of(CURED_UNTIL) + timedelta(days=2)
    await browser.sign_in(await _account(session, renewal))
    asked = Page(await browser.get("/pay"))

    paid = await pay_all(browser, pay)

    assert asked.buttons == ["Pay £120 now"]
    assert paid.h1 == "Payment received"
    assert "You are renewed until 30 November 2028." in paid.text


async def test_more_time_to_pay_ends_too(browser, renewal, clock, session):
    await bill_next_renewals(session, now=OPENS)
    renewal.extended_until = ENDS + MORE
    await session.commit()

    clock.now = end_of(CURED_UNTIL + MORE)
    await browser.sign_in(await _account(session, renewal))

    assert Page(await browser.get("/pay")).h1 == "The last day to pay is over"
    assert "Not paid" in Page(await browser.get("/account/payments")).text


async def _account(session, renewal):
    return await session.scalar(
        select(Account).where(Account.person_id == renewal.person_id)
    )


async def test_who_finished_late_may_pay_for_that(
    browser, renewal, clock, session, pay
):
    clock.now = end_of(ENDS)
    await browser.sign_in(await _account(session, renewal))
    await do_all_else(session, renewal, clock.now)
    paid = await pay_all(browser, pay)
    await bill_reinstatements(session, clock.now + timedelta(hours=1))
    await session.commit()

    clock.now += timedelta(minutes=1)
    page = Page(await browser.get("/pay"))
    after = await pay_all(browser, pay)

    assert "after its last day" in paid.text
    assert page.h1 == "Pay the fee for renewing late"
    assert page.fact("Fee to pay") == "£20"
    assert "Nothing is left to pay for your renewal." in after.text


async def test_the_finance_officer_sees_what_a_renewal_owes(
    browser, renewal, pay, session
):
    await pay_all(browser, pay)
    treasurer = await make_account(session, StaffRole.FINANCE_OFFICER)
    await session.commit()
    await browser.sign_in(treasurer)

    listed = Page(await browser.get("/staff/payments"))
    page = Page(await browser.get(listed.links[await _reference(session)]))

    assert page.fact("For") == "Renewal"
    assert page.fact("State") == "Paid"
