"""Writing what a released run says, batch by batch: each in a transaction, so that it may be killed at any moment and resumed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Text,
    Uuid,
    and_,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    union,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_or_ignore
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.entry import Entry, EntryEvent, EntryProjection, LapseReason, Status
from register.entry.facts import Condition, Lapse, Registration
from register.kit.clock import day_of, months_after, start_of
from register.kit.db import among, rows_of
from register.kit.jobs import START, enqueue, every, go_on, job
from register.kit.post import Outgoing, post_many
from register.person import Person
from register.process import Event, Process
from register.renewal.acts import RenewalAct
from register.renewal.lapsing import (
    DONE,
    WAITS,
    Fate,
    concerned,
    fate_on,
    left,
    those_standing,
    why,
)
from register.renewal.noticed import EmployerNews, News
from register.renewal.renewal import Renewal
from register.renewal.run import LapseRun, RunState
from register.rule_set import RuleSet

BATCH = 2_000


@dataclass(frozen=True)
class Due:
    """An entry with which a run has something to do."""

    entry_id: UUID
    person_id: UUID
    renewal_id: UUID
    fate: Fate
    left: str

    @property
    def because(self) -> LapseReason:
        return why(self.left.split(","))


@every(hours=1)
async def go_on_with_runs(session: AsyncSession, now: datetime) -> None:  # noqa: ARG001 - each job is handed the moment
    """Runs that are released and not written to the end, whatever became of the work."""
    found = await session.scalars(
        select(LapseRun.id).where(LapseRun.state == RunState.RELEASED)
    )
    for run_id in found:
        await enqueue(
            session,
            "lapse_some",
            {"run_id": run_id, "after": START},
            key=f"lapse_some:{run_id}",
        )


@job("lapse_some")
async def lapse_some(
    session: AsyncSession, now: datetime, run_id: UUID, after: UUID
) -> None:
    run = await _ours(session, run_id)
    if run is None:
        return
    done = await lapse_released(session, run, now, after=after)
    if not await go_on(
        session, "lapse_some", done, after=after, ids={"run_id": run_id}
    ) and not await _is_left(session, run, now):
        # What somebody is working on is still to come: `go_on_with_runs` finds it.
        run.state, run.written_at = RunState.WRITTEN, now


async def _ours(session: AsyncSession, run_id: UUID) -> LapseRun | None:
    """The run, unless it is written or another worker is at it: that one goes on, and of two that did each would undo the
    other's batch, as both count on the one row.
    """
    found: LapseRun | None = await session.scalar(
        select(LapseRun)
        .where(LapseRun.id == run_id, LapseRun.state == RunState.RELEASED)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return found


async def _is_left(session: AsyncSession, run: LapseRun, now: datetime) -> bool:
    """Of whom we have not answered, the run knows what to do once we have."""
    waits = fate_on(run.last_day).in_(WAITS)
    some = concerned(run.last_day, Entry.id, now=now).where(waits).limit(1)
    return await session.scalar(some) is not None


def _done(run: LapseRun) -> ColumnElement[bool]:
    return fate_on(run.last_day).in_(DONE)


async def lapse_released(
    session: AsyncSession,
    run: LapseRun,
    now: datetime,
    batch: int = BATCH,
    *,
    after: UUID = START,
) -> Sequence[UUID]:
    """Do what the run does with the next entries: them, in order. Done again, it finds nothing; raises NotReleased."""
    run.must_be_released()
    found = await _next(session, run, now, batch, after=after)
    if not found:
        return []
    by = await _process(session, run, now)
    odd = await _odd(session, run, found, now=now)
    many: list[Due] = []
    few: list[Due] = []
    for one in found:
        plain = one.fate is Fate.LAPSE and one.entry_id not in odd
        (many if plain else few).append(one)
    if many:
        await _lapse_many(session, run, many, by=by)
    for one in few:
        await carry_out(session, run, one, by=by)
    await _tell(session, run, found, now=now)
    run.lapsed += sum(one.fate in {Fate.LAPSE, Fate.LATE} for one in found)
    run.restored += sum(one.fate is Fate.LATE for one in found)
    run.ended += sum(one.fate is Fate.HELD for one in found)
    run.renewed += sum(one.fate is Fate.SPARED for one in found)
    await session.flush()
    return [one.entry_id for one in found]


async def _next(
    session: AsyncSession, run: LapseRun, now: datetime, batch: int, *, after: UUID
) -> list[Due]:
    """Locks first, then looks: whoever acted on one of them meanwhile has committed by the second look.

    What somebody is working on waits for the next batch.
    """
    locked: Sequence[UUID] = []
    while not locked:
        some = await those_standing(
            session, run.last_day, now=now, after=after, size=batch
        )
        if not some:
            return []
        after = some[-1]
        ids = await session.scalars(
            concerned(run.last_day, Entry.id, now=now)
            .where(among(Entry.id, some), _done(run))
            .with_for_update(of=Entry, skip_locked=True)
        )
        locked = ids.all()
    renewals = await session.scalars(
        select(Renewal.id)
        .join(Entry, Entry.person_id == Renewal.person_id)
        .where(among(Entry.id, locked))
        .with_for_update(of=Renewal, skip_locked=True)
    )
    held = renewals.all()
    rows = await session.execute(
        concerned(
            run.last_day,
            Entry.id,
            Entry.person_id,
            Renewal.id,
            fate_on(run.last_day),
            left(),
            now=now,
        )
        .where(among(Entry.id, locked), among(Renewal.id, held), _done(run))
        .order_by(Entry.id)
    )
    return [
        Due(entry_id, person_id, renewal_id, Fate(fate), missing)
        for entry_id, person_id, renewal_id, fate, missing in rows
    ]


async def _process(session: AsyncSession, run: LapseRun, now: datetime) -> Process:
    """One a batch: by whoever proposed the run, with whoever released it."""
    proposer = await session.get(Account, run.proposer_id)
    approver = await session.get(Account, run.approver_id)
    by = Process.begin(
        session, RenewalAct.LAPSE, now=now, actor=proposer, approver=approver
    )
    await session.flush()
    return by


async def carry_out(
    session: AsyncSession, run: LapseRun, due: Due, *, by: Process
) -> None:
    """By the verbs of the entry, one at a time."""
    entry = await Entry.load(session, due.entry_id, lock=True)
    renewal = await session.get_one(Renewal, due.renewal_id, populate_existing=True)
    match due.fate:
        case Fate.LAPSE:
            await entry.lapse(session, on=run.ends, because=due.because, by=by)
        case Fate.LATE:
            await entry.lapse(session, on=run.ends, because=due.because, by=by)
            await renewal.restore(session, entry, by=by)
        case Fate.SPARED:
            await renewal.renew(session, entry, by=by)
        case Fate.HELD:
            await entry.end_period(session, on=run.ends, by=by)


async def _odd(
    session: AsyncSession, run: LapseRun, found: Sequence[Due], *, now: datetime
) -> set[UUID]:
    """Of whom a fact has an end of its own, a condition was set since, or time has passed by what lists read: too few to be
    written many at once.
    """
    ids = [one.entry_id for one in found]
    bounded = [
        select(kind.entry_id).where(
            among(kind.entry_id, ids),
            func.upper(kind.valid) > run.ends,
        )
        for kind in (Registration, Condition)
    ]
    since = select(Condition.entry_id).where(
        among(Condition.entry_id, ids), func.lower(Condition.valid) >= run.ends
    )
    stale = select(EntryProjection.entry_id).where(
        among(EntryProjection.entry_id, ids), EntryProjection.good_until <= now
    )
    return set(await session.scalars(union(*bounded, since, stale)))


async def _lapse_many(
    session: AsyncSession, run: LapseRun, many: Sequence[Due], *, by: Process
) -> None:
    """The same as `Entry.lapse` for each, in a handful of statements: a property test holds the two equal."""
    ids = [one.entry_id for one in many]
    ended = {"recorded_at": by.at, "process_id": by.id}
    for kind in (Condition, Registration):
        await session.execute(
            update(kind)
            .where(among(kind.entry_id, ids), kind.valid.contains(run.ends))
            .values(valid=func.tstzrange(func.lower(kind.valid), run.ends), **ended)
            .execution_options(synchronize_session=False)
        )
    each = rows_of(
        entry_id=(Uuid, [one.entry_id for one in many]),
        person_id=(Uuid, [one.person_id for one in many]),
        because=(Text, [str(one.because) for one in many]),
    )
    await session.execute(
        insert(Lapse).from_select(
            ["id", "entry_id", "valid", "recorded_at", "process_id", "because"],
            select(
                func.gen_random_uuid(),
                each.c.entry_id,
                func.tstzrange(run.ends, null()),
                literal(by.at),
                cast(literal(by.id), Uuid),
                each.c.because,
            ),
        )
    )
    await session.execute(
        insert(Event).from_select(
            ["process_id", "kind", "at", "person_id", "data"],
            select(
                cast(literal(by.id), Uuid),
                literal(EntryEvent.LAPSED),
                literal(by.at),
                each.c.person_id,
                func.jsonb_build_object(
                    "entry", each.c.entry_id, "because", each.c.because
                ),
            ),
        )
    )
    await _project_many(session, run, ids, now=by.at)


async def _project_many(
    session: AsyncSession, run: LapseRun, ids: Sequence[UUID], *, now: datetime
) -> None:
    """What a lapse changes of the row that search and lists read, where the period had no other end."""
    row = EntryProjection
    shown_until = await _shown_until(session, run, ids)
    until = case(shown_until, value=Registration.rule_set_id)
    await session.execute(
        update(row)
        .where(
            among(row.entry_id, ids),
            Registration.entry_id == row.entry_id,
            func.upper(Registration.valid) == run.ends,
        )
        .values(
            status=Status.LAPSED,
            may_practise=False,
            registered_until=Registration.until_on,
            restrictions=[],
            published=and_(row.published, until > now),
            good_until=func.least(row.good_until, case((until > now, until))),
        )
        .execution_options(synchronize_session=False)
    )


async def _shown_until(
    session: AsyncSession, run: LapseRun, ids: Sequence[UUID]
) -> dict[UUID, datetime]:
    """When each set of rules ends the publication of what lapses now."""
    found = await session.scalars(
        select(RuleSet).where(
            exists().where(
                Registration.rule_set_id == RuleSet.id,
                among(Registration.entry_id, ids),
                func.upper(Registration.valid) == run.ends,
            )
        )
    )
    return {
        one.id: start_of(
            months_after(day_of(run.ends), one.rules.publication_former_months)
        )
        for one in found
    }


LETTERS = {Fate.LAPSE: "renewal_lapsed", Fate.HELD: "renewal_period_ended"}


async def _tell(
    session: AsyncSession, run: LapseRun, found: Sequence[Due], *, now: datetime
) -> None:
    """Who lapsed, and whoever employs them. Whoever was registered again at once is told that alone."""
    to_write = {(one.renewal_id, one.fate): one for one in found if one.fate in LETTERS}
    rows = await session.execute(
        select(Renewal.id, Account.email, Person.number, Renewal.rule_set_id)
        .join(Person, Person.id == Renewal.person_id)
        .join(Account, Account.person_id == Person.id)
        .where(among(Renewal.id, [renewal_id for renewal_id, _ in to_write]))
    )
    cured: dict[UUID, date] = {}
    reached = {}
    for renewal_id, email, number, rule_set_id in rows.all():
        if rule_set_id not in cured:
            rule_set = await session.get_one(RuleSet, rule_set_id)
            cured[rule_set_id] = rule_set.rules.cure_ends(run.last_day)
        reached[renewal_id] = Reached(email, number or "", cured[rule_set_id])
    await post_many(
        session,
        [
            _letter(run, one, reached[renewal_id])
            for (renewal_id, _), one in to_write.items()
            if renewal_id in reached
        ],
        now=now,
    )
    lapsed = {one.renewal_id for one in found if one.fate is Fate.LAPSE}
    if lapsed:
        await session.execute(
            insert_or_ignore(EmployerNews)
            .from_select(
                ["renewal_id", "of", "at"],
                select(
                    rows_of(renewal_id=(Uuid, list(lapsed))).c.renewal_id,
                    literal(News.LAPSED),
                    literal(now),
                ),
            )
            .on_conflict_do_nothing()
        )


@dataclass(frozen=True)
class Reached:
    """How somebody can be written to."""

    email: str
    number: str
    cure_until: date


def _letter(run: LapseRun, due: Due, whom: Reached) -> Outgoing:
    letter = LETTERS[due.fate]
    return Outgoing(
        to=whom.email,
        letter=letter,
        context={
            "last_day": run.last_day,
            "lapsed_on": day_of(run.ends),
            "cure_until": whom.cure_until,
            "left": tuple(due.left.split(",")),
        },
        own={"number": whom.number},
        key=f"{letter}:{due.renewal_id}",
        person_id=due.person_id,
    )
