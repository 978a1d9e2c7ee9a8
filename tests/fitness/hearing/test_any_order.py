"""Hearings in the hands of an office that lists, empanels, releases, serves, adjourns and decides in any order.

Whatever is done, no order comes of it without a quorum, a chair and notice as the law has it, and nobody is in two places.
"""

from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import async_sessionmaker

from fitness.case import Case
from fitness.fence import Capacity, look_as
from fitness.hearing.application import InterimApplication
from fitness.hearing.decision import Draft, HearingDecision, decision_of, sign
from fitness.hearing.hearing import Hearing, hearing_in
from fitness.hearing.kind import Attendance, HearingState, Kind, Outcome, Seat
from fitness.hearing.member import HearingMember, ReleasedFor, panel_of
from fitness.hearing.notice import begin, give_notice, services_for
from fitness.hearing.outcome import carry_out
from fitness.hearing.sitting import adjourn, empanel, release, vacate
from fitness.investigation.served import ServiceKind
from fitness.order import CaseOrder
from fitness.panel import Side
from register.kit.clock import day_of
from register.kit.errors import NotFound, Refused
from register.kit.post import Failure, Message
from tests.fees.test_payment_any_order import unhurried
from tests.fitness.finding import make_told
from tests.fitness.investigating import act
from tests.fitness.sitting import SUSPENDED, make_decider
from tests.make import NOW, make_address
from tests.thorough import many

SOME, VERY_MANY = 8, many(25)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REFUSED = (Refused, NotFound, DBAPIError)
NOTICE_DAYS = 7
SIDES = (Side.LAY, Side.REGISTRANT, Side.LAY, Side.REGISTRANT)


class Life:
    """Two cases, and four who might sit in either."""

    def __init__(self, session, cases, pool):
        self.session, self.cases, self.pool = session, cases, pool
        self.now = NOW

    async def do(self, what, which, choice):
        """Or not at all."""
        self.now += HOUR
        case = self.cases[which]
        async with self.session.begin_nested() as savepoint:
            try:
                await getattr(self, what)(case, choice, act(self.session, now=self.now))
                await self.session.flush()
            except REFUSED:
                await savepoint.rollback()
        await self.session.refresh(case, ["person", "rule_set"])

    async def wait(self, _case, choice, _by):
        self.now += (choice % 12 + 1) * DAY

    async def wait_for_it(self, case, _choice, _by):
        """Until it begins."""
        self.now = max(self.now, (await self._hearing(case)).starts_at)

    async def apply(self, case, _choice, by):
        await InterimApplication.make(self.session, case, "It cannot wait", by=by)

    async def list_one(self, case, choice, by):
        starts_at = self.now + (choice % 20 + 1) * DAY
        await Hearing.list_one(
            self.session,
            case,
            Kind.INTERIM_ORDER,
            starts_at=starts_at,
            last_on=day_of(starts_at) + choice % 2 * DAY,
            remote=True,
            place="By video",
            by=by,
        )

    async def seat(self, case, choice, by):
        account = self.pool[choice % len(self.pool)]
        seat = (Seat.CHAIR, Seat.MEMBER)[choice % 2]
        await empanel(
            self.session,
            case,
            await self._hearing(case),
            account,
            seat,
            words="They can",
            by=by,
        )

    async def seat_all(self, case, _choice, by):
        """As far as they may."""
        hearing = await self._hearing(case)
        for seat, account in zip(
            (Seat.CHAIR, Seat.MEMBER, Seat.MEMBER), self.pool, strict=False
        ):
            await empanel(
                self.session, case, hearing, account, seat, words="They can", by=by
            )

    async def let_go(self, case, choice, by):
        hearing = await self._hearing(case)
        panel = await panel_of(self.session, hearing)
        await release(
            self.session,
            case,
            hearing,
            panel[choice % len(panel)] if panel else await self._nobody(),
            because=ReleasedFor.CONFLICT,
            words="They know them",
            by=by,
        )

    async def serve(self, case, choice, by):
        hearing = await self._hearing(case)
        by_post = bool(choice % 2)
        await give_notice(
            self.session, case, hearing, "You may come", by_post=by_post, by=by
        )

    async def come_back(self, case, _choice, _by):
        """What was served last."""
        services = await services_for(self.session, await self._hearing(case))
        if not services:
            raise NotFound
        message = await self.session.get(Message, services[0].service.message_id)
        await self.session.refresh(message)
        message.fail(now=self.now, because=Failure.UNDELIVERABLE)

    async def adjourn(self, case, choice, by):
        starts_at = self.now + (choice % 20 + 1) * DAY
        await adjourn(
            self.session,
            case,
            await self._hearing(case),
            "There is no time",
            starts_at=starts_at,
            last_on=day_of(starts_at),
            by=by,
        )

    async def vacate(self, case, _choice, by):
        hearing = await self._hearing(case)
        await vacate(self.session, case, hearing, "It is not needed", by=by)

    async def begin(self, case, choice, by):
        attendance = list(Attendance)[choice % len(Attendance)]
        hearing = await self._hearing(case)
        await begin(self.session, case, hearing, attendance, by=by)

    async def draw_up(self, case, choice, by):
        draft = SUSPENDED if choice % 3 else Draft(Outcome.NO_ORDER, "No risk")
        hearing = await self._hearing(case)
        await HearingDecision.draw_up(self.session, case, hearing, draft, by=by)

    async def sign(self, case, choice, by):
        await self._sign(case, self.pool[choice % len(self.pool)], by)

    async def sign_all(self, case, _choice, by):
        hearing = await self._hearing(case)
        for member in await panel_of(self.session, hearing):
            account = next(one for one in self.pool if one.id == member.account_id)
            await self._sign(case, account, by)

    async def _sign(self, case, account, by):
        hearing = await self._hearing(case)
        if await sign(self.session, case, hearing, account.id, by=by):
            decision = await decision_of(self.session, hearing)
            await carry_out(self.session, case, hearing, decision, by=by)

    async def _hearing(self, case):
        """That is open."""
        found = await self.session.scalar(
            select(Hearing.number)
            .where(
                Hearing.case_id == case.id,
                Hearing.state.in_([HearingState.LISTED, HearingState.ADJOURNED]),
            )
            .limit(1)
        )
        return await hearing_in(self.session, case.id, found or 0)

    async def _nobody(self):
        raise NotFound


