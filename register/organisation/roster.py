"""The roster: who works at a provider's homes, and what the public may know of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from register.employment import Employment, Home
from register.entry import EntryProjection, Status
from register.organisation.organisation import Organisation
from register.organisation.post_told import Told, held_at, is_published, said_of
from register.person import Person
from register.published import PublishedPerson, fresh

PAGE = 50
TAKEN_OFF = frozenset({Status.REMOVED, Status.REMOVED_BY_ORDER})


@dataclass(frozen=True)
class Sought:
    """`after` is the post with which the page before ended."""

    home_id: UUID | None = None
    attention: bool = False
    after: UUID | None = None


@dataclass(frozen=True)
class Worker:
    """Somebody in a post, as the public may know them."""

    post: Employment
    home: Home
    person: PublishedPerson
    confirmed: bool

    @property
    def removed(self) -> bool:
        """A removal flags the post; it never rewrites it."""
        entries = self.person.entries
        return any(e.status in TAKEN_OFF for e in entries) and not self.may_practise

    @property
    def may_practise(self) -> bool:
        return any(entry.may_practise for entry in self.person.entries)

    @property
    def needs_attention(self) -> bool:
        return not self.may_practise or any(e.restrictions for e in self.person.entries)


@dataclass(frozen=True)
class Roster:
    workers: list[Worker]
    next: UUID | None


async def roster(
    session: AsyncSession,
    organisation: Organisation,
    sought: Sought,
    *,
    now: datetime,
    size: int = PAGE,
) -> Roster:
    """A page of those who work at the provider's homes, by name; whom the provider does not know is not among them."""
    while True:
        rows = await _posts(session, organisation, sought, now, size)
        workers = await _workers(session, rows[:size], sought, now)
        if len(rows) <= size:
            return Roster(workers, None)
        after = rows[size - 1][0].id
        if workers:
            return Roster(workers, after)
        # Time alone has changed everybody on this page, so that nobody of it is looked for any more.
        sought = replace(sought, after=after)


Post = tuple[Employment, Home, UUID, bool]


async def _posts(
    session: AsyncSession,
    organisation: Organisation,
    sought: Sought,
    now: datetime,
    size: int,
) -> list[Post]:
    found = (
        held_at(organisation, now)
        .add_columns(said_of(Told.WORKS_HERE))
        .where(is_published(), ~said_of(Told.DOES_NOT))
        .order_by(Person.name_key, Employment.id)
        .limit(size + 1)
    )
    if sought.home_id:
        found = found.where(Home.id == sought.home_id)
    if sought.attention:
        found = found.where(_perhaps_to_be_looked_at(now))
    if sought.after:
        last = (
            select(Person.name_key, Employment.id)
            .join(Employment, Employment.person_id == Person.id)
            .join(Home, Employment.home_id == Home.id)
            .where(
                Employment.id == sought.after,
                Home.provider_id == organisation.provider_id,
                ~Person.withheld,
            )
        )
        found = found.where(
            tuple_(Person.name_key, Employment.id) > last.scalar_subquery()
        )
    rows = await session.execute(found)
    return [
        (post, home, person.id, confirmed) for post, home, person, confirmed in rows
    ]


def _perhaps_to_be_looked_at(now: datetime) -> ColumnElement[bool]:
    """A row that time has passed by may be one by now: it is computed, and looked at again, below."""
    row = EntryProjection
    return exists().where(
        row.person_id == Person.id,
        or_(
            ~row.may_practise,
            func.jsonb_array_length(row.restrictions) > 0,
            row.good_until <= now,
        ),
    )


async def _workers(
    session: AsyncSession, posts: Sequence[Post], sought: Sought, now: datetime
) -> list[Worker]:
    rows = await session.scalars(
        select(EntryProjection).where(
            EntryProjection.person_id.in_({person_id for _, _, person_id, _ in posts})
        )
    )
    shown: dict[UUID, list[EntryProjection]] = {}
    for row in await fresh(session, rows.all(), now=now):
        if row.published:
            shown.setdefault(row.person_id, []).append(row)
    workers = [
        Worker(post, home, PublishedPerson.of(shown[person_id]), confirmed)
        for post, home, person_id, confirmed in posts
        if person_id in shown
    ]
    return [w for w in workers if w.needs_attention or not sought.attention]


async def homes_of(session: AsyncSession, organisation: Organisation) -> list[Home]:
    found = await session.scalars(
        select(Home)
        .where(Home.provider_id == organisation.provider_id)
        .order_by(Home.name, Home.urn)
    )
    return list(found)
