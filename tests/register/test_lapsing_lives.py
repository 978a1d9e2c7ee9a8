"""Arbitrary lives at the end of a period: the sweep does what the verbs do, and nobody who finished in time lapses."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from register.entry import (
    FACTS,
    ConditionKind,
    Entry,
    EntryProjection,
    NewCondition,
    OrderKind,
    RemovalReason,
    Status,
    row_at,
)
from register.kit.jobs import START
from register.kit.post import Failure, Message, MessageState
from register.part import Part
from register.process import Event
from register.renewal import (
    ExtensionReason,
    LapseRun,
    Renewal,
    RenewalExtension,
    RenewalStep,
    lapse_released,
    sweep,
)
from tests.make import make_process
from tests.register.lapsing import (
    RELEASED,
    again,
    noticed,
    registered,
    released,
)
from tests.register.renewing import (
    DAY,
    ENDS,
    HOUR,
    INSTANT,
    MIDNIGHT,
    NOTICED,
    OPENS,
    STEPS,
    do,
)
from tests.thorough import many

LIVES, SOME_LIVES = many(30), 12
HEARD = RELEASED + DAY
IN_TIME = (NOTICED, MIDNIGHT - HOUR, MIDNIGHT - INSTANT)
LATE = (MIDNIGHT, MIDNIGHT + INSTANT, MIDNIGHT + HOUR)


@dataclass(frozen=True)
class LifeOf:
    """`paid_at` is the payer's moment; `heard_after` the run, or as it was paid."""

    parts: tuple[Part, ...]
    form: bool
    paid_at: object
    heard_after: bool
    noticed: bool
    asked: bool
    held: tuple | None
    suspended: bool
    conditions: int
    condition_since: bool
    removed_at: object
    removed_after: bool
    died: bool

    @property
    def finished_at(self):
        return self.paid_at if self.form else None

    @property
    def in_time(self):
        return self.finished_at is not None and self.finished_at < MIDNIGHT

    @property
    def heard_of_in_the_run(self):
        return self.finished_at is not None and not self.heard_after

    @property
    def gone(self):
        return self.died or self.removed_at is not None

    @property
    def held_at_the_end(self):
        return (
            self.held is not None
            and self.held[0] <= MIDNIGHT
            and (self.held[1] is None or self.held[1] > MIDNIGHT)
        )


@st.composite
def lives(draw):
    paid_at = draw(st.none() | st.sampled_from(IN_TIME + LATE))
    begun = st.sampled_from((NOTICED, MIDNIGHT, MIDNIGHT + HOUR))
    ended = st.none() | st.sampled_from((MIDNIGHT + INSTANT, MIDNIGHT + 2 * HOUR))
    return LifeOf(
        parts=draw(
            st.sampled_from([(Part.MANAGER,), (Part.MANAGER, Part.DEPUTY)]),
        ),
        form=draw(st.booleans()),
        paid_at=paid_at,
        heard_after=paid_at is not None and draw(st.booleans()),
        noticed=draw(st.sampled_from((True, True, True, False))),
        asked=draw(st.sampled_from((False, False, False, True))),
        held=draw(st.none() | st.tuples(begun, ended)),
        suspended=draw(st.booleans()),
        conditions=draw(st.integers(0, 2)),
        condition_since=draw(st.sampled_from((False, False, True))),
        removed_at=draw(
            st.none() | st.sampled_from((MIDNIGHT - HOUR, MIDNIGHT, MIDNIGHT + HOUR))
        ),
        removed_after=draw(st.sampled_from((False, False, True))),
        died=draw(st.sampled_from((False, False, False, True))),
    )


