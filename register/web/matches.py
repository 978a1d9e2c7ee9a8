"""People who may be the same person: a list, likeliest first, and each two side by side, where somebody says what they are."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import select

from register.account import Account
from register.application import Application
from register.assessment import match_for, matches_waiting, visible_to
from register.entry import Entry
from register.kit import forms
from register.kit.errors import NotFound
from register.kit.pages import page
from register.matching import Field, Match, MatchAct, Traits, points_of
from register.matching.record import MatchRecord
from register.part import Part
from register.person import Person, PersonName
from register.process import Process, ProcessText
from register.web.casework import OFFICERS, READERS
from register.web.needs import Act, Form, Session, Visit

LARGEST = 2**53


class DifferenceForm(forms.Form):
    version = forms.Number(
        "This page",
        highest=LARGEST,
        missing="This page is out of date. Open it again",
    )
    words = forms.LongText(
        "Why they are not the same person",
        what="why they are not the same person",
        hint="What you compared, or whom you asked. Staff read this; the two do not.",
        longest=2000,
    )


@get("/", access=READERS)
async def matches(
    request: Request[Any, Any, Any], session: Session, act: Act
) -> Template:
    after = _id(request.query_params.get("after"))
    found = await matches_waiting(session, act.account, after=after)
    return page(
        "register/matches/list.html",
        found=found,
        first="/staff/matches" if after else "",
        onward=f"/staff/matches?after={found.next}" if found.next else "",
    )


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound from None


@get("/{match_id:uuid}", access=READERS)
async def match(session: Session, act: Act, match_id: FromPath[UUID]) -> Template:
    found = await match_for(session, act.account, match_id)
    return await match_page(session, act, found, DifferenceForm())


@post("/{match_id:uuid}/difference", access=OFFICERS)
async def tell_apart(
    session: Session, act: Act, *, form: Form, visit: Visit, match_id: FromPath[UUID]
) -> Redirect | Template:
    found = await match_for(session, act.account, match_id)
    answers = DifferenceForm(form)
    if not answers.validate():
        return await match_page(session, act, found, answers)
    await found.lock(session, version=answers.version.data)
    by = act.process(MatchAct.TELL_APART)
    found.tell_apart(because=answers.words.data, by=by)
    visit.flash("They are kept as two people")
    return Redirect("/staff/matches", status_code=303)


@dataclass(frozen=True)
class Side:
    """One of the two."""

    person: Person
    known: frozenset[Field]
    """What else they are known by, of which only hashes are kept."""
    other_names: list[str]
    parts: list[Part]
    applications: list[Application]


@dataclass(frozen=True)
class Settled:
    who: str | None
    words: str


async def match_page(
    session: Session, act: Act, found: Match, form: forms.Form
) -> Template:
    return page(
        "register/matches/match.html",
        match=found,
        sides=[
            await _side(session, act.account, person)
            for person in (found.one, found.other)
        ],
        form=form,
        points_of=points_of,
        writes=bool(act.account.roles & OFFICERS.roles),
        settled=await _settled(session, found),
    )


async def _side(session: Session, reader: Account, person: Person) -> Side:
    record = await session.get(MatchRecord, person.id)
    names = select(PersonName.name).where(PersonName.person_id == person.id)
    parts = await session.scalars(
        select(Entry.part).where(Entry.person_id == person.id)
    )
    applications = await session.scalars(
        select(Application)
        .where(Application.person_id == person.id, visible_to(reader))
        .order_by(Application.submitted_at.desc())
    )
    return Side(
        person,
        _fields_of(record.traits) if record else frozenset(),
        list(await session.scalars(names.order_by(PersonName.name))),
        sorted(parts, key=lambda part: part.position),
        list(applications),
    )


def _fields_of(traits: Traits) -> frozenset[Field]:
    told = {
        Field.NI_NUMBER: traits.ni_numbers,
        Field.HOME: traits.addresses | traits.postcodes,
        Field.EMAIL: traits.emails,
        Field.LEARNER_NUMBER: traits.learner_numbers,
    }
    return frozenset(field for field, marks in told.items() if marks)


async def _settled(session: Session, found: Match) -> Settled | None:
    if found.open:
        return None
    who = await session.scalar(
        select(Account.name)
        .join(Process, Process.actor_id == Account.id)
        .where(Process.id == found.settled_in)
    )
    words = await session.scalar(
        select(ProcessText.words).where(ProcessText.process_id == found.settled_in)
    )
    return Settled(who, words or "")


pages = [Router(path="/staff/matches", route_handlers=[matches, match, tell_apart])]
