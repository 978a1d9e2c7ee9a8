"""A copy of what is held tells all ways in which somebody's fees were asked for and paid."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fees.held import about_fees
from fees.invoice import Invoice
from fees.other_money import MoneyKind, OtherMoney, ReversedBecause
from fees.pay_link import make_link
from register.account import Account
from register.kit.clock import day_of
from tests.fees.employing import make_employer, pay_all, take_over
from tests.fees.renewing import OPENS
from tests.make import make_process


@pytest.fixture(autouse=True)
def today(clock):
    clock.now = OPENS + timedelta(days=10)


@pytest.fixture
async def lead(session):
    return await make_employer(session, "Ada", "Bea")


@pytest.fixture
async def invoice(session, lead):
    return await session.scalar(select(Invoice).order_by(Invoice.number).limit(1))


async def shelf(session, invoice, clock, name):
    account = await session.get(Account, invoice.account_id)
    shelves = await about_fees(session, account, clock.now)
    (found,) = [one.records for one in shelves if one.name == name]
    return found


async def came(session, clock, bill):
    by = make_process(session, now=clock.now)
    money = await OtherMoney.record(
        session,
        MoneyKind.CHEQUE,
        12_000,
        came_on=day_of(clock.now),
        statement_reference="THE EMPLOYER",
        by=by,
    )
    await money.pay_for(session, bill, by=by)
    return money


async def test_what_an_employer_took_over_and_paid_is_told_of_their_own_line_only(
    session, sessions, pay, clock, lead, invoice
):
    collective = await take_over(session, lead, clock)
    before = await shelf(session, invoice, clock, "taken over by an employer")
    await pay_all(session, sessions, pay, lead, collective, clock)

    (told,) = await shelf(session, invoice, clock, "taken over by an employer")

    assert [one["paid"] for one in before] == [None]
    assert told == {
        "invoice": invoice.reference,
        "invoice of the employer": collective.reference,
        "taken over at": clock.now,
        "amount": "£120",
        "cancelled at": None,
        "paid": "£120",
        "left out because": None,
    }


async def test_a_cheque_for_their_invoice_is_told_and_that_it_bounced(
    session, clock, invoice
):
    money = await came(session, clock, invoice)
    by = make_process(session, now=clock.now)
    await money.reverse(session, ReversedBecause.BOUNCED, by=by)

    (told,) = await shelf(session, invoice, clock, "bank transfers and cheques")

    assert (told["reference"], told["came as"]) == (money.reference, MoneyKind.CHEQUE)
    assert (told["paid of the invoice"], told["taken out again"]) == ("£120", "£120")
    assert told["reversed at"] == clock.now
    assert "THE EMPLOYER" not in told.values()


async def test_an_employer_s_cheque_is_not_told_as_theirs(
    session, clock, lead, invoice
):
    await came(session, clock, await take_over(session, lead, clock, but=1))

    assert await shelf(session, invoice, clock, "bank transfers and cheques") == []


async def test_links_that_they_made_are_told_without_what_opens_them(
    session, clock, invoice
):
    link = await make_link(session, invoice, by=make_process(session, now=clock.now))

    (told,) = await shelf(session, invoice, clock, "links to pay")

    assert (told["invoice"], told["until"]) == (invoice.reference, link.until)
    assert link.token not in told.values()
