"""An appeal to the court, as it is recorded and as it ends."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.fence import Capacity, look_as
from fitness.order import (
    AppealOutcome,
    NotThen,
    OrderAct,
    OrderAppeal,
    TooLateToAppeal,
    appeal_of,
)
from fitness.publication import follow_case
from fitness.web.cases.opened import ORDER_WRITERS, attempting
from fitness.web.orders.every import ORDER, OpenedOrder, opened_order
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.web.needs import Act, Form, Visit

APPEAL = f"{ORDER}/appeal"
OUTCOME = f"{APPEAL}/outcome"


class LodgeForm(forms.Form):
    on = forms.Date(
        "When was it lodged with the court?",
        what="the day on which it was lodged",
        past=True,
    )
    words = forms.LongText(
        "The court’s number, and what is appealed",
        what="the court’s number and what is appealed",
        longest=2000,
    )


class OutcomeForm(forms.Form):
    outcome = forms.Radios(
        "How did the appeal end?",
        what="how the appeal ended",
        choices=[(one, one) for one in AppealOutcome],
    )
    on = forms.Date("When?", what="the day on which it ended", past=True)


@get(APPEAL, access=ORDER_WRITERS)
async def ask(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    it = await opened_order(act, reference, nth)
    return _page(it, LodgeForm(today=day_of(act.now)))


def _page(it: OpenedOrder, form: LodgeForm) -> Template:
    return page(
        "fitness/orders/appeal.html",
        found=it.found,
        case=it.found.case,
        order=it.order,
        form=form,
    )


@post(APPEAL, access=ORDER_WRITERS)
async def lodge(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    it = await opened_order(act, reference, nth, lock=True)
    answers = LodgeForm(form, today=day_of(act.now))
    if answers.validate():
        by = act.process(OrderAct.LODGE_APPEAL)
        try:
            async with attempting(act):
                await OrderAppeal.lodge(
                    act.session,
                    it.found.case,
                    it.order,
                    on=answers.on.data,
                    words=answers.words.data,
                    by=by,
                )
                await look_as(act.session, Capacity.SERVICE)
                await follow_case(act.session, it.found.case, by=by)
        except (NotThen, TooLateToAppeal) as refused:
            answers.add_error("on", str(refused))
    if answers.faults:
        return _page(it, answers)
    visit.flash(
        "The appeal is recorded. The order does not take effect while it is open"
    )
    return it.back()


@get(OUTCOME, access=ORDER_WRITERS)
async def ask_how(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    it = await opened_order(act, reference, nth)
    if await appeal_of(act.session, it.order) is None:
        raise NotFound
    return _outcome_page(it, OutcomeForm(today=day_of(act.now)))


def _outcome_page(it: OpenedOrder, form: OutcomeForm) -> Template:
    return page(
        "fitness/orders/outcome.html",
        found=it.found,
        case=it.found.case,
        order=it.order,
        form=form,
    )


@post(OUTCOME, access=ORDER_WRITERS)
async def end(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    """What follows for the register follows as the service does it: the hold ends, and with it what the case held."""
    it = await opened_order(act, reference, nth, lock=True)
    appeal = await appeal_of(act.session, it.order)
    if appeal is None:
        raise NotFound
    answers = OutcomeForm(form, today=day_of(act.now))
    if answers.validate():
        by = act.process(OrderAct.END_APPEAL)
        await look_as(act.session, Capacity.SERVICE)
        try:
            async with attempting(act):
                await appeal.end(
                    act.session,
                    it.found.case,
                    it.order,
                    AppealOutcome(answers.outcome.data),
                    on=answers.on.data,
                    by=by,
                )
                await follow_case(act.session, it.found.case, by=by)
        except NotThen as refused:
            answers.add_error("on", str(refused))
    if answers.faults:
        return _outcome_page(it, answers)
    visit.flash("The end of the appeal is recorded")
    return it.back()


pages = [ask, lodge, ask_how, end]
