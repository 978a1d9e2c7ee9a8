"""The renewals of one period as staff list them: by state, each state counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from register.account import Account
from register.entry import Entry
from register.entry.facts import Registration
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.person import Person
from register.renewal.renewal import Renewal
from register.renewal.standing import RenewalState, Standing, standings_of
from register.renewal.twin import cure_ended, narrowed, state_at
from register.rule_set import RuleSet

PAGE = 50
COUNTED = 1000
"""Counting stops past it."""
LISTED = tuple(state for state in RenewalState if state is not RenewalState.ENDED)


@dataclass(frozen=True)
class RenewalsPage:
    rows: Sequence[tuple[Renewal, Standing]]
    next: UUID | None


async def periods(session: AsyncSession) -> list[date]:
    """The last days of the periods that were or are renewed, the latest first."""
    found: list[date] = []
    latest = await session.scalar(select(func.max(Renewal.ends_on)))
    while latest and len(found) < MOST_PERIODS:
        found.append(latest)
        earlier = select(func.max(Renewal.ends_on)).where(Renewal.ends_on < latest)
        latest = await session.scalar(earlier)
    return found


MOST_PERIODS = 5


async def renewals_in(
    session: AsyncSession,
    reader: Account,
    ends_on: date,
    state: RenewalState | None,
    *,
    now: datetime,
    after: UUID | None = None,
    size: int = PAGE,
) -> RenewalsPage:
    """A page of them, in an order that stays; nobody reads of their own."""
    found = _of(reader, ends_on).options(
        joinedload(Renewal.person), joinedload(Renewal.rule_set)
    )
    if state:
        found = found.where(_in(state, now))
    if after:
        found = found.where(Renewal.id > after)
    rows = list(await session.scalars(found.order_by(Renewal.id).limit(size + 1)))
    shown = rows[:size]
    told = await standings_of(session, shown, now=now)
    return RenewalsPage(
        [(one, told[one.id]) for one in shown if one.id in told],
        shown[-1].id if len(rows) > size else None,
    )


async def counts_in(
    session: AsyncSession, reader: Account, ends_on: date, *, now: datetime
) -> dict[RenewalState, int]:
    """How many are in each state, in one query; each count stops past COUNTED."""
    counts = [
        select(func.count())
        .select_from(
            _of(reader, ends_on)
            .where(_in(state, now))
            .with_only_columns(Renewal.id)
            .limit(COUNTED + 1)
            .subquery()
        )
        .scalar_subquery()
        .label(state)
        for state in LISTED
    ]
    row = (await session.execute(select(*counts))).one()
    return dict(zip(LISTED, row, strict=True))


async def overlooked_in(
    session: AsyncSession, reader: Account, *, now: datetime
) -> Sequence[date]:
    """The last days of the periods of which somebody stands in the register still whose time to finish is over."""
    today = day_of(now)
    found = await session.scalars(
        select(Registration.until_on)
        .join(Entry, Entry.id == Registration.entry_id)
        .join(Person, Person.id == Entry.person_id)
        .join(
            Renewal,
            and_(
                Renewal.person_id == Entry.person_id,
                Renewal.ends_on == Registration.until_on,
            ),
        )
        .join(RuleSet, RuleSet.id == Renewal.rule_set_id)
        .where(
            Registration.until_on < today,
            func.upper_inf(Registration.valid),
            Renewal.finished_at.is_(None),
            cure_ended() < today,
            Person.deceased_on.is_(None),
            Person.merged_into.is_(None),
            _others(reader),
        )
        .distinct()
        .order_by(Registration.until_on)
    )
    return found.all()


async def renewal_for(
    session: AsyncSession, reader: Account, renewal_id: UUID
) -> Renewal:
    """Of somebody else; raises NotFound."""
    found = await session.scalar(
        select(Renewal)
        .options(joinedload(Renewal.person), joinedload(Renewal.rule_set))
        .where(Renewal.id == renewal_id, _others(reader))
    )
    if found is None:
        raise NotFound
    return found


def _others(reader: Account) -> ColumnElement[bool]:
    return Renewal.person_id != reader.person_id if reader.person_id else true()


def _of(reader: Account, ends_on: date) -> Select[Renewal]:
    return (
        select(Renewal)
        .join(RuleSet, Renewal.rule_set_id == RuleSet.id)
        .join(Person, Renewal.person_id == Person.id)
        .where(
            Renewal.ends_on == ends_on, Person.merged_into.is_(None), _others(reader)
        )
    )


def _in(state: RenewalState, now: datetime) -> ColumnElement[bool]:
    return narrowed(state) & (state_at(now, day_of(now)) == str(state))
