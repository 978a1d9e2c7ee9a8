"""Holding an investigation, looking at the hold again, and ending it."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.case import Read
from fitness.investigation.acts import InvestigationAct
from fitness.investigation.hold import (
    HeldFor,
    InvestigationHold,
    NotHeld,
    hold_of,
    holds_of,
)
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import CASE_READERS, INVESTIGATORS, Opened
from fitness.web.investigation.opened import back, investigated, to_work_on, works
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.web.needs import Act, Acting, Form, Visit

HOLD = f"{ONE}/hold"
GO_ON, END = "go_on", "end"


class HoldForm(forms.Form):
    because = forms.Radios(
        "What do you wait for?",
        what="what you wait for",
        choices=[(one, one) for one in HeldFor],
    )
    told = forms.YesNo(
        "May the registrant know of it?",
        what="the registrant may know of it",
        hint="Not where it would warn them of what the police are about to do.",
    )
    review_on = forms.Date(
        "When do you look at it again?",
        what="the day on which you look at it again",
        earliest=forms.days_after(1),
    )
    words = forms.LongText(
        "Why?", what="why", hint="Whoever may know of the case reads it."
    )


class ReviewForm(forms.Form):
    how = forms.Radios(
        "What becomes of the hold?",
        what="what becomes of the hold",
        choices=[(GO_ON, GO_ON), (END, END)],
    )
    review_on = forms.Date(
        "When do you look at it again?",
        what="the day on which you look at it again",
        earliest=forms.days_after(1),
        only_if=("how", GO_ON),
    )
    words = forms.LongText("Why?", what="why")


@get(HOLD, access=CASE_READERS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    return await _page(act, await investigated(act, reference, what=Read.PLAN))


async def _page(
    act: Acting, found: Opened, form: HoldForm | ReviewForm | None = None
) -> Template:
    holds = await holds_of(act.session, found.case.id)
    held = next((one for one in holds if one.until_on is None), None)
    today = day_of(act.now)
    return page(
        "fitness/investigation/hold.html",
        found=found,
        case=found.case,
        holds=holds,
        held=held,
        form=form or (ReviewForm(today=today) if held else HoldForm(today=today)),
        works=works(found),
    )


@post(HOLD, access=INVESTIGATORS)
async def begin(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.PLAN, lock=True)
    answers = HoldForm(form, today=day_of(act.now))
    if not answers.validate():
        return await _page(act, found, answers)
    await InvestigationHold.begin(
        act.session,
        found.case,
        HeldFor(answers.because.data),
        words=answers.words.data,
        told=answers.told.data,
        review_on=answers.review_on.data,
        by=act.process(InvestigationAct.HOLD),
    )
    visit.flash("The investigation is on hold")
    return back(found, "plan")


@post(f"{HOLD}/review", access=INVESTIGATORS)
async def review(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.PLAN, lock=True)
    hold = await hold_of(act.session, found.case.id, lock=True)
    if hold is None:
        raise NotHeld
    answers = ReviewForm(form, today=day_of(act.now))
    if not answers.validate():
        return await _page(act, found, answers)
    by, words = act.process(InvestigationAct.HOLD), answers.words.data
    if answers.how.data == END:
        hold.end(act.session, found.case, words, by=by)
        visit.flash("The investigation goes on")
    else:
        day = answers.review_on.data
        hold.review(act.session, found.case, words, review_on=day, by=by)
        visit.flash("The hold goes on")
    return back(found, "plan")


pages = [ask, begin, review]
