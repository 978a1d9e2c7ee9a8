"""What the register says of a day gone by: what was in force then, and what it said at the time.

Whether somebody is shown at all, and which of their entries, is decided by the rules of today: to ask for another day never
shows more people than to ask for this one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from register.employment import places_shown
from register.entry import (
    A_MOMENT,
    Change,
    Entry,
    EntryProjection,
    Facts,
    Shown,
    changes_between,
    citations_of,
    cited_at,
    known_at,
    public_words,
    restrictions_at,
    rules_at,
    shown_at,
    superseded_facts,
    told,
)
from register.kit.clock import day_of, end_of, start_of
from register.part import Part
from register.person import Person
from register.published import (
    PublishedEntry,
    PublishedPerson,
    leading_first,
    public_rows,
    written,
)
from register.qualification import titles_shown
from register.rule_set import Rules

DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_day(text: str) -> date | None:
    """A day written as 2027-03-12; None where there is none such."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Then:
    """A day up to today, at its end (today: now), with what was known of it by the end of that day or of a later one."""

    day: date
    as_at: datetime
    as_known: datetime | None
    """None: what we know of it now."""

    @classmethod
    def asked(
        cls, as_at: date | None, as_known: date | None, *, now: datetime
    ) -> Self | None:
        """What the register said on a day, it said of that day unless another is asked for. None: no day was asked for."""
        day = as_at or as_known
        if day is None:
            return None
        return cls(day, _end(day, now), _end(as_known, now) if as_known else None)

    @property
    def begins(self) -> datetime:
        return start_of(self.day)

    @property
    def known_on(self) -> date | None:
        return day_of(self.as_known) if self.as_known else None


def _end(day: date, now: datetime) -> datetime:
    return min(end_of(day) - A_MOMENT, now)


@dataclass(frozen=True)
class PastEntry:
    part: Part
    shown: PublishedEntry | None
    """None before it was made."""
    changes: tuple[Change, ...]
    """Within the day, up to its end."""


@dataclass(frozen=True)
class PastPerson:
    """Under the name and number of today: names are not dated."""

    number: str
    name: str
    town: str | None
    then: Then
    entries: tuple[PublishedEntry, ...]
    """Those that had been made by then, the leading one first."""
    changes: tuple[tuple[Part, Change], ...]

    def as_json(self) -> dict[str, Any]:
        who = {"number": self.number, "name": self.name}
        said = self._entered() if self.entries else NOT_ENTERED | who
        said["as_at"] = written(self.then.as_at)
        if self.then.as_known:
            said["as_known"] = written(self.then.as_known)
        said["changes"] = [_change(part, change) for part, change in self.changes]
        return said

    def _entered(self) -> dict[str, Any]:
        person = PublishedPerson(self.number, self.name, self.town, self.entries)
        return person.as_json(self.then.as_at)


NOT_ENTERED: dict[str, Any] = {
    "number": None,
    "name": None,
    "status": None,
    "may_practise": False,
    "town": None,
    "registered_from": None,
    "registered_until": None,
    "parts": [],
    "qualifications": [],
    "restrictions": [],
    "entries": [],
}
"""What is said of a day before the first entry."""


def _change(part: Part, change: Change) -> dict[str, Any]:
    return {
        "part": part,
        "at": written(change.at),
        "what": change.what,
        "from": change.before,
        "to": change.after,
    }


async def published_then(
    session: AsyncSession, number: str, then: Then, *, now: datetime
) -> PastPerson:
    """What was public of the person that day; raises what `published` does, by the rules of today."""
    rows = await public_rows(session, number, now=now)
    (person,) = await people_then(session, rows, then, now=now)
    return person


async def people_then(
    session: AsyncSession,
    rows: Sequence[EntryProjection],
    then: Then,
    *,
    now: datetime,
) -> list[PastPerson]:
    """What was public that day of the people whose rows are public today, in as many queries as one takes."""
    entries = await Entry.load_many(session, [row.entry_id for row in rows])
    people = {entry.person_id: entry.person for entry in entries}
    places = await places_shown(session, people, then.as_at, known=then.as_known)
    titles = await titles_shown(session, people, by=then.day, known=then.as_known)
    known = await _known(session, entries, then)
    words = await public_words(session, *known.values())
    # As of now, whichever day is asked for: what is published no longer is no longer read by way of a day gone by.
    citations = await citations_of(session, known)
    cited = cited_at(citations, now, known=then.as_known)
    past: dict[UUID, list[PastEntry]] = {person_id: [] for person_id in people}
    for entry in entries:
        rules = await rules_at(session, entry.facts, now)
        held = tuple(titles.get(entry.person_id, ()))
        past[entry.person_id].append(
            _entry_then(
                entry,
                known[entry.id],
                rules=rules,
                words=words,
                cited=cited,
                then=then,
                held=held,
                now=now,
            )
        )
    return [
        _person_then(people[i], places[i], then, of_person)
        for i, of_person in past.items()
    ]


async def _known(
    session: AsyncSession, entries: list[Entry], then: Then
) -> dict[UUID, Facts]:
    """The facts of each entry as they were known."""
    if then.as_known is None:
        return {entry.id: entry.facts for entry in entries}
    once = await superseded_facts(session, [entry.id for entry in entries])
    return {e.id: known_at(e.facts, once[e.id], then.as_known) for e in entries}


def _person_then(
    person: Person, town: str | None, then: Then, past: list[PastEntry]
) -> PastPerson:
    changes = [(entry.part, change) for entry in past for change in entry.changes]
    return PastPerson(
        number=person.number or "",
        name=person.name,
        town=town,
        then=then,
        entries=leading_first(entry.shown for entry in past if entry.shown),
        changes=tuple(sorted(changes, key=lambda c: (c[1].at, c[0].position))),
    )


def _entry_then(
    entry: Entry,
    facts: Facts,
    *,
    rules: Rules | None,
    words: Mapping[UUID, str],
    cited: Mapping[UUID, str],
    then: Then,
    held: tuple[str, ...],
    now: datetime,
) -> PastEntry:
    tellable = told(facts, rules, now) if rules else Facts()
    shown = shown_at(facts, words, then.as_at, cited=cited)
    if shown and shown.status.current:
        restrictions = restrictions_at(tellable, words, then.as_at, cited=cited)
        shown = replace(shown, restrictions=restrictions)
    return PastEntry(
        entry.part,
        _published(entry.part, shown, held) if shown else None,
        changes_between(facts, tellable, then.begins, then.as_at),
    )


def _published(
    part: Part, shown: Shown, qualifications: tuple[str, ...]
) -> PublishedEntry:
    return PublishedEntry(
        part=part,
        status=shown.status,
        may_practise=shown.status.may_practise,
        registered_from=shown.registered_from,
        registered_until=shown.registered_until,
        qualifications=qualifications,
        restrictions=tuple(one.as_json() for one in shown.restrictions),
        decision=shown.decision,
        previous_periods=tuple(one.as_json() for one in shown.previous_periods),
    )
