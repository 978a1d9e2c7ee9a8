"""The mass of the demo's registrants, written as whole tables: they came by lists, and nothing has happened to them since."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from register.demo.careers import Award, Awards, Post, managing_post, posts_before
from register.demo.careers import earliest_managing as may_manage_from
from register.demo.draw import Draw
from register.demo.homes import Homes
from register.demo.people import Somebody
from register.employment import Employment, Home, Source
from register.entry import ConditionKind, Entry, EntryEvent, project_many
from register.entry.facts import Condition, Registration
from register.imports.homes import ImportAct
from register.kit.clock import days, is_working, months_after, since, start_of
from register.kit.db import Base
from register.matching import Known
from register.matching import names_of as names_by
from register.matching.record import MatchRecord, marks_of
from register.part import Part
from register.person import IssuedNumber, NameKind, Person, PersonName, fold
from register.process import Event, Process
from register.qualification import Qualification
from register.rule_set import Rules, RuleSet

BATCH = 500
OPENED_BEFORE = 30
"""Months: so long ago the register took in its first list."""
LISTS = 90
AT_FIRST = 0.3
NOT_QUALIFIED = 0.11
RENEWAL_BEGINS = 9
"""From September on people renew for the year to come."""
RENEWED = 0.7
PARTS = {
    Part.MANAGER: 90.0,
    Part.RESPONSIBLE_INDIVIDUAL: 5.0,
    Part.DEPUTY: 4.0,
    Part.TRAINEE: 1.0,
}
ALSO_RESPONSIBLE = 0.02
"""Who manages a home, and answers for a provider too."""
ROLES = {
    Part.RESPONSIBLE_INDIVIDUAL: "Responsible individual",
    Part.DEPUTY: "Deputy manager",
    Part.TRAINEE: "Trainee manager",
}
BETWEEN_POSTS = 0.03


@dataclass
class Tables:
    """Rows that wait to be written, by table, in the order in which they refer to each other."""

    rows: dict[type[Base], list[dict[str, Any]]] = field(
        default_factory=lambda: {
            table: []
            for table in (
                Person,
                PersonName,
                IssuedNumber,
                MatchRecord,
                Employment,
                Qualification,
                Entry,
                Registration,
                Condition,
                Event,
            )
        }
    )

    def add(self, table: type[Base], **row: Any) -> None:
        self.rows[table].append(row)

    async def write(self, session: AsyncSession) -> None:
        for table, rows in self.rows.items():
            # Rows of one statement all have the same columns.
            for _, alike in groupby(rows, key=lambda row: tuple(sorted(row))):
                await session.execute(insert(table), list(alike))
            rows.clear()


@dataclass(frozen=True)
class Terms:
    """What the parts ask for."""

    of_part: dict[Part, RuleSet]
    rules: dict[Part, Rules]

    @classmethod
    async def on(cls, session: AsyncSession, day: date) -> "Terms":
        of_part = {part: await RuleSet.on(session, part, day) for part in Part}
        return cls(of_part, {part: found.rules for part, found in of_part.items()})


class Registrants:
    """Makes people who are registered, list by list."""

    def __init__(self, draw: Draw, homes: Homes, terms: Terms, awards: Awards) -> None:
        self.draw, self.homes, self.terms, self.awards = draw, homes, terms, awards
        self.tables = Tables()

    async def enter(
        self,
        session: AsyncSession,
        people: Iterable[Somebody],
        count: int,
        *,
        step: Callable[[int], None],
    ) -> None:
        days_of_lists = self._days(count)
        entered: list[UUID] = []
        for day, many in groupby(
            zip(days_of_lists, people, strict=False), key=lambda p: p[0]
        ):
            by = Process.begin(session, ImportAct.ENTRIES, now=self.draw.moment(day))
            for _, somebody in many:
                entered += self._enter(somebody, day, by)
        await session.flush()
        await self.tables.write(session)
        for first in range(0, len(entered), BATCH):
            batch = entered[first : first + BATCH]
            entries = await Entry.load_many(session, batch)
            await project_many(session, entries, now=self.draw.now)
            step(len(batch))

    def _days(self, count: int) -> list[date]:
        """On which each of them came in, in order: many at once in the beginning, then a list now and then."""
        opened = months_after(self.draw.on, -OPENED_BEFORE)
        lists = [
            day
            for n in range(LISTS)
            if is_working(
                day := self.draw.day(
                    opened + timedelta(days=30), self.draw.on - timedelta(days=3)
                )
            )
        ]
        while not is_working(opened):
            opened += timedelta(days=1)
        first = round(count * AT_FIRST)
        later = (self.draw.one(lists) for _ in range(count - first))
        return sorted([opened] * first + list(later))

    def _enter(self, somebody: Somebody, day: date, by: Process) -> list[UUID]:
        person_id = self._person(somebody, by)
        part = self.draw.weighed(PARTS)
        qualified = part is not Part.MANAGER or not self.draw.chance(NOT_QUALIFIED)
        for post in self._posts(somebody, part, day):
            self.tables.add(
                Employment, **employment_row(self.draw, post, person_id, by.at)
            )
        if part is Part.MANAGER:
            for award in self.awards.of(
                somebody.birth_date, before=day, qualified=qualified
            ):
                self.tables.add(Qualification, **award_row(award, person_id, by.at))
        parts = [part]
        if part is Part.MANAGER and self.draw.chance(ALSO_RESPONSIBLE):
            parts.append(Part.RESPONSIBLE_INDIVIDUAL)
        return [self._entry(person_id, p, day, by, qualified=qualified) for p in parts]

    def _person(self, somebody: Somebody, by: Process) -> UUID:
        person_id, number = self.draw.uuid(), self.draw.number()
        self.tables.add(
            Person,
            id=person_id,
            number=number,
            given_names=somebody.given_names,
            family_name=somebody.family_name,
            name_key=fold(f"{somebody.family_name} {somebody.given_names}"),
            birth_date=somebody.birth_date,
            created_at=by.at,
        )
        for kind, name in names_of(somebody):
            self.tables.add(
                PersonName,
                id=self.draw.uuid(),
                person_id=person_id,
                kind=kind,
                name=name,
            )
        self.tables.add(IssuedNumber, number=number, person_id=person_id)
        known = Known(
            names_by(
                somebody.given_names,
                somebody.family_name,
                (*somebody.former_names, *somebody.aliases),
            ),
            somebody.birth_date,
        )
        # Compared with nobody, since the demo's people are all different but for those that are meant to be alike.
        self.tables.add(
            MatchRecord, person_id=person_id, fresh=False, **marks_of(known)
        )
        self._tell(by, EntryEvent.NUMBERED, person_id, number=number)
        return person_id

    def _posts(self, somebody: Somebody, part: Part, day: date) -> list[Post]:
        """Where they work, and for some where they worked before."""
        begin = may_manage_from(somebody.birth_date)
        longest = min(9 * 365, max(60, (day - begin).days))
        start = day - timedelta(days=self.draw.between(30, longest))
        home = self.homes.to_manage() if part is Part.MANAGER else None
        posts = []
        if self.draw.chance(0.4):
            before = start - timedelta(days=self.draw.between(400, 2500))
            posts = posts_before(
                self.draw, self.homes, begin=before, end=start, steps=1
            )
        if home:
            posts.append(managing_post(self.draw, self.homes, home, start))
        elif not self.draw.chance(BETWEEN_POSTS):
            posts.append(self._other_post(part, start))
        return posts

    def _other_post(self, part: Part, start: date) -> Post:
        home: Home = self.draw.one(self.homes.all)
        return Post(
            employer=self.homes.employer_of(home),
            home=home,
            role=ROLES.get(part) or "Deputy manager",
            part=part if part in ROLES else Part.DEPUTY,
            fte_percent=100,
            care=part is not Part.RESPONSIBLE_INDIVIDUAL,
            supervisory=True,
            manages=False,
            since=start,
            until=None,
            reason_for_leaving="",
        )

    def _entry(
        self, person_id: UUID, part: Part, day: date, by: Process, *, qualified: bool
    ) -> UUID:
        entry_id, on = self.draw.uuid(), start_of(day)
        until = registered_until(self.draw, self.terms.rules[part])
        terms = {"entry_id": entry_id, "recorded_at": by.at, "process_id": by.id}
        self.tables.add(
            Entry, id=entry_id, person_id=person_id, part=part, created_at=by.at
        )
        self.tables.add(
            Registration,
            id=self.draw.uuid(),
            valid=since(on),
            until_on=until,
            rule_set_id=self.terms.of_part[part].id,
            **terms,
        )
        self._tell(
            by, EntryEvent.REGISTERED, person_id, entry=entry_id, part=part, until=until
        )
        if part is Part.MANAGER and not qualified:
            due_on = months_after(day, self.draw.between(31, 36))
            self.tables.add(
                Condition,
                id=self.draw.uuid(),
                valid=since(on),
                kind=ConditionKind.QUALIFICATION,
                due_on=due_on,
                **terms,
            )
            self._tell(
                by,
                EntryEvent.CONDITION_SET,
                person_id,
                entry=entry_id,
                of=ConditionKind.QUALIFICATION,
                due=due_on,
            )
        return entry_id

    def _tell(
        self, by: Process, kind: EntryEvent, person_id: UUID, **facts: Any
    ) -> None:
        self.tables.add(
            Event,
            process_id=by.id,
            kind=kind,
            at=by.at,
            person_id=person_id,
            data={name: str(value) for name, value in facts.items()},
        )


def registered_until(draw: Draw, rules: Rules) -> date:
    """This year's end, or for who has renewed by now the next."""
    end = rules.period_end(draw.on)
    renewing = RENEWAL_BEGINS <= draw.on.month <= end.month
    if renewing and draw.chance(RENEWED):
        return rules.period_end(end + timedelta(days=1))
    return end


