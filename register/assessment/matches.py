"""Matches as staff see them: all that wait, and those of one person, but never one with the reader themself."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, and_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.elements import ColumnElement

from register.account import Account
from register.kit.errors import NotFound
from register.matching import BY_LIKELIHOOD, Match, open_matches
from register.person import Person

PAGE = 50


@dataclass(frozen=True)
class MatchPage:
    rows: Sequence[Match]
    next: UUID | None


async def matches_waiting(
    session: AsyncSession, reader: Account, *, after: UUID | None = None
) -> MatchPage:
    """A page of the open matches, likeliest first."""
    lines = _with_both().where(Match.open, between_others(reader))
    if after:
        last = select(*BY_LIKELIHOOD).where(Match.id == after)
        lines = lines.where(tuple_(*BY_LIKELIHOOD) > last.scalar_subquery())
    found = await session.scalars(lines.order_by(*BY_LIKELIHOOD).limit(PAGE + 1))
    rows = list(found)
    return MatchPage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


async def matches_shown(
    session: AsyncSession, reader: Account, person: Person
) -> list[Match]:
    """The open matches of one person that the reader may know of."""
    return [
        match
        for match in await open_matches(session, person)
        if reader.person_id not in {match.one_id, match.other_id}
    ]


async def match_for(session: AsyncSession, reader: Account, match_id: UUID) -> Match:
    """A match, settled or not; raises NotFound."""
    found = await session.scalar(
        _with_both().where(Match.id == match_id, between_others(reader))
    )
    if not found:
        raise NotFound
    return found


def _with_both() -> Select[Match]:
    return select(Match).options(joinedload(Match.one), joinedload(Match.other))


def between_others(reader: Account) -> ColumnElement[bool]:
    """Nobody sees a match with themselves."""
    is_one = Match.id.is_not(None)
    if reader.person_id is None:
        return is_one
    others = Match.one_id != reader.person_id, Match.other_id != reader.person_id
    return and_(is_one, *others)
