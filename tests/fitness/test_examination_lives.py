"""Whatever examiners, registrant, staff and time do to a case, in whatever order: no order comes without the two."""

from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import async_sessionmaker

from fitness.case import ClosedBecause, Stage
from fitness.examination.decision import ExaminationDecision, decision_of
from fitness.examination.disposal import Answer, Disposal, disposal_of, disposals_of
from fitness.examination.due import let_proposals_expire
from fitness.examination.examination import examination_of, examinations_of
from fitness.examination.outcome import ORDERED, Outcome
from fitness.examination.paper import ON_PAPER, Checked, paper_of
from fitness.fence import Capacity, look_as
from fitness.order import Decided, Measure, orders_of
from register.account import StaffRole
from register.kit.clock import day_of
from register.kit.errors import NotFound, Refused
from register.published import published_of
from tests.applications import RULES
from tests.fees.test_payment_any_order import unhurried
from tests.fitness.examining import (
    Examined,
    answer_with,
    check,
    confirm,
    draft,
    make_examined,
    make_examiner,
    record,
    report,
    view,
)
from tests.fitness.finding import DAY
from tests.fitness.investigating import make_investigator
from tests.make import NOW, make_account
from tests.thorough import many

SOME, VERY_MANY = 6, many(25)
REFUSED = (Refused, NotFound, DBAPIError)
STAGES = {
    Outcome.NO_ACTION: {Stage.CLOSED},
    Outcome.ADVICE: {Stage.CLOSED},
    Outcome.WARNING: {Stage.CLOSED},
    Outcome.DISPOSAL: {Stage.CLOSED, Stage.MONITORING},
    Outcome.HEARING: {Stage.HEARING},
    Outcome.MORE_INFORMATION: {Stage.INVESTIGATION},
}


class Life:
    """One case, and whoever may have to do with it."""

    def __init__(self, session, found, office):
        self.session, self.found, self.office = session, found, office
        self.now = NOW

    async def do(self, what, who, choice):
        """Or nothing, where it is refused."""
        self.now += timedelta(hours=1)
        try:
            async with self.session.begin_nested():
                await getattr(self, what)(who, choice)
                await self.session.flush()
        except REFUSED:
            await look_as(self.session, Capacity.SERVICE)
        self.session.expire_all()
        await self._know()

    async def _know(self):
        """What there is by now, as the database has it."""
        await self.session.refresh(self.found.case)
        await self.session.refresh(self.found.case, ["person", "rule_set"])
        await self.session.refresh(self.found.owner)
        for account in self.office:
            await self.session.refresh(account)
        examination = await examination_of(self.session, self.found.case.id)
        self.found = Examined(
            self.found.case, examination, *self.office[:2], self.found.owner
        )

    def _who(self, who):
        return self.office[who % len(self.office)]

    async def view(self, who, choice):
        outcome = list(Outcome)[choice % len(Outcome)]
        measures = Decided.AGREEMENT.measures
        measure = measures[choice % len(measures)]
        terms = {
            Outcome.WARNING: RULES.warning_months,
            Outcome.DISPOSAL: measure.terms(RULES),
        }.get(outcome, ())
        disposal = outcome is Outcome.DISPOSAL
        await view(
            self.session,
            self.found,
            self._who(who),
            outcome,
            measure=measure if disposal else None,
            months=next(iter(terms), None),
            stands=choice % 5 == 0,
            now=self.now,
        )

    async def join(self, who, choice):
        """Both say the same."""
        for one in (who, who + 1):
            await self.view(one, choice)

    async def draft(self, who, _choice):
        await draft(self.session, self.found, self._who(who), now=self.now)

    async def confirm(self, who, _choice):
        if await decision_of(self.session, self.found.examination):
            await confirm(self.session, self.found, self._who(who), now=self.now)

    async def answer(self, _who, choice):
        how = ON_PAPER[choice % len(ON_PAPER)]
        await answer_with(self.session, self.found, how, words="Less", now=self.now)

    async def record(self, who, choice):
        how = ON_PAPER[choice % len(ON_PAPER)]
        words = "Less" if how is Answer.VARIED else ""
        staff = self._who(who)
        await record(self.session, self.found, staff, how, words=words, now=self.now)

    async def check(self, who, choice):
        disposal = await disposal_of(self.session, self.found.case.id)
        paper = await paper_of(self.session, disposal)
        if paper:
            result = list(Checked)[choice % len(Checked)]
            staff = self._who(who)
            await check(self.session, self.found, paper, staff, result, now=self.now)

    async def report(self, _who, _choice):
        await report(self.session, self.found.case, now=self.now)

    async def wait(self, _who, choice):
        self.now += choice % 20 * DAY
        await let_proposals_expire(self.session, self.now)


