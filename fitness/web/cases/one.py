"""One case: what it is, what is next in it, its notes and its history."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.case import (
    Case,
    CaseAct,
    CaseEventKind,
    Read,
    Stage,
    concerns_of,
    history,
    members,
    reads_of,
    risks_of,
)
from fitness.triage import decisions_in
from fitness.web.cases.listing import AT
from fitness.web.cases.opened import (
    CASE_READERS,
    CASE_WRITERS,
    READERS_OF_READING,
    Opened,
    opened,
)
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.web.needs import Act, Acting, Form, Visit
from register.web.paging import before_of

ONE = f"{AT}/{{reference:str}}"
PAGE = 50


class NoteForm(forms.Form):
    words = forms.LongText(
        "A note",
        what="the note",
        hint="Whoever may know of the case reads it. Do not name a child.",
        longest=10_000,
    )


@get(ONE, access=CASE_READERS)
async def one(act: Act, reference: FromPath[str]) -> Template:
    return await _page(act, await opened(act, reference), NoteForm())


@post(f"{ONE}/notes", access=CASE_WRITERS)
async def note(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await opened(act, reference, lock=True)
    answers = NoteForm(form)
    if not answers.validate():
        return await _page(act, found, answers)
    found.case.note(act.session, answers.words.data, by=act.process(CaseAct.NOTE))
    visit.flash("Your note is in the case")
    return Redirect(f"{AT}/{reference}", status_code=303)


async def _page(act: Acting, found: Opened, form: NoteForm) -> Template:
    case = found.case
    notes = await history(act.session, case.id, kinds=(CaseEventKind.NOTED,))
    risks = await risks_of(act.session, case.id)
    return page(
        "fitness/cases/one.html",
        found=found,
        case=case,
        form=form,
        now=act.now,
        rungs=case.rungs(day_of(act.now)),
        joined_to=await _joined_to(act, case),
        risk=risks[0] if risks else None,
        concerns=await concerns_of(act.session, case),
        working=await members(act.session, case.id),
        triaged=next(iter(await decisions_in(act.session, case.id)), None),
        notes=notes,
        writes=act.viewer.has(*CASE_WRITERS.roles),
        overdue=case.stage is Stage.TRIAGE and day_of(act.now) > case.triage_due,
        told_late=bool(case.tell_by and day_of(act.now) > case.tell_by),
    )


async def _joined_to(act: Acting, case: Case) -> Case | None:
    """None too where the reader may not know of it."""
    return await act.session.get(Case, case.joined_to) if case.joined_to else None


@get(f"{ONE}/history", access=CASE_READERS)
async def past(
    request: Request[Any, Any, Any], act: Act, reference: FromPath[str]
) -> Template:
    before = before_of(request)
    found = await opened(act, reference, what=Read.HISTORY)
    lines = await history(act.session, found.case.id, before=before, limit=PAGE + 1)
    here = f"{AT}/{reference}/history"
    return page(
        "fitness/cases/history.html",
        found=found,
        case=found.case,
        lines=lines[:PAGE],
        names=await _names(act, found.case),
        first=here if before else "",
        onward=f"{here}?before={lines[PAGE - 1].event.id}" if lines[PAGE:] else "",
        reads_reading=act.viewer.has(*READERS_OF_READING.roles),
    )


async def _names(act: Acting, case: Case) -> dict[str, str]:
    """Of everybody who works on it or has."""
    found = await members(act.session, case.id, ever=True)
    return {str(one.account_id): one.account.name for one in found}


@get(f"{ONE}/reading", access=READERS_OF_READING)
async def reading(
    request: Request[Any, Any, Any], act: Act, reference: FromPath[str]
) -> Template:
    before = before_of(request)
    found = await opened(act, reference)
    reads = await reads_of(act.session, found.case.id, before=before, limit=PAGE + 1)
    here = f"{AT}/{reference}/reading"
    return page(
        "fitness/cases/reading.html",
        found=found,
        case=found.case,
        reads=reads[:PAGE],
        first=here if before else "",
        onward=f"{here}?before={reads[PAGE - 1].id}" if reads[PAGE:] else "",
    )


pages = [one, note, past, reading]
