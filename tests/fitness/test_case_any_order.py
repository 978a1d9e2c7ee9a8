"""Cases in the hands of an office that does anything to them in any order, by whoever may and whoever may not.

What is refused changes nothing, and in the end case, register, history and both fences agree.
"""

from collections import Counter
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import async_sessionmaker

from fitness.case import (
    Case,
    CaseEvent,
    CaseLink,
    CaseMember,
    CaseRisk,
    ClosedBecause,
    Place,
    Stage,
    case_for,
    join,
    members,
    visible_to,
)
from fitness.fence import Capacity, look_as
from fitness.leaving import CaseLeaving, Decision
from fitness.order import (
    AppealOutcome,
    CaseOrder,
    Decided,
    Ended,
    Measure,
    OrderAppeal,
    appeal_of,
    bring_orders_into_force,
    conclude,
    end,
    entries_of,
    facts_of,
    let_orders_expire,
    order_in,
    orders_of,
    reach_new_entries,
    take_effect,
)
from fitness.triage import (
    Factor,
    PassedTo,
    TriageDecision,
    TriageFactor,
    TriageOutcome,
    Weight,
    decisions_in,
)
from register.account import StaffRole
from register.entry import Entry, Status
from register.kit.clock import day_of
from register.kit.errors import NotFound, Refused
from tests.fees.test_payment_any_order import unhurried
from tests.fitness.investigating import act, make_investigator, weigh
from tests.fitness.ordering import DECIDERS
from tests.make import NOW, make_account, make_entry
from tests.thorough import many

SOME, VERY_MANY = 8, many(334)
"""Lives, of three cases each."""
HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)
HOLDING = (
    Stage.INVESTIGATION,
    Stage.EXAMINATION,
    Stage.HEARING,
    Stage.MONITORING,
)
SEATS = {
    StaffRole.ADJUDICATOR: Place.PANEL,
    StaffRole.CASE_EXAMINER: Place.EXAMINER,
}
"""In the third case, which has come as far as to an order."""
REFUSED = (Refused, NotFound, DBAPIError)


