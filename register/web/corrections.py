"""Corrections of an entry: what is recorded of it, what would be put right, and the second person who agrees."""

from collections.abc import Sequence
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.correction import (
    Correction,
    CorrectionAct,
    CorrectionReason,
    Look,
    about,
    correctable,
    ended_with,
    entry_for,
    fact_of,
    last_day,
    propose_correction,
    proposed,
    valid_of,
)
from register.entry import Entry
from register.entry.facts import Current
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.proposal import Proposal, waiting_on, why_returned
from register.web.casework import CORRECTORS, OFFICERS, READERS
from register.web.needs import Act, Acting, Form, Visit
from register.web.returning import ReturnForm

NEVER, OTHERWISE = "never", "otherwise"


class CorrectionForm(forms.Form):
    true = forms.Radios(
        "What is right?",
        what="what is right",
        choices=[(OTHERWISE, OTHERWISE), (NEVER, NEVER)],
    )
    from_on = forms.Date("First day", what="the first day", only_if=("true", OTHERWISE))
    until_on = forms.Date(
        "Last day", what="the last day", only_if=("true", OTHERWISE), optional=True
    )
    because = forms.Radios(
        "Why was it recorded wrongly?",
        what="why it was recorded wrongly",
        choices=[(reason, reason) for reason in CorrectionReason],
    )
    words = forms.LongText(
        "What shows that it is wrong",
        what="what shows that it is wrong",
        hint="Only staff read this.",
        longest=2000,
    )


@get("/staff/entries/{entry_id:uuid}", access=READERS)
async def entry(act: Act, entry_id: FromPath[UUID]) -> Template:
    found = await entry_for(act.session, act.account, entry_id)
    return page(
        "register/corrections/entry.html",
        entry=found,
        person=found.person,
        facts=[(fact, last_day(fact)) for fact in correctable(found)],
        waiting=await waiting_on(act.session, about(found)),
        returned=await why_returned(act.session, about(found)),
        acts=act.viewer.has(*OFFICERS.roles),
    )


@get("/staff/entries/{entry_id:uuid}/facts/{fact_id:uuid}", access=OFFICERS)
async def ask(act: Act, entry_id: FromPath[UUID], fact_id: FromPath[UUID]) -> Template:
    found = await entry_for(act.session, act.account, entry_id)
    fact = fact_of(found, fact_id)
    held = {"from_on": day_of(fact.starts), "until_on": last_day(fact)}
    return _form_page(found, fact, CorrectionForm(data=held))


def _form_page(
    entry: Entry, fact: Current, form: CorrectionForm, looks: Sequence[Look] = ()
) -> Template:
    return page(
        "register/corrections/fact.html",
        entry=entry,
        person=entry.person,
        fact=fact,
        until_on=last_day(fact),
        ended=ended_with(entry, fact),
        form=form,
        looks=looks,
    )


@post("/staff/entries/{entry_id:uuid}/facts/{fact_id:uuid}", access=OFFICERS)
async def propose(
    act: Act,
    form: Form,
    visit: Visit,
    entry_id: FromPath[UUID],
    fact_id: FromPath[UUID],
) -> Redirect | Template:
    """Shows first what would change; by its second button it is proposed."""
    found = await entry_for(act.session, act.account, entry_id, lock=True)
    fact = fact_of(found, fact_id)
    answers = CorrectionForm(form)
    correction = _correction(found, fact, answers)
    if correction is None:
        return _form_page(found, fact, answers)
    if form.get("do") != "propose":
        return _form_page(found, fact, answers, correction.looks(act.now))
    await propose_correction(
        act.session,
        correction,
        because=CorrectionReason(answers.because.data),
        words=answers.words.data,
        proposer=act.account,
        by=act.process(CorrectionAct.PROPOSE),
    )
    visit.flash("Your proposal waits for a second person")
    return Redirect(f"/staff/entries/{entry_id}", status_code=303)


def _correction(entry: Entry, fact: Current, form: CorrectionForm) -> Correction | None:
    """What the form asks for, if that can be."""
    if not form.validate():
        return None
    from_on, until_on = form.from_on.data, form.until_on.data
    if from_on and until_on and until_on < from_on:
        form.add_error("until_on", "The last day must be the first day or after it")
        return None
    never = form.true.data == NEVER
    valid = None if never else valid_of(fact, from_on, until_on)
    correction = Correction(entry, fact, valid)
    if refusal := correction.obstacle():
        form.add_error("true", str(refusal))
        return None
    return correction


@get("/staff/entries/{entry_id:uuid}/correction", access=READERS)
async def correction(act: Act, entry_id: FromPath[UUID]) -> Template:
    return await _proposal_page(act, *await _waiting(act, entry_id), ReturnForm())


async def _waiting(
    act: Acting, entry_id: UUID, *, lock: bool = False
) -> tuple[Entry, Proposal]:
    found = await entry_for(act.session, act.account, entry_id, lock=lock)
    waiting = await waiting_on(act.session, about(found))
    if waiting is None:
        raise NotFound
    return found, waiting


async def _proposal_page(
    act: Acting, entry: Entry, waiting: Proposal, form: ReturnForm
) -> Template:
    await act.session.refresh(waiting, ["process"])
    await act.session.refresh(waiting.process, ["texts"])
    found = proposed(entry, waiting)
    return page(
        "register/corrections/proposal.html",
        entry=entry,
        person=entry.person,
        proposal=waiting,
        words=[text.words for text in waiting.process.texts],
        why_not=waiting.why_not(act.account),
        correction=found,
        until_on=last_day(found.fact) if found else None,
        ended=ended_with(entry, found.fact) if found else [],
        obstacle=found.obstacle() if found else None,
        looks=found.looks(act.now) if found else [],
        form=form,
    )


@post("/staff/entries/{entry_id:uuid}/correction/approval", access=CORRECTORS)
async def approve(act: Act, visit: Visit, entry_id: FromPath[UUID]) -> Redirect:
    _, waiting = await _waiting(act, entry_id, lock=True)
    by = act.process(CorrectionAct.APPROVE, reason=waiting.data["because"])
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash("The entry is corrected, and the registrant is told")
    return Redirect(f"/staff/entries/{entry_id}", status_code=303)


@post("/staff/entries/{entry_id:uuid}/correction/return", access=CORRECTORS)
async def send_back(
    act: Act, form: Form, visit: Visit, entry_id: FromPath[UUID]
) -> Redirect | Template:
    found, waiting = await _waiting(act, entry_id, lock=True)
    answers = ReturnForm(form)
    if not answers.validate():
        return await _proposal_page(act, found, waiting, answers)
    by = act.process(CorrectionAct.RETURN)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The proposal is back with who made it")
    return Redirect(f"/staff/entries/{entry_id}", status_code=303)


pages = [
    entry,
    ask,
    propose,
    correction,
    approve,
    send_back,
]