def names_of(somebody: Somebody) -> list[tuple[NameKind, str]]:
    former = [(NameKind.FORMER, name) for name in somebody.former_names]
    return former + [(NameKind.ALIAS, name) for name in somebody.aliases]


def employment_row(
    draw: Draw, post: Post, person_id: UUID, at: datetime
) -> dict[str, Any]:
    """As an employer's list has it."""
    return {
        "id": draw.uuid(),
        "person_id": person_id,
        "home_id": post.home.id if post.home else None,
        "employer": post.employer,
        "home_named": post.home.name if post.home else "",
        "urn_typed": post.home.urn if post.home else None,
        "role": post.role,
        "part": post.part,
        "fte_percent": post.fte_percent,
        "care": post.care,
        "supervisory": post.supervisory,
        "manages": post.manages,
        "valid": days(post.since, post.until),
        "reason_for_leaving": post.reason_for_leaving or None,
        "source": Source.EMPLOYER,
        "recorded_at": at,
    }


def award_row(award: Award, person_id: UUID, at: datetime) -> dict[str, Any]:
    accepted = award.accepted
    return {
        "id": award.id,
        "person_id": person_id,
        "title": accepted.title,
        "awarding_body": award.awarding_body,
        "level": accepted.level,
        "country": accepted.country,
        "credits": award.credits,
        "certificate_number": award.certificate_number,
        "learner_number": award.learner_number,
        "awarded_on": award.awarded_on,
        "enrolled_on": award.enrolled_on,
        "expected_on": award.expected_on,
        "accepted_id": accepted.id,
        "verdict": award.verdict,
        "verified_at": at if award.verdict else None,
    }
