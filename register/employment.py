"""Homes under their providers, and who worked where, in what role and from when until when."""

import re
from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    CompoundSelect,
    ForeignKey,
    ScalarSelect,
    and_,
    case,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    InstrumentedAttribute,
    Mapped,
    aliased,
    declared_attr,
    mapped_column,
    relationship,
)

from register.kit.clock import day_of
from register.kit.db import Base, code
from register.part import Part
from register.person import Person

URN = re.compile("([A-Z]{2})?[0-9]{4,8}")
"""SC462450, or digits alone."""
HOMES_THAT_HIDE_ONE = 3
"""A town is named in public only where it has as many homes as this: with fewer it would tell where children live."""


class ProviderGroup(Base):
    """Providers that belong together."""

    __tablename__ = "provider_group"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(unique=True)


class Provider(Base):
    """Who is registered with Ofsted to run homes."""

    __tablename__ = "provider"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    group_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("provider_group.id"), index=True
    )


class Home(Base):
    """A children's home, known by Ofsted's Unique Reference Number."""

    __tablename__ = "home"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    urn: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    """Empty where Ofsted leaves it out, as it does for most homes."""
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    kind: Mapped[str]
    local_authority: Mapped[str] = mapped_column(index=True)
    region: Mapped[str]
    town: Mapped[str | None] = mapped_column(index=True)
    places: Mapped[int | None]
    registration_status: Mapped[str]
    inspection_outcome: Mapped[str | None]

    provider: Mapped[Provider] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("urn ~ '^([A-Z]{2})?[0-9]{4,8}$'", name="urn"),
        CheckConstraint("places >= 0", name="places"),
    )


class Source(StrEnum):
    """Who said so."""

    APPLICANT = "applicant"
    REGISTRANT = "registrant"
    EMPLOYER = "employer"


class Worked:
    """What is told of a post."""

    employer: Mapped[str]
    home_named: Mapped[str]
    """The home as the source wrote it; the URN too where we do not know it."""
    urn_typed: Mapped[str | None]
    role: Mapped[str]
    part: Mapped[Part | None] = mapped_column(code(Part))
    fte_percent: Mapped[int]
    care: Mapped[bool]
    supervisory: Mapped[bool]
    manages: Mapped[bool]
    valid: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    reason_for_leaving: Mapped[str | None]
    source: Mapped[Source] = mapped_column(code(Source, "source"))
    recorded_at: Mapped[datetime]
    """When we came to hold it, or to hold it in this form."""

    @declared_attr
    def person_id(self) -> Mapped[UUID]:
        return mapped_column(ForeignKey("person.id"), index=True)

    @declared_attr
    def home_id(self) -> Mapped[UUID | None]:
        return mapped_column(ForeignKey("home.id"), index=True)


class Employment(Worked, Base):
    """A post. A removal from the register never rewrites it."""

    __tablename__ = "employment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)

    home: Mapped[Home | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("fte_percent between 1 and 100", name="fte_percent"),
        CheckConstraint("not isempty(valid) and not lower_inf(valid)", name="valid"),
    )

    @property
    def started_on(self) -> date:
        assert self.valid.lower is not None  # noqa: S101 - the CHECK above
        return day_of(self.valid.lower)

    @property
    def last_day(self) -> date | None:
        """None while no end is known."""
        upper = self.valid.upper
        return day_of(upper - timedelta(microseconds=1)) if upper else None


class EmploymentSuperseded(Worked, Base):
    """A post as we once held it; `recorded` says from when until when. Written by the database alone."""

    __tablename__ = "employment_superseded"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recorded: Mapped[Range[datetime]] = mapped_column(TSTZRANGE, primary_key=True)


class EmploymentGap(Base):
    """A time without a post, and what the person says of it."""

    __tablename__ = "employment_gap"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    valid: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    explanation: Mapped[str]

    __table_args__ = (
        CheckConstraint("not isempty(valid) and not lower_inf(valid)", name="valid"),
    )


async def in_role_since(
    session: AsyncSession, person_id: UUID, part: Part
) -> date | None:
    """The day on which they began in the role of the part, in the posts that they hold.

    A manager's role is to manage a home (CHR r28), everybody else's to care for children (CHR r32).
    """
    began = await session.scalar(
        select(func.min(func.lower(Employment.valid))).where(
            Employment.person_id == person_id,
            Employment.manages if part is Part.MANAGER else Employment.care,
            func.upper(Employment.valid).is_(None),
        )
    )
    return day_of(began) if began else None


async def home_by_urn(session: AsyncSession, urn: str) -> Home | None:
    """The home with that URN, however it was typed."""
    plain = "".join(c for c in urn.upper() if c.isalnum())
    found: Home | None = await session.scalar(select(Home).where(Home.urn == plain))
    return found


async def places_shown(
    session: AsyncSession,
    people: Collection[UUID],
    at: datetime,
    *,
    known: datetime | None = None,
) -> dict[UUID, str | None]:
    """Where the public may know each person to work; None where they work nowhere that we know, or knew at a moment."""
    rows = await session.execute(
        select(Person.id, place_of(Person.id, at, known=known)).where(
            Person.id.in_(people)
        )
    )
    return {person_id: place for person_id, place in rows}  # noqa: C416 - rows are not pairs to the type checker


async def places_change(
    session: AsyncSession, people: Collection[UUID], now: datetime
) -> dict[UUID, datetime]:
    """When the next post of each begins or ends after `now`, as far as we know."""
    bounds = [func.lower(Employment.valid), func.upper(Employment.valid)]
    rows = await session.execute(
        select(
            Employment.person_id,
            *(func.min(bound).filter(bound > now) for bound in bounds),
        )
        .where(Employment.person_id.in_(people), or_(*(b > now for b in bounds)))
        .group_by(Employment.person_id)
    )
    return {person_id: min(filter(None, moments)) for person_id, *moments in rows}


def place_of(
    person_id: ColumnElement[UUID] | InstrumentedAttribute[UUID],
    at: datetime,
    *,
    known: datetime | None = None,
) -> ScalarSelect[str | None]:
    """For each row of a query: the town, or the region where the town has too few homes."""
    neighbour = aliased(Home)
    in_town = select(func.count()).where(neighbour.town == Home.town).scalar_subquery()
    place = case(
        (and_(Home.town.is_not(None), in_town >= HOMES_THAT_HIDE_ONE), Home.town),
        else_=Home.region,
    )
    posts = _posts(known).subquery() if known else Employment.__table__.alias()
    found = select(place).join(posts, posts.c.home_id == Home.id)
    found = found.where(posts.c.person_id == person_id, posts.c.valid.contains(at))
    found = found.order_by(
        posts.c.manages.desc(), func.lower(posts.c.valid).desc(), Home.urn
    )
    return found.limit(1).scalar_subquery()


def _posts(known: datetime) -> CompoundSelect[Any]:
    """In the form in which we held them at that moment."""
    columns = ("person_id", "home_id", "manages", "valid")
    now, once = (
        select(*(getattr(kind, name) for name in columns))
        for kind in (Employment, EmploymentSuperseded)
    )
    return union_all(
        now.where(Employment.recorded_at <= known),
        once.where(EmploymentSuperseded.recorded.contains(known)),
    )
