"""The next thing to do: the gravest first, of its like what is due first, and nothing that is not theirs to do."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from register.appeal import Against, Decision
from register.application import (
    Application,
    ApplicationState,
    Ended,
    Way,
    WayBack,
)
from register.application.answers import Endorser
from register.application.endorsement import Named as NamedEndorser
from register.application.references import Named as NamedReferee
from register.assessment import HoldReason, decide_by, hold
from register.condition import Standing
from register.condition.clock import ClockPause
from register.entry import Entry, RemovalReason, Status
from register.entry.facts import Condition
from register.kit.clock import working_days_after
from register.next_step import (
    Circumstances,
    NextStep,
    Step,
    Underway,
    circumstances_of,
    first_of,
)
from register.notice import Notice
from register.part import Part
from register.request import Outcome, Request
from register.rule_set import RuleSet
from tests.applications import make_referee, make_sent_application
from tests.make import NOW, make_account, make_entry, make_process
from tests.register.assessing import give, make_caseworker

TODAY, DAY = NOW.date(), timedelta(days=1)
LATER = TODAY + 9 * DAY


def application(state, **more):
    return Application(
        id=uuid4(),
        reference="A-00000001",
        state=state,
        draft_until=LATER,
        pay_by=LATER,
        **more,
    )


def request(*, due_on=LATER, outcome=None):
    ended_at = NOW if outcome else None
    return Request(id=uuid4(), due_on=due_on, outcome=outcome, ended_at=ended_at)


def underway(state=ApplicationState.UNDER_ASSESSMENT, **more):
    return Underway(application(state), **more)


def notice(*, outcome=None, answered=None, due_on=LATER):
    return Notice(
        id=uuid4(),
        outcome=outcome,
        ended_at=NOW if outcome else None,
        request=request(due_on=due_on, outcome=answered),
    )


def condition(due_on, *, paused=False):
    stands_still = [ClockPause(until_on=None)] if paused else []
    return Standing(Entry(), Condition(id=uuid4(), due_on=due_on), stands_still)


def decision(last_day):
    found = Decision(
        uuid4(), Against.REFUSAL, uuid4(), uuid4(), Part.MANAGER, NOW, appeal_days=28
    )
    return found, last_day


def way(first_day):
    ended = Ended(Status.REMOVED, RemovalReason.CONDITION, NOW, TODAY)
    return WayBack(Part.MANAGER, ended, first_day, Way.RESTORATION)


def step(**known):
    return first_of(Circumstances(TODAY, **known).steps()).step


GONE = NamedReferee(make_referee(), request(outcome=Outcome.EXPIRED), replaceable=True)
ASKED = NamedReferee(make_referee(), request(), replaceable=False)
UNENDORSED = NamedEndorser(
    Endorser(has_employer=True), request(outcome=Outcome.DECLINED), replaceable=True
)
NOBODY_TO_ENDORSE = NamedEndorser(Endorser(has_employer=False), None, replaceable=True)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"notices": [notice()]}, Step.ANSWER_NOTICE),
        ({"notices": [notice(answered=Outcome.RECEIVED)]}, Step.APPLY),
        ({"underway": [underway(asked=request())]}, Step.SEND_INFORMATION),
        ({"underway": [underway(referees=[ASKED, GONE])]}, Step.NAME_REFEREE),
        ({"underway": [underway(referees=[ASKED])]}, Step.NOTHING),
        ({"underway": [underway(endorser=UNENDORSED)]}, Step.NAME_ENDORSER),
        ({"underway": [underway(endorser=NOBODY_TO_ENDORSE)]}, Step.NOTHING),
        ({"underway": [underway(ApplicationState.APPROVED)]}, Step.PAY),
        ({"underway": [underway(ApplicationState.DRAFT)]}, Step.FINISH),
        ({"underway": [underway(held_for=HoldReason.COURT)]}, Step.NOTHING),
        ({"entered": True, "conditions": [condition(LATER)]}, Step.MEET_CONDITION),
        ({"entered": True, "conditions": [condition(None)]}, Step.NOTHING),
        (
            {"entered": True, "conditions": [condition(LATER, paused=True)]},
            Step.NOTHING,
        ),
        ({"decisions": [decision(TODAY)]}, Step.CHALLENGE),
        ({"decisions": [decision(TODAY - DAY)]}, Step.APPLY),
        ({"ways": [way(TODAY)]}, Step.COME_BACK),
        ({"ways": [way(TODAY + DAY)]}, Step.NOTHING),
        ({"ways": [way(None)]}, Step.NOTHING),
        ({"ways": [way(TODAY)], "entered": True}, Step.NOTHING),
        ({"acts_for_provider": True}, Step.ACT_FOR_PROVIDER),
        ({}, Step.APPLY),
        ({"entered": True}, Step.NOTHING),
    ],
)
def test_what_waits_for_somebody_is_their_next_step(known, said):
    assert step(**known) is said


def test_the_gravest_comes_first_and_of_its_like_what_is_due_first():
    soon, late = notice(due_on=TODAY), notice(due_on=LATER)
    known = Circumstances(
        TODAY,
        [underway(ApplicationState.APPROVED), underway(asked=request(due_on=TODAY))],
        [late, soon],
    )

    found = first_of(known.steps())

    assert found == NextStep(Step.ANSWER_NOTICE, str(soon.id), TODAY)


@settings(max_examples=30)
@given(
    st.permutations(list(Step)),
    st.lists(
        st.dates(date(2027, 1, 1), date(2028, 1, 1)),
        min_size=len(Step) - 1,
        max_size=len(Step) - 1,
    ),
)
def test_no_last_day_comes_before_something_graver(steps, days):
    found = first_of(map(NextStep, steps, steps, [*days, None]))

    assert found.step is Step.ANSWER_NOTICE


async def test_a_registrant_without_more_has_nothing_to_do(session):
    entry = await make_entry(session)
    account = await make_account(session, person=entry.person)

    known = await circumstances_of(session, account, acts_for_provider=False, now=NOW)

    assert known.entered
    assert first_of(known.steps()).step is Step.NOTHING


@pytest.mark.parametrize(
    ("because", "moves"), [(HoldReason.COURT, True), (HoldReason.POLICE, False)]
)
async def test_the_day_of_decision_tells_nothing_of_a_secret_hold(
    session, because, moves
):
    application = await make_sent_application(session)
    officer = await make_caseworker(session)
    await give(session, application, to=officer, giver=officer)
    await hold(
        session,
        application,
        because=because,
        words="Wait",
        officer=officer,
        by=make_process(session, actor=officer),
    )
    await session.flush()

    aim = await decide_by(session, application, now=NOW)
    a_week_on = await decide_by(session, application, now=NOW + 7 * DAY)
    at_last = await decide_by(session, application, now=NOW + 120 * DAY)

    rules = (await session.get_one(RuleSet, application.rule_set_id)).rules
    assert aim == working_days_after(TODAY, rules.assessment_target_working_days)
    assert (a_week_on != aim) is moves
    assert (at_last is not None) is moves
