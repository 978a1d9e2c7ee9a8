"""A bank transfer or cheque that one finance officer would send back whole, and a second agrees to or does not."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fees import ledger
from fees.acts import FeesAct
from fees.other_money import OtherMoney, about_reversal, money_numbered, paid_for_by
from fees.own_money import is_own
from fees.web.other_money import ONE
from fees.web.staff import OFFICERS, READERS
from register.kit.errors import NotFound
from register.kit.pages import page
from register.proposal import Proposal, waiting_on
from register.web.needs import Act, Acting, Form, Visit
from register.web.returning import ReturnForm

AT = f"{ONE}/reversal"


@get(AT, access=READERS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    money = await money_numbered(act.session, reference)
    return await _page(act, money, await _waiting(act, money), ReturnForm())


@post(f"{AT}/approval", access=OFFICERS)
async def approve(act: Act, visit: Visit, reference: FromPath[str]) -> Redirect:
    money = await money_numbered(act.session, reference)
    waiting = await _waiting(act, money)
    by = act.process(FeesAct.APPROVE_REVERSAL)
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash(
        f"{money.reference} is reversed. Send it from the bank to the account that it came from"
    )
    return _back(money)


@post(f"{AT}/return", access=OFFICERS)
async def send_back(
    act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    money = await money_numbered(act.session, reference)
    waiting = await _waiting(act, money)
    answers = ReturnForm(form)
    if not answers.validate():
        return await _page(act, money, waiting, answers)
    by = act.process(FeesAct.RETURN_REVERSAL)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The reversal is back with whoever proposed it")
    return _back(money)


async def _waiting(act: Acting, money: OtherMoney) -> Proposal:
    waiting = await waiting_on(act.session, about_reversal(money))
    if waiting is None:
        raise NotFound
    return waiting


async def _page(
    act: Acting, money: OtherMoney, waiting: Proposal, form: ReturnForm
) -> Template:
    paid_for = await paid_for_by(act.session, money)
    theirs = await ledger.ever_paid_by(act.session, money.id)
    return page(
        "fees/other_money/reversal.html",
        money=money,
        paid_for=", ".join(invoice.reference for invoice, _ in paid_for),
        own=await is_own(act.session, theirs, act.account.id),
        why_not=waiting.why_not(act.account),
        form=form,
    )


def _back(money: OtherMoney) -> Redirect:
    return Redirect(f"/staff/payments/other/{money.reference}", status_code=303)


pages = [ask, approve, send_back]
