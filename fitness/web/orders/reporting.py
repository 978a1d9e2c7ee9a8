"""Those who report on how an order is kept: named, and released."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.monitoring import MonitoringAct, Reporter, Standing, reporters_of
from fitness.numbers import numbered
from fitness.web.cases.opened import ORDER_WRITERS
from fitness.web.orders.every import ORDER, OpenedOrder, opened_order
from register.kit import forms
from register.kit.pages import page
from register.web.needs import Act, Form, Visit

REPORTERS = f"{ORDER}/reporters"


class ReporterForm(forms.Form):
    name = forms.Text("Name", what="their name", longest=200)
    contact = forms.LongText(
        "How do we reach them?", what="how we reach them", longest=1000
    )
    standing = forms.Radios(
        "Who are they?", what="who they are", choices=[(one, one) for one in Standing]
    )


@get(f"{REPORTERS}/new", access=ORDER_WRITERS)
async def ask(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    return _page(await opened_order(act, reference, nth), ReporterForm())


def _page(it: OpenedOrder, form: ReporterForm) -> Template:
    return page(
        "fitness/orders/reporter.html",
        found=it.found,
        case=it.found.case,
        order=it.order,
        form=form,
    )


@post(f"{REPORTERS}/new", access=ORDER_WRITERS)
async def name(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    it = await opened_order(act, reference, nth, lock=True)
    answers = ReporterForm(form)
    if not answers.validate():
        return _page(it, answers)
    reporter = await Reporter.name_one(
        act.session,
        it.found.case,
        it.order,
        name=answers.name.data,
        contact=answers.contact.data,
        standing=Standing(answers.standing.data),
        by=act.process(MonitoringAct.NAME_REPORTER),
    )
    visit.flash(f"{reporter.label} reports to us from now on")
    return it.back()


@post(f"{REPORTERS}/{{which:int}}/end", access=ORDER_WRITERS)
async def end(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    which: FromPath[int],
    visit: Visit,
) -> Redirect:
    it = await opened_order(act, reference, nth, lock=True)
    reporter = numbered(await reporters_of(act.session, it.order), which)
    by = act.process(MonitoringAct.END_REPORTER)
    reporter.end(act.session, it.found.case, by=by)
    visit.flash(f"{reporter.label} does not report to us any more")
    return it.back()


pages = [ask, name, end]
