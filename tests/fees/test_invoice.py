"""An approved application is billed once for each registration year, and its payer is told."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import selectinload

from fees.invoice import (
    Invoice,
    InvoiceLine,
    NothingToPay,
    bill,
    fees_of,
    invoice_reference,
    raise_due,
    read_invoice_reference,
)
from fees.scale import FeeKind, FeeScale
from register.application import ApplicationKind, ApplicationState
from register.entry import LapseReason
from register.kit.post import Message
from register.part import Part
from register.process import Event
from tests.fees.owing import PAY_BY, make_approved
from tests.make import NOW, make_entry, make_person, make_process


async def invoices(session):
    return list(
        await session.scalars(
            select(Invoice)
            .options(selectinload(Invoice.lines))
            .order_by(Invoice.number)
        )
    )


async def letters(session):
    return list(await session.scalars(select(Message).order_by(Message.created_at)))


async def test_an_approved_application_is_billed_for_the_months_that_are_left(session):
    application = await make_approved(session)

    await raise_due(session, NOW)

    (invoice,) = await invoices(session)
    assert (invoice.application_id, invoice.amount_pence) == (application.id, 9000)
    assert (invoice.pay_by, invoice.covers_until) == (PAY_BY, date(2027, 11, 30))
    assert [(line.months, line.amount_pence) for line in invoice.lines] == [(9, 9000)]


async def test_however_often_it_is_asked_it_bills_and_writes_once(session):
    application = await make_approved(session)

    for minutes in range(3):
        await raise_due(session, NOW + timedelta(minutes=minutes))
        await bill(session, application, now=NOW)

    assert len(await invoices(session)) == 1
    assert [letter.letter for letter in await letters(session)] == ["fees/invoice"]


async def test_the_letter_says_what_to_pay_by_when_and_where(session):
    await make_approved(session)

    await raise_due(session, NOW)

    (letter,) = await letters(session)
    (invoice,) = await invoices(session)
    assert (
        letter.subject == f"Pay £90 to join the register: invoice {invoice.reference}"
    )
    assert "9 months of the yearly fee of £120, up to 30 November 2027." in letter.body
    assert "Pay by: the end of 24 March 2027" in letter.body
    assert "/pay\n" in letter.body


async def test_the_history_tells_the_invoice_in_codes(session):
    application = await make_approved(session)

    invoice = await bill(session, application, now=NOW)
    await session.flush()

    event = await session.scalar(
        select(Event).where(Event.application_id == application.id)
    )
    assert (event.kind, event.person_id) == ("invoice_raised", application.person_id)
    assert event.data == {
        "invoice": invoice.reference,
        "pence": 9000,
        "pay_by": "2027-03-24",
    }


async def test_who_comes_back_is_billed_for_that_and_for_the_months_that_are_left(
    session,
):
    application = await make_approved(
        session, kind=ApplicationKind.RESTORATION, left_on=date(2024, 12, 1)
    )

    invoice = await bill(session, application, now=NOW)

    lines = await session.execute(
        select(FeeScale.kind, InvoiceLine.amount_pence, InvoiceLine.months)
        .join(InvoiceLine.scale)
        .where(InvoiceLine.invoice_id == invoice.id)
        .order_by(InvoiceLine.position)
    )
    assert [tuple(line) for line in lines] == [
        (FeeKind.RESTORATION, 18000, None),
        (FeeKind.REGISTRATION, 9000, 9),
    ]
    assert invoice.amount_pence == 27000
    letter = await session.scalar(
        select(Message).where(Message.letter == "fees/invoice")
    )
    assert letter.subject.startswith("Pay £270 to come back to the register")
    assert (
        "£180 of it is the fee for coming back to the register, and £90 the registration fee."
        in letter.body
    )


@pytest.mark.parametrize(
    "state", [ApplicationState.UNDER_ASSESSMENT, ApplicationState.GRANTED]
)
async def test_nothing_is_owed_before_approval_or_after_the_grant(session, state):
    application = await make_approved(session, state=state, paid_at=NOW)

    await raise_due(session, NOW)
    with pytest.raises(NothingToPay):
        await bill(session, application, now=NOW)

    assert await invoices(session) == []


async def test_an_application_past_its_last_day_is_not_billed_any_more(session):
    await make_approved(session, pay_by=date(2027, 3, 9))

    await raise_due(session, NOW)

    assert await invoices(session) == []


async def test_on_the_last_day_it_still_is(session):
    await make_approved(session, pay_by=date(2027, 3, 10))

    await raise_due(session, NOW)

    assert len(await invoices(session)) == 1


async def test_a_part_without_a_price_keeps_no_other_from_being_billed(session):
    await make_approved(session, part=Part.TRAINEE)
    await make_approved(session)

    await raise_due(session, NOW)

    assert len(await invoices(session)) == 1


async def test_unpaid_at_the_end_of_the_registration_year_the_new_year_is_billed(
    session,
):
    approved_at = datetime(2027, 11, 25, 10, tzinfo=UTC)
    await make_approved(session, approved_at=approved_at, pay_by=date(2027, 12, 9))

    await raise_due(session, approved_at)
    await raise_due(session, datetime(2027, 11, 30, 23, 59, 59, tzinfo=UTC))
    before = [invoice.amount_pence for invoice in await invoices(session)]
    await raise_due(session, datetime(2027, 12, 1, tzinfo=UTC))

    assert before == [1000]
    assert [
        (i.amount_pence, i.covers_until, i.pay_by) for i in await invoices(session)
    ] == [
        (1000, date(2027, 11, 30), date(2027, 12, 9)),
        (12000, date(2028, 11, 30), date(2027, 12, 9)),
    ]


@pytest.mark.parametrize(
    "change", ["update invoice set amount_pence = 1", "delete from invoice"]
)
async def test_the_database_refuses_to_change_an_invoice(session, change):
    await bill(session, await make_approved(session), now=NOW)

    with pytest.raises(DBAPIError, match="permission denied"):
        await session.execute(text(change))


def test_an_invoice_is_found_by_the_reference_that_it_prints():
    assert invoice_reference(123) == "INV-0000123"
    assert read_invoice_reference("inv-0000123") == 123
    assert read_invoice_reference("123") == 123
    assert read_invoice_reference("INV-x") is None
    assert read_invoice_reference("") is None
    assert read_invoice_reference("9" * 40) is None


async def test_a_first_application_that_a_merge_leads_back_to_an_entry_is_billed_as_a_restoration(
    session,
):
    person = await make_person(session)
    entry = await make_entry(session, person=person)
    first = await make_approved(session)
    await entry.lapse(
        session,
        on=NOW - timedelta(days=9),
        because=LapseReason.NOT_RENEWED,
        by=make_process(session),
    )
    alone = await fees_of(session, first, now=NOW)

    first.person_id = person.id
    await session.flush()

    fees = await fees_of(session, first, now=NOW)
    assert alone.restoration is None
    assert fees.restoration is not None
    invoice = await bill(session, first, now=NOW)
    assert invoice.amount_pence == (alone.amount_pence + fees.restoration.amount_pence)
