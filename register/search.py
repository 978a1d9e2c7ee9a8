"""Finding people in the register by what somebody remembers of a name, or by the number."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, cast, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from register.entry import EntryProjection, Status
from register.kit.db import Base
from register.part import Part
from register.person import Person, fold, read_number, survivor
from register.published import PublishedPerson, fresh

PAGE = 20
FEWEST_LETTERS = 2
MOST_WORDS = 8


class NameToken(Base):
    """Every word that is part of a name in the register; the database adds new ones as projections are written."""

    __tablename__ = "name_token"

    token: Mapped[str] = mapped_column(primary_key=True)


@dataclass(frozen=True)
class Sought:
    """What is looked for. `after` is the number of the last person on the page before."""

    q: str = ""
    part: Part | None = None
    town: str | None = None
    status: Status | None = None
    after: str | None = None

    @property
    def number(self) -> str | None:
        return read_number(self.q)

    @property
    def words(self) -> list[str]:
        return fold(self.q).split()[:MOST_WORDS]

    @property
    def too_short(self) -> bool:
        """One letter would list a good part of the register."""
        return not self.number and sum(map(len, self.words)) < FEWEST_LETTERS


@dataclass(frozen=True)
class Found:
    people: list[PublishedPerson]
    after: str | None
    """The number after which the next page begins; None on the last."""


async def find(
    session: AsyncSession, sought: Sought, *, now: datetime, size: int = PAGE
) -> Found:
    """A page of the people who match, in the order of their names. Nothing is found for a search that is too short."""
    if sought.too_short:
        return Found([], None)
    while True:
        keys = await _keys(session, sought, now, size)
        people = await _people(session, keys[:size], sought, now)
        if len(keys) <= size:
            return Found(people, None)
        # Not the last of the people: whom time has passed by may have left the end of the page, or all of it, empty.
        after = await _number_of(session, keys[size - 1])
        if people:
            return Found(people, after)
        sought = replace(sought, after=after)


async def _keys(
    session: AsyncSession, sought: Sought, now: datetime, size: int
) -> list[UUID]:
    row = EntryProjection
    keys = (
        select(row.person_id)
        .where(row.published, *_filters(sought, now))
        .group_by(row.name_key, row.person_id)
    )
    if sought.number:
        keys = keys.where(row.person_id.in_(await _holder(session, sought.number)))
    else:
        for word in sought.words:
            tokens = await session.scalars(
                select(NameToken.token).where(
                    NameToken.token.startswith(word, autoescape=True)
                )
            )
            keys = keys.where(row.tokens.overlap(cast(tokens.all(), ARRAY(Text))))
    if sought.after:
        # Where the page of somebody withheld would begin tells of their name.
        last = (
            select(row.name_key, row.person_id)
            .join(Person, row.person_id == Person.id)
            .where(row.number == sought.after)
            .where(~Person.withheld, Person.merged_into.is_(None))
            .limit(1)
            .scalar_subquery()
        )
        keys = keys.where(tuple_(row.name_key, row.person_id) > last)
    return list(
        await session.scalars(
            keys.order_by(row.name_key, row.person_id).limit(size + 1)
        )
    )


async def _holder(session: AsyncSession, number: str) -> list[UUID]:
    """Whose the number is now: a merged one is the survivor's, and somebody withheld has none that leads to them."""
    holder = await session.scalar(
        select(Person.id).where(Person.number == number, ~Person.withheld)
    )
    return [await survivor(session, holder)] if holder else []


async def _number_of(session: AsyncSession, person_id: UUID) -> str | None:
    number: str | None = await session.scalar(
        select(Person.number).where(Person.id == person_id)
    )
    return number


def _filters(sought: Sought, now: datetime) -> list[ColumnElement[bool]]:
    row = EntryProjection
    wanted: list[ColumnElement[bool]] = []
    if sought.part:
        wanted.append(row.part == sought.part)
    if sought.town:
        wanted.append(row.town == sought.town)
    if sought.status:
        # A row that time has passed by may have this status by now: it is computed, and looked at again, below.
        wanted.append(or_(row.status == sought.status, row.good_until <= now))
    return wanted


async def _people(
    session: AsyncSession, ids: Sequence[UUID], sought: Sought, now: datetime
) -> list[PublishedPerson]:
    rows = await session.scalars(
        select(EntryProjection).where(EntryProjection.person_id.in_(ids))
    )
    by_person: dict[UUID, list[EntryProjection]] = {}
    for row in await fresh(session, rows.all(), now=now):
        if row.published:
            by_person.setdefault(row.person_id, []).append(row)
    matching = (
        by_person[i]
        for i in ids
        if any(_matches(row, sought) for row in by_person.get(i, []))
    )
    return [PublishedPerson.of(rows) for rows in matching]


def _matches(row: EntryProjection, sought: Sought) -> bool:
    return sought.status in {None, row.status} and sought.part in {None, row.part}


async def towns(session: AsyncSession) -> list[str]:
    """The places that the register shows, for the filter."""
    shown = select(EntryProjection.town).where(
        EntryProjection.published, EntryProjection.town.is_not(None)
    )
    return [
        town
        for town in await session.scalars(
            shown.distinct().order_by(EntryProjection.town)
        )
        if town
    ]
