"""What a provider says of a post that somebody claims to hold at one of its homes."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import ColumnElement

from register.employment import Employment, Home, Source
from register.entry import EntryProjection
from register.kit.db import Base, code
from register.kit.errors import NotFound
from register.organisation.acts import PostEvent
from register.organisation.organisation import Organisation
from register.person import Person
from register.process import Process

MOST = 100


class Told(StrEnum):
    WORKS_HERE = "works_here"
    DOES_NOT = "does_not"


EVENT_OF = {Told.WORKS_HERE: PostEvent.CONFIRMED, Told.DOES_NOT: PostEvent.DENIED}


class PostTold(Base):
    """Holds for the home that it was said of: a claim to work elsewhere is another one."""

    __tablename__ = "post_told"

    employment_id: Mapped[UUID] = mapped_column(
        ForeignKey("employment.id", ondelete="CASCADE"), primary_key=True
    )
    home_id: Mapped[UUID] = mapped_column(ForeignKey("home.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    told: Mapped[Told] = mapped_column(code(Told))
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    told_at: Mapped[datetime]


def said_of(*told: Told) -> ColumnElement[bool]:
    """For each post of a query: whether the provider has said one of these of it."""
    return exists().where(
        PostTold.employment_id == Employment.id,
        PostTold.home_id == Employment.home_id,
        PostTold.told.in_(told),
    )


def held_at(
    organisation: Organisation | type[Organisation], now: datetime
) -> Select[Employment, Home, Person]:
    """The posts held now at the provider's homes, of those who are not hidden from the public; or, in SQL, of each provider."""
    return (
        select(Employment, Home, Person)
        .join(Home, Employment.home_id == Home.id)
        .join(Person, Employment.person_id == Person.id)
        .where(
            Home.provider_id == organisation.provider_id,
            Employment.valid.contains(now),
            ~Person.withheld,
            Person.deceased_on.is_(None),
            Person.merged_into.is_(None),
        )
    )


def posts_held(
    organisation: Organisation | type[Organisation], now: datetime
) -> Select[UUID]:
    """Whom the provider knows as its staff: the persons who hold a post now and are shown in public."""
    return held_at(organisation, now).where(is_published()).with_only_columns(Person.id)


def is_published() -> ColumnElement[bool]:
    return exists().where(
        EntryProjection.person_id == Person.id, EntryProjection.published
    )


def _to_confirm(
    organisation: Organisation, now: datetime
) -> Select[Employment, Home, Person]:
    """Somebody who was in the register and is not shown any more is not shown here either."""
    return (
        held_at(organisation, now)
        .where(
            Employment.source == Source.APPLICANT,
            ~said_of(*Told),
            Person.number.is_(None) | is_published(),
        )
        .order_by(Person.name_key, Employment.id)
    )


async def posts_to_confirm(
    session: AsyncSession, organisation: Organisation, *, now: datetime
) -> Sequence[tuple[Employment, Home, Person]]:
    """What people have told us of working there, and the provider has not answered yet."""
    rows = await session.execute(_to_confirm(organisation, now).limit(MOST))
    return [(post, home, person) for post, home, person in rows]


async def tell_of_post(
    session: AsyncSession,
    organisation: Organisation,
    employment_id: UUID,
    told: Told,
    *,
    by: Process,
) -> None:
    """The post itself stays as the person told it. Raises NotFound for what is not the provider's to answer."""
    row = (
        await session.execute(
            _to_confirm(organisation, by.at)
            .where(Employment.id == employment_id)
            .with_for_update(of=Employment)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    post, home, person = row
    session.add(
        PostTold(
            employment_id=post.id,
            home_id=home.id,
            organisation_id=organisation.id,
            told=told,
            process_id=by.id,
            told_at=by.at,
        )
    )
    by.tell(
        EVENT_OF[told],
        person_id=person.id,
        post=post.id,
        urn=home.urn,
        organisation=organisation.id,
    )
