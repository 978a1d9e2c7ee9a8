"""Registrants who may be applicants of the demo, and the watch list: what staff have to look into."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.application import Application, ApplicationState
from register.application.answers import Sex
from register.demo.draw import Draw
from register.demo.people import Somebody
from register.demo.staff import Office
from register.imports.homes import ImportAct
from register.kit.clock import months_after
from register.matching import (
    MatchAct,
    WatchAct,
    WatchItem,
    WatchKind,
    look_for_matches,
)
from register.person import Person, fold
from register.process import Process


@dataclass(frozen=True)
class Listed:
    kind: WatchKind
    given_names: str
    family_name: str
    source: str
    because: str


LISTED = (
    Listed(
        WatchKind.BARRED,
        "Jonathan Mark",
        "Thrupp",
        "Disclosure and Barring Service, letter 4471",
        "On the children’s barred list since 2019.",
    ),
    Listed(
        WatchKind.PROHIBITED,
        "Angela",
        "Westerby",
        "Teaching Regulation Agency, order 20884",
        "Prohibited from teaching without a time limit.",
    ),
    Listed(
        WatchKind.REMOVED_BY_ORDER,
        "Peter",
        "Llewelyn-Oakes",
        "Social Care Wales, panel of 3 May 2025",
        "Removed for taking money from a child in care.",
    ),
)


async def doubles_of(session: AsyncSession, draw: Draw) -> list[Somebody]:
    """Three who may be people whose applications are in hand: by name, with a slip in the birth date, and by a former name."""
    found = await session.scalars(
        select(Person)
        .join(Application, Application.person_id == Person.id)
        .where(
            Application.state.in_(
                [ApplicationState.SUBMITTED, ApplicationState.UNDER_ASSESSMENT]
            ),
            Person.birth_date.is_not(None),
        )
        .order_by(Application.submitted_at, Application.reference)
    )
    same, slipped, married = _different(found.all())[:3]
    return [
        _like(same, same.family_name, _born(same)),
        _like(slipped, slipped.family_name, _slip(_born(slipped))),
        _like(
            married,
            draw.one(("Marlowe", "Hargreaves", "Osborne")),
            _born(married),
            former=(married.name,),
        ),
    ]


def _different(people: Sequence[Person]) -> list[Person]:
    return list({person.id: person for person in people}.values())


def _born(person: Person) -> date:
    assert person.birth_date  # noqa: S101 - as the query asked
    return person.birth_date


def _slip(born: date) -> date:
    return born.replace(day=born.day % 28 + 1)


def _like(
    person: Person, family_name: str, born: date, former: tuple[str, ...] = ()
) -> Somebody:
    return Somebody(
        person.given_names, family_name, Sex.FEMALE, born, "British", former
    )


async def compare(
    session: AsyncSession, draw: Draw, office: Office, doubles: list[Somebody]
) -> None:
    """As when their list was imported; of the last an officer has said since that they are two people."""
    at = draw.moment(draw.working_day(4))
    by = Process.begin(session, ImportAct.ENTRIES, now=at)
    for double in doubles:
        person = await session.scalar(
            select(Person).where(
                Person.name_key == fold(f"{double.family_name} {double.given_names}"),
                Person.birth_date == double.birth_date,
                Person.number.is_not(None),
            )
        )
        if person:
            matches = await look_for_matches(session, person, by=by)
    officer = office.caseworkers[0]
    for match in matches:
        since = at + timedelta(hours=20)
        told = Process.begin(session, MatchAct.TELL_APART, now=since, actor=officer)
        words = "I rang both homes: a cousin of the same given name."
        await match.tell_apart(session, because=words, by=told)


async def fill_watch_list(session: AsyncSession, draw: Draw, office: Office) -> None:
    """Of other bodies, and one who has applied here under a shorter name."""
    born = months_after(draw.on, -12 * 44)
    at = draw.moment(draw.working_day(30))
    for number, listed in enumerate(LISTED):
        by = Process.begin(
            session,
            WatchAct.ADD,
            now=at + timedelta(minutes=6 * number),
            actor=office.registrar,
        )
        await WatchItem.add(
            session,
            listed.kind,
            given_names=listed.given_names,
            family_name=listed.family_name,
            birth_date=born - timedelta(days=613 * number),
            source=listed.source,
            because=listed.because,
            by=by,
        )
    ended = await session.scalar(
        select(WatchItem).where(WatchItem.kind == WatchKind.PROHIBITED)
    )
    assert ended  # noqa: S101 - one of LISTED
    by = Process.begin(
        session,
        WatchAct.END,
        now=draw.moment(draw.working_day(6)),
        actor=office.registrar,
    )
    ended.end(because="The order was set aside on appeal.", by=by)
    await _list_an_applicant(session, draw, office)


async def _list_an_applicant(session: AsyncSession, draw: Draw, office: Office) -> None:
    person = await session.scalar(
        select(Person)
        .join(Application, Application.person_id == Person.id)
        .where(Application.state == ApplicationState.SUBMITTED)
        .order_by(Application.submitted_at.desc(), Application.reference)
        .limit(1)
    )
    if not person:
        return
    by = Process.begin(
        session,
        WatchAct.ADD,
        now=draw.moment(draw.working_day(1)),
        actor=office.registrar,
    )
    await WatchItem.add(
        session,
        WatchKind.BARRED,
        given_names=person.given_names,
        family_name=person.family_name,
        birth_date=person.birth_date,
        source="Disclosure and Barring Service, letter 5120",
        because="On the children’s barred list since last month.",
        by=by,
    )