async def live(session, life):
    """As far as it goes before the run."""
    told = [
        NewCondition(ConditionKind.REGISTRATION, f"Work with mentor {n}")
        for n in range(life.conditions)
    ]
    entries = [await registered(session, part=life.parts[0], conditions=told)]
    entries += [
        await registered(session, person=entries[0].person, part=part)
        for part in life.parts[1:]
    ]
    (renewal,) = await noticed(session, entries[0])
    if not life.noticed:
        await came_back(session, entries[0])
    if life.asked:
        await RenewalExtension.ask(
            session,
            renewal,
            because=ExtensionReason.CARING,
            words="I care for my mother.",
            by=make_process(session, now=NOTICED),
        )
    for one in entries:
        await meet(session, await again(session, one), life)
    if life.form:
        await do(session, renewal, *STEPS, at=OPENS)
    if life.paid_at and not life.heard_after:
        await do(session, renewal, RenewalStep.PAYMENT, at=life.paid_at)
    for one in entries:
        if life.removed_at:
            await (await again(session, one)).remove(
                session,
                on=life.removed_at,
                because=RemovalReason.VOLUNTARY,
                by=make_process(session, now=max(life.removed_at, MIDNIGHT + 2 * HOUR)),
            )
    if life.died:
        entries[0].person.deceased_on = ENDS
        for one in entries:
            await (await again(session, one)).project(session, now=MIDNIGHT)
    await session.flush()
    return [one.id for one in entries], renewal.id


async def came_back(session, entry):
    await session.execute(
        update(Message)
        .where(Message.key.startswith("renewal_notice:"))
        .where(Message.person_id == entry.person_id)
        .values(state=MessageState.FAILED, failed_because=Failure.UNDELIVERABLE)
    )


async def meet(session, entry, life):
    """What happens to one of the entries meanwhile."""
    if life.suspended:
        await entry.order(
            session,
            OrderKind.SUSPENSION_ORDER,
            on=NOTICED,
            until=RELEASED + 400 * DAY,
            wording=None,
            by=make_process(session, now=NOTICED),
        )
    if life.held:
        begun, ended = life.held
        hold = await entry.hold(session, on=begun, by=make_process(session, now=begun))
        if ended and ended > begun:
            by = make_process(session, now=ended)
            await entry.end(session, hold, on=ended, by=by)
    if life.condition_since:
        await entry.set_condition(
            session,
            NewCondition(ConditionKind.REGISTRATION, "Work with another"),
            on=MIDNIGHT + HOUR,
            by=make_process(session, now=MIDNIGHT + HOUR),
        )


def possible(life):
    """A removal that was told when a condition had been set since is a mend of what nobody would record."""
    return not (life.removed_at and life.condition_since)


async def told(session, entries):
    """All that the database says of them, but for what is drawn: ids, and by which act."""
    await session.flush()
    session.expunge_all()
    found, people = [], set()
    for one in entries:
        entry = await Entry.load(session, one)
        people.add(entry.person_id)
        facts = sorted(
            (
                kind,
                str(fact.valid),
                fact.recorded_at,
                *(
                    str(getattr(fact, name, None))
                    for name in ("because", "kind", "due_on", "until_on", "text_id")
                ),
            )
            for kind in FACTS
            for fact in getattr(entry, kind)
        )
        row = await session.get(EntryProjection, one)
        columns = [c.name for c in EntryProjection.__table__.columns]
        found.append((facts, {name: getattr(row, name) for name in columns}))
    events = await session.execute(
        select(Event.kind, Event.at, Event.data).where(Event.person_id.in_(people))
    )
    plain = sorted(
        (kind, at, str({k: v for k, v in data.items() if k != "fact"}))
        for kind, at, data in events
    )
    return found, plain


async def by_the_verbs(session, run):
    while found := await sweep._next(session, run, RELEASED, 100, after=START):
        by = await sweep._process(session, run, RELEASED)
        for due in found:
            await sweep.carry_out(session, run, due, by=by)
        await session.flush()


async def by_the_sweep(session, run, batch):
    while await lapse_released(session, run, RELEASED, batch):
        pass


