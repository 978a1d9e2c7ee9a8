"""Bank transfers and cheques: recorded as they stand on the statement, allocated, and reversed where that was wrong."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import select

from fees import ledger
from fees.acts import FeesAct
from fees.collective import collective_numbered
from fees.invoice import Invoice, read_invoice_reference
from fees.money import pounds
from fees.money_refund import about, refunds_of
from fees.money_reversal import propose
from fees.other_money import (
    LISTED,
    MoneyKind,
    OtherMoney,
    ReversedBecause,
    about_reversal,
    alike,
    alone_pence,
    money_numbered,
    other_money,
    paid_for_by,
    read_money_reference,
)
from fees.own_money import is_own
from fees.payment import Bill
from fees.web.fields import Pounds
from fees.web.staff import OFFICERS, READERS
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound, Refused
from register.kit.pages import page
from register.proposal import waiting_on, why_returned
from register.web.needs import Act, Acting, Form, Session, Visit

LIST = "/staff/payments/other"
ONE = f"{LIST}/{{reference:str}}"


class MoneyForm(forms.Form):
    kind = forms.Radios(
        "How did it come?",
        what="how it came",
        choices=[
            (MoneyKind.TRANSFER, "Bank transfer"),
            (MoneyKind.CHEQUE, "Cheque"),
        ],
    )
    amount = Pounds("Amount", lowest=1)
    came_on = forms.Date(
        "When did it come?", what="the day on which it came", past=True
    )
    statement_reference = forms.Text(
        "Reference on the statement", longest=140, what="the reference on the statement"
    )
    invoice = forms.Text(
        "Invoice that it pays",
        longest=20,
        optional=True,
        hint="Like INV-0000123, or COL-0000123 of an employer. Leave it empty if you do not know yet",
    )


class AllocateForm(forms.Form):
    invoice = forms.Text(
        "Invoice that it pays",
        longest=20,
        what="the invoice that it pays",
        hint="Like INV-0000123, or COL-0000123 of an employer",
    )


class ReverseForm(forms.Form):
    because = forms.Radios(
        "Why is it reversed?",
        what="why it is reversed",
        choices=[
            (ReversedBecause.RECORDED_WRONG, "It was recorded wrong"),
            (ReversedBecause.BOUNCED, "The bank took it back"),
            (
                ReversedBecause.NOT_FOR_US,
                "It was not for us, and went back to whoever sent it",
            ),
        ],
    )


@get(LIST, access=READERS)
async def listed(request: Request[Any, Any, Any], session: Session) -> Template:
    before = read_money_reference(request.query_params.get("after", ""))
    found = await other_money(session, before=before)
    more = len(found) > LISTED
    return page(
        "fees/other_money/list.html",
        rows=found[:LISTED],
        onward=f"{LIST}?after={found[LISTED - 1].reference}" if more else "",
    )


@get(f"{LIST}/record", access=OFFICERS)
async def ask(act: Act) -> Template:
    return _record_page(MoneyForm(today=day_of(act.now)))


@post(f"{LIST}/record", access=OFFICERS)
async def record(act: Act, form: Form, visit: Visit) -> Redirect | Template:
    """One that looks recorded already is asked about first."""
    answers = MoneyForm(form, today=day_of(act.now))
    if not answers.validate():
        return _record_page(answers)
    bill = await _bill(act, answers)
    if answers.faults:
        return _record_page(answers)
    what = {
        "came_on": answers.came_on.data,
        "statement_reference": answers.statement_reference.data,
    }
    kind, pence = MoneyKind(answers.kind.data), answers.amount.data
    before = await alike(act.session, kind, pence, **what)
    if before and form.get("sure") != "yes":
        return _record_page(answers, before)
    by = act.process(FeesAct.RECORD_MONEY)
    try:
        async with act.session.begin_nested():
            money = await OtherMoney.record(act.session, kind, pence, **what, by=by)
            if bill:
                await money.pay_for(act.session, bill, by=by)
    except Refused as refused:
        answers.add_error("invoice" if bill else "came_on", str(refused))
        return _record_page(answers)
    visit.flash(f"{money.reference} is recorded")
    return _to(money)


@get(ONE, access=READERS)
async def one(act: Act, reference: FromPath[str]) -> Template:
    money = await money_numbered(act.session, reference)
    return await _page(act, money, AllocateForm(), ReverseForm())


@post(f"{ONE}/allocation", access=OFFICERS)
async def allocate(
    act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    money = await money_numbered(act.session, reference)
    answers = AllocateForm(form)
    bill = await _bill(act, answers) if answers.validate() else None
    if bill is None:
        return await _page(act, money, answers, ReverseForm())
    by = act.process(FeesAct.ALLOCATE_MONEY)
    try:
        left = await money.pay_for(act.session, bill, by=by)
    except Refused as refused:
        answers.add_error("invoice", str(refused))
        return await _page(act, money, answers, ReverseForm())
    over = f", and {pounds(left)} is left over" if left else ""
    visit.flash(f"It counts towards invoice {bill.reference}{over}")
    return _to(money)


@post(f"{ONE}/reversal", access=OFFICERS)
async def reverse(
    act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    money = await money_numbered(act.session, reference)
    answers = ReverseForm(form)
    if not answers.validate():
        return await _page(act, money, AllocateForm(), answers)
    visit.flash(await _reverse(act, money, ReversedBecause(answers.because.data)))
    return _to(money)


async def _reverse(act: Acting, money: OtherMoney, because: ReversedBecause) -> str:
    limit = await alone_pence(act.session, now=act.now)
    if because.sends_it_back and money.amount_pence > limit:
        by = act.process(FeesAct.PROPOSE_REVERSAL)
        await propose(act.session, money, proposer=act.account, by=by)
        return "The reversal waits for a second finance officer"
    by = act.process(FeesAct.REVERSE_MONEY)
    await money.reverse(act.session, because, by=by)
    return f"{money.reference} is reversed"


async def _bill(act: Acting, answers: MoneyForm | AllocateForm) -> Bill | None:
    """What the officer named; the form says where that is not there."""
    typed = (answers.invoice.data or "").strip().upper()
    if not typed:
        return None
    try:
        if typed.startswith("COL-"):
            return await collective_numbered(act.session, typed)
        number = read_invoice_reference(typed)
        invoice: Invoice | None = await act.session.scalar(
            select(Invoice).where(Invoice.number == number)
        )
        if invoice:
            return invoice
    except NotFound:
        pass
    answers.add_error("invoice", "Enter the number of an invoice that there is")
    return None


def _record_page(form: MoneyForm, before: OtherMoney | None = None) -> Template:
    return page("fees/other_money/record.html", form=form, before=before)


async def _page(
    act: Acting, money: OtherMoney, allocating: AllocateForm, reversing: ReverseForm
) -> Template:
    free = await ledger.unallocated_of(act.session, money.id)
    theirs = await ledger.ever_paid_by(act.session, money.id)
    return page(
        "fees/other_money/one.html",
        money=money,
        paid_for=[
            (invoice.reference, pounds(pence))
            for invoice, pence in await paid_for_by(act.session, money)
        ],
        free=pounds(free) if free else "",
        refunds=await refunds_of(act.session, money),
        refund_waits=await waiting_on(act.session, about(money)),
        reversal_waits=await waiting_on(act.session, about_reversal(money)),
        returned=await why_returned(act.session, about_reversal(money)),
        limit=pounds(await alone_pence(act.session, now=act.now)),
        form=reversing if reversing.faults else allocating,
        own=await is_own(act.session, theirs, act.account.id),
        allocating=allocating,
        reversing=reversing,
        may_act=act.viewer.has(*OFFICERS.roles),
    )


def _to(money: OtherMoney) -> Redirect:
    return Redirect(f"{LIST}/{money.reference}", status_code=303)


pages = [listed, ask, record, one, allocate, reverse]
