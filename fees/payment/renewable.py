"""Whether the fee of a renewal still buys anything: of whom nothing can be renewed, nothing is asked, and nothing taken."""

from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    DateTime,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from fees.invoice import Invoice, Purpose
from register.entry import Entry
from register.entry.facts import Lapse, Registration, Removal
from register.kit.clock import LONDON
from register.person import Person
from register.renewal import Renewal


def renewable(
    now: datetime, *, in_time: ColumnElement[bool] | None = None
) -> ColumnElement[bool]:
    """Of each `Renewal`: an entry stands whose period it follows on, or has lapsed since, of somebody who lives.

    What was `in_time` also renews an entry whose period ended without a lapse before we heard of it.
    """
    ends = func.timezone(LONDON.key, cast(Renewal.last_day + 1, DateTime))
    until = func.upper(Registration.valid)
    stands = Registration.valid.contains(now) & (until.is_(None) | (until >= ends))
    lapsed = exists().where(
        Lapse.entry_id == Entry.id,
        Lapse.valid.contains(now),
        func.lower(Lapse.valid) == until,
    )
    removed = exists().where(Removal.entry_id == Entry.id, Removal.valid.contains(now))
    ended = (until == ends) & (false() if in_time is None else in_time)
    return (
        exists()
        .where(Person.id == Renewal.person_id)
        .where(
            Person.deceased_on.is_(None),
            Person.merged_into.is_(None),
            Entry.person_id == Person.id,
            Registration.entry_id == Entry.id,
            Registration.until_on == Renewal.ends_on,
            or_(stands, ~removed & or_(lapsed, ended)),
        )
    )


async def can_be_renewed(
    session: AsyncSession, renewal: Renewal, *, at: datetime, now: datetime
) -> bool:
    """By money that came at that moment, and of which we hear now."""
    takes = renewable(now, in_time=literal(at < renewal.ended_at))
    found = await session.scalar(
        select(Renewal.id).where(Renewal.id == renewal.id, takes)
    )
    return found is not None


async def buys_nothing(
    session: AsyncSession, invoice: Invoice, *, now: datetime
) -> bool:
    """The invoice is of a renewal that cannot be any more."""
    if invoice.purpose is not Purpose.RENEWAL:
        return False
    found = await session.scalar(
        select(Renewal.id).where(Renewal.id == invoice.renewal_id, renewable(now))
    )
    return found is None


async def is_renewed(session: AsyncSession, renewal: Renewal, *, now: datetime) -> bool:
    """All was done in time, and a registration stands for the period that it renews for."""
    if not renewal.in_time:
        return False
    found = await session.scalar(
        select(Registration.id)
        .join(Entry, Entry.id == Registration.entry_id)
        .where(
            Entry.person_id == renewal.person_id,
            Registration.valid.contains(now),
            Registration.until_on >= renewal.until_on,
        )
        .limit(1)
    )
    return found is not None
