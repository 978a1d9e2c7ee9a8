"""Putting an application on hold, and releasing it."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.assessment import (
    AssessmentAct,
    HoldReason,
    hold,
    hold_on,
    holds_of,
    must_answer_for,
    release,
)
from register.kit import forms
from register.web.applications.record import (
    Opened,
    application_page,
    open_application,
)
from register.web.casework import OFFICERS
from register.web.needs import Act, Form, Session, Visit


class HoldForm(forms.Form):
    because = forms.Radios(
        "What do we wait for?",
        what="what we wait for",
        choices=[(reason, reason) for reason in HoldReason],
    )
    words = forms.LongText(
        "What we know of it",
        what="what we know of it",
        hint="Only staff read this.",
        longest=2000,
    )


class ReleaseForm(forms.Form):
    words = forms.LongText(
        "What came of it",
        what="what came of it",
        hint="Only staff read this.",
        longest=2000,
    )


@get("/{reference:str}/hold", access=OFFICERS)
async def ask(session: Session, act: Act, reference: FromPath[str]) -> Template:
    opened = await open_application(session, act, reference)
    must_answer_for(opened.application, act.account)
    return await hold_page(session, opened, HoldForm(), ReleaseForm())


@post("/{reference:str}/hold", access=OFFICERS)
async def put_on_hold(
    session: Session, act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    opened = await open_application(session, act, reference)
    must_answer_for(opened.application, act.account)
    answers = HoldForm(form)
    if not answers.validate():
        return await hold_page(session, opened, answers, ReleaseForm())
    await hold(
        session,
        opened.application,
        because=HoldReason(answers.because.data),
        words=answers.words.data,
        officer=act.account,
        by=act.process(AssessmentAct.HOLD),
    )
    visit.flash(f"Application {reference} is on hold")
    return Redirect(f"/staff/applications/{reference}", status_code=303)


@post("/{reference:str}/hold/release", access=OFFICERS)
async def let_go(
    session: Session, act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    opened = await open_application(session, act, reference)
    must_answer_for(opened.application, act.account)
    answers = ReleaseForm(form)
    if not answers.validate():
        return await hold_page(session, opened, HoldForm(), answers)
    await release(
        session,
        opened.application,
        words=answers.words.data,
        officer=act.account,
        by=act.process(AssessmentAct.RELEASE),
    )
    visit.flash(f"Application {reference} is no longer on hold")
    return Redirect(f"/staff/applications/{reference}", status_code=303)


async def hold_page(
    session: Session, opened: Opened, form: HoldForm, releasing: ReleaseForm
) -> Template:
    standing = await hold_on(session, opened.application)
    return application_page(
        "hold",
        opened,
        form=releasing if standing else form,
        standing=standing,
        holds=await holds_of(session, opened.application),
    )


pages = [ask, put_on_hold, let_go]
