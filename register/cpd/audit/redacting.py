"""What an assessor reads of somebody's learning: without what says whose it is, as far as our data go."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import regex
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from register.cpd.audit.case import AuditCase
from register.cpd.peers import PeerAsked, peers_of
from register.cpd.record import LearningRecord, With, Words, alike, documents_of
from register.cpd.year import LearningYear
from register.employment import Employment, Home
from register.person import JOINERS, LETTERS_WITHOUT_PARTS, Person, names_of

GAP = "[…]"
SHORTEST = 3
"""Letters of what is taken out whatever its capitals; a name of two only as names are written, or half the language would go."""
BETWEEN = r"[\s\p{Pd}]*"
"""Words of a name, which others write as one or with a hyphen."""
KIND_OF_FIRM = regex.compile(r"[\s,]+(?:limited|ltd|plc|llp|cic)\.?$", regex.IGNORECASE)


@dataclass(frozen=True)
class SeenReflection:
    role: With
    words: str
    changed_since: bool
    """The record was written anew after they had reflected on it."""


@dataclass(frozen=True)
class Seen:
    """A record as an assessor sees it; documents may name somebody, so that only their number is told."""

    record: LearningRecord
    words: Words
    reflections: list[SeenReflection]
    documents: int
    same_as_own: int
    same_as_others: int
    """Per cent in common with the record that it is most like, of the same person and of somebody else; 0 for no such one."""


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
    hide = hide | parts_of(_named(asked))
    likenesses = await alike(session, record)
    ours = [one.other.person_id == record.person_id for one in likenesses]
    percents = [one.percent for one in likenesses]
    return Seen(
        record,
        Words(
            **{
                name: redacted(getattr(record.words, name), hide)
                for name in Words.__struct_fields__
            }
        ),
        [
            SeenReflection(
                one.peer.role, redacted(one.given.words, hide), one.before(record)
            )
            for one in asked
            if one.given
        ],
        len(await documents_of(session, record.id)),
        max((n for n, own in zip(percents, ours, strict=True) if own), default=0),
        max((n for n, own in zip(percents, ours, strict=True) if not own), default=0),
    )


def _named(asked: Iterable[PeerAsked]) -> set[str]:
    return {
        name
        for one in asked
        for name in (one.peer.named.name, one.given.name if one.given else "")
    }


async def telling(session: AsyncSession, person_id: UUID) -> set[str]:
    """Names, number, employers and homes: what would tell who it is."""
    person = await session.get_one(Person, person_id)
    given, family = person.given_names, person.family_name
    names = {given, family, person.name, f"{family} {given}"}
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
    whole |= {KIND_OF_FIRM.sub("", one) for one in whole}
    return parts_of(names) | {one for one in whole if len(one) >= SHORTEST}


def parts_of(names: Iterable[str]) -> set[str]:
    """Each name whole, and word by word; of two letters only as names are written."""
    parts = {part for name in names for part in (name, *regex.split(r"[\s\-]+", name))}
    return {
        part
        for part in map(str.strip, parts)
        if len(part) >= SHORTEST or (len(part) == SHORTEST - 1 and part[0].isupper())
    }


def redacted(text: str, hide: Iterable[str]) -> str:
    """Whole words only, however their accents, apostrophes, hyphens and capitals are typed.

    The longest first, so that no part of one stays.
    """
    longest_first = sorted(hide, key=len, reverse=True)
    if not longest_first:
        return text
    any_of = "|".join(map(_however_typed, longest_first))
    apart = unicodedata.normalize("NFD", text)
    left = regex.sub(rf"(?<!\w)(?:{any_of})(?!\w)", GAP, apart, flags=regex.IGNORECASE)
    return unicodedata.normalize("NFC", left)


def _however_typed(name: str) -> str:
    letters = [
        c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c)
    ]
    typed = "".join(map(_letter, letters))
    return typed if len(letters) >= SHORTEST else f"(?-i:{typed})"


def _letter(c: str) -> str:
    if c in JOINERS:
        return f"[{regex.escape(JOINERS)}]?"
    if c.isspace() or unicodedata.category(c) == "Pd":
        return BETWEEN
    plain = c.translate(LETTERS_WITHOUT_PARTS)
    either = regex.escape(c) if plain == c else f"(?:{c}|{plain})"
    return rf"{either}\p{{M}}*"
