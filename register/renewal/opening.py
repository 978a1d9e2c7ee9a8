"""Opening renewals: from the day that the rules name, each person who is registered has one for the period that ends."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Uuid,
    cast,
    exists,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import insert as insert_or_ignore
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from register.entry import Entry
from register.entry.facts import Registration
from register.kit.clock import day_of, start_of
from register.kit.db import rows_of
from register.kit.jobs import enqueue, every, job
from register.part import Part
from register.person import Person
from register.process import Event, Process
from register.renewal.acts import RenewalAct, RenewalEvent
from register.renewal.renewal import Renewal
from register.rule_set import PartNotOpen, RuleSet

AT_ONCE = 5_000


@every(hours=1)
async def begin_to_open(session: AsyncSession, now: datetime) -> None:  # noqa: ARG001 - each job is handed the moment
    """Through the queue, batch by batch, so that a worker that dies loses no more than one."""
    await enqueue(session, "open_some", key="open_some")


@job("open_some")
async def open_some(session: AsyncSession, now: datetime) -> None:
    """Reminders follow once all are open, the first of which tells them so."""
    if await open_renewals(session, now):
        await enqueue(session, "open_some")
    else:
        await enqueue(session, "remind_of_renewal", key="remind_of_renewal")


async def open_renewals(
    session: AsyncSession, now: datetime, batch: int = AT_ONCE
) -> int:
    """For the next who have none yet, of the leading part first; how many."""
    for part in sorted(Part, key=lambda one: one.position):
        if opened := await open_renewals_of(session, part, now=now, at_once=batch):
            return opened
    return 0


async def open_renewals_of(
    session: AsyncSession,
    part: Part,
    *,
    now: datetime,
    person_id: UUID | None = None,
    at_once: int = AT_ONCE,
) -> int:
    """For everybody in the part, or for one; how many were opened."""
    today = day_of(now)
    try:
        rule_set = await RuleSet.on(session, part, today)
    except PartNotOpen:
        return 0
    ends_on = rule_set.rules.period_end(today)
    if today < rule_set.rules.renewal_opens(ends_on):
        return 0
    opened = await _open(
        session,
        rule_set,
        ends_on=ends_on,
        now=now,
        person_id=person_id,
        at_once=at_once,
    )
    if opened:
        await _tell(session, opened, ends_on, now=now)
    return len(opened)


async def _open(
    session: AsyncSession,
    rule_set: RuleSet,
    *,
    ends_on: date,
    now: datetime,
    person_id: UUID | None,
    at_once: int,
) -> dict[UUID, UUID]:
    """The renewals by their persons, in one statement."""
    opens = start_of(rule_set.rules.renewal_opens(ends_on))
    due = (
        select(
            func.gen_random_uuid(),
            Entry.person_id,
            literal(ends_on),
            literal(rule_set.rules.next_period_end(ends_on)),
            cast(literal(rule_set.id), Uuid),
            literal(now),
            ~_joined_before(opens, ends_on),
            literal(1),
        )
        .join(Registration, Registration.entry_id == Entry.id)
        .join(Person, Person.id == Entry.person_id)
        .where(
            Entry.part == rule_set.part,
            Registration.until_on == ends_on,
            Registration.valid.contains(now),
            Person.deceased_on.is_(None),
            Person.merged_into.is_(None),
            ~exists().where(
                Renewal.person_id == Entry.person_id, Renewal.ends_on == ends_on
            ),
        )
        .limit(at_once)
    )
    if person_id:
        due = due.where(Entry.person_id == person_id)
    columns = (
        "id",
        "person_id",
        "ends_on",
        "until_on",
        "rule_set_id",
        "opened_at",
        "only_pays",
        "version",
    )
    rows = await session.execute(
        insert_or_ignore(Renewal)
        .from_select(columns, due)
        .on_conflict_do_nothing(index_elements=["person_id", "ends_on"])
        .returning(Renewal.person_id, Renewal.id)
    )
    return {person: renewal for person, renewal in rows}  # noqa: C416 - rows are not pairs to the type checker


def _joined_before(opens: datetime, ends_on: date) -> ColumnElement[bool]:
    """Registered in some part before the period could be renewed."""
    entry, registration = aliased(Entry), aliased(Registration)
    return (
        exists()
        .where(entry.person_id == Entry.person_id, registration.entry_id == entry.id)
        .where(
            registration.until_on == ends_on,
            func.lower(registration.valid) < opens,
        )
    )


async def _tell(
    session: AsyncSession, opened: dict[UUID, UUID], ends_on: date, *, now: datetime
) -> None:
    process = Process.begin(session, RenewalAct.OPEN, now=now)
    await session.flush()
    each = rows_of(
        person_id=(Uuid, list(opened)), renewal_id=(Uuid, list(opened.values()))
    ).c
    await session.execute(
        insert(Event).from_select(
            ["process_id", "kind", "at", "person_id", "data"],
            select(
                cast(literal(process.id), Uuid),
                literal(RenewalEvent.OPENED),
                literal(now),
                each.person_id,
                func.jsonb_build_object(
                    "renewal", each.renewal_id, "ends_on", cast(literal(ends_on), Date)
                ),
            ),
        )
    )


async def renewal_of(
    session: AsyncSession, person_id: UUID, ends_on: date
) -> Renewal | None:
    found: Renewal | None = await session.scalar(
        select(Renewal).where(
            Renewal.person_id == person_id, Renewal.ends_on == ends_on
        )
    )
    return found
