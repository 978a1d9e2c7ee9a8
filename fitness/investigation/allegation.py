"""Allegations: what somebody is said to have done, on what ground that matters, and which standards it would break.

What was once drawn up is never changed: a new version stands beside it, and what was disclosed stays what it was.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from fitness.case import Case, CaseEventKind, CaseText, Stage, say
from fitness.numbers import next_number
from register.employment import Home
from register.kit.clock import day_of
from register.kit.db import Base
from register.kit.errors import Refused
from register.process import Process
from register.rule_set import Standard


class Ground(StrEnum):
    """Why somebody's fitness to practise may be impaired (domain.md 7.1)."""

    MISCONDUCT = "misconduct"
    COMPETENCE = "competence"
    CONVICTION = "conviction"
    """In the United Kingdom, or a caution."""
    FOREIGN_CONVICTION = "foreign_conviction"
    HEALTH = "health"
    OTHER_REGULATOR = "other_regulator"
    BARRED = "barred"
    ENGLISH = "english"


GROUNDS = json.dumps(list(Ground))


class NoGround(Refused):
    def __init__(self) -> None:
        super().__init__("An allegation needs at least one ground.")


class NothingAlleged(Refused):
    def __init__(self) -> None:
        super().__init__("An allegation needs at least one particular.")


class NotAStandard(Refused):
    def __init__(self, codes: Collection[str]) -> None:
        self.codes = codes
        super().__init__(
            "The rules under which this case runs do not have one of these standards."
        )


class NotYetThen(Refused):
    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__("What is alleged cannot have happened after today.")


class AllegationWithdrawn(Refused):
    def __init__(self) -> None:
        super().__init__("This allegation has been withdrawn.")


@dataclass(frozen=True)
class Alleged:
    """A particular as somebody draws it up: on a day, in a time, or nobody knows when; in a home, elsewhere, or nobody knows."""

    words: str
    from_on: date | None = None
    until_on: date | None = None
    home_id: UUID | None = None
    place: str = ""


class Allegation(Base):
    """Its versions say what it is; the highest is what it is now."""

    __tablename__ = "allegation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"))
    number: Mapped[int]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    withdrawn_at: Mapped[datetime | None]

    process: Mapped[Process] = relationship(lazy="raise")
    versions: Mapped[list["AllegationVersion"]] = relationship(
        lazy="raise", order_by="AllegationVersion.version", back_populates="allegation"
    )

    __table_args__ = (UniqueConstraint("case_id", "number"),)

    @property
    def current(self) -> "AllegationVersion":
        return self.versions[-1]

    @property
    def earlier(self) -> Sequence["AllegationVersion"]:
        """What it was before, the latest first."""
        return self.versions[-2::-1]

    @classmethod
    async def draw(
        cls,
        session: AsyncSession,
        case: Case,
        particulars: Sequence[Alleged],
        *,
        grounds: Collection[Ground],
        standards: Collection[str],
        by: Process,
    ) -> Self:
        """Raises NotNow, NoGround, NothingAlleged, NotAStandard or NotYetThen."""
        allegation = cls(
            id=uuid4(),
            case_id=case.id,
            number=await next_number(session, cls.number, cls.case_id, case.id),
            process=by,
            versions=[],
        )
        await allegation.redraw(
            session, case, particulars, grounds=grounds, standards=standards, by=by
        )
        session.add(allegation)
        return allegation

    async def redraw(
        self,
        session: AsyncSession,
        case: Case,
        particulars: Sequence[Alleged],
        *,
        grounds: Collection[Ground],
        standards: Collection[str],
        by: Process,
    ) -> "AllegationVersion":
        """Beside what it was; raises as `draw` does, or AllegationWithdrawn."""
        case.must_be(Stage.INVESTIGATION)
        if self.withdrawn_at:
            raise AllegationWithdrawn
        if not grounds:
            raise NoGround
        if not particulars:
            raise NothingAlleged
        version = AllegationVersion(
            id=uuid4(),
            case_id=case.id,
            version=len(self.versions) + 1,
            process=by,
            drawn_at=by.at,
            grounds=[ground for ground in Ground if ground in grounds],
            standards=await _standards_of(session, case, standards),
            particulars=[
                Particular.of(session, case, one, number=number, by=by)
                for number, one in enumerate(particulars, start=1)
            ],
        )
        self.versions.append(version)
        case.tell(
            session,
            CaseEventKind.ALLEGATION_DRAWN,
            by=by,
            allegation=self.number,
            version=version.version,
        )
        return version

    def withdraw(
        self, session: AsyncSession, case: Case, words: str, *, by: Process
    ) -> None:
        """Raises NotNow or AllegationWithdrawn."""
        case.must_be(Stage.INVESTIGATION)
        if self.withdrawn_at:
            raise AllegationWithdrawn
        self.withdrawn_at = by.at
        case.tell(
            session,
            CaseEventKind.ALLEGATION_WITHDRAWN,
            by=by,
            allegation=self.number,
            text=say(session, case.id, words, by=by).id,
        )


