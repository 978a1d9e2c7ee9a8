"""Money that pays for nothing: looked through, and given to the invoice that it was meant for."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fees import ledger
from fees.acts import FeesAct
from fees.collective import CollectiveInvoice
from fees.invoice import Invoice, read_invoice_reference
from fees.money import pounds
from fees.own_money import must_not_be_own
from fees.payment import NotThatMuchLeft, Payment
from fees.reconciliation import (
    Receipt,
    identify,
    receipt_numbered,
    unallocated,
)
from fees.reconciliation.waiting import PaidTooEarly
from fees.web.fields import Pounds
from fees.web.refund import case_of
from fees.web.staff import OFFICERS, READERS
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound, Refused
from register.kit.pages import page
from register.web.needs import Act, Acting, Form, Session, Visit

AT = "/staff/finance/unallocated"


class InvoiceForm(forms.Form):
    invoice = forms.Text(
        "Invoice number", longest=20, hint="As INV-0000123", what="an invoice number"
    )


class AllocateForm(InvoiceForm):
    amount = Pounds("Amount", lowest=1)


class IdentifyForm(InvoiceForm):
    paid_on = forms.Date("When was it paid?", what="the day on which it was paid")


@get(AT, access=READERS)
async def waiting(request: Request[Any, Any, Any], session: Session) -> Template:
    found = await unallocated(session, after=_after(request))
    onward = (
        f"{AT}?{urlencode({'after': '~'.join(map(str, found.next))})}"
        if found.next
        else ""
    )
    return page("fees/finance/unallocated.html", rows=found.rows, onward=onward)


def _after(request: Request[Any, Any, Any]) -> tuple[date, str] | None:
    """Raises NotFound for what is none of ours."""
    text = request.query_params.get("after")
    if not text:
        return None
    day, _, key = text.partition("~")
    try:
        return date.fromisoformat(day), key
    except ValueError:
        raise NotFound from None


@get(f"{AT}/payments/{{reference:str}}", access=READERS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    payment, left = await _payment(act, reference)
    return await _allocate_page(act, payment, left, AllocateForm(data={"amount": left}))


@post(f"{AT}/payments/{{reference:str}}", access=OFFICERS)
async def allocate(
    act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    """Shown once more before it is done."""
    payment, left = await _payment(act, reference)
    answers = AllocateForm(form)
    invoice = await _invoice(act, answers) if answers.validate() else None
    if invoice is None:
        return await _allocate_page(act, payment, left, answers)
    pence = answers.amount.data
    owed = await ledger.owed_on(act.session, invoice.id)
    if pence > min(left, owed):
        answers.add_error("amount", str(NotThatMuchLeft(min(left, owed))))
        return await _allocate_page(act, payment, left, answers)
    if form.get("sure") != "yes":
        return await _allocate_page(
            act, payment, left, answers, invoice=invoice, owed=pounds(owed)
        )
    try:
        async with act.session.begin_nested():
            by = act.process(FeesAct.REALLOCATE)
            await payment.reallocate(act.session, invoice, pence, by=by)
    except Refused as refused:
        answers.add_error("invoice", str(refused))
        return await _allocate_page(act, payment, left, answers)
    visit.flash(f"{pounds(pence)} now pays for invoice {invoice.reference}")
    return Redirect(AT, status_code=303)


@get(f"{AT}/receipts/{{provider_id:str}}", access=READERS)
async def ask_whose(act: Act, provider_id: FromPath[str]) -> Template:
    receipt = await receipt_numbered(act.session, provider_id)
    given = {"paid_on": receipt.settled_on}
    return _identify_page(act, receipt, IdentifyForm(data=given, today=day_of(act.now)))


@post(f"{AT}/receipts/{{provider_id:str}}", access=OFFICERS)
async def say_whose(
    act: Act, form: Form, visit: Visit, provider_id: FromPath[str]
) -> Redirect | Template:
    """Shown once more before it is done."""
    receipt = await receipt_numbered(act.session, provider_id)
    answers = IdentifyForm(form, today=day_of(act.now))
    invoice = await _invoice(act, answers) if answers.validate() else None
    if invoice is None:
        return _identify_page(act, receipt, answers)
    paid_on = answers.paid_on.data
    if paid_on > receipt.settled_on:
        answers.add_error("paid_on", str(PaidTooEarly(receipt.settled_on)))
        return _identify_page(act, receipt, answers)
    if form.get("sure") != "yes":
        owed = pounds(await ledger.owed_on(act.session, invoice.id))
        return _identify_page(act, receipt, answers, invoice=invoice, owed=owed)
    await identify(
        act.session,
        receipt,
        invoice,
        paid_on=paid_on,
        by=act.process(FeesAct.IDENTIFY),
    )
    visit.flash(f"The money is a payment of invoice {invoice.reference} now")
    return Redirect(f"/staff/payments/{invoice.reference}", status_code=303)


async def _payment(act: Acting, reference: str) -> tuple[Payment, int]:
    """With what is left of it; raises NotFound where that is nothing."""
    payment = await act.session.scalar(
        select(Payment).where(Payment.reference == reference.upper())
    )
    left = await ledger.unallocated_of(act.session, payment.id) if payment else 0
    if payment is None or not left:
        raise NotFound
    return payment, left


async def _invoice(act: Acting, answers: InvoiceForm) -> Invoice | None:
    number = read_invoice_reference(answers.invoice.data)
    invoice: Invoice | None = await act.session.scalar(
        select(Invoice)
        .where(Invoice.number == number)
        .options(joinedload(Invoice.person))
    )
    if invoice is None:
        answers.add_error("invoice", "Enter the number of an invoice, like INV-0000123")
        return None
    try:
        await must_not_be_own(act.session, [invoice.id], act.account.id)
    except Refused as refused:
        answers.add_error("invoice", str(refused))
        return None
    return invoice


async def _allocate_page(
    act: Acting,
    payment: Payment,
    left: int,
    form: AllocateForm,
    *,
    invoice: Invoice | None = None,
    owed: str = "",
) -> Template:
    # A payment's reference is its bill's, with the number of the try.
    own = await case_of(act, payment.reference.rpartition("-")[0])
    return page(
        "fees/finance/allocate.html",
        payment=payment,
        own=own,
        together=isinstance(own.bill, CollectiveInvoice),
        left=pounds(left),
        form=form,
        invoice=invoice,
        owed=owed,
        may_act=act.viewer.has(*OFFICERS.roles),
    )


def _identify_page(
    act: Acting,
    receipt: Receipt,
    form: IdentifyForm,
    *,
    invoice: Invoice | None = None,
    owed: str = "",
) -> Template:
    return page(
        "fees/finance/identify.html",
        receipt=receipt,
        form=form,
        invoice=invoice,
        owed=owed,
        may_act=act.viewer.has(*OFFICERS.roles),
    )


pages = [waiting, ask, allocate, ask_whose, say_whose]
