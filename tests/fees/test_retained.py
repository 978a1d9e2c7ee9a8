"""What was billed and paid is kept for the years that tax law asks for, and then goes whole."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from fees.credit_note import CreditNote, CreditReason
from fees.invoice import Invoice, InvoiceLine, bill
from fees.payment import OverpaidBecause, Overpayment, Payment, PaymentState, Receipt
from fees.refund import Refund, RefundState
from fees.retained import old_invoices, tax_year_of
from register.application import Application
from register.kit.clock import start_of
from register.kit.jobs import run_pending
from register.process import Event
from register.retention import (
    Erasure,
    forget_what_is_over,
    keep_longer,
    over_soon,
)
from register.retention.forgetting import forget_records
from tests.fees.owing import make_approved
from tests.make import NOW, make_process

GOES = date(2033, 4, 6)
"""The tax year of NOW ends on 5 April 2027, and six years later is this."""
DAY = timedelta(days=1)


@pytest.fixture
async def invoice(session):
    application = await make_approved(session)
    return await bill(session, application, now=NOW)


async def pay(session, invoice, *, at=NOW, state=PaymentState.PAID):
    paid, unsettled = state is PaymentState.PAID, state is PaymentState.OPEN
    payment = Payment(
        id=uuid4(),
        invoice_id=invoice.id,
        attempt=1,
        reference=str(uuid4()),
        amount_pence=invoice.amount_pence,
        state=state,
        provider_id=str(uuid4()),
        asked_at=at,
        ended_at=None if unsettled else at,
        succeeded_at=at if paid else None,
    )
    session.add(payment)
    await session.flush()
    return payment


async def over(session, day):
    found = await old_invoices(session, day, start_of(day))
    return set(await session.scalars(found))


async def count(session, kind):
    return await session.scalar(select(func.count()).select_from(kind))


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        (date(2027, 4, 5), date(2026, 4, 6)),
        (date(2027, 4, 6), date(2027, 4, 6)),
        (date(2027, 12, 31), date(2027, 4, 6)),
        (date(2028, 1, 1), date(2027, 4, 6)),
    ],
)
def test_a_tax_year_begins_on_6_april(day, begins):
    assert tax_year_of(day) == begins


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_every_day_is_in_the_tax_year_that_began_last(day):
    begins = tax_year_of(day)

    assert (begins.month, begins.day) == (4, 6)
    assert begins <= day < begins.replace(year=begins.year + 1)


async def test_an_invoice_is_kept_six_years_after_its_tax_year(session, invoice):
    assert await over(session, GOES - DAY) == set()
    assert await over(session, GOES) == {invoice.id}


@pytest.mark.parametrize(
    ("raised_at", "goes"),
    [
        (datetime(2027, 4, 5, 22, 59, tzinfo=UTC), GOES),
        (datetime(2027, 4, 5, 23, 0, tzinfo=UTC), date(2034, 4, 6)),
    ],
    ids=["before midnight in London", "after it"],
)
async def test_the_tax_year_is_that_of_london(session, raised_at, goes):
    application = await make_approved(session, approved_at=raised_at - DAY)
    invoice = await bill(session, application, now=raised_at)

    assert await over(session, goes - DAY) == set()
    assert await over(session, goes) == {invoice.id}


async def test_a_payment_of_a_later_year_keeps_it_longer(session, invoice):
    await pay(session, invoice, at=NOW.replace(month=4, day=20))

    assert await over(session, GOES) == set()
    assert await over(session, GOES.replace(year=2034)) == {invoice.id}


async def test_money_that_may_still_come_keeps_it(session, invoice):
    await pay(session, invoice, state=PaymentState.OPEN)

    assert await over(session, date(2060, 1, 1)) == set()


@pytest.mark.parametrize("kind", ["refund", "credit note"])
async def test_money_given_back_in_a_later_year_keeps_it_longer(session, invoice, kind):
    later, by = NOW.replace(month=4, day=20), make_process(session)
    payment = await pay(session, invoice)
    session.add(
        refunded(payment, by, at=later)
        if kind == "refund"
        else credited(invoice, by, at=later)
    )
    await session.flush()

    assert await over(session, GOES) == set()
    assert await over(session, GOES.replace(year=2034)) == {invoice.id}


def refunded(payment, by, *, at):
    return Refund(
        id=uuid4(),
        payment_id=payment.id,
        amount_pence=1,
        state=RefundState.SUCCEEDED,
        provider_id=str(uuid4()),
        asked_at=at,
        ended_at=at,
        process=by,
    )


def credited(invoice, by, *, at):
    return CreditNote(
        id=uuid4(),
        invoice_id=invoice.id,
        reason=CreditReason.GOODWILL,
        amount_pence=1,
        given_at=at,
        process=by,
    )


async def test_a_payment_that_paid_another_invoice_too_stays_as_long_as_that(
    session, invoice
):
    payment = await pay(session, invoice)
    other = await bill(session, await make_approved(session), now=NOW)
    by = make_process(session)
    receipt = Receipt(
        invoice_id=other.id, payment_id=payment.id, paid_at=NOW, process=by
    )
    session.add(receipt)
    await session.flush()

    assert await over(session, GOES) == {other.id}


async def test_an_application_that_is_kept_longer_keeps_its_invoices(session, invoice):
    application = await session.get_one(Application, invoice.application_id)
    await keep_longer(
        session,
        application,
        until_on=GOES + DAY,
        words="A court asks.",
        by=make_process(session),
    )
    await session.flush()

    assert await over(session, GOES + DAY) == set()
    assert await over(session, GOES + 2 * DAY) == {invoice.id}


async def test_all_of_an_invoice_goes_and_how_much_is_written_down(session, invoice):
    payment = await pay(session, invoice)
    by = make_process(session)
    session.add_all(
        [
            Receipt(
                invoice_id=invoice.id,
                application_id=invoice.application_id,
                payment_id=payment.id,
                paid_at=NOW,
                process=by,
            ),
            Overpayment(
                payment_id=payment.id,
                invoice_id=invoice.id,
                amount_pence=1,
                because=OverpaidBecause.LATE,
                found_at=NOW,
                process=by,
            ),
            refunded(payment, by, at=NOW),
            credited(invoice, by, at=NOW),
        ]
    )
    await session.flush()
    other = await bill(
        session,
        await make_approved(session, approved_at=NOW + 60 * DAY),
        now=NOW + 60 * DAY,
    )

    await forget_records(session, start_of(GOES), "fees")
    await session.flush()

    erasure = (await session.scalars(select(Erasure))).one()
    event = await session.scalar(select(Event).where(Event.kind == "retention:erased"))
    assert erasure.counts == {
        "invoices": 1,
        "lines": 1,
        "payments": 1,
        "receipts": 1,
        "overpayments": 1,
        "credit notes": 1,
        "refunds": 1,
    }
    assert erasure.application_id is None
    assert event.data == {"of": "fees"}
    assert set(await session.scalars(select(Invoice.id))) == {other.id}
    for kind in (Payment, Receipt, Overpayment, CreditNote, Refund):
        assert await count(session, kind) == 0


async def test_a_night_on_which_nothing_is_over_writes_nothing_down(session, invoice):
    await forget_records(session, start_of(GOES - DAY), "fees")

    assert await count(session, Erasure) == 0
    assert await count(session, InvoiceLine) == 1


async def test_each_night_one_job_a_kind_is_put_forward(session, sessions, clock):
    clock.now = start_of(GOES)
    await forget_what_is_over(session, clock())

    assert await run_pending(sessions, clock) >= 3


async def test_who_looks_sees_before_what_will_go(session, invoice):
    within = timedelta(days=30)
    (soon,) = await over_soon(session, start_of(GOES - within), within=within)
    (tonight,) = await over_soon(session, start_of(GOES), within=within)
    none = await over_soon(session, start_of(GOES - within - DAY), within=within)

    assert (soon.kind, soon.tonight, soon.by_then) == ("fees", 0, 1)
    assert (tonight.tonight, tonight.by_then) == (1, 1)
    assert none == []


CHANGES = (
    "delete from invoice",
    "update invoice set amount_pence = 1",
    "delete from invoice_line",
    "update invoice_line set amount_pence = 1",
    "delete from payment",
)


@pytest.mark.parametrize(
    ("role", "act"),
    [
        *(("register_app", act) for act in CHANGES),
        *(("register_owner", act) for act in CHANGES),
        ("register_app", "select erase_invoice(id) from invoice"),
    ],
)
async def test_nobody_else_changes_or_deletes_what_was_billed(
    session, invoice, role, act
):
    await pay(session, invoice)
    await session.execute(text(f"set local role {role}"))

    with pytest.raises(DBAPIError, match=r"refused|permission denied"):
        await session.execute(text(act))
