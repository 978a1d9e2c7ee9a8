"""Changing a price: proposed by one finance officer, approved by another, and never for a day that has come."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

import msgspec
from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from fees.acts import FeesEvent
from fees.invoice import Invoice, InvoiceLine
from fees.money import pounds
from fees.payment import Receipt
from fees.scale import Discount, DiscountFor, FeeKind, FeeScale, ProRata
from register.account import Account
from register.entry import EntryProjection, Status
from register.kit.clock import day_of, since, start_of
from register.kit.errors import Refused
from register.part import Part
from register.process import Process
from register.proposal import Proposal, ProposalKind, carries_out

CURRENT = tuple(status for status in Status if status.current)


class BeginsTooSoon(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Fees can only be changed for days to come: choose a later day."
        )


class NotLater(Refused):
    """So that no day has had two prices."""

    def __init__(self, latest: FeeScale) -> None:
        self.latest = latest
        super().__init__(
            "This fee must begin after the day on which the fee before it begins."
        )


class NothingChanged(Refused):
    def __init__(self) -> None:
        super().__init__("This says the same as the fee that it would replace.")


class JoiningIsFree(Refused):
    """Nobody is in the register for nothing: only who pays for one part already may be let off another."""

    def __init__(self) -> None:
        super().__init__("Joining the register must cost at least a penny.")


class Off(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A discount: one of the two."""

    per_cent: int | None = None
    pence: int | None = None

    @property
    def amount(self) -> str:
        return f"{self.per_cent}%" if self.per_cent else pounds(self.pence or 0)


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that a row of the scale says, but its days."""

    kind: FeeKind
    part: Part
    amount_pence: int
    pro_rata: ProRata
    each_part: bool = False
    first_year: Off | None = None
    low_income: Off | None = None
    instalments: tuple[str, ...] = ()

    @classmethod
    def of(cls, scale: FeeScale) -> Self:
        def off(because: DiscountFor) -> Off | None:
            found = scale.discount(because)
            return Off(found.per_cent, found.pence) if found else None

        return cls(
            scale.kind,
            scale.part,
            scale.amount_pence,
            scale.pro_rata,
            scale.each_part,
            off(DiscountFor.FIRST_YEAR),
            off(DiscountFor.LOW_INCOME),
            tuple(scale.instalments),
        )

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)

    @property
    def about(self) -> str:
        """As a proposal names it."""
        return about(self.kind, self.part)

    def row(self, begins_on: date) -> FeeScale:
        offs = {
            DiscountFor.FIRST_YEAR: self.first_year,
            DiscountFor.LOW_INCOME: self.low_income,
        }
        return FeeScale(
            kind=self.kind,
            part=self.part,
            valid=since(start_of(begins_on)),
            amount_pence=self.amount_pence,
            pro_rata=self.pro_rata,
            each_part=self.each_part,
            instalments=list(self.instalments),
            discounts=[
                Discount(because=because, per_cent=off.per_cent, pence=off.pence)
                for because, off in offs.items()
                if off
            ],
        )


@dataclass(frozen=True)
class Meaning:
    """What a change would mean, counted: what has been billed stays as it is."""

    before: FeeScale | None
    price: Price
    begins_on: date
    people: int
    """In the part now."""
    unpaid: int
    """Invoices at the price before, which they keep."""

    @property
    def yearly(self) -> str:
        """More or less a year, were they all to pay it once."""
        before = self.before.amount_pence if self.before else 0
        return pounds(self.people * (self.price.amount_pence - before))


def about(kind: StrEnum, part: StrEnum) -> str:
    return f"fees:{kind}-{part}"


async def latest(
    session: AsyncSession, kind: FeeKind, part: Part, *, lock: bool = False
) -> FeeScale | None:
    """The price that has no end yet, begun or to come."""
    found = select(FeeScale).where(
        FeeScale.kind == kind, FeeScale.part == part, func.upper_inf(FeeScale.valid)
    )
    scale: FeeScale | None = await session.scalar(
        found.with_for_update() if lock else found
    )
    return scale


async def meaning(session: AsyncSession, price: Price, begins_on: date) -> Meaning:
    before = await latest(session, price.kind, price.part)
    people = await session.scalar(
        select(func.count())
        .select_from(EntryProjection)
        .where(EntryProjection.part == price.part, EntryProjection.status.in_(CURRENT))
    )
    unpaid = (
        await session.scalar(
            select(func.count(Invoice.id.distinct()))
            .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
            .where(
                InvoiceLine.fee_scale_id == before.id,
                ~exists().where(Receipt.invoice_id == Invoice.id),
            )
        )
        if before
        else 0
    )
    return Meaning(before, price, begins_on, people or 0, unpaid or 0)


async def propose(
    session: AsyncSession,
    price: Price,
    begins_on: date,
    *,
    proposer: Account,
    by: Process,
) -> Proposal:
    """Raises BeginsTooSoon, NotLater, NothingChanged, JoiningIsFree or AlreadyProposed."""
    await must_be_possible(session, price, begins_on, today=day_of(by.at))
    return await Proposal.make(
        session,
        ProposalKind.CHANGE_FEES,
        about=price.about,
        data={
            "price": msgspec.to_builtins(price),
            "begins_on": begins_on.isoformat(),
        },
        touched=[],
        proposer=proposer,
        by=by,
    )


async def must_be_possible(
    session: AsyncSession, price: Price, begins_on: date, *, today: date
) -> FeeScale | None:
    """The price that it would follow."""
    before = await latest(session, price.kind, price.part, lock=True)
    if begins_on <= today:
        raise BeginsTooSoon
    if before and begins_on <= before.begins:
        raise NotLater(before)
    if before and Price.of(before) == price:
        raise NothingChanged
    if price.kind is FeeKind.REGISTRATION and least(price) < 1:
        raise JoiningIsFree
    return before


def least(price: Price) -> int:
    """What is left to pay for whom it is cheapest."""
    row = price.row(date.min)
    charge = price.amount_pence
    if price.pro_rata is ProRata.WHOLE_MONTHS:
        charge //= 12
    return charge - max((one.off(charge) for one in row.discounts), default=0)


def proposed(data: dict[str, Any]) -> tuple[Price, date]:
    """What a proposal holds."""
    return (
        msgspec.convert(data["price"], Price),
        date.fromisoformat(data["begins_on"]),
    )


@carries_out(ProposalKind.CHANGE_FEES)
async def change(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    """Raises BeginsTooSoon where the proposal waited until its day had come."""
    price, begins_on = proposed(proposal.data)
    before = await must_be_possible(session, price, begins_on, today=day_of(by.at))
    if before:
        before.valid = Range(before.valid.lower, start_of(begins_on), bounds="[)")
        await session.flush()
    session.add(price.row(begins_on))
    by.tell(
        FeesEvent.FEES_CHANGED,
        fee=price.kind,
        part=price.part,
        pence=price.amount_pence,
        begins=begins_on,
    )