ACTS = [name for name in vars(Life) if not name.startswith("_") and name != "do"]


async def all_is_lawful(life):
    session = life.session
    await look_as(session, Capacity.SERVICE)
    session.expunge_all()
    hearings = (await session.scalars(select(Hearing))).all()
    for hearing in hearings:
        if hearing.state is HearingState.DECIDED:
            await was_decided_lawfully(session, hearing)
    await every_order_was_decided(session)
    await nobody_is_in_two_places(session)


async def was_decided_lawfully(session, hearing):
    sat = await session.scalars(
        select(HearingMember).where(
            HearingMember.hearing_id == hearing.id,
            HearingMember.released_at.is_(None),
            HearingMember.seat != Seat.ADVISER,
        )
    )
    panel = sat.all()
    assert len(panel) >= 2
    assert [one.seat for one in panel].count(Seat.CHAIR) == 1
    assert all(one.signed_at for one in panel)
    assert hearing.starts_at <= hearing.begun_at <= hearing.decided_at
    if hearing.attendance is Attendance.ABSENT and not hearing.told_in_the_room:
        assert await had_notice(session, hearing)


async def had_notice(session, hearing):
    """Of these days, that arrived, and with all of its days over."""
    for one in await services_for(session, hearing):
        if one.kind is ServiceKind.HEARING:
            free = (hearing.first_on - one.service.deemed_on).days - 1
            named = (one.starts_at, one.last_on)
            return named == (hearing.starts_at, hearing.last_on) and free >= NOTICE_DAYS
    return False


async def every_order_was_decided(session):
    orders = (await session.scalars(select(CaseOrder.id))).all()
    decided = await session.scalars(
        select(HearingDecision.order_id)
        .join(Hearing, Hearing.id == HearingDecision.hearing_id)
        .where(Hearing.state == HearingState.DECIDED)
    )
    assert set(orders) <= set(decided.all())


async def nobody_is_in_two_places(session):
    rows = (await session.scalars(select(HearingMember))).all()
    for one, other in combinations([row for row in rows if row.sits], 2):
        if one.account_id == other.account_id:
            assert one.last_on < other.first_on or other.last_on < one.first_on


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
    cases = []
    for _ in range(2):
        case, _ = await make_told(session)
        await make_address(session, case.person)
        cases.append(case)
    pool = [await make_decider(session, side) for side in SIDES]
    return Life(session, cases, pool)


happenings = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.integers(0, 100)),
    max_size=25,
)
LIKELY = (
    "apply",
    "list_one",
    "seat_all",
    "serve",
    "wait_for_it",
    "begin",
    "draw_up",
    "sign_all",
)
interrupted = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.integers(0, 100)),
    min_size=len(LIKELY),
    max_size=len(LIKELY),
)
"""What comes between the steps of a hearing that goes as it should."""


async def stays_lawful(engine, happenings):
    async with a_life(engine) as life:
        for what, which, choice in happenings:
            await life.do(what, which, choice)
        await all_is_lawful(life)


def between(strange):
    return [
        happening
        for step, (what, which, choice) in zip(LIKELY, strange, strict=True)
        for happening in ((step, 0, choice), (what, which, choice))
    ]


@settings(unhurried, max_examples=SOME)
@given(happenings=happenings)
async def test_whatever_is_done_no_order_comes_of_it_but_by_law(engine, happenings):
    await stays_lawful(engine, happenings)


@settings(unhurried, max_examples=SOME)
@given(strange=interrupted)
async def test_whatever_comes_between_no_order_comes_of_it_but_by_law(engine, strange):
    await stays_lawful(engine, between(strange))


@pytest.mark.long
@pytest.mark.timeout(many(900))
@settings(unhurried, max_examples=VERY_MANY)
@given(strange=interrupted)
async def test_whatever_comes_between_in_very_many_hearings(engine, strange):
    await stays_lawful(engine, between(strange))


async def test_a_hearing_that_goes_as_it_should_ends_in_an_order(engine):
    """Else the properties above would hold of nothing."""
    async with a_life(engine) as life:
        for step in LIKELY:
            await life.do(step, 0, 13)
        case = await life.session.get_one(Case, life.cases[0].id)
        orders = await life.session.scalars(
            select(CaseOrder).where(CaseOrder.case_id == case.id)
        )

        assert len(orders.all()) == 1
        await all_is_lawful(life)
