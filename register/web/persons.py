"""Persons for staff: found by name or number, each with applications, entries and timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy import select

from register.account import Account
from register.application import Application
from register.assessment import (
    READ_ALL,
    applications_about,
    asked_of_others,
    hits_shown,
    matches_shown,
    may_read_restricted,
    messages_to,
    people,
    person_for,
)
from register.cpd.audit import AuditEvent
from register.enquiry import enquiries_of
from register.entry import Entry, Shown, public_words, shown_at
from register.entry.facts import Condition
from register.hiding import about
from register.kit import forms
from register.kit.errors import MovedTo
from register.kit.pages import page
from register.leaving import own_leavings
from register.particulars import changes_of, posts_of
from register.person import Person, names_of, survivor, with_merged
from register.process import Event
from register.proposal import waiting_on
from register.renewal import RenewalEvent, standing
from register.web.casework import OFFICERS, READERS
from register.web.hiding import WITHHOLDERS
from register.web.needs import Act, Session
from register.web.paging import after_of
from register.web.timelines import history_page, restricted


class SearchForm(forms.Form):
    q = forms.Text("Name or registration number", longest=200, optional=True)


@get("/staff/persons", access=READERS)
async def find(request: Request[Any, Any, Any], session: Session, act: Act) -> Template:
    form = SearchForm(request.query_params)
    typed = form.q.data if form.validate() else ""
    after = after_of(request)
    found = await people(session, act.account, typed=typed, after=after)
    onward = {"q": typed, "after": found.next}
    return page(
        "register/persons/list.html",
        form=form,
        typed=typed,
        rows=found.rows,
        first=f"/staff/persons?{urlencode({'q': typed})}" if after else "",
        onward=f"/staff/persons?{urlencode(onward)}" if found.next else "",
    )


@dataclass(frozen=True)
class Held:
    """An entry and how it stands now."""

    entry: Entry
    shown: Shown | None
    conditions: Sequence[Condition]
    """In force now."""


@get("/staff/persons/{person_id:uuid}", access=READERS)
async def person(
    request: Request[Any, Any, Any],
    session: Session,
    act: Act,
    person_id: FromPath[UUID],
) -> Template:
    found = await person_for(session, act.account, person_id)
    if found.merged_into:
        heir = await survivor(session, found.id)
        raise MovedTo(
            f"/staff/persons/{(await person_for(session, act.account, heir)).id}"
        )
    persons = await with_merged(session, found.id)
    applications = await applications_about(session, act.account, persons)
    reference_of = {one.id: one.reference for one in applications}
    return page(
        "register/persons/person.html",
        person=found,
        applications=applications,
        entries=await _entries(session, act, found),
        requests=[
            (request, reference_of[request.application_id])
            for request in await asked_of_others(session, applications)
            if request.application_id
        ],
        matches=await matches_shown(session, act.account, found),
        hits=await hits_shown(session, act.account, found.id, now=act.now),
        renewal=await standing(session, found.id, now=act.now),
        leavings=await own_leavings(session, found.id),
        names=await names_of(session, found.id),
        changes=await changes_of(session, found.id),
        posts=await posts_of(session, found.id),
        enquiries=await enquiries_of(session, act.account, found.id),
        waiting=await waiting_on(session, about(found)),
        may_hide=act.viewer.has(*WITHHOLDERS.roles),
        may_act=act.viewer.has(*OFFICERS.roles),
        told=await history_page(
            session,
            request,
            persons=persons,
            shown=lambda event: _shown(event, applications, act.account),
        ),
    )


async def _entries(session: Session, act: Act, person: Person) -> list[Held]:
    ids = await session.scalars(select(Entry.id).where(Entry.person_id == person.id))
    held = []
    for entry_id in list(ids):
        entry = await Entry.load(session, entry_id)
        words = await public_words(session, entry.facts)
        conditions = [one for one in entry.conditions if one.holds(act.now)]
        held.append(
            Held(entry, shown_at(entry.facts, words, act.now, cited={}), conditions)
        )
    return sorted(held, key=lambda h: h.entry.part.position)


AUDITED = frozenset(AuditEvent)


def _shown(event: Event, seen: Sequence[Application], reader: Account) -> bool:
    """Not what happened to a draft, nor what tells of a section that the reader may not read, of a declaration or of an audit."""
    if event.application_id is None:
        tells = (
            event.kind == RenewalEvent.DECLARATION_SETTLED
            or event.kind in AUDITED
            or restricted(event)
        )
        return not tells or bool(reader.roles & READ_ALL)
    of = next((a for a in seen if a.id == event.application_id), None)
    return of is not None and (may_read_restricted(of, reader) or not restricted(event))


@get("/staff/persons/{person_id:uuid}/messages", access=READERS)
async def messages(
    request: Request[Any, Any, Any],
    session: Session,
    act: Act,
    person_id: FromPath[UUID],
) -> Template:
    found, after = await person_for(session, act.account, person_id), after_of(request)
    persons = await with_merged(session, found.id)
    sent = await messages_to(session, act.account, persons, after=after)
    here = f"/staff/persons/{found.id}/messages"
    return page(
        "register/persons/messages.html",
        person=found,
        messages=sent.rows,
        first=here if after else "",
        onward=f"{here}?after={sent.next}" if sent.next else "",
    )


pages = [find, person, messages]
