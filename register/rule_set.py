"""Rule sets: the effective-dated terms of each part; every decision and deadline records the version it was made under."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from register.kit.clock import start_of
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.part import Part


class PartNotOpen(Refused):
    def __init__(self, part: Part) -> None:
        self.part = part
        super().__init__("This part of the register is not open for applications.")


class Verdict(StrEnum):
    """How far a qualification meets what the part asks for."""

    FULL = "full"
    PARTIAL = "partial"
    NO = "no"


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The figures of a rule set. Months and days are calendar ones unless the name says working days."""

    open: bool
    title: str
    registrar_name: str
    minimum_age_years: int
    register_by_months: int
    """From the start of the role to the day by which the holder must be registered."""
    qualification_deadline_months: int
    """From the start of the role, not from registration (CHR r28 and r32)."""
    address_history_years: int
    employment_gap_days: int
    """A longer time without a post needs an explanation."""
    draft_kept_days: int
    draft_reminder_days: int
    information_due_days: int
    information_reminder_days: int
    """Before the last day to answer; no reminder comes where less time was given."""
    assessment_target_working_days: int
    payment_window_working_days: int
    payment_reminder_days: int
    """Before the last day to pay."""
    period_end_month: int
    period_end_day: int
    publication_former_months: int
    publication_order_months: int
    appeal_days: int
    standards_version: str
    declaration_version: str

    def period_end(self, day: date) -> date:
        """The last day of the registration period in which `day` falls."""
        end = date(day.year, self.period_end_month, self.period_end_day)
        return end if day <= end else end.replace(year=day.year + 1)


class RuleSet(Base):
    """The terms of one part for a time. Rows are never changed; a new version ends the one before."""

    __tablename__ = "rule_set"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    part: Mapped[Part] = mapped_column(code(Part))
    version: Mapped[int]
    valid: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    data: Mapped[dict[str, Any]]

    accepted: Mapped[list["AcceptedQualification"]] = relationship(
        lazy="raise", order_by="AcceptedQualification.position"
    )
    standards: Mapped[list["Standard"]] = relationship(
        lazy="raise", order_by="Standard.position"
    )

    __table_args__ = (
        UniqueConstraint("part", "version"),
        # The database holds this one WITHOUT OVERLAPS.
        UniqueConstraint("part", "valid", name="rule_set_part_valid_key"),
        CheckConstraint("version > 0", name="version"),
    )

    @property
    def rules(self) -> Rules:
        return msgspec.convert(self.data, Rules)

    @classmethod
    async def on(cls, session: AsyncSession, part: Part, day: date) -> Self:
        """The terms of the part on that day, open or not; raises PartNotOpen where there were none yet."""
        found = await session.scalar(
            select(cls).where(cls.part == part, cls.valid.contains(start_of(day)))
        )
        if found is None:
            raise PartNotOpen(part)
        return found

    @classmethod
    async def open_on(cls, session: AsyncSession, part: Part, day: date) -> Self:
        """The terms under which somebody may apply that day; raises PartNotOpen."""
        found = await cls.on(session, part, day)
        if not found.rules.open:
            raise PartNotOpen(part)
        return found


class AcceptedQualification(Base):
    """A qualification that the part names, or one that counts as it."""

    __tablename__ = "accepted_qualification"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    rule_set_id: Mapped[UUID] = mapped_column(ForeignKey("rule_set.id"), index=True)
    position: Mapped[int]
    title: Mapped[str]
    level: Mapped[int | None]
    country: Mapped[str]
    verdict: Mapped[Verdict] = mapped_column(code(Verdict))


class Standard(Base):
    """A professional standard that holders of the part declare that they meet."""

    __tablename__ = "standard"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    rule_set_id: Mapped[UUID] = mapped_column(ForeignKey("rule_set.id"), index=True)
    position: Mapped[int]
    code: Mapped[str]
    title: Mapped[str]
    meaning: Mapped[str]

    __table_args__ = (UniqueConstraint("rule_set_id", "code"),)
