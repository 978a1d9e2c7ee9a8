"""Finding people in the register by what somebody remembers of a name, or by the number."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from register.person import fold, read_number
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
        return not self.number and max(map(len, self.words), default=0) < FEWEST_LETTERS


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
    keys = await _keys(session, sought, now, size)
    people = await _people(session, keys[:size], sought, now)
    return Found(people, people[-1].number if len(keys) > size and people else None)


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
        keys = keys.where(row.number == sought.number)
    else:
        for word in sought.words:
            tokens = await session.scalars(
                select(NameToken.token).where(
                    NameToken.token.startswith(word, autoescape=True)
                )
            )
            keys = keys.where(row.tokens.overlap(cast(tokens.all(), ARRAY(Text))))
    if sought.after:
        last = (
            select(row.name_key, row.person_id)
            .where(row.number == sought.after)
            .limit(1)
            .scalar_subquery()
        )
        keys = keys.where(tuple_(row.name_key, row.person_id) > last)
    return list(
        await session.scalars(
            keys.order_by(row.name_key, row.person_id).limit(size + 1)
        )
    )


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
