"""Check-ins of an order: set, written down where they came by post, judged, and their documents."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from fitness.case import Read
from fitness.monitoring import (
    CheckIn,
    Judged,
    MonitoringAct,
    NotByThen,
    NothingCame,
    Reporter,
    check_in_of,
    reporters_of,
)
from fitness.web.cases.opened import CASE_READERS, ORDER_WRITERS, attempting
from fitness.web.orders.every import ORDER, OpenedOrder, opened_order
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.files import download, receive
from register.kit.pages import page
from register.kit.security.input import FormData
from register.kit.security.limits import UPLOAD, UPLOAD_MEGABYTES
from register.kit.uploads import BODY_LIMIT, MEGABYTE, Problem
from register.web.needs import Act, Acting, Form, Limits, Visit

CHECK_INS = f"{ORDER}/check-ins"
CHECK_IN = f"{CHECK_INS}/{{which:int}}"
ANSWERS = f"{CHECK_IN}/answers"
FIELDS = ("words", *(f"came_on-{part}" for part in forms.Date.PARTS))
REGISTRANT = "registrant"


class CheckInForm(forms.Form):
    words = forms.LongText(
        "What is to be shown?",
        what="what is to be shown",
        hint="Whoever is to show it reads this.",
        longest=2000,
    )
    of = forms.Select("By whom?", what="by whom")
    due_on = forms.Date(
        "By when?",
        what="the day by which it is to be shown",
        earliest=forms.days_after(1),
    )


class AnswerForm(forms.Form):
    came_on = forms.Date(
        "When did it come?", what="the day on which it came", past=True
    )
    words = forms.LongText("What does it say?", what="what it says", longest=20_000)
    file = forms.Upload("A scan of it", accept=".pdf,.jpg,.jpeg,.png", optional=True)


class JudgeForm(forms.Form):
    judged = forms.Radios(
        "Is it enough?",
        what="whether it is enough",
        choices=[(one, one) for one in Judged],
    )
    words = forms.LongText(
        "Why?", what="why", hint="The registrant reads it.", longest=4000
    )


@get(f"{CHECK_INS}/new", access=ORDER_WRITERS)
async def ask(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    it = await opened_order(act, reference, nth)
    return _new_page(it, await _form(act, it))


async def _form(
    act: Acting, it: OpenedOrder, sent: FormData | None = None
) -> CheckInForm:
    form = CheckInForm(sent, today=day_of(act.now))
    form.of.choices = [
        (REGISTRANT, "The registrant"),
        *(
            (str(one.number), f"{one.label} {one.name}")
            for one in await reporters_of(act.session, it.order)
            if one.ended_at is None
        ),
    ]
    return form


def _new_page(it: OpenedOrder, form: CheckInForm) -> Template:
    return page(
        "fitness/orders/new_check_in.html",
        found=it.found,
        case=it.found.case,
        order=it.order,
        form=form,
    )


@post(f"{CHECK_INS}/new", access=ORDER_WRITERS)
async def set_one(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    it = await opened_order(act, reference, nth, lock=True)
    answers = await _form(act, it, form)
    if answers.validate():
        try:
            async with attempting(act):
                await CheckIn.set_one(
                    act.session,
                    it.found.case,
                    it.order,
                    answers.words.data,
                    of=await _reporter(act, it, answers.of.data),
                    due_on=answers.due_on.data,
                    by=act.process(MonitoringAct.SET_CHECK_IN),
                )
        except NotByThen as refused:
            answers.add_error("due_on", str(refused))
    if answers.faults:
        return _new_page(it, answers)
    visit.flash("The check-in is set")
    return it.back()


async def _reporter(act: Acting, it: OpenedOrder, chosen: str) -> Reporter | None:
    """None for the registrant themself."""
    reporters = await reporters_of(act.session, it.order)
    return next((one for one in reporters if str(one.number) == chosen), None)


@get(CHECK_IN, access=CASE_READERS)
async def one(
    act: Act, reference: FromPath[str], nth: FromPath[int], which: FromPath[int]
) -> Template:
    it = await opened_order(act, reference, nth)
    check_in = await check_in_of(act.session, it.order, which)
    return _page(act, it, check_in, JudgeForm())


def _page(act: Acting, it: OpenedOrder, check_in: CheckIn, form: JudgeForm) -> Template:
    return page(
        "fitness/orders/check_in.html",
        found=it.found,
        case=it.found.case,
        order=it.order,
        check_in=check_in,
        form=form,
        writes=act.viewer.has(*ORDER_WRITERS.roles),
        today=day_of(act.now),
    )


@post(CHECK_IN, access=ORDER_WRITERS)
async def judge(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    which: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    it = await opened_order(act, reference, nth, lock=True)
    check_in = await check_in_of(act.session, it.order, which)
    answers = JudgeForm(form)
    if answers.validate():
        try:
            async with attempting(act):
                check_in.judge(
                    act.session,
                    it.found.case,
                    Judged(answers.judged.data),
                    answers.words.data,
                    by=act.process(MonitoringAct.JUDGE),
                )
        except NothingCame as refused:
            answers.add_error("judged", str(refused))
    if answers.faults:
        return _page(act, it, check_in, answers)
    visit.flash(f"{check_in.label} is judged")
    if Judged(answers.judged.data).breaches:
        return Redirect(f"{it.address}/review", status_code=303)
    return it.back()


@get(f"{ANSWERS}/new", access=ORDER_WRITERS)
async def ask_what_came(
    act: Act, reference: FromPath[str], nth: FromPath[int], which: FromPath[int]
) -> Template:
    it = await opened_order(act, reference, nth)
    check_in = await check_in_of(act.session, it.order, which)
    return _answer_page(it, check_in, AnswerForm(today=day_of(act.now)))


def _answer_page(it: OpenedOrder, check_in: CheckIn, form: AnswerForm) -> Template:
    return page(
        "fitness/orders/answer.html",
        found=it.found,
        case=it.found.case,
        order=it.order,
        check_in=check_in,
        form=form,
    )


@post(f"{ANSWERS}/new", access=ORDER_WRITERS, body_limit=BODY_LIMIT)
async def record(
    request: Request[Any, Any, Any],
    act: Act,
    *,
    limits: Limits,
    reference: FromPath[str],
    nth: FromPath[int],
    which: FromPath[int],
    visit: Visit,
) -> Redirect | Template:
    it = await opened_order(act, reference, nth, lock=True)
    check_in = await check_in_of(act.session, it.order, which)
    await limits.hit(UPLOAD, str(act.account.id))
    sent = await receive(
        request, act.session, owner=it.found.case.id, now=act.now, fields=FIELDS
    )
    form = AnswerForm(sent.form, today=day_of(act.now))
    form.validate()
    if sent.problem and sent.problem is not Problem.NONE_CHOSEN:
        form.add_error("file", sent.problem)
    if form.faults:
        return _answer_page(it, check_in, form)
    if sent.file:
        cost = -(-sent.file.size // MEGABYTE)
        await limits.hit(UPLOAD_MEGABYTES, str(act.account.id), cost=cost)
    await check_in.answer(
        act.session,
        it.found.case,
        form.words.data,
        file=sent.file,
        came_on=form.came_on.data,
        by=act.process(MonitoringAct.ANSWER),
    )
    visit.flash("What came is written down")
    return Redirect(f"{it.address}/check-ins/{which}", status_code=303)


@get(f"{ANSWERS}/{{answer_id:uuid}}/file", access=CASE_READERS)
async def file(
    act: Act,
    reference: FromPath[str],
    nth: FromPath[int],
    which: FromPath[int],
    answer_id: FromPath[UUID],
) -> Stream:
    it = await opened_order(act, reference, nth, what=Read.CHECK_IN_FILE)
    for answer in (await check_in_of(act.session, it.order, which)).answers:
        if answer.id == answer_id and answer.file:
            return download(answer.file)
    raise NotFound


pages = [ask, set_one, one, judge, ask_what_came, record, file]
