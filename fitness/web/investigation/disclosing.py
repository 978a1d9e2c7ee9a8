"""Disclosure: what is chosen, served, served again, and given more time for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from fitness.case import Read, Stage
from fitness.investigation.acts import InvestigationAct
from fitness.investigation.allegation import Allegation, allegations_of, standards_for
from fitness.investigation.disclosure import (
    Disclosure,
    NoMoreTime,
    NotReadableYet,
    disclosure_in,
)
from fitness.investigation.drawn import Drawn
from fitness.investigation.evidence import CaseEvidence, Level, evidence_of
from fitness.web.cases.listing import AT
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import (
    CASE_READERS,
    CASE_WRITERS,
    INVESTIGATORS,
    NotTheirWork,
    Opened,
    attempting,
)
from fitness.web.investigation.opened import back, investigated, to_work_on, works
from fitness.web.notices.preview import (
    preview_page,
    printed,
    wants_change,
    was_seen,
)
from fitness.web.notices.way import POST, how_sent
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.kit.security.input import FormData
from register.kit.security.limits import PDF
from register.web.needs import Act, Acting, Form, Visit

NEW = f"{ONE}/disclosure/new"
DISCLOSURE = f"{ONE}/disclosure/{{nth:int}}"


class DiscloseForm(forms.Form):
    allegations = forms.Checkboxes("Allegations", what="at least one allegation")
    evidence = forms.Checkboxes("Evidence", what="the evidence", optional=True)
    way = how_sent()


class TimeForm(forms.Form):
    until = forms.Date(
        "Until when?", what="the new last day", earliest=forms.days_after(1)
    )
    words = forms.LongText("Why?", what="why")


@get(NEW, access=INVESTIGATORS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    found = await to_work_on(act, reference, what=Read.DISCLOSURE)
    form, *_ = await _form(act, found)
    return _form_page(found, form)


async def _form(
    act: Acting, found: Opened, sent: FormData | None = None
) -> tuple[DiscloseForm, Sequence[Allegation], Sequence[CaseEvidence]]:
    """What may be chosen: allegations that stand, and evidence that is open to the registrant."""
    allegations = [
        one
        for one in await allegations_of(act.session, found.case.id)
        if one.withdrawn_at is None
    ]
    evidence = [
        one
        for one in await evidence_of(act.session, found.case.id)
        if one.level is Level.OPEN
    ]
    form = DiscloseForm(sent)
    form.allegations.choices = [
        (str(one.number), f"{one.number}. {_first_words(one)}") for one in allegations
    ]
    form.evidence.choices = [
        (one.label, f"{one.label} {one.text.words if one.text else ''}")
        for one in evidence
    ]
    return form, allegations, evidence


def _first_words(allegation: Allegation) -> str:
    first, *_ = allegation.current.particulars
    return first.text.words if first.text else ""


def _form_page(found: Opened, form: DiscloseForm) -> Template:
    return page(
        "fitness/investigation/disclose.html",
        found=found,
        case=found.case,
        form=form,
    )


@dataclass(frozen=True)
class Chosen:
    """What the form says, and the notice with which it would be served; without one the form says what is wrong."""

    form: DiscloseForm
    allegations: Sequence[Allegation] = ()
    evidence: Sequence[CaseEvidence] = ()
    drawn: Drawn | None = None

    @classmethod
    async def of(cls, act: Acting, found: Opened, sent: FormData) -> Self:
        form, allegations, evidence = await _form(act, found, sent)
        if not form.validate():
            return cls(form)
        alleged = [a for a in allegations if str(a.number) in form.allegations.data]
        shown = [e for e in evidence if e.label in (form.evidence.data or ())]
        try:
            drawn = await Disclosure.draw(
                act.session,
                found.case,
                alleged,
                shown,
                by_post=form.way.data == POST,
                now=act.now,
            )
        except NotReadableYet as refused:
            form.add_error("evidence", str(refused))
            return cls(form)
        return cls(form, alleged, shown, drawn)


@post(NEW, access=INVESTIGATORS)
async def disclose(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    """What the registrant would read comes first; sent again from that page, it is served."""
    found = await to_work_on(act, reference, what=Read.DISCLOSURE, lock=True)
    chosen = await Chosen.of(act, found, form)
    if chosen.drawn is None or wants_change(form):
        return _form_page(found, chosen.form)
    if not was_seen(chosen.drawn, form):
        to = f"{AT}/{reference}/disclosure/new"
        return preview_page(found, chosen.drawn, form, to=to)
    await Disclosure.disclose(
        act.session,
        found.case,
        chosen.allegations,
        chosen.evidence,
        by_post=chosen.form.way.data == POST,
        by=act.process(InvestigationAct.DISCLOSE),
    )
    visit.flash("It is disclosed, and the registrant is being told")
    return back(found, "disclosure")


@post(f"{NEW}/preview.pdf", access=INVESTIGATORS, limit=PDF)
async def paper(
    act: Act, *, reference: FromPath[str], form: Form
) -> Response[bytes] | Template:
    found = await to_work_on(act, reference, what=Read.DISCLOSURE)
    chosen = await Chosen.of(act, found, form)
    if chosen.drawn is None:
        return _form_page(found, chosen.form)
    return await printed(chosen.drawn.reading, now=act.now, name="preview")


@get(DISCLOSURE, access=CASE_READERS)
async def one(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    found = await investigated(act, reference, what=Read.DISCLOSURE)
    disclosure = await disclosure_in(act.session, found.case.id, nth)
    return await _page(act, found, disclosure, TimeForm(today=day_of(act.now)))


async def _page(
    act: Acting, found: Opened, disclosure: Disclosure, form: TimeForm
) -> Template:
    open_now = found.case.stage is Stage.INVESTIGATION
    return page(
        "fitness/investigation/disclosure.html",
        found=found,
        case=found.case,
        disclosure=disclosure,
        standards={
            one.code: one.title for one in await standards_for(act.session, found.case)
        },
        form=form,
        works=works(found),
        gives_time=open_now and _may_give_time(found),
        today=day_of(act.now),
    )


def _may_give_time(found: Opened) -> bool:
    """Whoever investigates, and whoever answers for all cases."""
    return found.investigates or found.answers


@post(f"{DISCLOSURE}/time", access=CASE_WRITERS)
async def give_time(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    found = await investigated(act, reference, what=Read.DISCLOSURE, lock=True)
    if not _may_give_time(found):
        raise NotTheirWork
    disclosure = await disclosure_in(act.session, found.case.id, nth)
    answers = TimeForm(form, today=day_of(act.now))
    if answers.validate():
        try:
            async with attempting(act):
                disclosure.give_time(
                    act.session,
                    found.case,
                    answers.words.data,
                    until=answers.until.data,
                    by=act.process(InvestigationAct.GIVE_TIME),
                )
        except NoMoreTime as refused:
            answers.add_error("until", str(refused))
    if answers.faults:
        return await _page(act, found, disclosure, answers)
    visit.flash("The registrant has more time to comment")
    return back(found, f"disclosure/{nth}")


@post(f"{DISCLOSURE}/service", access=INVESTIGATORS)
async def serve_again(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    found = await to_work_on(act, reference, what=Read.DISCLOSURE, lock=True)
    disclosure = await disclosure_in(act.session, found.case.id, nth)
    drawn = await disclosure.draw_by_post(act.session, found.case, now=act.now)
    if wants_change(form):
        return back(found, f"disclosure/{nth}")
    if not was_seen(drawn, form):
        to = f"{AT}/{reference}/disclosure/{nth}/service"
        return preview_page(found, drawn, form, to=to)
    by = act.process(InvestigationAct.SERVE)
    await disclosure.serve_by_post(act.session, found.case, by=by)
    visit.flash("It is being sent by post, and the time to comment runs anew")
    return back(found, f"disclosure/{nth}")


@post(f"{DISCLOSURE}/service/preview.pdf", access=INVESTIGATORS, limit=PDF)
async def paper_again(
    act: Act, *, reference: FromPath[str], nth: FromPath[int]
) -> Response[bytes]:
    found = await to_work_on(act, reference, what=Read.DISCLOSURE)
    disclosure = await disclosure_in(act.session, found.case.id, nth)
    drawn = await disclosure.draw_by_post(act.session, found.case, now=act.now)
    return await printed(drawn.reading, now=act.now, name="preview")


pages = [ask, disclose, paper, one, give_time, serve_again, paper_again]
