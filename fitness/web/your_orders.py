"""An order as the registrant finds it: what it means for them, until when, and what they are to show."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.case import Case
from fitness.investigation.own import own_case
from fitness.monitoring import (
    CheckIn,
    EarlyReview,
    MonitoringAct,
    check_in_of,
    check_ins_of,
    early_reviews_of,
    must_be_reviewed,
)
from fitness.order import CaseOrder, appeal_of, order_in
from register.kit import forms
from register.kit.clock import day_of
from register.kit.files import receive
from register.kit.pages import page
from register.kit.security.limits import UPLOAD, UPLOAD_MEGABYTES
from register.kit.settings import settings
from register.kit.uploads import BODY_LIMIT, MEGABYTE, Problem
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form, Limits, Visit

ORDER = "/your-case/{reference:str}/orders/{nth:int}"
CHECK_IN = f"{ORDER}/check-ins/{{which:int}}"
EARLY = f"{ORDER}/early-review"


class ShowForm(forms.Form):
    words = forms.LongText(
        "What do you want to tell us?",
        what="what you want to tell us",
        longest=20_000,
        hint="Do not name a child.",
    )
    file = forms.Upload("A document", accept=".pdf,.jpg,.jpeg,.png", optional=True)


class AskForm(forms.Form):
    words = forms.LongText(
        "What is otherwise than when the order was made?",
        what="what is otherwise",
        hint="What you have done since, or what has changed. A panel may read it. Do not name a child.",
        longest=20_000,
    )


async def _own(act: Acting, reference: str, nth: int) -> tuple[Case, CaseOrder]:
    """Raises NotFound."""
    case = await own_case(act.session, act.account, reference)
    return case, await order_in(act.session, case.id, nth)


@get(ORDER, access=SIGNED_IN)
async def one(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    case, order = await _own(act, reference, nth)
    early_reviews = await early_reviews_of(act.session, order)
    waits = any(one.waits for one in early_reviews)
    return page(
        "fitness/your_case/order.html",
        case=case,
        order=order,
        appeal=await appeal_of(act.session, order),
        check_ins=await check_ins_of(act.session, order),
        early_reviews=early_reviews,
        may_ask=order.in_force(act.now) and order.review_by and not waits,
        now=act.now,
        today=day_of(act.now),
        contact=settings().contact_email,
    )


@get(CHECK_IN, access=SIGNED_IN)
async def ask(
    act: Act, reference: FromPath[str], nth: FromPath[int], which: FromPath[int]
) -> Template:
    case, order = await _own(act, reference, nth)
    check_in = await check_in_of(act.session, order, which)
    return _page(act, case, order, check_in, ShowForm())


def _page(
    act: Acting, case: Case, order: CaseOrder, check_in: CheckIn, form: ShowForm
) -> Template:
    return page(
        "fitness/your_case/check_in.html",
        case=case,
        order=order,
        check_in=check_in,
        form=form,
        today=day_of(act.now),
        contact=settings().contact_email,
    )


@post(CHECK_IN, access=SIGNED_IN, body_limit=BODY_LIMIT)
async def show(
    request: Request[Any, Any, Any],
    act: Act,
    *,
    limits: Limits,
    reference: FromPath[str],
    nth: FromPath[int],
    which: FromPath[int],
    visit: Visit,
) -> Redirect | Template:
    case, order = await _own(act, reference, nth)
    check_in = await check_in_of(act.session, order, which)
    await limits.hit(UPLOAD, str(act.account.id))
    sent = await receive(
        request, act.session, owner=case.id, now=act.now, fields=("words",)
    )
    form = ShowForm(sent.form)
    form.validate()
    if sent.problem and sent.problem is not Problem.NONE_CHOSEN:
        form.add_error("file", sent.problem)
    if form.faults:
        return _page(act, case, order, check_in, form)
    if sent.file:
        cost = -(-sent.file.size // MEGABYTE)
        await limits.hit(UPLOAD_MEGABYTES, str(act.account.id), cost=cost)
    by = act.process(MonitoringAct.ANSWER)
    await check_in.answer(act.session, case, form.words.data, file=sent.file, by=by)
    visit.flash("We have what you sent")
    return Redirect(f"/your-case/{reference}/orders/{nth}", status_code=303)


@get(EARLY, access=SIGNED_IN)
async def ask_early(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    case, order = await _own(act, reference, nth)
    must_be_reviewed(order, act.now)
    return _early_page(case, order, AskForm())


def _early_page(case: Case, order: CaseOrder, form: AskForm) -> Template:
    return page(
        "fitness/your_case/early_review.html",
        case=case,
        order=order,
        form=form,
        contact=settings().contact_email,
    )


@post(EARLY, access=SIGNED_IN)
async def ask_for_early(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    case, order = await _own(act, reference, nth)
    must_be_reviewed(order, act.now)
    answers = AskForm(form)
    if not answers.validate():
        return _early_page(case, order, answers)
    by = act.process(MonitoringAct.ASK_EARLY_REVIEW)
    await EarlyReview.ask(act.session, case, order, answers.words.data, by=by)
    visit.flash("We have your request")
    return Redirect(f"/your-case/{reference}/orders/{nth}", status_code=303)


pages = [one, ask, show, ask_early, ask_for_early]
