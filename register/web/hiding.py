"""Taking somebody out of public view, and bringing them back: the first at once, the second by two people."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.account import StaffRole
from register.assessment import person_for
from register.hiding import (
    HidingAct,
    ToldBy,
    about,
    propose_showing,
    record_death,
    withhold,
)
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.person import Person
from register.proposal import Proposal, waiting_on, why_returned
from register.web.casework import OFFICERS, READERS
from register.web.guards import roles
from register.web.needs import Act, Acting, Form, Visit
from register.web.returning import ReturnForm

WITHHOLDERS = roles(StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR)
APPROVERS = roles(StaffRole.REGISTRAR)


class DeathForm(forms.Form):
    died_on = forms.Date(
        "When did they die?", what="the day on which they died", past=True
    )
    told_by = forms.Radios(
        "How do we know?",
        what="how we know",
        choices=[(source, source) for source in ToldBy],
    )


class BecauseForm(forms.Form):
    because = forms.LongText(
        "Why", what="why", hint="Only staff read this.", longest=2000
    )


def back(person: Person) -> Redirect:
    return Redirect(f"/staff/persons/{person.id}", status_code=303)


def person_page(name: str, person: Person, form: forms.Form, **more: Any) -> Template:
    return page(f"register/hiding/{name}.html", person=person, form=form, **more)


@get("/staff/persons/{person_id:uuid}/death", access=OFFICERS)
async def death(act: Act, person_id: FromPath[UUID]) -> Template:
    found = await person_for(act.session, act.account, person_id)
    return person_page("death", found, DeathForm(today=day_of(act.now)))


@post("/staff/persons/{person_id:uuid}/death", access=OFFICERS)
async def keep_death(
    act: Act, form: Form, visit: Visit, person_id: FromPath[UUID]
) -> Redirect | Template:
    found = await person_for(act.session, act.account, person_id, lock=True)
    answers = DeathForm(form, today=day_of(act.now))
    if not answers.validate():
        return person_page("death", found, answers)
    await record_death(
        act.session,
        found,
        on=answers.died_on.data,
        told_by=ToldBy(answers.told_by.data),
        by=act.process(HidingAct.RECORD_DEATH),
    )
    visit.flash("The death is recorded, and nothing more is written to this person")
    return back(found)


@get("/staff/persons/{person_id:uuid}/withholding", access=WITHHOLDERS)
async def withholding(act: Act, person_id: FromPath[UUID]) -> Template:
    found = await person_for(act.session, act.account, person_id)
    return person_page("withholding", found, BecauseForm())


@post("/staff/persons/{person_id:uuid}/withholding", access=WITHHOLDERS)
async def keep_withholding(
    act: Act, form: Form, visit: Visit, person_id: FromPath[UUID]
) -> Redirect | Template:
    found = await person_for(act.session, act.account, person_id, lock=True)
    answers = BecauseForm(form)
    if not answers.validate():
        return person_page("withholding", found, answers)
    by = act.process(HidingAct.WITHHOLD)
    await withhold(act.session, found, because=answers.because.data, by=by)
    visit.flash("No detail of this person is shown anywhere public now")
    return back(found)


@get("/staff/persons/{person_id:uuid}/showing", access=OFFICERS)
async def showing(act: Act, person_id: FromPath[UUID]) -> Template:
    found = await person_for(act.session, act.account, person_id)
    return await _showing_page(act, found, BecauseForm())


@post("/staff/persons/{person_id:uuid}/showing", access=OFFICERS)
async def propose(
    act: Act, form: Form, visit: Visit, person_id: FromPath[UUID]
) -> Redirect | Template:
    found = await person_for(act.session, act.account, person_id, lock=True)
    answers = BecauseForm(form)
    if not answers.validate():
        return await _showing_page(act, found, answers)
    await propose_showing(
        act.session,
        found,
        because=answers.because.data,
        proposer=act.account,
        by=act.process(HidingAct.PROPOSE),
    )
    visit.flash("Your proposal waits for a second person")
    return back(found)


async def _showing_page(act: Acting, person: Person, form: BecauseForm) -> Template:
    returned = await why_returned(act.session, about(person))
    return person_page("showing", person, form, returned=returned)


@get("/staff/persons/{person_id:uuid}/proposal", access=READERS)
async def proposal(act: Act, person_id: FromPath[UUID]) -> Template:
    found, waiting = await _waiting(act, person_id)
    return await _proposal_page(act, found, waiting, ReturnForm())


async def _waiting(
    act: Acting, person_id: UUID, *, lock: bool = False
) -> tuple[Person, Proposal]:
    found = await person_for(act.session, act.account, person_id, lock=lock)
    waiting = await waiting_on(act.session, about(found))
    if waiting is None:
        raise NotFound
    return found, waiting


async def _proposal_page(
    act: Acting, person: Person, waiting: Proposal, form: ReturnForm
) -> Template:
    await act.session.refresh(waiting, ["process"])
    await act.session.refresh(waiting.process, ["texts"])
    return person_page(
        "proposal",
        person,
        form,
        proposal=waiting,
        words=[text.words for text in waiting.process.texts],
        why_not=waiting.why_not(act.account),
    )


@post("/staff/persons/{person_id:uuid}/proposal/approval", access=APPROVERS)
async def approve(act: Act, visit: Visit, person_id: FromPath[UUID]) -> Redirect:
    found, waiting = await _waiting(act, person_id, lock=True)
    by = act.process(HidingAct.APPROVE)
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash("It is done")
    return back(found)


@post("/staff/persons/{person_id:uuid}/proposal/return", access=APPROVERS)
async def send_back(
    act: Act, form: Form, visit: Visit, person_id: FromPath[UUID]
) -> Redirect | Template:
    found, waiting = await _waiting(act, person_id, lock=True)
    answers = ReturnForm(form)
    if not answers.validate():
        return await _proposal_page(act, found, waiting, answers)
    by = act.process(HidingAct.RETURN)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The proposal is back with who made it")
    return back(found)


pages = [
    death,
    keep_death,
    withholding,
    keep_withholding,
    showing,
    propose,
    proposal,
    approve,
    send_back,
]
