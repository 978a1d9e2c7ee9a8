"""What an assessor reads of somebody's learning: without what says whose it is, as far as our data go."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import regex
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from register.cpd.audit.case import AuditCase
from register.cpd.peers import peers_of
from register.cpd.record import LearningRecord, With, Words, documents_of
from register.cpd.year import LearningYear
from register.employment import Employment, Home
from register.person import Person, names_of

GAP = "[…]"
SHORTEST = 3
"""Letters of a name that is taken out of a text: a shorter one would take out half the language."""


@dataclass(frozen=True)
class Seen:
    """A record as an assessor sees it; documents may name somebody, so that only their number is told."""

    record: LearningRecord
    words: Words
    reflections: list[tuple[With, str]]
    documents: int


async def seen_by_assessors(session: AsyncSession, case: AuditCase) -> list[Seen]:
    """What the year cites now, the oldest learning first."""
    year = await session.get_one(LearningYear, (case.person_id, case.audit.year_end))
    found = await session.scalars(
        select(LearningRecord)
        .where(LearningRecord.id.in_(year.cited))
        .order_by(LearningRecord.last_on, LearningRecord.id)
    )
    hide = await telling(session, case.person_id)
    return [await _seen(session, record, hide) for record in found.all()]


async def _seen(session: AsyncSession, record: LearningRecord, hide: set[str]) -> Seen:
    asked = await peers_of(session, record.id)
    peers = {
        name
        for one in asked
        for name in (one.peer.named.name, one.given.name if one.given else "")
    }
    hide = hide | parts_of(peers)
    return Seen(
        record,
        Words(
            **{
                name: redacted(getattr(record.words, name), hide)
                for name in Words.__struct_fields__
            }
        ),
        [
            (one.peer.role, redacted(one.given.words, hide))
            for one in asked
            if one.given
        ],
        len(await documents_of(session, record.id)),
    )


async def telling(session: AsyncSession, person_id: UUID) -> set[str]:
    """Names, number, employers and homes: what would tell who it is."""
    person = await session.get_one(Person, person_id)
    names = {person.given_names, person.family_name}
    names |= {one.name for one in await names_of(session, person_id)}
    posts = await session.scalars(
        select(Employment)
        .where(Employment.person_id == person_id)
        .options(selectinload(Employment.home).selectinload(Home.provider))
    )
    whole = {person.number or ""}
    for post in posts:
        whole |= {post.employer, post.home_named, post.urn_typed or ""}
        if post.home:
            whole |= {post.home.name, post.home.urn, post.home.provider.name}
    return parts_of(names) | {one for one in whole if len(one) >= SHORTEST}


def parts_of(names: Iterable[str]) -> set[str]:
    """Each name whole, and word by word."""
    parts = {part for name in names for part in (name, *regex.split(r"[\s\-]+", name))}
    return {part.strip() for part in parts if len(part.strip()) >= SHORTEST}


def redacted(text: str, hide: Iterable[str]) -> str:
    """Whole words only, whatever their capitals; the longest first, so that no part of one stays."""
    longest_first = sorted(hide, key=len, reverse=True)
    if not longest_first:
        return text
    any_of = "|".join(regex.escape(one, literal_spaces=True) for one in longest_first)
    return regex.sub(rf"(?<!\w)(?:{any_of})(?!\w)", GAP, text, flags=regex.IGNORECASE)
