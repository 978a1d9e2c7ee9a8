"""What the register says of a day gone by: what was in force then, and what it said at the time.

Whether somebody is shown at all, and which of their entries, is decided by the rules of today: to ask for another day never
shows more people than to ask for this one.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from sqlalchemy.ext.asyncio import AsyncSession

from register.employment import places_shown
from register.entry import (
    A_MOMENT,
    Change,
    Entry,
    Facts,
    Shown,
    changes_between,
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
from register.published import (
    PublishedEntry,
    PublishedPerson,
    leading_first,
    public_rows,
    written,
)
from register.qualification import titles_shown

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
    entries = await Entry.load_many(session, [row.entry_id for row in rows])
    person = entries[0].person
    titles = await titles_shown(session, [person.id], by=then.day, known=then.as_known)
    places = await places_shown(session, [person.id], then.as_at, known=then.as_known)
    held = tuple(titles.get(person.id, ()))
    known = await _known(session, entries, then)
    past = [
        await _entry_then(session, entry, facts, then, held=held, now=now)
        for entry, facts in zip(entries, known, strict=True)
    ]
    changes = [(entry.part, change) for entry in past for change in entry.changes]
    return PastPerson(
        number=number,
        name=person.name,
        town=places[person.id],
        then=then,
        entries=leading_first(entry.shown for entry in past if entry.shown),
        changes=tuple(sorted(changes, key=lambda c: (c[1].at, c[0].position))),
    )


async def _known(
    session: AsyncSession, entries: list[Entry], then: Then
) -> list[Facts]:
    """The facts of each as they were known."""
    if then.as_known is None:
        return [entry.facts for entry in entries]
    once = await superseded_facts(session, [entry.id for entry in entries])
    return [known_at(e.facts, once[e.id], then.as_known) for e in entries]


async def _entry_then(
    session: AsyncSession,
    entry: Entry,
    facts: Facts,
    then: Then,
    *,
    held: tuple[str, ...],
    now: datetime,
) -> PastEntry:
    rules = await rules_at(session, entry.facts, now)
    tellable = told(facts, rules, now) if rules else Facts()
    words = await public_words(session, facts)
    shown = shown_at(facts, words, then.as_at)
    if shown and shown.status.current:
        restrictions = restrictions_at(tellable, words, then.as_at)
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
        previous_periods=tuple(one.as_json() for one in shown.previous_periods),
    )
