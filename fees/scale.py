"""The fee scale: what each thing costs, in each part, from when until when."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fees.money import pounds
from register.kit.clock import day_of, start_of
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

    @property
    def yearly(self) -> bool:
        """Whether it pays for a year in a part: one such fee a person, the dearest, unless the scale says otherwise."""
        return self in {FeeKind.REGISTRATION, FeeKind.RENEWAL}


class ProRata(StrEnum):
    """How a fee for a year becomes the fee for what is left of it."""

    NONE = "none"
    WHOLE_MONTHS = "whole_months"
    """A twelfth for each month that the registration touches, the first and the last included."""


class DiscountFor(StrEnum):
    """Who pays less."""

    FIRST_YEAR = "first_year"
    """Who was never registered before, and who renews for the first time while still in the window they joined in."""
    LOW_INCOME = "low_income"
    """Given by a finance officer on an invoice, when asked for."""


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
    each_part: Mapped[bool] = mapped_column(default=False)
    """Asked of whoever holds the part, whatever else they hold; otherwise only the dearest of somebody's parts is paid for."""
    instalments: Mapped[list[Any]] = mapped_column(default=list)
    """The days of the year, as "09-30", by which each equal share is asked for; none where all is paid at once."""

    discounts: Mapped[list["Discount"]] = relationship(
        lazy="selectin", order_by="Discount.because"
    )

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

    @property
    def begins(self) -> date:
        lower = self.valid.lower
        assert lower  # noqa: S101 - checked by the database
        return day_of(lower)

    def discount(self, because: DiscountFor) -> "Discount | None":
        return next((one for one in self.discounts if one.because is because), None)

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


class Discount(Base):
    """What some pay less, for as long as the price holds that it belongs to: a share of it, or so many pence."""

    __tablename__ = "fee_discount"

    fee_scale_id: Mapped[UUID] = mapped_column(
        ForeignKey("fee_scale.id"), primary_key=True
    )
    because: Mapped[DiscountFor] = mapped_column(
        code(DiscountFor, "because"), primary_key=True
    )
    per_cent: Mapped[int | None]
    pence: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("num_nonnulls(per_cent, pence) = 1", name="one_of_two"),
        CheckConstraint("per_cent between 1 and 99", name="per_cent"),
        CheckConstraint("pence > 0", name="pence"),
    )

    @property
    def amount(self) -> str:
        return f"{self.per_cent}%" if self.per_cent else pounds(self.pence or 0)

    def off(self, pence: int) -> int:
        """How many pence less; part of a penny is the payer's."""
        if self.per_cent is not None:
            return pence - pence * (100 - self.per_cent) // 100
        return min(self.pence or 0, pence)


async def scale_on(session: AsyncSession, day: date) -> list[FeeScale]:
    """All prices of that day, part by part."""
    found = await session.scalars(
        select(FeeScale).where(FeeScale.valid.contains(start_of(day)))
    )
    kinds = list(FeeKind)
    return sorted(found, key=lambda fee: (fee.part.position, kinds.index(fee.kind)))
