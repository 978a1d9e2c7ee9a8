"""The log of parallel proceedings: what others do, and when we next ask how it stands."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.case import Read
from fitness.investigation.acts import InvestigationAct
from fitness.investigation.proceeding import (
    Proceeding,
    ProceedingKind,
    ProceedingState,
    proceedings_of,
)
from fitness.numbers import numbered
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import CASE_READERS, INVESTIGATORS, Opened
from fitness.web.investigation.opened import back, investigated, to_work_on, works
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.web.needs import Act, Acting, Form, Visit

PROCEEDINGS = f"{ONE}/proceedings"
GOES_ON = [(one, one) for one in ProceedingState if one is not ProceedingState.OVER]


class LogForm(forms.Form):
    kind = forms.Select(
        "Whose are they?",
        what="whose they are",
        choices=[(one, one) for one in ProceedingKind],
    )
    state = forms.Radios("How do they stand?", what="how they stand", choices=GOES_ON)
    opened_on = forms.Date(
        "When were they opened?",
        what="the day on which they were opened",
        hint="If it is known",
        optional=True,
        past=True,
    )
    contact = forms.LongText(
        "Whom do we ask?", what="whom we ask", longest=1000, hint="And their reference"
    )
    check_on = forms.Date(
        "When do we ask next?",
        what="the day on which we ask next",
        earliest=forms.days_after(1),
    )
    words = forms.LongText("What do we know?", what="what we know")


class HearForm(forms.Form):
    state = forms.Radios(
        "How do they stand?",
        what="how they stand",
        choices=[(one, one) for one in ProceedingState],
    )
    ended_on = forms.Date(
        "When did they end?",
        what="the day on which they ended",
        past=True,
        only_if=("state", ProceedingState.OVER),
    )
    check_on = forms.Date(
        "When do we ask next?",
        what="the day on which we ask next",
        hint="Unless they are over",
        earliest=forms.days_after(1),
        optional=True,
    )
    words = forms.LongText("What did we hear?", what="what we heard")

    def check(self, proceeding: Proceeding) -> None:
        self.validate()
        over = self.state.data == ProceedingState.OVER
        if over:
            self.check_on.data = None
        elif self.state.data and not self.check_on.data and not self.check_on.errors:
            self.add_error("check_on", "Enter the day on which we ask next")
        opened, ended = proceeding.opened_on, self.ended_on.data
        if over and opened and ended and ended < opened:
            self.add_error("ended_on", "They cannot have ended before they were opened")


@get(PROCEEDINGS, access=CASE_READERS)
async def every(act: Act, reference: FromPath[str]) -> Template:
    found = await investigated(act, reference, what=Read.PROCEEDINGS)
    return page(
        "fitness/investigation/proceedings.html",
        found=found,
        case=found.case,
        proceedings=await proceedings_of(act.session, found.case.id),
        works=works(found),
        today=day_of(act.now),
    )


@get(f"{PROCEEDINGS}/new", access=INVESTIGATORS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    found = await to_work_on(act, reference, what=Read.PROCEEDINGS)
    return _log_page(found, LogForm(today=day_of(act.now)))


def _log_page(found: Opened, form: LogForm) -> Template:
    return page(
        "fitness/investigation/log_proceeding.html",
        found=found,
        case=found.case,
        form=form,
    )


@post(f"{PROCEEDINGS}/new", access=INVESTIGATORS)
async def log(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.PROCEEDINGS, lock=True)
    answers = LogForm(form, today=day_of(act.now))
    if not answers.validate():
        return _log_page(found, answers)
    proceeding = await Proceeding.log(
        act.session,
        found.case,
        answers.words.data,
        kind=ProceedingKind(answers.kind.data),
        state=ProceedingState(answers.state.data),
        opened_on=answers.opened_on.data,
        contact=answers.contact.data,
        check_on=answers.check_on.data,
        by=act.process(InvestigationAct.LOG_PROCEEDING),
    )
    visit.flash(f"They are in the log as {proceeding.label}")
    return back(found, "proceedings")


@get(f"{PROCEEDINGS}/{{nth:int}}", access=INVESTIGATORS)
async def ask_how(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    found = await to_work_on(act, reference, what=Read.PROCEEDINGS)
    one = await _numbered(act, found, nth)
    form = HearForm(data={"state": one.state}, today=day_of(act.now))
    return _page(found, one, form)


def _page(found: Opened, one: Proceeding, form: HearForm) -> Template:
    return page(
        "fitness/investigation/proceeding.html",
        found=found,
        case=found.case,
        proceeding=one,
        form=form,
    )


@post(f"{PROCEEDINGS}/{{nth:int}}", access=INVESTIGATORS)
async def hear(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.PROCEEDINGS, lock=True)
    one = await _numbered(act, found, nth)
    answers = HearForm(form, today=day_of(act.now))
    answers.check(one)
    if answers.faults:
        return _page(found, one, answers)
    one.hear(
        act.session,
        found.case,
        answers.words.data,
        state=ProceedingState(answers.state.data),
        check_on=answers.check_on.data,
        ended_on=answers.ended_on.data,
        by=act.process(InvestigationAct.LOG_PROCEEDING),
    )
    visit.flash(f"What we heard of {one.label} is written down")
    return back(found, "proceedings")


async def _numbered(act: Acting, found: Opened, nth: int) -> Proceeding:
    return numbered(await proceedings_of(act.session, found.case.id), nth)


pages = [every, ask, log, ask_how, hear]
