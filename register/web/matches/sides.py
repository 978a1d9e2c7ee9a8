"""Each of the two as they stand side by side, and what has been proposed or settled."""

from dataclasses import dataclass
from typing import Any

from litestar.response import Template
from sqlalchemy import select

from register.account import Account
from register.application import Application
from register.assessment import Said, said_in, visible_to
from register.entry import Entry
from register.kit import forms
from register.kit.pages import page
from register.matching import Field, Match, Traits, points_of
from register.matching.record import MatchRecord
from register.merging import obstacle, outcome
from register.part import Part
from register.person import Person, PersonName
from register.proposal import Proposal, waiting_on
from register.web.casework import OFFICERS
from register.web.matches.forms import DifferenceForm, MergeForm, ReturnForm
from register.web.needs import Act, Session


@dataclass(frozen=True)
class Side:
    person: Person
    known: frozenset[Field]
    """What else they are known by, of which only hashes are kept."""
    other_names: list[str]
    parts: list[Part]
    applications: list[Application]


async def match_page(
    session: Session,
    act: Act,
    found: Match,
    *,
    difference: forms.Form | None = None,
    merging: MergeForm | None = None,
    returning: forms.Form | None = None,
) -> Template:
    """The forms are those that were sent and are wrong."""
    writes = found.open and bool(act.account.roles & OFFICERS.roles)
    proposed = await waiting_on(session, found.about)
    hindered = await obstacle(session, found) if found.open else None
    return page(
        "register/matches/match.html",
        match=found,
        sides=[
            await _side(session, act.account, person)
            for person in (found.one, found.other)
        ],
        points_of=points_of,
        writes=writes,
        form=difference or merging or returning,
        difference=difference or DifferenceForm(),
        merging=merging or await MergeForm.of(session, found),
        obstacle=hindered,
        settled=await said_in(session, found.settled_in) if found.settled_in else None,
        **await _proposed(session, act.account, found, proposed),
        returning=returning or ReturnForm(),
        returned=None if proposed else await _returned(session, found),
    )


async def _proposed(
    session: Session, reader: Account, found: Match, proposed: Proposal | None
) -> dict[str, Any]:
    if not proposed:
        return {"proposed": None}
    return {
        "proposed": proposed,
        "merged": await outcome(session, found, proposed),
        "said": await said_in(session, proposed.process_id),
        "why_not": proposed.why_not(reader),
    }


async def _returned(session: Session, found: Match) -> Said | None:
    """What the registrar wants done, where the last proposal came back."""
    last = await session.scalar(
        select(Proposal.decided_in)
        .where(Proposal.about == found.about)
        .order_by(Proposal.proposed_at.desc())
        .limit(1)
    )
    return await said_in(session, last) if last and found.open else None


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
