"""A hearing adjourned to another day, or not held at all."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.hearing.acts import HearingAct
from fitness.hearing.hearing import PastDay
from fitness.hearing.sitting import Blocked, adjourn, vacate
from fitness.web.cases.opened import HEARINGS_OFFICERS, attempting
from fitness.web.hearings.opened import HEARING, OpenedHearing, opened_hearing
from fitness.web.hearings.when import WhenForm
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.web.needs import Act, Form, Visit

ADJOURNMENT, VACATING = f"{HEARING}/adjournment", f"{HEARING}/vacating"
SITS_ELSEWHERE = "Somebody on the panel sits elsewhere on one of those days. Choose other days, or release them first"


class AdjournForm(WhenForm):
    words = forms.LongText("Why?", what="why", hint="Staff read it.", longest=2000)


class VacateForm(forms.Form):
    words = forms.LongText(
        "Why will it not be held?",
        what="why it will not be held",
        hint="Staff read it. What was applied for must be applied for again.",
        longest=2000,
    )


@get(ADJOURNMENT, access=HEARINGS_OFFICERS)
async def ask(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    it = await opened_hearing(act, reference, nth)
    it.hearing.must_be_open()
    return _page(it, AdjournForm(today=day_of(act.now)))


def _page(it: OpenedHearing, form: AdjournForm) -> Template:
    return page(
        "fitness/hearings/adjourn.html",
        found=it.found,
        case=it.case,
        hearing=it.hearing,
        form=form,
    )


@post(ADJOURNMENT, access=HEARINGS_OFFICERS)
async def move(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    it = await opened_hearing(act, reference, nth, lock=True)
    it.hearing.must_be_open()
    answers = AdjournForm(form, today=day_of(act.now))
    if answers.validate():
        try:
            async with attempting(act):
                await adjourn(
                    act.session,
                    it.case,
                    it.hearing,
                    answers.words.data,
                    starts_at=answers.starts_at,
                    last_on=answers.last.data or answers.day.data,
                    by=act.process(HearingAct.ADJOURN),
                )
        except PastDay as refused:
            answers.add_error("day", str(refused))
        except Blocked:
            answers.add_error("day", SITS_ELSEWHERE)
    if answers.faults:
        return _page(it, answers)
    visit.flash("The hearing is adjourned")
    return it.back()


@get(VACATING, access=HEARINGS_OFFICERS)
async def ask_vacate(
    act: Act, reference: FromPath[str], nth: FromPath[int]
) -> Template:
    it = await opened_hearing(act, reference, nth)
    it.hearing.must_be_open()
    return _vacate_page(it, VacateForm())


def _vacate_page(it: OpenedHearing, form: VacateForm) -> Template:
    return page(
        "fitness/hearings/vacate.html",
        found=it.found,
        case=it.case,
        hearing=it.hearing,
        form=form,
    )


@post(VACATING, access=HEARINGS_OFFICERS)
async def drop(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    it = await opened_hearing(act, reference, nth, lock=True)
    answers = VacateForm(form)
    if not answers.validate():
        return _vacate_page(it, answers)
    await vacate(
        act.session,
        it.case,
        it.hearing,
        answers.words.data,
        by=act.process(HearingAct.VACATE),
    )
    visit.flash("The hearing will not be held")
    return it.back()


pages = [ask, move, ask_vacate, drop]
