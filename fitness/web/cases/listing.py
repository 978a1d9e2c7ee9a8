"""The cases of which a member of staff may know, and opening one of our own motion."""

from typing import Any

from litestar import Request, get, post
from litestar.response import Redirect, Template
from sqlalchemy import select

from fitness.case import Case, CaseAct, Stage, cases, open_about
from fitness.web.cases.opened import (
    CASE_READERS,
    INVESTIGATORS,
    READERS_OF_READING,
    enter,
)
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.person import Person, read_number, survivor
from register.web.needs import Act, Acting, Form, Visit
from register.web.paging import after_of

AT = "/staff/cases"
NOBODY = "No person in the register has this number. Check it, then enter it again"


class OpenForm(forms.Form):
    number = forms.Text(
        "Registration number",
        what="the registration number",
        hint="Of the person whom it is about, like CH-0000123-J",
        longest=40,
    )
    words = forms.LongText(
        "What has come to our knowledge?",
        what="what has come to our knowledge",
        hint="From where, and when. Do not name a child.",
        longest=10_000,
    )


class AgainForm(OpenForm):
    """Where a case about the person is open already."""

    again = forms.Confirm(
        "It is another matter, and needs a case of its own",
        missing="Go on with the case that is open, or confirm that this one is about another matter",
    )


@get(AT, access=CASE_READERS)
async def queue(request: Request[Any, Any, Any], act: Act) -> Template:
    await enter(act)
    asked = request.query_params
    stage = next((one for one in Stage if one == asked.get("stage")), None)
    theirs = asked.get("show") == "yours"
    after = after_of(request)
    found = await cases(
        act.session, act.account, stage=stage, theirs=theirs, after=after
    )
    query = "&".join(
        [*([f"stage={stage}"] if stage else []), *(["show=yours"] if theirs else [])]
    )
    here = f"{AT}?{query}" if query else AT
    joint = "&" if query else "?"
    return page(
        "fitness/cases/list.html",
        found=found,
        today=day_of(act.now),
        stage=stage,
        theirs=theirs,
        stages=list(Stage),
        counts=act.viewer.has(*READERS_OF_READING.roles),
        opens=act.viewer.has(*INVESTIGATORS.roles),
        first=here if after else "",
        onward=f"{here}{joint}after={found.next}" if found.next else "",
    )


@get(f"{AT}/open", access=INVESTIGATORS)
async def ask() -> Template:
    return page("fitness/cases/open.html", form=OpenForm(), others=[])


@post(f"{AT}/open", access=INVESTIGATORS)
async def open_one(act: Act, form: Form, visit: Visit) -> Redirect | Template:
    answers = OpenForm(form)
    sound = answers.validate()
    person = await _numbered(act, answers.number.data) if sound else None
    if person is None:
        if sound:
            answers.add_error("number", NOBODY)
        return page("fitness/cases/open.html", form=answers, others=[])
    await enter(act)
    others = await open_about(act.session, person.id, act.account)
    if others and not (answers := AgainForm(form)).validate():
        return page("fitness/cases/open.html", form=answers, others=others)
    by = act.process(CaseAct.OPEN)
    case = await Case.open(act.session, person, taker=act.account, by=by)
    case.note(act.session, answers.words.data, by=by)
    visit.flash(f"You have opened case {case.reference}")
    return Redirect(f"{AT}/{case.reference}", status_code=303)


async def _numbered(act: Acting, number: str) -> Person | None:
    """Whoever has that number, or has become who had it."""
    found = await act.session.scalar(
        select(Person).where(Person.number == (read_number(number) or ""))
    )
    if found is None:
        return None
    # Locked: of two clicks the second finds the case that the first has opened.
    return await act.session.get(
        Person, await survivor(act.session, found.id), with_for_update=True
    )


pages = [queue, ask, open_one]
