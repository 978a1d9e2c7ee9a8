"""Leaving the register: asked for by the registrant, and decided on by staff."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.account import StaffRole
from register.entry import Entry
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.leaving import (
    Leaving,
    LeavingAct,
    LeavingReason,
    asked,
    entries_of,
    leaving_for,
    own_leavings,
)
from register.proposal import Proposal, waiting_on, why_returned
from register.web.casework import OFFICERS, READERS
from register.web.guards import SIGNED_IN, roles
from register.web.needs import Act, Acting, Form, Session, Visit
from register.web.paging import after_of
from register.web.returning import ReturnForm

MOST_DAYS = 366
DECIDERS = roles(StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR)
APPROVERS = roles(StaffRole.REGISTRAR)


class AskForm(forms.Form):
    entry = forms.Radios("Which part do you want to leave?", what="the part to leave")
    because = forms.Radios(
        "Why are you leaving?",
        what="why you are leaving",
        choices=[(reason, reason) for reason in LeavingReason],
    )
    last_day = forms.Date(
        "What shall be your last day in the register?",
        what="your last day in the register",
        future=True,
        latest=forms.days_after(MOST_DAYS),
    )
    understood = forms.Confirm(
        "I will not work in a role for which registration is needed after that day",
        missing="Confirm that you will not work in a role for which registration is needed after that day",
    )


class WordsForm(forms.Form):
    words = forms.LongText(
        "Why we do not agree",
        what="why we do not agree",
        hint="The registrant will read this. Say nothing about an investigation.",
        longest=2000,
    )


# The registrant


@get("/leaving", access=SIGNED_IN)
async def own(act: Act) -> Template:
    return await _own_page(act, AskForm(today=day_of(act.now)))


@post("/leaving", access=SIGNED_IN)
async def ask(act: Act, form: Form, visit: Visit) -> Redirect | Template:
    entries = await _standing(act)
    if not entries:
        raise NotFound
    answers = AskForm(form, today=day_of(act.now))
    answers.entry.choices = _choices(entries)
    if not answers.validate():
        return await _own_page(act, answers)
    entry = next(e for e in entries if e.part == answers.entry.data)
    await Leaving.ask(
        act.session,
        await Entry.load(act.session, entry.id, lock=True),
        because=LeavingReason(answers.because.data),
        last_day=answers.last_day.data,
        by=act.process(LeavingAct.ASK),
    )
    visit.flash("We have your request to leave the register")
    return Redirect("/leaving", status_code=303)


@post("/leaving/withdrawal", access=SIGNED_IN)
async def withdraw(act: Act, form: Form, visit: Visit) -> Redirect:
    leaving = next(
        (one for one in await _own(act) if str(one.id) == form.get("leaving")), None
    )
    if leaving is None:
        raise NotFound
    await act.session.refresh(leaving, with_for_update={"of": Leaving})
    await leaving.withdraw(act.session, by=act.process(LeavingAct.WITHDRAW))
    visit.flash("Your request to leave is taken back: you stay registered")
    return Redirect("/leaving", status_code=303)


async def _own(act: Acting) -> list[Leaving]:
    person_id = act.account.person_id
    return await own_leavings(act.session, person_id) if person_id else []


async def _standing(act: Acting) -> list[Entry]:
    """The entries that somebody may ask to end."""
    if act.account.person_id is None:
        return []
    found = await entries_of(act.session, act.account.person_id)
    statuses = {entry.id: entry.status_at(act.now) for entry in found}
    return [entry for entry in found if (s := statuses[entry.id]) and s.current]


def _choices(entries: list[Entry]) -> list[tuple[str, str]]:
    return [(entry.part, entry.part) for entry in entries]


async def _own_page(act: Acting, form: AskForm) -> Template:
    asked_before = await _own(act)
    waiting = {leaving.entry_id for leaving in asked_before if leaving.open}
    entries = [entry for entry in await _standing(act) if entry.id not in waiting]
    form.entry.choices = _choices(entries)
    return page(
        "register/leaving/own.html",
        form=form,
        entries=entries,
        leavings=asked_before,
    )


# Staff


@get("/staff/leaving", access=READERS)
async def queue(
    request: Request[Any, Any, Any], session: Session, act: Act
) -> Template:
    after = after_of(request)
    found = await asked(session, act.account, after=after)
    return page(
        "register/leaving/list.html",
        rows=found.rows,
        first="/staff/leaving" if after else "",
        onward=f"/staff/leaving?after={found.next}" if found.next else "",
    )


@get("/staff/leaving/{leaving_id:uuid}", access=READERS)
async def one(act: Act, leaving_id: FromPath[UUID]) -> Template:
    found = await leaving_for(act.session, act.account, leaving_id)
    return await _page(act, found)


async def _page(
    act: Acting,
    leaving: Leaving,
    *,
    refusal: WordsForm | None = None,
    returning: ReturnForm | None = None,
) -> Template:
    waiting = await waiting_on(act.session, leaving.about)
    entry = await Entry.load(act.session, leaving.entry_id)
    return page(
        "register/leaving/one.html",
        leaving=leaving,
        held=entry.held_at(act.now),
        waiting=waiting,
        why_not=waiting.why_not(act.account) if waiting else None,
        letter=leaving.letter_before(entry, now=act.now) if waiting else None,
        returned=await why_returned(act.session, leaving.about),
        may_propose=act.viewer.has(*OFFICERS.roles),
        may_turn_down=act.viewer.has(*DECIDERS.roles),
        form=refusal or returning,
        refusal=refusal or WordsForm(),
        returning=returning or ReturnForm(),
    )


@post("/staff/leaving/{leaving_id:uuid}/proposal", access=OFFICERS)
async def propose(act: Act, visit: Visit, leaving_id: FromPath[UUID]) -> Redirect:
    found = await leaving_for(act.session, act.account, leaving_id, lock=True)
    by = act.process(LeavingAct.PROPOSE)
    await found.propose(act.session, proposer=act.account, by=by)
    visit.flash("Your proposal waits for a second person")
    return _back(found)


@post("/staff/leaving/{leaving_id:uuid}/refusal", access=DECIDERS)
async def turn_down(
    act: Act, form: Form, visit: Visit, leaving_id: FromPath[UUID]
) -> Redirect | Template:
    found = await leaving_for(act.session, act.account, leaving_id, lock=True)
    answers = WordsForm(form)
    if not answers.validate():
        return await _page(act, found, refusal=answers)
    by = act.process(LeavingAct.TURN_DOWN)
    await found.turn_down(act.session, words=answers.words.data, by=by)
    visit.flash("The request is turned down, and the registrant is told")
    return Redirect("/staff/leaving", status_code=303)


@post("/staff/leaving/{leaving_id:uuid}/approval", access=APPROVERS)
async def approve(act: Act, visit: Visit, leaving_id: FromPath[UUID]) -> Redirect:
    waiting = await _waiting(act, leaving_id)
    by = act.process(LeavingAct.AGREE)
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash("The entry ends with the last day that was asked for")
    return Redirect("/staff/leaving", status_code=303)


@post("/staff/leaving/{leaving_id:uuid}/return", access=APPROVERS)
async def send_back(
    act: Act, form: Form, visit: Visit, leaving_id: FromPath[UUID]
) -> Redirect | Template:
    waiting = await _waiting(act, leaving_id)
    answers = ReturnForm(form)
    if not answers.validate():
        found = await leaving_for(act.session, act.account, leaving_id)
        return await _page(act, found, returning=answers)
    by = act.process(LeavingAct.RETURN)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The proposal is back with who made it")
    return Redirect("/staff/leaving", status_code=303)


async def _waiting(act: Acting, leaving_id: UUID) -> Proposal:
    found = await leaving_for(act.session, act.account, leaving_id, lock=True)
    waiting = await waiting_on(act.session, found.about)
    if waiting is None:
        raise NotFound
    return waiting


def _back(leaving: Leaving) -> Redirect:
    return Redirect(f"/staff/leaving/{leaving.id}", status_code=303)


pages = [
    own,
    ask,
    withdraw,
    queue,
    one,
    propose,
    turn_down,
    approve,
    send_back,
]
