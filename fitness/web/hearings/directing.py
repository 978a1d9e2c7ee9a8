"""Directions before a hearing: given, and met."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from fitness.hearing.acts import HearingAct
from fitness.hearing.direction import Directed, Direction, directions_of
from fitness.hearing.notice import NotToldOfTheCase
from fitness.investigation.drawn import Drawn
from fitness.numbers import numbered
from fitness.web.cases.opened import HEARINGS_OFFICERS
from fitness.web.hearings.opened import HEARING, OpenedHearing, opened_hearing
from fitness.web.notices.preview import (
    preview_page,
    printed,
    wants_change,
    was_seen,
)
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.kit.security.limits import PDF
from register.notice import CannotBeServed
from register.web.needs import Act, Acting, Form, Visit

DIRECTIONS = f"{HEARING}/directions"
NO_ADDRESS = "There is no address to which the direction can be sent. Ask a caseworker to record one on the page of the person"


class DirectForm(forms.Form):
    words = forms.LongText(
        "What is to be done?",
        what="what is to be done",
        hint="The registrant and the panel read it. What the registrant is to do is served on them: you see it first.",
        longest=4000,
    )
    directed = forms.Radios(
        "Who is to do it?",
        what="who is to do it",
        choices=[(one, one) for one in Directed],
    )
    due_on = forms.Date("By when?", what="the last day", future=True)


@get(f"{DIRECTIONS}/new", access=HEARINGS_OFFICERS)
async def ask(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    it = await opened_hearing(act, reference, nth)
    it.hearing.must_be_open()
    return _page(it, DirectForm(today=day_of(act.now)))


def _page(it: OpenedHearing, form: DirectForm) -> Template:
    return page(
        "fitness/hearings/direct.html",
        found=it.found,
        case=it.case,
        hearing=it.hearing,
        form=form,
    )


@post(f"{DIRECTIONS}/new", access=HEARINGS_OFFICERS)
async def give(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    it = await opened_hearing(act, reference, nth, lock=True)
    answers = DirectForm(form, today=day_of(act.now))
    if not answers.validate():
        return _page(it, answers)
    drawn = await _drawn(act, it, answers)
    if answers.faults or wants_change(form):
        return _page(it, answers)
    if drawn and not was_seen(drawn, form):
        return preview_page(it.found, drawn, form, to=f"{it.address}/directions/new")
    await Direction.give(
        act.session,
        it.case,
        it.hearing,
        answers.words.data,
        directed=Directed(answers.directed.data),
        due_on=answers.due_on.data,
        by=act.process(HearingAct.DIRECT),
    )
    visit.flash("The direction is given")
    return it.back()


async def _drawn(act: Acting, it: OpenedHearing, answers: DirectForm) -> Drawn | None:
    """None where there is nothing to serve, or the form says what is wrong."""
    try:
        return await Direction.draw(
            act.session,
            it.case,
            it.hearing,
            answers.words.data,
            directed=Directed(answers.directed.data),
            due_on=answers.due_on.data,
            now=act.now,
        )
    except CannotBeServed:
        answers.add_error("directed", NO_ADDRESS)
    except NotToldOfTheCase as refused:
        answers.add_error("directed", str(refused))
    return None


@post(f"{DIRECTIONS}/new/preview.pdf", access=HEARINGS_OFFICERS, limit=PDF)
async def paper(
    act: Act, *, reference: FromPath[str], nth: FromPath[int], form: Form
) -> Response[bytes] | Template:
    it = await opened_hearing(act, reference, nth)
    answers = DirectForm(form, today=day_of(act.now))
    drawn = await _drawn(act, it, answers) if answers.validate() else None
    if drawn is None:
        return _page(it, answers)
    return await printed(drawn.reading, now=act.now, name="preview")


@post(f"{DIRECTIONS}/{{which:int}}/met", access=HEARINGS_OFFICERS)
async def meet(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    which: FromPath[int],
    visit: Visit,
) -> Redirect:
    it = await opened_hearing(act, reference, nth, lock=True)
    direction = numbered(await directions_of(act.session, it.hearing), which)
    direction.meet(act.session, it.case, it.hearing, by=act.process(HearingAct.DIRECT))
    visit.flash(f"Direction {which} is met")
    return it.back()


pages = [ask, give, paper, meet]