class Life:
    """Three cases, two of them about one person, and whoever may have to do with them."""

    def __init__(self, session, cases, office):
        self.session, self.cases, self.office = session, cases, office
        self.now = NOW

    async def do(self, what, case, actor, choice):
        """As that actor, behind both fences, or not at all."""
        self.now += HOUR
        async with self.session.begin_nested() as savepoint:
            await look_as(self.session, Capacity.STAFF, actor.id)
            by = act(self.session, actor, now=self.now)
            try:
                known = await case_for(self.session, actor, case.reference, lock=True)
                await getattr(self, what)(known, actor, choice, by)
                await self.session.flush()
            except REFUSED:
                await savepoint.rollback()
                return False
        return True

    async def weigh(self, case, _actor, choice, by):
        factor = list(Factor)[choice % len(Factor)]
        weight = list(Weight)[choice % len(Weight)]
        TriageFactor.weigh(
            self.session, case, factor, weight, words="So it seems", by=by
        )

    async def weigh_all(self, case, _actor, choice, by):
        for factor in Factor:
            weight = Weight.FOR if choice % 2 else Weight.AGAINST
            TriageFactor.weigh(self.session, case, factor, weight, words="All", by=by)

    async def decide(self, case, _actor, choice, by):
        outcome = list(TriageOutcome)[choice % len(TriageOutcome)]
        passed = outcome is TriageOutcome.PASSED_ON
        waits = outcome is TriageOutcome.ENQUIRIES
        await TriageDecision.decide(
            self.session,
            case,
            outcome,
            words="So we decide",
            passed_to=[PassedTo.LADO] if passed else [],
            until=day_of(self.now) + timedelta(days=7) if waits else None,
            by=by,
        )

    async def rate(self, case, _actor, choice, by):
        CaseRisk.rate(
            self.session,
            case,
            likelihood=choice % 5 + 1,
            harm=choice % 3 + 1,
            words="As we know",
            by=by,
        )

    async def link(self, case, actor, choice, by):
        other = await self._other(actor, choice)
        await CaseLink.make(self.session, case, other, words="One night", by=by)

    async def join(self, case, actor, choice, by):
        await join(
            self.session, case, await self._other(actor, choice), words="One", by=by
        )

    async def give(self, case, _actor, choice, by):
        account = self.office[choice % len(self.office)]
        await case.take_on(
            self.session, account, list(Place)[choice % len(Place)], by=by
        )

    async def take(self, case, _actor, choice, by):
        working = await members(self.session, case.id)
        if working:
            await case.release(self.session, working[choice % len(working)], by=by)

    async def restrict(self, case, actor, _choice, by):
        await case.restrict(self.session, actor, words="A colleague", by=by)

    async def lift(self, case, _actor, _choice, by):
        case.lift_restriction(self.session, words="Over", by=by)

    async def note(self, case, _actor, _choice, by):
        case.note(self.session, "A note", by=by)

    async def refer(self, case, _actor, choice, by):
        later = (Stage.EXAMINATION, Stage.HEARING, Stage.MONITORING)
        case.move(self.session, later[choice % len(later)], by=by)

    async def order(self, case, _actor, choice, by):
        """By whoever, of whatever kind, with an appeal or at once; the consequences are the service's."""
        measure = list(Measure)[choice % len(Measure)]
        decided = list(Decided)[choice // 7 % len(Decided)]
        await look_as(self.session, Capacity.SERVICE)
        order = await CaseOrder.make(
            self.session,
            case,
            measure,
            months=None if measure is Measure.REMOVAL else 12,
            words="What the public reads",
            decided=decided,
            served_on=day_of(self.now) if choice % 2 else None,
            by=by,
        )
        if choice % 2 == 0:
            await take_effect(self.session, case, order, by=by)

    async def appeal(self, case, _actor, choice, by):
        order = await self._order(case, choice)
        on = day_of(self.now)
        await OrderAppeal.lodge(self.session, case, order, on=on, words="CO/1", by=by)

    async def hear_appeal(self, case, _actor, choice, by):
        order = await self._order(case, choice)
        await look_as(self.session, Capacity.SERVICE)
        appeal = await appeal_of(self.session, order)
        if appeal is None:
            raise NotFound
        outcome = list(AppealOutcome)[choice % len(AppealOutcome)]
        on = day_of(self.now)
        await appeal.end(self.session, case, order, outcome, on=on, by=by)

    async def revoke(self, case, _actor, choice, by):
        order = await self._order(case, choice)
        await look_as(self.session, Capacity.SERVICE)
        await end(self.session, case, order, on=self.now, because=Ended.REVOKED, by=by)
        await conclude(self.session, case, by=by)

    async def leave(self, case, actor, choice, by):
        leaving = await CaseLeaving.propose(
            self.session,
            case,
            actor,
            asked_on=day_of(self.now),
            stopped=True,
            stays_away=bool(choice % 5),
            for_health=False,
            in_public_interest=True,
            words="They have retired",
            by=by,
        )
        decider = self.office[choice % len(self.office)]
        await leaving.decide(
            self.session,
            case,
            decider,
            Decision.AGREED,
            investigates=False,
            words="Agreed",
            by=by,
        )
        await look_as(self.session, Capacity.SERVICE)
        await leaving.carry_out(self.session, case, by=by)

    async def wait(self, _case, _actor, choice, _by):
        """Days or months go by, and what comes of that comes of it."""
        self.now += timedelta(days=choice % 400)
        await time_does_its_work(self)

    async def _order(self, case, choice):
        return await order_in(self.session, case.id, choice % 3 + 1)

    async def _other(self, actor, choice):
        reference = self.cases[choice % len(self.cases)].reference
        return await case_for(self.session, actor, reference, lock=True)


ACTS = [name for name in vars(Life) if not name.startswith("_") and name != "do"]


async def time_does_its_work(life):
    await bring_orders_into_force(life.session, life.now)
    await let_orders_expire(life.session, life.now)
    await reach_new_entries(life.session, life.now)


async def all_agree(life):
    session = life.session
    await time_does_its_work(life)
    await look_as(session, Capacity.SERVICE)
    found = (await session.scalars(select(Case))).all()
    for case in found:
        await is_at_one_with_itself(session, case)
        await is_at_one_with_the_register(session, case, life.now)
        for order in await orders_of(session, case.id):
            await stands_as_it_was_decided(session, case, order, life.now)
    for account in life.office:
        await look_as(session, Capacity.SERVICE)
        first = set(await session.scalars(select(Case.id).where(visible_to(account))))
        await look_as(session, Capacity.STAFF, account.id)
        assert set(await session.scalars(select(Case.id))) == first


async def is_at_one_with_itself(session, case):
    await session.refresh(case)
    decided = [one.outcome for one in await decisions_in(session, case.id)]
    final = [one for one in decided if one is not TriageOutcome.ENQUIRIES]
    assert len(final) <= 1
    if case.stage is Stage.TRIAGE:
        assert not final
    if case.stage in HOLDING:
        assert final == [TriageOutcome.OPENED]
        assert case.tell_by is not None
    if not case.open_now:
        orders = await orders_of(session, case.id)
        assert not [one for one in orders if one.standing and one.measure.reviewed]
    assert (case.because is ClosedBecause.JOINED) == (case.joined_to is not None)
    everybody = await members(session, case.id, ever=True)
    places = {(one.account_id, one.place) for one in everybody}
    assert max(Counter(who for who, _ in places).values()) == 1
    if case.restricted:
        now = await members(session, case.id)
        assert any(one.place is Place.MANAGER for one in now)


async def is_at_one_with_the_register(session, case, now):
    """An entry is held while any case about its person is investigated, and by no other."""
    investigated = await session.scalar(
        select(func.count())
        .select_from(Case)
        .where(Case.person_id == case.person_id, Case.stage.in_(HOLDING))
    )
    ids = await session.scalars(
        select(Entry.id).where(Entry.person_id == case.person_id)
    )
    for entry_id in ids.all():
        entry = await Entry.load(session, entry_id, lock=True)
        assert entry.held_at(now) == bool(investigated)


async def stands_as_it_was_decided(session, case, order, now):
    """Two decided who may; it began no sooner and ended no later than it says, in every part that there is."""
    place = DECIDERS[order.decided_by][0]
    everybody = await members(session, case.id, ever=True)
    assert len([one for one in everybody if one.place is place]) >= 2
    facts = await facts_of(session, order)
    if order.in_force_at is None:
        assert not facts
        assert (
            order.ended_at or order.starts_at > now or await open_appeal(session, order)
        )
        return
    assert order.starts_at <= order.in_force_at <= now
    lasts = [one for one in (order.ends_at, order.ended_at) if one]
    for fact, _ in facts:
        assert fact.starts >= order.in_force_at
        if order.measure is not Measure.REMOVAL:
            assert abs(fact.valid.upper - max(min(lasts), fact.starts)) <= INSTANT
    reached = {entry.id for _, entry in facts}
    for entry in await entries_of(session, case):
        status = entry.status_at(now)
        if order.in_force(now) and status and status.current:
            assert entry.id in reached
            assert not order.measure.order_kind or (
                not order.measure.order_kind.suspends or status is Status.SUSPENDED
            )


async def open_appeal(session, order):
    appeal = await appeal_of(session, order)
    return appeal is not None and appeal.ended_on is None


@asynccontextmanager
async def a_life(engine):
    async with engine.connect() as connection:
        outer = await connection.begin()
        sessions = async_sessionmaker(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        async with sessions() as session:
            yield await begun(session)
        await outer.rollback()


async def begun(session):
    one, other = [(await make_entry(session)).person for _ in range(2)]
    office = [
        await make_investigator(session),
        await make_investigator(session),
        await make_account(session, StaffRole.INVESTIGATOR, StaffRole.TEAM_MANAGER),
        await make_account(session, StaffRole.TEAM_MANAGER),
        await make_account(session, StaffRole.REGISTRAR, person=other),
        await make_account(session, StaffRole.AUDITOR),
        await make_account(session, StaffRole.CASEWORKER),
        *[await make_account(session, StaffRole.ADJUDICATOR) for _ in range(2)],
        *[await make_account(session, StaffRole.CASE_EXAMINER) for _ in range(2)],
        await make_account(session, StaffRole.HEARINGS_OFFICER),
    ]
    cases = []
    for n, person in enumerate((one, one, other)):
        taker = office[n % 2]
        await look_as(session, Capacity.STAFF, taker.id)
        by = act(session, taker)
        cases.append(await Case.open(session, person, taker=taker, by=by))
    await look_as(session, Capacity.SERVICE)
    weigh(session, cases[2], seriousness=Weight.FOR)
    await session.flush()
    await TriageDecision.decide(
        session,
        cases[2],
        TriageOutcome.OPENED,
        words="A child was hurt.",
        by=act(session),
    )
    for stage in (Stage.EXAMINATION, Stage.HEARING, Stage.MONITORING):
        cases[2].move(session, stage, by=act(session))
    for account in office:
        for role, place in SEATS.items():
            if role in account.roles:
                await cases[2].take_on(session, account, place, by=act(session))
    await session.flush()
    return Life(session, cases, office)


async def stays_sound(engine, happenings):
    async with a_life(engine) as life:
        for what, which, who, choice in happenings:
            before = await told(life)
            case, actor = life.cases[which], life.office[who % len(life.office)]
            done = await life.do(what, case, actor, choice)
            if not done:
                assert await told(life) == before
        await all_agree(life)


async def told(life):
    """How much was ever written, of every kind."""
    await look_as(life.session, Capacity.SERVICE)
    counts = [
        await life.session.scalar(select(func.count()).select_from(kind))
        for kind in (
            CaseEvent,
            CaseMember,
            CaseRisk,
            CaseLink,
            TriageFactor,
            CaseOrder,
            OrderAppeal,
            CaseLeaving,
        )
    ]
    rows = await life.session.execute(
        select(Case.stage, Case.restricted, Case.version).order_by(Case.id)
    )
    return counts, rows.all()


happenings = st.lists(
    st.tuples(
        st.sampled_from(ACTS),
        st.integers(0, 2),
        st.integers(0, 20),
        st.integers(0, 1000),
    ),
    max_size=14,
)


@settings(unhurried, max_examples=SOME)
@given(happenings=happenings)
async def test_whatever_is_done_case_register_history_and_fences_agree(
    engine, happenings
):
    await stays_sound(engine, happenings)


@pytest.mark.long
@pytest.mark.timeout(many(900))
@settings(unhurried, max_examples=VERY_MANY)
@given(happenings=happenings)
async def test_in_very_many_lives_they_agree_too(engine, happenings):
    await stays_sound(engine, happenings)
