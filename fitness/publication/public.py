"""What the public finds: decisions and hearings while they are shown, of people as the register names them now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from sqlalchemy import ColumnElement, Date, Row, Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from fitness.publication.matter import Kind, Matter
from fitness.publication.published import Published
from register.kit.clock import months_after
from register.kit.errors import Gone, NotFound
from register.person import Person, fold

PAGE = 25


@dataclass(frozen=True)
class Shown:
    """What is published, and whom it is about: under the number that they have now, whoever they were merged with."""

    published: Published
    name: str
    number: str

    @classmethod
    def of(cls, published: Published, person: Person) -> Self:
        return cls(published, person.name, person.number or "")


@dataclass(frozen=True)
class Listed:
    rows: Sequence[Shown]
    next: str | None
    """The slug of the last of these, where there are more."""


@dataclass(frozen=True)
class Asked:
    """What somebody looks for among decisions."""

    name: str = ""
    matter: Matter | None = None
    month: date | None = None
    """The first day of the month in which it was decided."""


async def shown_at(
    session: AsyncSession, kind: Kind, slug: str, *, now: datetime
) -> Shown:
    """Raises NotFound for what is not, or not yet, published and for somebody withheld, who must look the same; Gone for what
    was published once, and for somebody who died.
    """
    wanted = _of_people().where(Published.slug == slug, Published.kind == kind)
    found = (await session.execute(wanted)).first()
    if found is None:
        raise NotFound
    published, person, once = found
    if person.withheld or once.withheld or now < published.shown_from:
        raise NotFound
    if person.deceased_on or not published.shown(now):
        raise Gone
    return Shown.of(published, person)


async def decisions(
    session: AsyncSession, asked: Asked, *, after: str | None = None, now: datetime
) -> Listed:
    """The latest first."""
    found = _listed(Kind.DECISION, now).where(*_wanted(asked))
    if after:
        last = select(Published.shown_from, Published.slug).where(
            Published.slug == after
        )
        place = tuple_(Published.shown_from, Published.slug)
        found = found.where(place < last.scalar_subquery())
    found = found.order_by(Published.shown_from.desc(), Published.slug.desc())
    rows = (await session.execute(found.limit(PAGE + 1))).all()
    more = len(rows) > PAGE
    return Listed(_shown(rows[:PAGE]), rows[PAGE - 1][0].slug if more else None)


async def months(session: AsyncSession, *, now: datetime) -> Sequence[date]:
    """In which something was decided that is shown, the latest first."""
    month = func.date_trunc("month", Published.decided_on).cast(Date)
    found = await session.scalars(
        _listed(Kind.DECISION, now)
        .with_only_columns(month, maintain_column_froms=True)
        .distinct()
        .order_by(month.desc())
    )
    return found.all()


async def hearings(session: AsyncSession, *, now: datetime) -> list[Shown]:
    """In the order of their days."""
    found = _listed(Kind.HEARING, now).order_by(Published.first_day, Published.slug)
    return _shown((await session.execute(found)).all())


def _shown(rows: Sequence[Row[Published, Person, Person]]) -> list[Shown]:
    return [Shown.of(published, person) for published, person, _ in rows]


def _wanted(asked: Asked) -> list[ColumnElement[bool]]:
    wanted = [
        Person.name_key.contains(word, autoescape=True)
        for word in fold(asked.name).split()
    ]
    if asked.matter:
        wanted.append(Published.matter == asked.matter)
    if asked.month:
        wanted += [
            Published.decided_on >= asked.month,
            Published.decided_on < months_after(asked.month, 1),
        ]
    return wanted


def _listed(kind: Kind, now: datetime) -> Select[Published, Person, Person]:
    """Of nobody who is withheld or has died."""
    return _of_people().where(
        Published.kind == kind,
        Published.shown(now),
        Person.withheld.is_(False),
        Person.deceased_on.is_(None),
        ONCE.withheld.is_(False),
    )


ONCE = aliased(Person)
"""Whom it was about as it was written."""


def _of_people() -> Select[Published, Person, Person]:
    """Each with whoever the person has become, and with whom they were."""
    became = (
        select(Person.id.label("once"), Person.id.label("now"), Person.merged_into)
        .where(Person.id.in_(select(Published.person_id)))
        .cte("became", recursive=True)
    )
    became = became.union_all(
        select(became.c.once, Person.id, Person.merged_into).join(
            became, Person.id == became.c.merged_into
        )
    )
    return (
        select(Published, Person, ONCE)
        .join(ONCE, ONCE.id == Published.person_id)
        .join(became, became.c.once == Published.person_id)
        .join(Person, Person.id == became.c.now)
        .where(became.c.merged_into.is_(None))
    )
