"""Invoices and payments for the finance officer: what is due, what came, and what is to be given back."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Template

from fees import refund
from fees.collective import collective_numbered, collectives_of, taken_of
from fees.credit_note import about
from fees.invoice import read_invoice_reference
from fees.money import pounds
from fees.pay_link import live_link
from fees.payment import payments_together
from fees.payment.standing import Show, record, standings
from fees.web.fields import address_of
from register.account import StaffRole
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.proposal import waiting_on
from register.web.guards import roles
from register.web.needs import Act, Acting, Moment, Session

OFFICERS = roles(StaffRole.FINANCE_OFFICER)
READERS = roles(StaffRole.FINANCE_OFFICER, StaffRole.AUDITOR)

SHOWN = {
    Show.DUE: "To be paid",
    Show.PAID: "Paid",
    Show.NOT_PAID: "Not paid in time",
    Show.GIVE_BACK: "With money to give back",
}


class Filter(forms.Form):
    show = forms.Select(
        "Invoices",
        choices=list(SHOWN.items()),
        blank_choice="All invoices",
        optional=True,
    )
    invoice = forms.Text("Invoice number", longest=20, optional=True)


@get("/staff/payments", access=READERS)
async def payments(
    request: Request[Any, Any, Any], session: Session, now: Moment
) -> Template:
    form = Filter(request.query_params)
    number = read_invoice_reference(form.invoice.data or "")
    if form.validate() and form.invoice.data and number is None:
        form.add_error("invoice", "Enter an invoice number, such as INV-0000123")
    if form.faults:
        return page("fees/staff_payments/list.html", form=form, rows=[], onward="")
    show = Show(form.show.data) if form.show.data else None
    before = read_invoice_reference(request.query_params.get("after", ""))
    found = await standings(
        session, show=show, before=before, only=number, today=day_of(now)
    )
    onward = {"show": show, "after": found.next} if show else {"after": found.next}
    return page(
        "fees/staff_payments/list.html",
        form=form,
        rows=found.rows,
        onward=f"/staff/payments?{urlencode(onward)}" if found.next else "",
    )


@get("/staff/payments/collective", access=READERS)
async def collectives(session: Session) -> Template:
    return page(
        "fees/staff_collective/list.html", invoices=await collectives_of(session)
    )


async def _collective(act: Acting, reference: str) -> Template:
    found = await collective_numbered(act.session, reference)
    payments = await payments_together(act.session, found)
    free = sum([await refund.refundable(act.session, one) for one in payments])
    return page(
        "fees/staff_collective/one.html",
        invoice=found,
        taken=await taken_of(act.session, found, now=act.now),
        due=pounds(await found.due_pence(act.session)),
        payments=payments,
        refund_waits=await waiting_on(act.session, refund.about(found)),
        refunds=await refund.refunds_together(act.session, found.id),
        to_give_back=pounds(free) if free else "",
        may_act=act.viewer.has(*OFFICERS.roles),
    )


@get("/staff/payments/{reference:str}", access=READERS)
async def invoice(act: Act, reference: FromPath[str]) -> Template:
    if reference.startswith("COL-"):
        return await _collective(act, reference)
    number = read_invoice_reference(reference)
    found = await record(act.session, number, today=day_of(act.now))
    link = await live_link(act.session, found.standing.invoice, now=act.now)
    return page(
        "fees/staff_payments/invoice.html",
        record=found,
        link=link,
        link_address=address_of(link),
        may_act=act.viewer.has(*OFFICERS.roles),
        credit_waits=await waiting_on(act.session, about(found.standing.invoice)),
        refund_waits=await waiting_on(
            act.session, refund.about(found.standing.invoice)
        ),
        refunds=await refund.refunds_of(act.session, found.standing.invoice.id),
        to_give_back=sum(
            [await refund.refundable(act.session, one) for one in found.payments]
        ),
    )


pages = [payments, collectives, invoice]
