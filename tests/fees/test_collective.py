"""An employer pays for many at once: each person's own invoice is paid whole or left out, and the rest stays the employer's."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from fees import ledger
from fees.collective import (
    CancelledAlready,
    CollectiveInvoice,
    CollectiveShare,
    LeftOut,
    NobodyTaken,
    NotToBeTaken,
    offers,
)
from fees.credit_note import CreditReason, credit
from fees.invoice import Invoice, NothingToPay
from fees.payment import Owed, Payment, Receipt, TooLateToPay, go_to_pay, to_pay
from fees.refund import RefundState, refund, refundable
from fees.refund import check as check_refund
from register.account import Account
from register.kit.clock import day_of, end_of, start_of
from register.kit.post import Message
from register.person import Person
from register.process import Event
from register.renewal import Renewal
from tests.fees.books import the_ledger_is_sound
from tests.fees.employing import (
    bill_all,
    look,
    make_employer,
    make_worker,
    pay_all,
    press,
    renewals,
    take_over,
)
from tests.fees.owing import RETURN
from tests.fees.renewing import CURED_UNTIL, ENDS, OPENS, confirm
from tests.make import (
    make_account,
    make_employment,
    make_entry,
    make_home,
    make_process,
)

A_DAY, MORE = timedelta(days=1), timedelta(days=28)


@pytest.fixture(autouse=True)
def as_it_opens(clock):
    clock.now = OPENS


async def names(session, lead, clock):
    found = await offers(session, lead.organisation, now=clock.now)
    return [one.person.name.split()[0] for one in found]


async def pay_own(session, sessions, pay, renewal, clock):
    account = await session.scalar(
        select(Account).where(Account.person_id == renewal.person_id)
    )
    page = await go_to_pay(
        session,
        sessions,
        pay.client,
        await to_pay(session, account, today=day_of(clock.now))
        or Owed("renewal", renewal.id, CURED_UNTIL),
        return_url=RETURN,
        now=clock.now,
        by=account,
    )
    await pay.pays(page)
    await look(session, pay, clock)


async def together(session):
    return await session.scalar(
        select(Payment).where(Payment.collective_id.is_not(None))
    )


async def refunded(session, pay, asked, clock):
    for _ in range(2):
        await check_refund(session, pay.client, asked, now=clock.now)
        clock.now += timedelta(minutes=1)


async def invoice_of(session, renewal):
    return await session.scalar(select(Invoice).where(Invoice.renewal_id == renewal.id))


async def test_the_staff_whose_fee_is_unpaid_are_offered_by_name(session, clock):
    lead = await make_employer(session, "Cem", "Ada")

    assert await names(session, lead, clock) == ["Ada", "Cem"]


async def test_nobody_else_is_offered(session, sessions, pay, clock):
    home = await make_home(session)
    lead = await make_employer(session, "Ada", "Paid", home=home)
    elsewhere = await make_home(session, "SC999999")
    await make_worker(session, elsewhere, "Elsewhere")
    left = await make_entry(session, given_names="Left")
    await make_account(session, person=left.person)
    await make_employment(session, left.person, home, until=date(2027, 8, 1))
    hidden = await make_worker(session, home, "Hidden")
    hidden.withheld = True
    await bill_all(session)
    *_, paid = await renewals(session)
    await pay_own(session, sessions, pay, paid, clock)

    assert await names(session, lead, clock) == ["Ada"]


async def test_who_left_yesterday_is_not_offered_and_who_leaves_tonight_is(
    session, clock
):
    home = await make_home(session)
    lead = await make_employer(session, "Ada", home=home)
    gone = await make_entry(session, given_names="Gone")
    going = await make_entry(session, given_names="Going")
    for entry, day in ((gone, date(2027, 8, 31)), (going, date(2027, 9, 1))):
        await make_account(session, person=entry.person)
        await make_employment(session, entry.person, home, until=day)
    await bill_all(session)

    assert await names(session, lead, clock) == ["Ada", "Going"]


@pytest.mark.parametrize(
    ("day", "offered"),
    [
        (CURED_UNTIL, ["Ada", "Bea"]),
        (CURED_UNTIL + A_DAY, ["Ada"]),
        (CURED_UNTIL + MORE, ["Ada"]),
        (CURED_UNTIL + MORE + A_DAY, []),
    ],
)
async def test_who_has_more_time_to_renew_is_offered_as_much_longer(
    session, clock, day, offered
):
    lead = await make_employer(session, "Ada", "Bea")
    await give_more_time(session, "Ada")
    clock.now = start_of(day)

    assert await names(session, lead, clock) == offered


async def give_more_time(session, name):
    renewal = await session.scalar(
        select(Renewal)
        .join(Person, Person.id == Renewal.person_id)
        .where(Person.given_names == name)
    )
    renewal.extended_until = ENDS + MORE
    await session.flush()


async def test_it_may_be_paid_as_long_as_all_of_its_peoples_fees_may(
    session, sessions, pay, clock
):
    lead = await make_employer(session, "Ada", "Bea")
    await give_more_time(session, "Ada")

    assert (await take_over(session, lead, clock, but=1)).pay_by == CURED_UNTIL + MORE
    assert (await take_over(session, lead, clock)).pay_by == CURED_UNTIL

    clock.now = end_of(CURED_UNTIL + MORE) - timedelta(minutes=1)
    longer = await session.scalar(
        select(CollectiveInvoice).where(CollectiveInvoice.pay_by > CURED_UNTIL)
    )
    await pay_all(session, sessions, pay, lead, longer, clock)
    assert (await session.scalar(select(func.count()).select_from(Receipt))) == 1


async def test_one_invoice_has_a_line_for_each_who_was_chosen(session, clock):
    lead = await make_employer(session)

    taken = await take_over(session, lead, clock, but=1)

    assert taken.reference.startswith("COL-")
    assert taken.amount == "£240"
    assert [line.amount_pence for line in taken.lines] == [12000, 12000]
    assert taken.pay_by == CURED_UNTIL
    assert await names(session, lead, clock) == ["Cem"]


async def test_raising_one_posts_nothing_as_all_of_it_is_owed_already(session, clock):
    lead = await make_employer(session)
    before = await session.scalar(select(func.count()).select_from(ledger.Posting))

    await take_over(session, lead, clock)

    assert before == await session.scalar(
        select(func.count()).select_from(ledger.Posting)
    )


async def test_it_is_refused_without_anybody(session, clock):
    lead = await make_employer(session)

    with pytest.raises(NobodyTaken):
        await CollectiveInvoice.take_over(
            session, lead.organisation, [], by=make_process(session, now=clock.now)
        )


async def test_it_is_refused_for_who_is_taken_already_or_works_elsewhere(
    session, clock
):
    lead = await make_employer(session, "Ada")
    await take_over(session, lead, clock)
    other = await make_home(session, "SC999999")
    await make_worker(session, other, "Elsewhere")
    await bill_all(session)

    for renewal in await renewals(session):
        invoice = await invoice_of(session, renewal)
        with pytest.raises(NotToBeTaken):
            await CollectiveInvoice.take_over(
                session,
                lead.organisation,
                [invoice.id],
                by=make_process(session, now=clock.now),
            )


async def test_who_was_on_a_cancelled_one_may_be_taken_over_again(session, clock):
    lead = await make_employer(session, "Ada")
    taken = await take_over(session, lead, clock)

    taken.cancel(by=make_process(session, now=clock.now))
    await session.flush()

    assert await names(session, lead, clock) == ["Ada"]
    with pytest.raises(CancelledAlready):
        taken.cancel(by=make_process(session, now=clock.now))


async def test_a_cancelled_one_cannot_be_paid(session, sessions, pay, clock):
    lead = await make_employer(session, "Ada")
    taken = await take_over(session, lead, clock)
    taken.cancel(by=make_process(session, now=clock.now))
    await session.flush()

    with pytest.raises(CancelledAlready):
        await press(session, sessions, pay, lead, taken, clock)


async def test_one_payment_pays_each_persons_invoice_at_the_payers_moment(
    session, sessions, pay, clock
):
    lead = await make_employer(session)
    taken = await take_over(session, lead, clock)

    await pay_all(session, sessions, pay, lead, taken, clock)

    payment = await together(session)
    assert payment.amount == "£360"
    for renewal in await renewals(session):
        await session.refresh(renewal)
        assert renewal.paid_at == payment.succeeded_at
        receipt = await session.get(Receipt, (await invoice_of(session, renewal)).id)
        assert receipt.payment_id == payment.id
    assert await refundable(session, payment) == 0
    await the_ledger_is_sound(session)


async def test_who_has_done_all_else_is_renewed_by_it_and_nobody_else(
    session, sessions, pay, clock
):
    lead = await make_employer(session, "Ada", "Bea")
    ada, bea = await renewals(session)
    await confirm(session, ada, clock.now)
    taken = await take_over(session, lead, clock)

    await pay_all(session, sessions, pay, lead, taken, clock)

    assert ada.finished_at is not None
    assert bea.finished_at is None
    assert bea.paid_at is not None


async def test_each_person_reads_that_the_employer_has_paid_and_what_is_left(
    session, sessions, pay, clock
):
    lead = await make_employer(session, "Ada")
    taken = await take_over(session, lead, clock)

    await pay_all(session, sessions, pay, lead, taken, clock)

    letter = await session.scalar(
        select(Message).where(Message.letter == "fees/renewal_receipt")
    )
    assert "Your employer has paid the fee for you." in letter.body
    assert "Paid, not renewed yet: 4 things left." in letter.body
    assert "Paid by your employer on: " in letter.body


async def test_who_has_paid_before_is_left_out_of_what_is_asked(
    session, sessions, pay, clock
):
    lead = await make_employer(session)
    taken = await take_over(session, lead, clock)
    await pay_own(session, sessions, pay, (await renewals(session))[1], clock)

    await pay_all(session, sessions, pay, lead, taken, clock)

    payment = await together(session)
    assert payment.amount == "£240"
    assert await refundable(session, payment) == 0
    await the_ledger_is_sound(session)


async def test_the_share_of_who_pays_meanwhile_stays_the_employers(
    session, sessions, pay, clock
):
    lead = await make_employer(session)
    taken = await take_over(session, lead, clock)
    page = await press(session, sessions, pay, lead, taken, clock)
    bea = (await renewals(session))[1]
    await pay_own(session, sessions, pay, bea, clock)

    await pay.pays(page)
    await look(session, pay, clock)

    payment = await together(session)
    assert await refundable(session, payment) == 12000
    share = await session.get(
        CollectiveShare, (payment.id, (await invoice_of(session, bea)).id, taken.id)
    )
    assert (share.pence, share.left_out) == (0, LeftOut.PAID_ALREADY)
    letter = await session.scalar(
        select(Message).where(Message.letter == "fees/collective_receipt")
    )
    assert "£120 of it paid for nobody" in letter.body
    await the_ledger_is_sound(session)


async def test_who_pays_after_the_employer_has_money_to_get_back(
    session, sessions, pay, clock
):
    lead = await make_employer(session, "Ada")
    taken = await take_over(session, lead, clock)
    (ada,) = await renewals(session)
    account = await session.scalar(
        select(Account).where(Account.person_id == ada.person_id)
    )
    page = await go_to_pay(
        session,
        sessions,
        pay.client,
        await to_pay(session, account, today=day_of(clock.now)),
        return_url=RETURN,
        now=clock.now,
        by=account,
    )
    await pay_all(session, sessions, pay, lead, taken, clock)

    await pay.pays(page)
    await look(session, pay, clock)

    own = await session.scalar(select(Payment).where(Payment.invoice_id.is_not(None)))
    assert await refundable(session, own) == 12000
    await the_ledger_is_sound(session)


async def test_paid_in_the_last_second_it_counts(session, sessions, pay, clock):
    lead = await make_employer(session, "Ada")
    taken = await take_over(session, lead, clock)
    clock.now = start_of(ENDS).replace(hour=23, minute=59, second=59)
    (ada,) = await renewals(session)
    await confirm(session, ada, clock.now)

    await pay_all(session, sessions, pay, lead, taken, clock)

    assert ada.finished_at is not None
    assert ada.in_time


async def test_it_can_be_paid_to_the_end_of_its_last_day(session, sessions, pay, clock):
    lead = await make_employer(session, "Ada")
    taken = await take_over(session, lead, clock)

    clock.now = start_of(CURED_UNTIL).replace(hour=23, minute=59)
    assert await press(session, sessions, pay, lead, taken, clock)


async def test_it_cannot_be_paid_the_day_after(session, sessions, pay, clock):
    lead = await make_employer(session, "Ada")
    taken = await take_over(session, lead, clock)

    clock.now = end_of(CURED_UNTIL)
    with pytest.raises(TooLateToPay):
        await press(session, sessions, pay, lead, taken, clock)


async def test_paid_twice_is_asked_for_once(session, sessions, pay, clock):
    lead = await make_employer(session, "Ada")
    taken = await take_over(session, lead, clock)
    await pay_all(session, sessions, pay, lead, taken, clock)

    with pytest.raises(NothingToPay):
        await press(session, sessions, pay, lead, taken, clock)


async def test_a_second_press_leads_to_the_same_card_page(
    session, sessions, pay, clock
):
    lead = await make_employer(session, "Ada")
    taken = await take_over(session, lead, clock)

    pages = {await press(session, sessions, pay, lead, taken, clock) for _ in range(2)}

    assert len(pages) == 1


async def test_the_refund_of_one_line_touches_no_other(session, sessions, pay, clock):
    lead = await make_employer(session)
    taken = await take_over(session, lead, clock)
    await pay_all(session, sessions, pay, lead, taken, clock)
    ada, bea, cem = await renewals(session)
    payment = await together(session)
    by = make_process(session, now=clock.now)

    await credit(
        session,
        await invoice_of(session, bea),
        9000,
        reason=CreditReason.GOODWILL,
        waits=False,
        by=by,
    )
    asked = await refund(session, payment, 9000, by=by)
    await refunded(session, pay, asked, clock)

    assert asked.state is RefundState.SUCCEEDED
    for renewal, left in ((ada, 12000), (bea, 3000), (cem, 12000)):
        await session.refresh(renewal)
        invoice = await invoice_of(session, renewal)
        paid = await ledger.allocated_to(session, invoice.id)
        assert paid == {payment.id: left}
        assert renewal.paid_at is not None
    await the_ledger_is_sound(session)


async def test_the_letters_of_a_refund_go_to_whoever_leads(
    session, sessions, pay, clock
):
    lead = await make_employer(session, "Ada")
    taken = await take_over(session, lead, clock)
    page = await press(session, sessions, pay, lead, taken, clock)
    await pay_own(session, sessions, pay, (await renewals(session))[0], clock)
    await pay.pays(page)
    await look(session, pay, clock)

    asked = await refund(
        session, await together(session), 10000, by=make_process(session, now=clock.now)
    )
    await refunded(session, pay, asked, clock)

    (letter,) = await session.scalars(
        select(Message).where(Message.letter == "fees/refund")
    )
    assert letter.key.endswith(str(lead.id))
    assert letter.person_id is None
    assert f"invoice {taken.reference} to the card" in letter.body


async def test_its_history_holds_no_names(session, sessions, pay, clock):
    lead = await make_employer(session, "Ada")
    taken = await take_over(session, lead, clock)
    await pay_all(session, sessions, pay, lead, taken, clock)

    paid = await session.scalar(select(Event).where(Event.kind == "collective:paid"))
    assert paid.person_id is None
    assert paid.data == {
        "organisation": str(lead.organisation_id),
        "invoice": taken.reference,
        "payment": f"{taken.reference}-1",
        "pence": 12000,
        "people": 1,
        "unallocated": 0,
    }


@pytest.mark.parametrize("table", ["collective_line", "collective_share"])
@pytest.mark.parametrize(
    "statement", ["delete from {}", "update {} set invoice_id = invoice_id"]
)
async def test_the_database_refuses_to_change_or_forget_a_line(
    session, sessions, pay, clock, table, statement
):
    lead = await make_employer(session, "Ada")
    taken = await take_over(session, lead, clock)
    await pay_all(session, sessions, pay, lead, taken, clock)

    with pytest.raises(DBAPIError):
        await session.execute(text(statement.format(table)))
