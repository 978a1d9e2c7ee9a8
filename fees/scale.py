"""The fee scale: what each thing costs, in each part, from when until when."""

from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from fees.money import pounds
from register.kit.clock import start_of
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.part import Part

MONTHS_OF_A_YEAR = 12


class FeeKind(StrEnum):
    REGISTRATION = "registration"
    RENEWAL = "renewal"
    RESTORATION = "restoration"
    OVERSEAS_SCRUTINY = "overseas_scrutiny"
    LATE_REINSTATEMENT = "late_reinstatement"


class ProRata(StrEnum):
    """How a fee for a year becomes the fee for what is left of it."""

    NONE = "none"
    WHOLE_MONTHS = "whole_months"
    """A twelfth for each month that the registration touches, the first and the last included."""


class NoFeeSet(Refused):
    def __init__(self, kind: FeeKind, part: Part) -> None:
        self.kind, self.part = kind, part
        super().__init__("No fee has been set for this part of the register yet.")


class FeeScale(Base):
    """One price for a time. A new one ends the one before."""

    __tablename__ = "fee_scale"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[FeeKind] = mapped_column(code(FeeKind, "kind"))
    part: Mapped[Part] = mapped_column(code(Part, "part"))
    valid: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    amount_pence: Mapped[int]
    pro_rata: Mapped[ProRata] = mapped_column(code(ProRata, "pro_rata"))

    __table_args__ = (
        # The database holds this one WITHOUT OVERLAPS.
        UniqueConstraint("kind", "part", "valid", name="fee_scale_kind_part_valid_key"),
        CheckConstraint("amount_pence >= 0", name="amount_pence"),
        CheckConstraint("not isempty(valid) and not lower_inf(valid)", name="valid"),
    )

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)

    @classmethod
    async def on(
        cls, session: AsyncSession, kind: FeeKind, part: Part, day: date
    ) -> Self:
        """The price on that day; raises NoFeeSet."""
        found = await session.scalar(
            select(cls).where(
                cls.kind == kind, cls.part == part, cls.valid.contains(start_of(day))
            )
        )
        if found is None:
            raise NoFeeSet(kind, part)
        return found

    def months(self, *, on: date, until: date) -> int | None:
        """The months that are charged for; None where the price is the price."""
        if self.pro_rata is ProRata.NONE:
            return None
        touched = MONTHS_OF_A_YEAR * (until.year - on.year) + until.month - on.month + 1
        return max(1, min(touched, MONTHS_OF_A_YEAR))

    def charge(self, *, on: date, until: date) -> int:
        """Pence for a registration from `on` until `until`; part of a penny is the payer's."""
        months = self.months(on=on, until=until)
        if months is None:
            return self.amount_pence
        return self.amount_pence * months // MONTHS_OF_A_YEAR


async def scale_on(session: AsyncSession, day: date) -> list[FeeScale]:
    """All prices of that day, part by part."""
    found = await session.scalars(
        select(FeeScale).where(FeeScale.valid.contains(start_of(day)))
    )
    kinds = list(FeeKind)
    return sorted(found, key=lambda fee: (fee.part.position, kinds.index(fee.kind)))
