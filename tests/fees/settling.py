"""Payments that were paid, and the provider's file that tells of their money."""

from datetime import date
from uuid import uuid4

from sqlalchemy import func, select

from fees.acts import FeesAct
from fees.govuk_pay import CardPayment, State, Status
from fees.invoice import bill
from fees.payment import Payment, PaymentState
from fees.payment.payment import Told
from fees.reconciliation import read_settlement, take_in
from register.kit.clock import day_of
from register.process import Process
from tests.fees.owing import make_approved
from tests.make import NOW

HEADINGS = "Provider payment ID,Reference,Gross,Fee,Net,Settled on\n"
DAY = date(2027, 3, 9)


async def paid(
    session,
    *,
    at=NOW,
    heard=None,
    invoice=None,
    pence=None,
    provider_id=None,
    **more,
):
    """A payment that went through, of an invoice of its own where none is given; it is £90 then."""
    if invoice is None:
        invoice = await bill(session, await make_approved(session, **more), now=NOW)
    attempt = 1 + await session.scalar(
        select(func.count()).where(Payment.invoice_id == invoice.id)
    )
    payment = Payment(
        id=uuid4(),
        invoice_id=invoice.id,
        attempt=attempt,
        reference=f"{invoice.reference}-{attempt}",
        amount_pence=pence or invoice.amount_pence,
        state=PaymentState.ASKING,
        asked_at=at,
    )
    session.add(payment)
    await session.flush()
    told = CardPayment(
        payment_id=provider_id or f"pay{uuid4().hex[:20]}",
        reference=payment.reference,
        amount=payment.amount_pence,
        state=State(Status.SUCCESS, finished=True),
        created_date=at,
    )
    await payment.settle(session, Told(told, at), now=heard or at)
    await session.flush()
    return payment


def line(payment, gross="90.00", fee="0.50", net="89.50", on="2027-03-09"):
    return f"{payment.provider_id},{payment.reference},{gross},{fee},{net},{on}\n"


async def settled(session, *lines, now=NOW):
    raw = (HEADINGS + "".join(lines)).encode()
    told, faults = read_settlement(raw, today=day_of(now))
    assert not faults
    by = Process.begin(session, FeesAct.TAKE_IN_SETTLEMENT, now=now)
    done = await take_in(session, raw, told, by=by)
    await session.flush()
    return done