def must_be(life, entry):
    """What a person would say of it who knows the rules."""
    at_midnight = entry.status_at(MIDNIGHT)
    if life.gone:
        assert entry.lapses == []
    elif life.in_time and life.heard_of_in_the_run:
        assert entry.lapses == []
        assert entry.registrations[0].until_on > ENDS
    elif not life.noticed:
        assert entry.lapses == []
    elif life.asked:
        assert (entry.lapses, at_midnight.current) == ([], True)
        assert at_midnight is not Status.HELD
    elif life.held_at_the_end:
        assert (entry.lapses, at_midnight) == ([], Status.HELD)
    else:
        assert at_midnight is Status.LAPSED
        if life.heard_of_in_the_run:
            on = max(life.finished_at, MIDNIGHT + INSTANT)
            assert entry.registrations[-1].until_on > ENDS
            assert entry.status_at(on - INSTANT) is Status.LAPSED
            assert entry.status_at(on).current


async def the_sweep_and_the_verbs_agree(session, many, batch):
    """What is loaded is forgotten wherever a savepoint is rolled back."""
    async with session.begin_nested() as outer:
        await registered(session)  # so that there is a run, whatever the others do
        lived = [await live(session, life) for life in many]
        entries = [entry for each, _ in lived for entry in each]
        run_id = (await released(session)).id
        async with session.begin_nested() as inner:
            await by_the_verbs(session, await session.get_one(LapseRun, run_id))
            verbs = await told(session, entries)
            await inner.rollback()
        session.expunge_all()
        await by_the_sweep(session, await session.get_one(LapseRun, run_id), batch)

        assert await told(session, entries) == verbs
        for life, (each, _) in zip(many, lived, strict=True):
            for one in each:
                await must_be_told(session, life, one)
        await hear_of_the_rest(session, many, lived)
        await outer.rollback()
    session.expunge_all()


async def must_be_told(session, life, entry_id):
    entry = await Entry.load(session, entry_id, lock=True)
    must_be(life, entry)
    row = await session.get(EntryProjection, entry_id)
    should = await row_at(session, entry, RELEASED)
    said = {name: getattr(row, name) for name in should}
    assert row.stale(RELEASED) or said == should


async def hear_of_the_rest(session, many, lived):
    """Payments of which the provider told only after the run, and after a removal."""
    for life, (each, renewal_id) in zip(many, lived, strict=True):
        if not life.heard_after:
            continue
        if life.removed_after and not life.gone:
            for one in each:
                await (await Entry.load(session, one, lock=True)).remove(
                    session,
                    on=RELEASED + HOUR,
                    because=RemovalReason.VOLUNTARY,
                    by=make_process(session, now=RELEASED + HOUR),
                )
        renewal = await session.get_one(Renewal, renewal_id)
        await do(session, renewal, RenewalStep.PAYMENT, at=life.paid_at, heard=HEARD)
        for one in each:
            entry = await Entry.load(session, one, lock=True)
            if life.removed_at or life.removed_after:
                assert life.died or entry.status_at(HEARD) is Status.REMOVED_VOLUNTARY
                continue
            if life.died or not life.form:
                continue
            if life.in_time:
                assert entry.lapses == []
                assert entry.status_at(MIDNIGHT) in {
                    Status.REGISTERED,
                    Status.SUSPENDED,
                }
                assert entry.registrations[-1].until_on > ENDS
            elif life.noticed and not life.held_at_the_end and not life.asked:
                assert entry.status_at(MIDNIGHT) is Status.LAPSED
                assert entry.status_at(HEARD) in {Status.REGISTERED, Status.SUSPENDED}


def examples(count):
    return settings(
        max_examples=count,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


MANY = st.lists(lives().filter(possible), min_size=1, max_size=4)
BATCHES = st.sampled_from((1, 3, 100))


@given(many=MANY, batch=BATCHES)
@examples(SOME_LIVES)
async def test_the_sweep_does_what_the_verbs_do(session, many, batch):
    await the_sweep_and_the_verbs_agree(session, many, batch)


@pytest.mark.long
@pytest.mark.timeout(many(900))
@given(many=MANY, batch=BATCHES)
@examples(LIVES)
async def test_the_sweep_does_what_the_verbs_do_in_many_lives(session, many, batch):
    await the_sweep_and_the_verbs_agree(session, many, batch)
