"""The projection: a row an entry that search, lists and facets read, rewritten in the transaction of each fact."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from register.employment import places_change, places_shown
from register.entry.citation import Citation, citations_of, cited_at
from register.entry.shown import Shown, publication_ends, shown_at
from register.entry.status import Facts, Status
from register.kit.db import Base, code
from register.part import Part
from register.person import Person, PersonName, forms
from register.process import ProcessText
from register.qualification import titles_shown
from register.rule_set import Rules, RuleSet

if TYPE_CHECKING:
    from register.entry.entry import Entry


class EntryProjection(Base):
    """What is public of an entry now. From `good_until` on time alone has changed it, and the reader computes."""

    __tablename__ = "entry_projection"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    number: Mapped[str] = mapped_column(index=True)
    part: Mapped[Part] = mapped_column(code(Part))
    name: Mapped[str]
    name_key: Mapped[str]
    status: Mapped[Status | None] = mapped_column(code(Status, "status"))
    may_practise: Mapped[bool]
    registered_from: Mapped[date | None]
    registered_until: Mapped[date | None]
    town: Mapped[str | None]
    qualifications: Mapped[list[str]] = mapped_column(ARRAY(Text))
    restrictions: Mapped[list[Any]]
    decision: Mapped[str | None]
    """Where the public may read why the entry was removed."""
    previous_periods: Mapped[list[Any]]
    tokens: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Folded words of the name and of former names, in all the forms in which they are typed: searched, never shown."""
    published: Mapped[bool]
    """Whether the public may see it: not withheld, deceased or merged, and its publication not over."""
    good_until: Mapped[datetime | None]

    __table_args__ = (
        Index("entry_projection_order", "name_key", "entry_id"),
        Index("entry_projection_tokens", "tokens", postgresql_using="gin"),
        Index("entry_projection_good_until", "good_until"),
    )

    def stale(self, now: datetime) -> bool:
        return self.good_until is not None and self.good_until <= now


async def project(session: AsyncSession, entry: "Entry", *, now: datetime) -> None:
    """Write the entry's row as it is at `now`."""
    await project_many(session, [entry], now=now)


async def project_many(
    session: AsyncSession, entries: Sequence["Entry"], *, now: datetime
) -> None:
    """Write the rows of all as they are at `now`, in as many queries as one takes."""
    if not entries:
        return
    row = insert(EntryProjection)
    columns = [c.name for c in EntryProjection.__table__.columns if not c.primary_key]
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["entry_id"],
            set_={name: row.excluded[name] for name in columns},
        ),
        [
            {"entry_id": entry.id, **values}
            for entry, values in zip(
                entries, await rows_at(session, entries, now), strict=True
            )
        ],
    )


async def row_at(
    session: AsyncSession, entry: "Entry", now: datetime
) -> dict[str, Any]:
    """What the entry's row says at `now`."""
    (row,) = await rows_at(session, [entry], now)
    return row


async def rows_at(
    session: AsyncSession, entries: Sequence["Entry"], now: datetime
) -> list[dict[str, Any]]:
    """What the rows of all say at `now`, in as many queries as one takes."""
    people = {entry.person_id for entry in entries}
    words = await public_words(session, *(entry.facts for entry in entries))
    former = await _former_names(session, people)
    places = await places_shown(session, people, now)
    moves = await places_change(session, people, now)
    titles = await titles_shown(session, people)
    citations = await _citations(session, entries)
    rows = []
    for entry in entries:
        person, facts = entry.person, entry.facts
        of_entry = citations.get(entry.id, [])
        shown = shown_at(facts, words, now, cited=cited_at(of_entry, now))
        ends = await _publication_ends(session, facts, now)
        bounds = {*facts.bounds(), ends, moves.get(person.id)}
        bounds.update(end for one in of_entry for end in (one.begins, one.ends))
        rows.append(
            {
                "person_id": person.id,
                "number": person.number,
                "part": entry.part,
                "name": person.name,
                "name_key": person.name_key,
                "town": places.get(person.id),
                "qualifications": titles.get(person.id, []),
                "tokens": tokens_of(person.name, *former.get(person.id, [])),
                "published": _published(person, shown, ends, now),
                "good_until": min((b for b in bounds if b and b > now), default=None),
                **_shown(shown),
            }
        )
    return rows


async def public_words(session: AsyncSession, *many: Facts) -> dict[UUID, str]:
    """The public wordings of the facts; one that was erased is missing."""
    texts = (fact.text_id for facts in many for fact in facts.restrictions)
    ids = {text_id for text_id in texts if text_id}
    rows = (
        await session.execute(
            select(ProcessText.id, ProcessText.words).where(ProcessText.id.in_(ids))
        )
        if ids
        else ()
    )
    return {text_id: words for text_id, words in rows}  # noqa: C416 - rows are not pairs to the type checker


async def _citations(
    session: AsyncSession, entries: Iterable["Entry"]
) -> dict[UUID, list[Citation]]:
    of_entries: dict[UUID, list[Citation]] = {}
    for one in await citations_of(session, [entry.id for entry in entries]):
        of_entries.setdefault(one.entry_id, []).append(one)
    return of_entries


async def _former_names(
    session: AsyncSession, people: Collection[UUID]
) -> dict[UUID, list[str]]:
    rows = await session.execute(
        select(PersonName.person_id, PersonName.name).where(
            PersonName.person_id.in_(people)
        )
    )
    names: dict[UUID, list[str]] = {}
    for person_id, name in rows:
        names.setdefault(person_id, []).append(name)
    return names


def tokens_of(*names: str) -> list[str]:
    return sorted({token for name in names for token in forms(name)})


def _shown(shown: Shown | None) -> dict[str, Any]:
    return {
        "status": shown.status if shown else None,
        "may_practise": bool(shown and shown.status.may_practise),
        "registered_from": shown.registered_from if shown else None,
        "registered_until": shown.registered_until if shown else None,
        "restrictions": _json(shown.restrictions) if shown else [],
        "decision": shown.decision if shown else None,
        "previous_periods": _json(shown.previous_periods) if shown else [],
    }


def _json(things: Iterable[Any]) -> list[Any]:
    return [thing.as_json() for thing in things]


def _published(
    person: Person, shown: Shown | None, ends: datetime | None, now: datetime
) -> bool:
    gone = (
        person.withheld
        or person.deceased_on is not None
        or person.merged_into is not None
    )
    return shown is not None and not gone and (ends is None or now < ends)


async def _publication_ends(
    session: AsyncSession, facts: Facts, now: datetime
) -> datetime | None:
    rules = await rules_at(session, facts, now)
    return publication_ends(facts, rules, now) if rules else None


async def rules_at(
    session: AsyncSession, facts: Facts, instant: datetime
) -> Rules | None:
    """Those under which the last registration was made; None before the first."""
    begun = [r for r in facts.registrations if r.began(instant)]
    if not begun:
        return None
    last = max(begun, key=lambda registration: registration.starts)
    rule_set = await session.get_one(RuleSet, last.rule_set_id)
    return rule_set.rules
