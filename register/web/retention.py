"""What is erased next, what is kept longer and why, and what was erased."""

from datetime import timedelta

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.account import StaffRole
from register.assessment import application_for
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.retention import (
    KeptLonger,
    RetentionAct,
    due_by,
    erasures,
    keep_longer,
    kept_longer,
    let_go,
    over_soon,
)
from register.web.guards import roles
from register.web.needs import Act, Acting, Form, Session, Visit

READERS = roles(StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR, StaffRole.AUDITOR)
KEEPERS = roles(StaffRole.REGISTRAR)
AHEAD = timedelta(days=30)
"""What is shown before it goes."""
LONGEST = 3_660


class KeepForm(forms.Form):
    until_on = forms.Date(
        "Until which day shall it be kept?",
        what="the day until which it shall be kept",
        future=True,
        earliest=forms.days_after(1),
        latest=forms.days_after(LONGEST),
    )
    words = forms.LongText(
        "Why is it needed for longer?",
        what="why it is needed for longer",
        hint="For example a court case, a complaint or an inquiry. Only staff read this.",
        longest=2000,
    )


@get("/staff/retention", access=READERS)
async def overview(session: Session, act: Act) -> Template:
    today = day_of(act.now)
    return page(
        "register/retention/overview.html",
        due=await due_by(session, today + AHEAD, now=act.now),
        soon=await over_soon(session, act.now, within=AHEAD),
        today=today,
        kept=await kept_longer(session, act.now),
        erased=await erasures(session),
        days=AHEAD.days,
        keeps=act.viewer.has(*KEEPERS.roles),
    )


@get("/staff/retention/{reference:str}", access=KEEPERS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    return await _page(act, reference, KeepForm(today=day_of(act.now)))


async def _page(act: Acting, reference: str, form: KeepForm) -> Template:
    application = await application_for(act.session, act.account, reference)
    return page(
        "register/retention/keep.html",
        form=form,
        application=application,
        kept=await act.session.get(KeptLonger, application.id),
    )


@post("/staff/retention/{reference:str}", access=KEEPERS)
async def keep(
    act: Act, form: Form, visit: Visit, reference: FromPath[str]
) -> Redirect | Template:
    application = await application_for(act.session, act.account, reference)
    answers = KeepForm(form, today=day_of(act.now))
    if not answers.validate():
        return await _page(act, reference, answers)
    await keep_longer(
        act.session,
        application,
        until_on=answers.until_on.data,
        words=answers.words.data,
        by=act.process(RetentionAct.KEEP_LONGER),
    )
    visit.flash("It is kept until the end of that day")
    return Redirect("/staff/retention", status_code=303)


@post("/staff/retention/{reference:str}/release", access=KEEPERS)
async def release(act: Act, visit: Visit, reference: FromPath[str]) -> Redirect:
    application = await application_for(act.session, act.account, reference)
    await let_go(act.session, application, by=act.process(RetentionAct.LET_GO))
    visit.flash("It is kept as long as the rules say")
    return Redirect("/staff/retention", status_code=303)


pages = [overview, ask, keep, release]
