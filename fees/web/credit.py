"""Crediting an invoice: one finance officer up to the limit, a second above it."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fees.acts import FeesAct
from fees.credit_note import (
    CreditReason,
    NoLowIncomeDiscount,
    about,
    credit,
    limit_of,
    low_income_off,
    must_be_possible,
    propose,
)
from fees.invoice import Invoice, read_invoice_reference
from fees.money import pounds
from fees.own_money import is_own
from fees.payment.standing import InvoiceState, Record, record
from fees.web.fields import Pounds
from fees.web.staff import OFFICERS, READERS
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound, Refused
from register.kit.pages import page
from register.proposal import Proposal, waiting_on, why_returned
from register.web.needs import Act, Acting, Form, Visit
from register.web.returning import ReturnForm


class CreditForm(forms.Form):
    reason = forms.Radios(
        "Why is it credited?",
        what="why it is credited",
        choices=[(reason, reason) for reason in CreditReason],
    )
    amount = Pounds("Amount", lowest=1, optional=True)


@get("/staff/payments/{reference:str}/credit", access=READERS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    return await _page(act, await _record(act, reference), CreditForm())


@post("/staff/payments/{reference:str}/credit", access=OFFICERS)
async def give(
    act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    found = await _record(act, reference)
    answers = CreditForm(form)
    if not answers.validate():
        return await _page(act, found, answers)
    reason = CreditReason(answers.reason.data)
    invoice = found.standing.invoice
    waits = found.standing.state is InvoiceState.DUE
    try:
        pence = await _pence(act, invoice, reason, answers)
        await must_be_possible(act.session, invoice, pence, waits=waits)
    except NoLowIncomeDiscount as refused:
        answers.add_error("reason", str(refused))
        return await _page(act, found, answers)
    except Refused as refused:
        answers.add_error("amount", str(refused))
        return await _page(act, found, answers)
    visit.flash(await _give(act, invoice, pence, reason, waits=waits))
    return _back(found)


async def _pence(
    act: Acting, invoice: Invoice, reason: CreditReason, answers: CreditForm
) -> int:
    if reason is CreditReason.LOW_INCOME:
        return await low_income_off(act.session, invoice)
    return answers.amount.data or 0


async def _give(
    act: Acting, invoice: Invoice, pence: int, reason: CreditReason, *, waits: bool
) -> str:
    if pence <= await limit_of(act.session, invoice, now=act.now):
        by = act.process(FeesAct.CREDIT, reason=reason)
        await credit(act.session, invoice, pence, reason=reason, waits=waits, by=by)
        return "The credit note is given, and the payer is told"
    await propose(
        act.session,
        invoice,
        pence,
        reason=reason,
        waits=waits,
        proposer=act.account,
        by=act.process(FeesAct.PROPOSE_CREDIT, reason=reason),
    )
    return "The credit note waits for a second finance officer"


@post("/staff/payments/{reference:str}/credit/approval", access=OFFICERS)
async def approve(act: Act, visit: Visit, reference: FromPath[str]) -> Redirect:
    found = await _record(act, reference)
    waiting = await _waiting(act, found)
    by = act.process(FeesAct.APPROVE_CREDIT)
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash("The credit note is given, and the payer is told")
    return _back(found)


@post("/staff/payments/{reference:str}/credit/return", access=OFFICERS)
async def send_back(
    act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    found = await _record(act, reference)
    waiting = await _waiting(act, found)
    answers = ReturnForm(form)
    if not answers.validate():
        return await _page(act, found, answers)
    by = act.process(FeesAct.RETURN_CREDIT)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The credit note is back with whoever proposed it")
    return _back(found)


async def _record(act: Acting, reference: str) -> Record:
    number = read_invoice_reference(reference)
    return await record(act.session, number, today=day_of(act.now))


async def _waiting(act: Acting, found: Record) -> Proposal:
    waiting = await waiting_on(act.session, about(found.standing.invoice))
    if waiting is None:
        raise NotFound
    return waiting


async def _page(act: Acting, found: Record, form: CreditForm | ReturnForm) -> Template:
    invoice = found.standing.invoice
    waiting = await waiting_on(act.session, about(invoice))
    own = await is_own(act.session, [invoice.id], act.account.id)
    limit = await limit_of(act.session, invoice, now=act.now)
    return page(
        "fees/staff_payments/credit.html",
        standing=found.standing,
        own=own,
        waiting=waiting,
        proposed=pounds(waiting.data["pence"]) if waiting else "",
        why_not=waiting.why_not(act.account) if waiting else None,
        returned=await why_returned(act.session, about(invoice)),
        limit=pounds(limit),
        form=form,
        returning=form if isinstance(form, ReturnForm) else ReturnForm(),
    )


def _back(found: Record) -> Redirect:
    reference = found.standing.invoice.reference
    return Redirect(f"/staff/payments/{reference}", status_code=303)


pages = [ask, give, approve, send_back]
