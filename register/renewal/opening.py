"""Opening renewals: from the day that the rules name, each person who is registered has one for the period that ends, or that
has ended; and whoever is entered once theirs is finished is renewed at once.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Select,
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

from register.application import follows_entry
from register.entry import Entry
from register.entry.facts import Registration
from register.kit.clock import day_of, start_of
from register.kit.db import rows_of
from register.kit.jobs import START, enqueue, every, go_on, job
from register.part import Part
from register.person import Person
from register.process import Event, Process
from register.renewal.acts import RenewalAct, RenewalEvent
from register.renewal.renewal import Renewal
from register.rule_set import PartNotOpen, Rules, RuleSet

AT_ONCE = 5_000


@every(hours=1)
async def begin_to_open(session: AsyncSession, now: datetime) -> None:  # noqa: ARG001 - each job is handed the moment
    """Through the queue, batch by batch, so that a worker that dies loses no more than one."""
    await enqueue(session, "open_some", {"after": START}, key="open_some")


@job("open_some")
async def open_some(session: AsyncSession, now: datetime, after: UUID) -> None:
    """Reminders follow once all are open, the first of which tells them so."""
    opened = await open_renewals(session, now, after=after)
    if not await go_on(session, "open_some", opened, after=after):
        await enqueue(
            session, "remind_of_renewal", {"after": START}, key="remind_of_renewal"
        )


async def open_renewals(
    session: AsyncSession,
    now: datetime,
    batch: int = AT_ONCE,
    *,
    after: UUID = START,
) -> Sequence[UUID]:
    """For the next who have none yet, of the leading part first: their entries, in order."""
    for part in sorted(Part, key=lambda one: one.position):
        if opened := await open_renewals_of(
            session, part, now=now, at_once=batch, after=after
        ):
            return opened
    return []


async def open_renewals_of(
    session: AsyncSession,
    part: Part,
    *,
    now: datetime,
    person_id: UUID | None = None,
    at_once: int = AT_ONCE,
    after: UUID = START,
) -> Sequence[UUID]:
    """For the next in the part, or for one: their entries, in order."""
    today = day_of(now)
    try:
        rule_set = await RuleSet.on(session, part, today)
    except PartNotOpen:
        return []
    for ends_on in _renewable(rule_set.rules, today):
        due = _due(rule_set, ends_on, now=now, after=after)
        if person_id:
            due = due.where(Entry.person_id == person_id)
        found = (await session.execute(due.limit(at_once))).all()
        if found:
            people = {person: only_pays for _, person, only_pays in found}
            if opened := await _open(
                session, rule_set, people, ends_on=ends_on, now=now
            ):
                await _tell(session, opened, ends_on, now=now)
            return [entry_id for entry_id, _, _ in found]
    return []


def _renewable(rules: Rules, today: date) -> Sequence[date]:
    """The last days of the periods that can be renewed: of the one that has ended too, as somebody may be entered for its
    last day when we hear of their payment after it.
    """
    ends_on = rules.period_end(today)
    ended = rules.period_end(ends_on.replace(year=ends_on.year - 1))
    return [ended, ends_on] if today >= rules.renewal_opens(ends_on) else [ended]


def _due(
    rule_set: RuleSet, ends_on: date, *, now: datetime, after: UUID
) -> Select[UUID, UUID, bool]:
    """The entries in order, with their persons and whether those only pay."""
    # Said of either side, or the planner reads one of them from its beginning.
    opens = start_of(rule_set.rules.renewal_opens(ends_on))
    return (
        select(Registration.entry_id, Entry.person_id, ~_joined_before(opens, ends_on))
        .join(Entry, Entry.id == Registration.entry_id)
        .join(Person, Person.id == Entry.person_id)
        .where(
            Entry.id > after,
            Registration.entry_id > after,
            Entry.part == rule_set.part,
            Registration.until_on == ends_on,
            Registration.valid.contains(now),
            Person.deceased_on.is_(None),
            Person.merged_into.is_(None),
            ~exists().where(
                Renewal.person_id == Entry.person_id, Renewal.ends_on == ends_on
            ),
        )
        .order_by(Registration.entry_id)
    )


async def _open(
    session: AsyncSession,
    rule_set: RuleSet,
    people: Mapping[UUID, bool],
    *,
    ends_on: date,
    now: datetime,
) -> dict[UUID, UUID]:
    """The renewals by their persons, in one statement. Of whom another has opened it meanwhile there is none."""
    each = rows_of(
        person_id=(Uuid, list(people)), only_pays=(Boolean, list(people.values()))
    ).c
    alike = {
        "ends_on": ends_on,
        "until_on": rule_set.rules.next_period_end(ends_on),
        "rule_set_id": rule_set.id,
        "opened_at": now,
        "version": 1,
    }
    table = Renewal.__table__.c
    rows = await session.execute(
        insert_or_ignore(Renewal)
        .from_select(
            ["id", "person_id", "only_pays", *alike],
            select(
                func.gen_random_uuid(),
                each.person_id,
                each.only_pays,
                *(literal(value, table[name].type) for name, value in alike.items()),
            ),
        )
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


@follows_entry
async def renew_with_the_others(
    session: AsyncSession, entry: Entry, by: Process
) -> None:
    """Whoever has finished renewing for the period that another entry is made for has renewed that one too."""
    until = max(entry.registrations, key=lambda one: one.starts).until_on
    renewal = await renewal_of(session, entry.person_id, until)
    if renewal and (await renewal.lock(session)).finished_at:
        await renewal.prolong(session, entry, by=by)


async def renewal_of(
    session: AsyncSession, person_id: UUID, ends_on: date
) -> Renewal | None:
    found: Renewal | None = await session.scalar(
        select(Renewal).where(
            Renewal.person_id == person_id, Renewal.ends_on == ends_on
        )
    )
    return found
