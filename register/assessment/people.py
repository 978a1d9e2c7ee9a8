"""Persons as staff look them up: everybody who has a number or has sent an application, but never the reader themself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import SQLColumnExpression, and_, exists, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from register.account import Account
from register.application import Application
from register.assessment.readers import visible_to
from register.entry import EntryProjection
from register.kit.errors import NotFound
from register.kit.post import Message
from register.person import Person, fold, read_number
from register.request import Request

PAGE = 50
LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True)
class MessagesPage:
    rows: Sequence[Message]
    next: UUID | None


@dataclass(frozen=True)
class PeoplePage:
    rows: Sequence[Person]
    next: UUID | None


def known_to(reader: Account) -> ColumnElement[bool]:
    """A person who has only begun a draft is nobody's business yet."""
    sent = exists().where(
        Application.person_id == Person.id, Application.submitted_at.is_not(None)
    )
    known = or_(Person.number.is_not(None), sent)
    return and_(known, Person.id != reader.person_id) if reader.person_id else known


async def may_look_up(session: AsyncSession, reader: Account, person_id: UUID) -> bool:
    found = select(Person.id).where(Person.id == person_id, known_to(reader))
    return await session.scalar(found) is not None


async def people(
    session: AsyncSession,
    reader: Account,
    *,
    typed: str = "",
    after: UUID | None = None,
) -> PeoplePage:
    """A page of persons by name: all, or those whose number or name begins with what was typed."""
    lines = (
        select(Person)
        .where(known_to(reader), *_matching(typed))
        .order_by(Person.name_key, Person.id)
        .limit(PAGE + 1)
    )
    if after:
        last = select(Person.name_key, Person.id).where(Person.id == after)
        lines = lines.where(tuple_(Person.name_key, Person.id) > last.scalar_subquery())
    rows = list(await session.scalars(lines))
    return PeoplePage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


def _matching(typed: str) -> list[ColumnElement[bool]]:
    """A whole number, though it leads to another by now; else the beginning of a name in any order, or whole words of it."""
    if number := read_number(typed):
        return [Person.number == number]
    themselves = Person.merged_into.is_(None)
    if not (key := fold(typed)):
        return [themselves]
    begins = select(Person.id).where(
        or_(*(_begins(Person.name_key, order) for order in _orders(key)))
    )
    holds = select(EntryProjection.person_id).where(
        EntryProjection.tokens.contains(key.split())
    )
    return [themselves, Person.id.in_(begins.union(holds))]


def _orders(key: str) -> set[str]:
    """As typed, and with each possible family name first, as the key has it: "mary ann van dyke" too."""
    words = key.split()
    return {" ".join(words[n:] + words[:n]) for n in range(min(len(words), 6))}


def _begins(column: SQLColumnExpression[str], start: str) -> ColumnElement[bool]:
    """A range, so that the index on the key serves it."""
    return and_(column >= start, column < start + LAST_CHARACTER)


async def person_for(
    session: AsyncSession, reader: Account, person_id: UUID, *, lock: bool = False
) -> Person:
    """Raises NotFound for who is not there, or is the reader."""
    person = select(Person).where(Person.id == person_id, known_to(reader))
    found = await session.scalar(person.with_for_update() if lock else person)
    if not found:
        raise NotFound
    return found


async def applications_about(
    session: AsyncSession, reader: Account, persons: Collection[UUID]
) -> Sequence[Application]:
    """Of one person, and of whoever was merged into them, the latest first."""
    found = await session.scalars(
        select(Application)
        .where(Application.person_id.in_(persons), visible_to(reader))
        .order_by(Application.submitted_at.desc())
    )
    return found.all()


async def asked_of_others(
    session: AsyncSession, applications: Sequence[Application]
) -> Sequence[Request]:
    """What we wait for on these applications, what is due first before what is due later."""
    found = await session.scalars(
        select(Request)
        .where(
            Request.application_id.in_([one.id for one in applications]),
            Request.ended_at.is_(None),
        )
        .order_by(Request.due_on, Request.id)
    )
    return found.all()


async def messages_to(
    session: AsyncSession,
    reader: Account,
    persons: Collection[UUID],
    *,
    after: UUID | None = None,
) -> MessagesPage:
    """A page of what was written to somebody, the latest first, but nothing about what the reader may not know of."""
    seen = select(Application.id).where(
        Application.person_id.in_(persons), visible_to(reader)
    )
    lines = (
        select(Message)
        .where(
            Message.person_id.in_(persons),
            Message.application_id.is_(None) | Message.application_id.in_(seen),
        )
        .order_by(Message.created_at.desc(), Message.id)
        .limit(PAGE + 1)
    )
    if after:
        last = select(Message.created_at).where(Message.id == after).scalar_subquery()
        lines = lines.where(
            (Message.created_at < last)
            | ((Message.created_at == last) & (Message.id > after))
        )
    rows = list(await session.scalars(lines))
    return MessagesPage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)