async def is_sound(life):
    session, case = life.session, life.found.case
    await look_as(session, Capacity.SERVICE)
    orders = await orders_of(session, case.id)
    past = await examinations_of(session, case.id)
    ended = [one.outcome for one in past if one.ended_at]
    final = [one for one in ended if one is not Outcome.MORE_INFORMATION]
    assert len(final) <= 1
    assert len(orders) == len([one for one in final if one in ORDERED])
    if past[0].ended_at:
        assert case.stage in STAGES[past[0].outcome]
    else:
        assert case.stage is Stage.EXAMINATION
    for order in orders:
        await comes_of_two(session, order, await disposals_of(session, case.id))
    if not orders:
        shown = await published_of(session, case.person, now=life.now)
        assert shown.leading.restrictions == ()
    waiting = [one for one in await disposals_of(session, case.id) if not one.answer]
    assert bool(waiting) == bool(past[0].waiting_since)
    if case.because is ClosedBecause.NO_ACTION:
        assert final == [Outcome.NO_ACTION]


async def comes_of_two(session, order, disposals):
    """And of the registrant, where it was proposed to them, in time."""
    signed = await session.scalars(
        select(ExaminationDecision).where(
            ExaminationDecision.case_id == order.case_id,
            ExaminationDecision.confirmed_at.is_not(None),
            ExaminationDecision.measure == order.measure,
        )
    )
    decision = max(signed, key=lambda one: one.confirmed_at)
    assert decision.account_id != decision.confirmer_id
    assert decision.months == order.months
    if order.decided_by is Decided.AGREEMENT:
        (agreed,) = [one for one in disposals if one.order_id == order.id]
        assert agreed.answer is Answer.AGREED
        assert agreed.decision_id == decision.id
        assert isinstance(agreed, Disposal)
    else:
        assert order.decided_by is Decided.EXAMINERS
        assert order.measure in {Measure.ADVICE, Measure.WARNING}
    assert day_of(order.in_force_at) >= day_of(decision.confirmed_at)


@asynccontextmanager
async def a_life(engine):
    async with engine.connect() as connection:
        outer = await connection.begin()
        sessions = async_sessionmaker(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        async with sessions() as session:
            found = await make_examined(session)
            office = [
                found.lay,
                found.registrant,
                await make_examiner(session),
                await make_account(session, StaffRole.TEAM_MANAGER),
                await make_investigator(session),
            ]
            yield Life(session, found, office)
        await outer.rollback()


ACTS = (
    "view",
    "join",
    "join",
    "draft",
    "confirm",
    "draft",
    "confirm",
    "answer",
    "record",
    "check",
    "report",
    "wait",
)
happenings = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 4), st.integers(0, 1000)),
    max_size=16,
)


async def stays_sound(engine, happenings):
    async with a_life(engine) as life:
        for what, who, choice in happenings:
            await life.do(what, who, choice)
            await is_sound(life)


@settings(unhurried, max_examples=SOME)
@given(happenings=happenings)
async def test_whatever_is_done_no_order_comes_without_the_two_and_consent(
    engine, happenings
):
    await stays_sound(engine, happenings)


@pytest.mark.long
@pytest.mark.timeout(many(900))
@settings(unhurried, max_examples=VERY_MANY)
@given(happenings=happenings)
async def test_in_very_many_lives_neither(engine, happenings):
    await stays_sound(engine, happenings)


PROPOSED = (("join", 0, 3), ("draft", 0, 0), ("confirm", 1, 0))
PAST = (("wait", 0, 19), ("wait", 0, 19))
STORIES = [
    [*PROPOSED, ("answer", 0, 0)],
    [
        *PROPOSED,
        ("answer", 0, 1),
        ("draft", 1, 0),
        ("confirm", 0, 0),
        ("answer", 0, 1),
        ("answer", 0, 2),
    ],
    [*PROPOSED, *PAST],
    [*PROPOSED, ("record", 3, 0), *PAST, ("check", 3, 0), ("check", 4, 0)],
    [("join", 0, 11), ("draft", 0, 0), ("confirm", 1, 0), ("report", 4, 0)],
    [("join", 0, 2), ("draft", 1, 0), ("confirm", 1, 0), ("confirm", 0, 0)],
    [("view", 0, 6), ("view", 1, 7), ("view", 0, 30), ("view", 1, 25)],
]
"""Agreed; varied, insisted and refused; expired; on paper; more to be found out; a warning; apart."""


@pytest.mark.parametrize("story", STORIES)
async def test_stories_that_lead_to_each_end_stay_sound(engine, story):
    await stays_sound(engine, story)


async def test_the_stories_lead_there(engine):
    ends = []
    for story in STORIES:
        async with a_life(engine) as life:
            for what, who, choice in story:
                await life.do(what, who, choice)
            past = await examinations_of(life.session, life.found.case.id)
            ends.append(next((one.outcome for one in past if one.ended_at), None))
    assert ends == [
        Outcome.DISPOSAL,
        Outcome.HEARING,
        Outcome.HEARING,
        Outcome.DISPOSAL,
        Outcome.MORE_INFORMATION,
        Outcome.WARNING,
        Outcome.HEARING,
    ]
