"""A notice as it would be served now, filled in from the template in use: what the preview shows, and then what is served."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case
from fitness.notice_template import Gap, NoticeKind, NoticeTemplate, Reading, current
from register.kit.clock import day_of
from register.kit.pages import day
from register.kit.post import silenced
from register.notice import CannotBeServed, ServiceMethod, deemed_on, last_day, left_on
from register.person import Person, survivor
from register.reaching import Way, way_to

ERASED = "The words were erased."


@dataclass(frozen=True)
class Worded:
    """A notice with its gaps filled, however it is sent."""

    template: NoticeTemplate
    case: str
    words: str
    """What the registrant reads once signed in."""
    letter: str
    """What a letter says, to whoever it is sent by post."""


@dataclass(frozen=True)
class Drawn:
    worded: Worded
    way: Way
    at: datetime

    @property
    def template(self) -> NoticeTemplate:
        return self.worded.template

    @property
    def words(self) -> str:
        return self.worded.words

    @property
    def method(self) -> ServiceMethod:
        return ServiceMethod.by(self.way.channel)

    @property
    def deemed_on(self) -> date:
        return deemed_on(left_on(self.at, self.method), self.method)

    @property
    def reading(self) -> Reading:
        return Reading(
            self.template.title,
            self.worded.case,
            self.method,
            day_of(self.at),
            self.deemed_on,
            self.words,
        )

    @property
    def seal(self) -> str:
        """What the page of a preview carries, so that nothing else is served than was seen."""
        seen = f"{self.template.id} {self.method} {self.deemed_on} {self.words}"
        return hashlib.sha256(seen.encode()).hexdigest()


async def draw(
    session: AsyncSession,
    case: Case,
    kind: NoticeKind,
    said: Mapping[Gap, str],
    *,
    days: int | None = None,
    by_post: bool = False,
    now: datetime,
) -> Drawn:
    """`days`: to answer, from the day on which it counts as served. Raises CannotBeServed."""
    way = await way_in(session, case, by_post=by_post)
    if days is not None:
        method = ServiceMethod.by(way.channel)
        served_on = deemed_on(left_on(now, method), method)
        said = {Gap.LAST_DAY: day(last_day(served_on, days)), **said}
    return Drawn(await word(session, case, kind, said, now=now), way, now)


async def way_in(session: AsyncSession, case: Case, *, by_post: bool = False) -> Way:
    """How the registrant is reached; raises CannotBeServed."""
    person_id = await survivor(session, case.person_id)
    way = await way_to(session, person_id, by_post=by_post)
    if way is None or await silenced(session, person_id):
        raise CannotBeServed
    return way


async def word(
    session: AsyncSession,
    case: Case,
    kind: NoticeKind,
    said: Mapping[Gap, str],
    *,
    now: datetime,
) -> Worded:
    """By the template that is in use now."""
    person = await session.get_one(Person, await survivor(session, case.person_id))
    filling = {
        Gap.PERSON: person.name,
        Gap.NUMBER: person.number or "not given",
        Gap.CASE: case.reference,
        Gap.TODAY: day(now),
        Gap.COURT: case.rule_set.rules.further_appeal,
        **said,
    }
    template = await current(session, kind)
    wording = template.wording
    return Worded(
        template, case.reference, wording.filled(filling), wording.letter(filling)
    )
