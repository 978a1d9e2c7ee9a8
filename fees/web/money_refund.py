"""Giving back a bank transfer or cheque: asked, looked at once more, and above the limit agreed to by a second officer."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fees import ledger
from fees.acts import FeesAct
from fees.money import pounds
from fees.money_refund import about, alone_left, must_be_possible, propose, refund
from fees.other_money import OtherMoney, money_numbered
from fees.own_money import is_own
from fees.web.fields import Pounds
from fees.web.other_money import ONE
from fees.web.staff import OFFICERS, READERS
from register.kit import forms
from register.kit.errors import NotFound, Refused
from register.kit.pages import page
from register.proposal import Proposal, waiting_on, why_returned
from register.web.needs import Act, Acting, Form, Visit
from register.web.returning import ReturnForm

AT = f"{ONE}/refund"
SEND_IT = "It is booked. Send it from the bank to the account that it came from"


class MoneyRefundForm(forms.Form):
    amount = Pounds("Amount", lowest=1)


@get(AT, access=READERS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    money = await money_numbered(act.session, reference)
    free = await ledger.unallocated_of(act.session, money.id)
    given = {"amount": free} if free else {}
    return await _page(act, money, MoneyRefundForm(data=given))


@post(AT, access=OFFICERS)
async def give(
    act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    """Shown once more before it is done."""
    money = await money_numbered(act.session, reference)
    answers = MoneyRefundForm(form)
    if not answers.validate():
        return await _page(act, money, answers)
    pence = answers.amount.data
    try:
        await must_be_possible(act.session, money, pence)
    except Refused as refused:
        answers.add_error("amount", str(refused))
        return await _page(act, money, answers)
    alone = pence <= await alone_left(act.session, money, now=act.now)
    if form.get("sure") != "yes":
        return await _page(act, money, answers, alone=alone)
    if alone:
        by = act.process(FeesAct.REFUND_MONEY)
        await refund(act.session, money, pence, by=by)
        visit.flash(SEND_IT)
    else:
        by = act.process(FeesAct.PROPOSE_MONEY_REFUND)
        await propose(act.session, money, pence, proposer=act.account, by=by)
        visit.flash("The refund waits for a second finance officer")
    return _back(money)


@post(f"{AT}/approval", access=OFFICERS)
async def approve(act: Act, visit: Visit, reference: FromPath[str]) -> Redirect:
    money = await money_numbered(act.session, reference)
    waiting = await _waiting(act, money)
    by = act.process(FeesAct.APPROVE_MONEY_REFUND)
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash(SEND_IT)
    return _back(money)


@post(f"{AT}/return", access=OFFICERS)
async def send_back(
    act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    money = await money_numbered(act.session, reference)
    waiting = await _waiting(act, money)
    answers = ReturnForm(form)
    if not answers.validate():
        return await _page(act, money, answers)
    by = act.process(FeesAct.RETURN_MONEY_REFUND)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The refund is back with whoever proposed it")
    return _back(money)


async def _waiting(act: Acting, money: OtherMoney) -> Proposal:
    waiting = await waiting_on(act.session, about(money))
    if waiting is None:
        raise NotFound
    return waiting


async def _page(
    act: Acting,
    money: OtherMoney,
    form: MoneyRefundForm | ReturnForm,
    *,
    alone: bool | None = None,
) -> Template:
    waiting = await waiting_on(act.session, about(money))
    free = await ledger.unallocated_of(act.session, money.id)
    theirs = await ledger.ever_paid_by(act.session, money.id)
    return page(
        "fees/other_money/refund.html",
        money=money,
        free=pounds(free) if free else "",
        own=await is_own(act.session, theirs, act.account.id),
        waiting=waiting,
        proposed=pounds(waiting.data["pence"]) if waiting else "",
        why_not=waiting.why_not(act.account) if waiting else None,
        returned=await why_returned(act.session, about(money)),
        alone=alone,
        form=form,
        returning=form if isinstance(form, ReturnForm) else ReturnForm(),
        may_act=act.viewer.has(*OFFICERS.roles),
    )


def _back(money: OtherMoney) -> Redirect:
    return Redirect(f"/staff/payments/other/{money.reference}", status_code=303)


pages = [ask, give, approve, send_back]
