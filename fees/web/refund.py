"""Giving money back: asked, looked at once more, and above the limit agreed to by a second finance officer."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fees.acts import FeesAct
from fees.collective import CollectiveInvoice, collective_numbered, invoices_of
from fees.invoice import read_invoice_reference
from fees.money import pounds
from fees.own_money import is_own
from fees.payment import Bill, Payment, payments_together
from fees.payment.standing import record
from fees.refund import (
    about,
    alone_left,
    must_be_possible,
    propose,
    refund,
    refundable,
)
from fees.web.fields import Pounds
from fees.web.staff import OFFICERS, READERS
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound, Refused
from register.kit.pages import page
from register.proposal import Proposal, waiting_on, why_returned
from register.web.needs import Act, Acting, Form, Visit
from register.web.returning import ReturnForm


class RefundForm(forms.Form):
    payment = forms.Radios("Which payment goes back?", what="which payment goes back")
    amount = Pounds("Amount", lowest=1)


@dataclass(frozen=True)
class Case:
    """An invoice, of one person or of an employer, with what was tried for it."""

    bill: Bill
    who: str
    payments: Sequence[Payment]


@dataclass(frozen=True)
class ToGiveBack:
    """A payment of which something pays for nothing."""

    payment: Payment
    pence: int

    @property
    def amount(self) -> str:
        return pounds(self.pence)


@get("/staff/payments/{reference:str}/refund", access=READERS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    found = await case_of(act, reference)
    waiting_for = await to_give_back(act, found)
    first = waiting_for[0] if waiting_for else None
    given = {"payment": first.payment.reference, "amount": first.pence} if first else {}
    return await _page(act, found, RefundForm(data=given))


@post("/staff/payments/{reference:str}/refund", access=OFFICERS)
async def give(
    act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    """Shown once more before it is done."""
    found = await case_of(act, reference)
    answers = RefundForm(form)
    payments = {one.reference: one for one in found.payments if one.state.paid}
    answers.payment.choices = [(code, code) for code in payments]
    if not answers.validate():
        return await _page(act, found, answers)
    payment, pence = payments[answers.payment.data], answers.amount.data
    try:
        await must_be_possible(act.session, payment, pence)
    except Refused as refused:
        answers.add_error("amount", str(refused))
        return await _page(act, found, answers)
    if form.get("sure") != "yes":
        alone = pence <= await alone_left(act.session, found.bill, payment, now=act.now)
        return await _page(act, found, answers, alone=alone)
    visit.flash(await _give(act, found, payment, pence))
    return _back(found)


async def _give(act: Acting, found: Case, payment: Payment, pence: int) -> str:
    bill = found.bill
    if pence <= await alone_left(act.session, bill, payment, now=act.now):
        by = act.process(FeesAct.REFUND)
        await refund(act.session, payment, pence, by=by)
        return "The refund is asked for. This page says what became of it"
    by = act.process(FeesAct.PROPOSE_REFUND)
    await propose(act.session, payment, pence, proposer=act.account, by=by)
    return "The refund waits for a second finance officer"


@post("/staff/payments/{reference:str}/refund/approval", access=OFFICERS)
async def approve(act: Act, visit: Visit, reference: FromPath[str]) -> Redirect:
    found = await case_of(act, reference)
    waiting = await _waiting(act, found)
    by = act.process(FeesAct.APPROVE_REFUND)
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash("The refund is asked for. This page says what became of it")
    return _back(found)


@post("/staff/payments/{reference:str}/refund/return", access=OFFICERS)
async def send_back(
    act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    found = await case_of(act, reference)
    waiting = await _waiting(act, found)
    answers = ReturnForm(form)
    if not answers.validate():
        return await _page(act, found, answers)
    by = act.process(FeesAct.RETURN_REFUND)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The refund is back with whoever proposed it")
    return _back(found)


async def case_of(act: Acting, reference: str) -> Case:
    """Raises NotFound."""
    if reference.startswith("COL-"):
        collective = await collective_numbered(act.session, reference)
        return Case(
            collective,
            collective.organisation.provider.name,
            await payments_together(act.session, collective),
        )
    number = read_invoice_reference(reference)
    found = await record(act.session, number, today=day_of(act.now))
    invoice = found.standing.invoice
    return Case(invoice, invoice.person.name, found.payments)


async def to_give_back(act: Acting, found: Case) -> list[ToGiveBack]:
    return [
        ToGiveBack(one, pence)
        for one in found.payments
        if one.state.paid and (pence := await refundable(act.session, one))
    ]


async def _waiting(act: Acting, found: Case) -> Proposal:
    waiting = await waiting_on(act.session, about(found.bill))
    if waiting is None:
        raise NotFound
    return waiting


async def _page(
    act: Acting,
    found: Case,
    form: RefundForm | ReturnForm,
    *,
    alone: bool | None = None,
) -> Template:
    name = about(found.bill)
    waiting = await waiting_on(act.session, name)
    own = await is_own(
        act.session, await invoices_of(act.session, found.bill), act.account.id
    )
    given_back = await to_give_back(act, found)
    if isinstance(form, RefundForm):
        form.payment.choices = [
            (one.payment.reference, f"{one.payment.reference}: {one.amount}")
            for one in given_back
        ]
    return page(
        "fees/staff_payments/refund.html",
        bill=found.bill,
        who=found.who,
        together=isinstance(found.bill, CollectiveInvoice),
        to_give_back=given_back,
        own=own,
        waiting=waiting,
        proposed=pounds(waiting.data["pence"]) if waiting else "",
        why_not=waiting.why_not(act.account) if waiting else None,
        returned=await why_returned(act.session, name),
        alone=alone,
        form=form,
        returning=form if isinstance(form, ReturnForm) else ReturnForm(),
        may_act=act.viewer.has(*OFFICERS.roles),
    )


def _back(found: Case) -> Redirect:
    reference = found.bill.reference
    return Redirect(f"/staff/payments/{reference}", status_code=303)


pages = [ask, give, approve, send_back]
