"""Invoices and payments for the finance officer: what is due, what came, and what is to be given back."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Template

from fees.invoice import read_invoice_reference
from fees.payment.standing import Show, ledger, standings
from register.account import StaffRole
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.web.guards import roles
from register.web.needs import Moment, Session

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


@get("/staff/payments/{reference:str}", access=READERS)
async def invoice(session: Session, reference: FromPath[str], now: Moment) -> Template:
    number = read_invoice_reference(reference)
    found = await ledger(session, number, today=day_of(now))
    return page("fees/staff_payments/invoice.html", ledger=found)


pages = [payments, invoice]
