"""A draft of the next version: its figures, the day on which it shall begin, and whom it would affect."""

from typing import Any

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.part import Part
from register.proposal import Proposal, waiting_on, why_returned
from register.rule_change import (
    DraftChanged,
    Drafted,
    RulesAct,
    affected,
    begin,
    changes,
    discard,
    draft_of,
)
from register.rule_set import Rules
from register.web.needs import Act, Acting, Form, Session, Visit
from register.web.rules.figures import FIGURES, FiguresForm, Versioned
from register.web.rules.parts import READERS, WRITERS, part_named


class BeginsForm(Versioned):
    begins_on = forms.Date(
        "When shall the rules begin?",
        what="the day on which the rules shall begin",
        earliest=forms.days_after(1),
    )


async def opened(act: Acting, part: str, *, lock: bool = False) -> Drafted:
    """The draft of the part; raises NotFound where there is none."""
    found = await draft_of(act.session, part_named(part), lock=lock)
    if found is None:
        raise NotFound
    return found


async def written(act: Acting, found: Drafted, form: Versioned, **what: Any) -> bool:
    """Write on the draft what a sound form says; tells the form where somebody else was first."""
    try:
        await found.draft.change(
            act.session, account=act.account, seen=form.version.data, **what
        )
    except DraftChanged as error:
        form.add_error("", str(error))
        form.version.raw_data = [str(found.draft.version)]
        return False
    return True


def back(part: Part, where: str = "") -> Redirect:
    return Redirect(f"/staff/rules/{part}/draft{where}", status_code=303)


@post("/{part:str}/draft", access=WRITERS)
async def start(session: Session, act: Act, part: FromPath[str]) -> Redirect:
    by = act.process(RulesAct.DRAFT)
    found = await begin(session, part_named(part), account=act.account, by=by)
    return back(found.draft.part)


@get("/{part:str}/draft", access=READERS)
async def draft(act: Act, part: FromPath[str]) -> Template:
    found = await opened(act, part)
    return await draft_page(act, found)


async def draft_page(
    act: Acting,
    found: Drafted,
    *,
    form: Versioned | None = None,
    proposal: Proposal | None = None,
) -> Template:
    """For those who write it; with the proposal, for those who decide."""
    draft, today = found.draft, day_of(act.now)
    return page(
        "register/rules/draft.html",
        part=draft.part,
        draft=draft,
        base=found.base,
        terms=draft.terms,
        figures=FIGURES,
        changed=changes(found.base.terms, draft.terms),
        affected=await affected(
            act.session, found.base, draft.terms, on=draft.begins_on or today
        ),
        waiting=await waiting_on(act.session, draft.about),
        returned=await why_returned(act.session, draft.about, since=draft.begun_at),
        writes=act.viewer.has(*WRITERS.roles),
        form=form,
        deciding=proposal is not None,
        why_not=proposal.why_not(act.account) if proposal else None,
    )


@get("/{part:str}/draft/figures", access=WRITERS)
async def figures(act: Act, part: FromPath[str]) -> Template:
    found = await opened(act, part)
    await found.draft.must_be_open(act.session)
    known = msgspec.structs.asdict(found.draft.terms.rules)
    return _figures_page(
        found, FiguresForm(data=known | {"version": found.draft.version})
    )


@post("/{part:str}/draft/figures", access=WRITERS)
async def keep_figures(
    act: Act, form: Form, part: FromPath[str]
) -> Redirect | Template:
    found = await opened(act, part, lock=True)
    answers = FiguresForm(form)
    if not answers.validate():
        return _figures_page(found, answers)
    said = {name: answers[name].data for name in FIGURES}
    terms = msgspec.structs.replace(
        found.draft.terms, rules=msgspec.convert(said, Rules)
    )
    if not await written(act, found, answers, terms=terms):
        return _figures_page(found, answers)
    return back(found.draft.part)


def _figures_page(found: Drafted, form: FiguresForm) -> Template:
    return page(
        "register/rules/figures.html",
        part=found.draft.part,
        form=form,
        figures=FIGURES,
    )


@get("/{part:str}/draft/start", access=WRITERS)
async def beginning(act: Act, part: FromPath[str]) -> Template:
    found = await opened(act, part)
    await found.draft.must_be_open(act.session)
    known = {"begins_on": found.draft.begins_on, "version": found.draft.version}
    return _beginning_page(found, BeginsForm(data=known, today=day_of(act.now)))


@post("/{part:str}/draft/start", access=WRITERS)
async def keep_beginning(
    act: Act, form: Form, part: FromPath[str]
) -> Redirect | Template:
    found = await opened(act, part, lock=True)
    answers = BeginsForm(form, today=day_of(act.now))
    if not answers.validate():
        return _beginning_page(found, answers)
    if answers.begins_on.data <= found.base.begins:
        answers.add_error(
            "begins_on",
            "The day on which the rules shall begin must be after the newest version begins",
        )
        return _beginning_page(found, answers)
    if not await written(act, found, answers, begins_on=answers.begins_on.data):
        return _beginning_page(found, answers)
    return back(found.draft.part)


def _beginning_page(found: Drafted, form: BeginsForm) -> Template:
    return page("register/rules/beginning.html", part=found.draft.part, form=form)


@post("/{part:str}/draft/removal", access=WRITERS)
async def throw_away(
    session: Session, act: Act, visit: Visit, part: FromPath[str]
) -> Redirect:
    found = await opened(act, part, lock=True)
    await discard(session, found.draft, by=act.process(RulesAct.DISCARD))
    visit.flash("The draft is deleted")
    return Redirect(f"/staff/rules/{found.draft.part}", status_code=303)


pages = [
    start,
    draft,
    figures,
    keep_figures,
    beginning,
    keep_beginning,
    throw_away,
]
