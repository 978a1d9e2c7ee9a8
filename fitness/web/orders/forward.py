"""A review brought forward: because an order is not kept, something new is known, or the registrant asks."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.monitoring import Because, MonitoringAct, NotEarlier, bring_forward
from fitness.web.cases.opened import ORDER_WRITERS, attempting
from fitness.web.orders.every import ORDER, OpenedOrder, opened_order
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.web.needs import Act, Form, Visit

REVIEW = f"{ORDER}/review"


class ForwardForm(forms.Form):
    because = forms.Radios(
        "Why earlier?",
        what="why it is reviewed earlier",
        choices=[(one, one) for one in Because],
    )
    words = forms.LongText("What happened?", what="what happened", longest=4000)
    until = forms.Date(
        "By when is it to be reviewed?",
        what="the day by which it is to be reviewed",
        earliest=forms.days_after(1),
    )


@get(REVIEW, access=ORDER_WRITERS)
async def ask(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    it = await opened_order(act, reference, nth)
    return _page(it, ForwardForm(today=day_of(act.now)))


def _page(it: OpenedOrder, form: ForwardForm) -> Template:
    return page(
        "fitness/orders/forward.html",
        found=it.found,
        case=it.found.case,
        order=it.order,
        form=form,
    )


@post(REVIEW, access=ORDER_WRITERS)
async def bring(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    it = await opened_order(act, reference, nth, lock=True)
    answers = ForwardForm(form, today=day_of(act.now))
    if answers.validate():
        try:
            async with attempting(act):
                bring_forward(
                    act.session,
                    it.found.case,
                    it.order,
                    Because(answers.because.data),
                    answers.words.data,
                    until=answers.until.data,
                    by=act.process(MonitoringAct.BRING_FORWARD),
                )
        except NotEarlier as refused:
            answers.add_error("until", str(refused))
    if answers.faults:
        return _page(it, answers)
    visit.flash("The review is brought forward")
    return it.back()


pages = [ask, bring]