class AllegationVersion(Base):
    """The database refuses to change one."""

    __tablename__ = "allegation_version"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    allegation_id: Mapped[UUID] = mapped_column(ForeignKey("allegation.id"))
    version: Mapped[int]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    drawn_at: Mapped[datetime]
    grounds: Mapped[list[Any]]
    """Codes of Ground."""
    standards: Mapped[list[Any]]
    """Codes of the standards of the rule set under which the case runs (domain.md 7.4)."""

    process: Mapped[Process] = relationship(lazy="raise")
    allegation: Mapped[Allegation] = relationship(
        lazy="raise", back_populates="versions"
    )
    particulars: Mapped[list["Particular"]] = relationship(
        lazy="raise", order_by="Particular.number"
    )

    __table_args__ = (
        UniqueConstraint("allegation_id", "version"),
        CheckConstraint(
            f"grounds <@ '{GROUNDS}' and jsonb_array_length(grounds) > 0",
            name="grounds",
        ),
    )


class Particular(Base):
    """One thing that is said to have happened. The database refuses to change one."""

    __tablename__ = "particular"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("allegation_version.id"))
    number: Mapped[int]
    from_on: Mapped[date | None]
    """None where nobody knows when it happened."""
    until_on: Mapped[date | None]
    """The last day; the same as the first where it was on one day."""
    home_id: Mapped[UUID | None] = mapped_column(ForeignKey("home.id"))
    place_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """In words, where it was not in a home that we know."""
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )

    home: Mapped[Home | None] = relationship(lazy="raise")
    place: Mapped[CaseText | None] = relationship(lazy="raise", foreign_keys=place_id)
    text: Mapped[CaseText | None] = relationship(lazy="raise", foreign_keys=text_id)

    __table_args__ = (
        UniqueConstraint("version_id", "number"),
        CheckConstraint(
            "(from_on is null) = (until_on is null) and from_on <= until_on",
            name="dates",
        ),
        CheckConstraint("num_nonnulls(home_id, place_id) <= 1", name="place"),
    )

    @classmethod
    def of(
        cls,
        session: AsyncSession,
        case: Case,
        alleged: Alleged,
        *,
        number: int,
        by: Process,
    ) -> Self:
        """A day alone is its own last day; raises NotYetThen."""
        until_on = alleged.until_on or alleged.from_on
        if until_on and until_on > day_of(by.at):
            raise NotYetThen(until_on)
        place = say(session, case.id, alleged.place, by=by) if alleged.place else None
        return cls(
            id=uuid4(),
            case_id=case.id,
            number=number,
            from_on=alleged.from_on,
            until_on=until_on,
            home_id=alleged.home_id,
            place=place,
            text=say(session, case.id, alleged.words, by=by),
        )


async def _standards_of(
    session: AsyncSession, case: Case, codes: Collection[str]
) -> list[str]:
    """In the order of the rules; raises NotAStandard."""
    known = [one.code for one in await standards_for(session, case)]
    if unknown := set(codes) - set(known):
        raise NotAStandard(unknown)
    return [code for code in known if code in codes]


async def standards_for(session: AsyncSession, case: Case) -> Sequence[Standard]:
    found = await session.scalars(
        select(Standard)
        .where(Standard.rule_set_id == case.rule_set_id)
        .order_by(Standard.position)
    )
    return found.all()


def particulars_whole() -> _AbstractLoad:
    """For a statement that asks for versions: their particulars with words and places."""
    return selectinload(AllegationVersion.particulars).options(
        joinedload(Particular.text),
        joinedload(Particular.place),
        joinedload(Particular.home),
    )


async def allegations_of(session: AsyncSession, case_id: UUID) -> Sequence[Allegation]:
    """All, with every version, in the order of their numbers."""
    found = await session.scalars(
        select(Allegation)
        .where(Allegation.case_id == case_id)
        .options(selectinload(Allegation.versions).options(particulars_whole()))
        .order_by(Allegation.number)
    )
    return found.all()
