"""Requests for information: asked, reminded, answered, run out, replaced."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.case import Read
from fitness.investigation.acts import InvestigationAct
from fitness.investigation.evidence import Source
from fitness.investigation.information import (
    InformationRequest,
    StillTime,
    request_in,
    requests_of,
)
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import CASE_READERS, INVESTIGATORS, Opened, attempting
from fitness.web.investigation.opened import back, investigated, to_work_on, works
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.request import Outcome
from register.web.needs import Act, Acting, Form, Visit

REQUESTS = f"{ONE}/requests"
REMINDED = "reminded"
BECAME = (
    REMINDED,
    Outcome.RECEIVED,
    Outcome.DECLINED,
    Outcome.EXPIRED,
    Outcome.WAIVED,
)
SOURCES = [(one, one) for one in Source if one is not Source.OURSELVES]


class AskForm(forms.Form):
    asked_of = forms.Select("Of whom?", what="of whom it is asked", choices=SOURCES)
    to = forms.Text(
        "Who there?", what="who it is asked of", hint="And how they are reached"
    )
    words = forms.LongText("What for?", what="what is asked for")
    due_on = forms.Date(
        "Until when?",
        what="the last day to answer",
        earliest=forms.days_after(1),
    )


class BecameForm(forms.Form):
    how = forms.Radios(
        "What became of it?",
        what="what became of it",
        choices=[(one, one) for one in BECAME],
    )


@get(REQUESTS, access=CASE_READERS)
async def every(act: Act, reference: FromPath[str]) -> Template:
    found = await investigated(act, reference, what=Read.REQUESTS)
    return page(
        "fitness/investigation/requests.html",
        found=found,
        case=found.case,
        requests=await requests_of(act.session, found.case.id),
        works=works(found),
        now=act.now,
    )


@get(f"{REQUESTS}/new", access=INVESTIGATORS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    found = await to_work_on(act, reference, what=Read.REQUESTS)
    return _ask_page(found, AskForm(today=day_of(act.now)))


@get(f"{REQUESTS}/{{nth:int}}/replacement", access=INVESTIGATORS)
async def ask_again(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    found = await to_work_on(act, reference, what=Read.REQUESTS)
    one = await request_in(act.session, found.case.id, nth)
    said = {
        "asked_of": one.asked_of,
        "to": one.to.words if one.to else "",
        "words": one.text.words if one.text else "",
    }
    return _ask_page(found, AskForm(data=said, today=day_of(act.now)), one)


def _ask_page(
    found: Opened, form: AskForm, replaces: InformationRequest | None = None
) -> Template:
    return page(
        "fitness/investigation/ask.html",
        found=found,
        case=found.case,
        form=form,
        replaces=replaces,
    )


@post(f"{REQUESTS}/new", access=INVESTIGATORS)
async def send(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.REQUESTS, lock=True)
    answers = AskForm(form, today=day_of(act.now))
    if not answers.validate():
        return _ask_page(found, answers)
    request = await _asked(act, found, answers)
    visit.flash(f"The request is {request.label} in this case")
    return back(found, "requests")


@post(f"{REQUESTS}/{{nth:int}}/replacement", access=INVESTIGATORS)
async def replace(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.REQUESTS, lock=True)
    one = await request_in(act.session, found.case.id, nth, lock=True)
    answers = AskForm(form, today=day_of(act.now))
    if not answers.validate():
        return _ask_page(found, answers, one)
    request = await _asked(act, found, answers, one)
    visit.flash(f"{one.label} is replaced by {request.label}")
    return back(found, "requests")


async def _asked(
    act: Acting,
    found: Opened,
    answers: AskForm,
    replaces: InformationRequest | None = None,
) -> InformationRequest:
    return await InformationRequest.ask(
        act.session,
        found.case,
        answers.words.data,
        asked_of=Source(answers.asked_of.data),
        to=answers.to.data,
        due_on=answers.due_on.data,
        replaces=replaces,
        by=act.process(InvestigationAct.ASK),
    )


@get(f"{REQUESTS}/{{nth:int}}", access=INVESTIGATORS)
async def ask_what(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    found = await to_work_on(act, reference, what=Read.REQUESTS)
    one = await request_in(act.session, found.case.id, nth)
    return _page(act, found, one, BecameForm())


def _page(
    act: Acting, found: Opened, one: InformationRequest, form: BecameForm
) -> Template:
    return page(
        "fitness/investigation/request.html",
        found=found,
        case=found.case,
        asked=one,
        form=form,
        now=act.now,
    )


@post(f"{REQUESTS}/{{nth:int}}", access=INVESTIGATORS)
async def became(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.REQUESTS, lock=True)
    one = await request_in(act.session, found.case.id, nth, lock=True)
    answers = BecameForm(form)
    if answers.validate():
        try:
            async with attempting(act):
                _write_down(act, found, one, answers.how.data)
        except StillTime as refused:
            answers.add_error("how", str(refused))
    if answers.faults:
        return _page(act, found, one, answers)
    visit.flash(f"What became of {one.label} is written down")
    return back(found, "requests")


def _write_down(act: Acting, found: Opened, one: InformationRequest, how: str) -> None:
    by = act.process(InvestigationAct.ASK)
    if how == REMINDED:
        one.remind(act.session, found.case, by=by)
    else:
        one.end(act.session, found.case, Outcome(how), by=by)


pages = [every, ask, send, ask_again, replace, ask_what, became]
