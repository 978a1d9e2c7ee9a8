"""Appeals: who may lodge one until when, who decides, and what becomes of the decision."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from register.account import StaffRole
from register.appeal import (
    Against,
    AlreadyAcknowledged,
    AppealAct,
    AppealKind,
    AppealState,
    NoHearing,
    NotAnOutcome,
    NotLate,
    NotOpen,
    NotToBeAppealed,
    Outcome,
    ToBeSettledFirst,
    appeal_for,
    decisions_on,
    kinds_open,
    last_day_of,
    open_appeals,
    own_decision,
    reasons_of,
    reconsider,
)
from register.application import (
    AnotherBegun,
    ApplicationState,
)
from register.assessment import (
    NotForThem,
    assign,
    checks_of,
    last_day_to_appeal,
)
from register.entry import ConditionKind, Entry, NewCondition, RemovalReason, Status
from register.kit.clock import is_working
from register.kit.errors import NotFound
from register.kit.post import Message
from register.matching import Traits, WatchItem, WatchKind, look_for_matches
from register.person import Person
from register.proposal import AboutYourself, NeedsAnotherPerson, NotYours
from tests.make import NOW, make_account, make_entry, make_person, make_process
from tests.register.appealing import (
    decided,
    lodged,
    make_adjudicator,
    make_refused,
    proposed,
)
from tests.register.assessing import act, make_sent

LAST_DAY = date(2027, 4, 8)
"""Refused on Wednesday 10 March: served on the 11th, and 28 days after that."""


@pytest.fixture
async def refused(session):
    return await make_refused(session)


async def letters(session, account):
    """The newest last."""
    found = await session.scalars(
        select(Message)
        .where(Message.to_address == account.email)
        .order_by(Message.created_at)
    )
    return {message.letter: message.body for message in found}


async def reconsidered(session, appeal, decider, outcome, now=NOW):
    by = act(session, AppealAct.RECONSIDER, decider, now=now)
    await reconsider(session, appeal, outcome, words="Since", decider=decider, by=by)
    await session.flush()


# The last day


@pytest.mark.parametrize(
    ("told_on", "last"),
    [
        (date(2027, 3, 10), date(2027, 4, 8)),
        (date(2027, 3, 12), date(2027, 4, 12)),  # Friday: served on Monday
        (date(2027, 3, 25), date(2027, 4, 27)),  # before Easter: served on Tuesday
    ],
)
def test_the_days_count_from_the_day_after_service(told_on, last):
    assert last_day_to_appeal(told_on, 28) == last


@given(
    st.dates(date(2026, 1, 1), date(2027, 11, 30)),
    st.integers(1, 90),
)
def test_service_is_on_a_working_day_and_the_days_are_calendar_ones(told_on, days):
    served = last_day_to_appeal(told_on, days) - timedelta(days=days)

    assert served > told_on
    assert is_working(served)
    assert not any(
        is_working(told_on + timedelta(days=n))
        for n in range(1, (served - told_on).days)
    )


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (datetime(2027, 4, 8, 22, 59, 59, tzinfo=UTC), AppealState.OPEN),
        (datetime(2027, 4, 8, 23, 0, tzinfo=UTC), AppealState.LATE),  # summer time
    ],
)
async def test_it_is_in_time_until_the_end_of_the_last_day(
    session, refused, now, state
):
    appeal = await lodged(session, refused.account, now=now)

    assert (appeal.last_day, appeal.state) == (LAST_DAY, state)


async def test_the_letter_of_refusal_names_the_last_day(session, refused):
    said = await letters(session, refused.account)

    assert "by the end of 8 April 2027" in said["application_refused"]


# Who may appeal against what


async def test_only_ones_own_decisions_are_there(session, refused):
    assert await decisions_on(session, (await make_person(session)).id) == []
    with pytest.raises(NotFound):
        await own_decision(
            session, (await make_person(session)).id, refused.application.id
        )


@pytest.mark.parametrize(
    "state",
    [
        ApplicationState.CLOSED_UNPAID,
        ApplicationState.WITHDRAWN,
        ApplicationState.GRANTED,
    ],
)
async def test_nothing_else_that_ended_is_appealed_against(session, refused, state):
    refused.application.state = state
    refused.application.approved_at, refused.application.pay_by = NOW, LAST_DAY
    if state is ApplicationState.GRANTED:
        refused.application.paid_at = NOW
    await session.flush()

    assert await decisions_on(session, refused.account.person_id) == []


@pytest.mark.parametrize(
    ("because", "appealable"),
    [
        (RemovalReason.CONDITION, True),
        (RemovalReason.CPD, True),
        (RemovalReason.ERROR, True),
        (RemovalReason.VOLUNTARY, False),
        (RemovalReason.ORDER, False),
        (RemovalReason.AUTOMATIC, False),
    ],
)
async def test_our_own_removals_are_appealed_against(session, because, appealable):
    entry = await make_entry(session)
    await entry.remove(session, on=NOW, because=because, by=make_process(session))
    await session.flush()

    found = await decisions_on(session, entry.person_id)

    assert [d.against for d in found] == [Against.REMOVAL] * appealable


async def test_a_refusal_is_reconsidered_first_and_appealed_against_once(
    session, refused
):
    first = await lodged(session, refused.account, kind=AppealKind.RECONSIDERATION)
    (decision,) = await decisions_on(session, refused.account.person_id)
    assert await kinds_open(session, decision) == ()

    later = NOW + timedelta(days=40)
    await reconsidered(
        session, first, refused.office.manager, Outcome.STANDS, now=later
    )

    assert await kinds_open(session, decision) == (AppealKind.APPEAL,)
    assert await last_day_of(session, decision) == last_day_to_appeal(later.date(), 28)
    await lodged(session, refused.account, now=later)
    with pytest.raises(NotToBeAppealed):
        await lodged(session, refused.account)


async def test_who_took_an_appeal_back_does_not_appeal_again(session, refused):
    appeal = await lodged(session, refused.account)
    await appeal.withdraw(session, by=make_process(session))
    await session.flush()

    with pytest.raises(NotToBeAppealed):
        await lodged(session, refused.account)
    with pytest.raises(NotOpen):
        await appeal.withdraw(session, by=make_process(session))


async def test_what_is_taken_back_waits_for_nobody(session, refused):
    appeal = await lodged(session, refused.account)
    proposal = await proposed(
        session, appeal, await make_adjudicator(session), Outcome.DISMISSED
    )

    await appeal.withdraw(session, by=make_process(session))

    assert not proposal.waiting


# Late, acknowledged, listed


async def test_a_late_one_is_let_in_or_turned_away_once(session, refused):
    now = NOW + timedelta(days=60)
    appeal = await lodged(session, refused.account, now=now)
    with pytest.raises(NotOpen):
        await proposed(
            session, appeal, await make_adjudicator(session), Outcome.ALLOWED
        )

    by = make_process(session, actor=refused.office.registrar)
    await appeal.accept_late(session, words="Was in hospital", by=by)

    assert appeal.state is AppealState.OPEN
    with pytest.raises(NotLate):
        await appeal.turn_away(session, words="No", by=make_process(session))


async def test_who_is_turned_away_reads_why(session, refused):
    appeal = await lodged(session, refused.account, now=NOW + timedelta(days=60))

    await appeal.turn_away(session, words="No reason given", by=make_process(session))
    await session.flush()

    assert await reasons_of(session, appeal) == "No reason given"
    said = await letters(session, refused.account)
    assert "No reason given" in said["appeal_turned_away"]


async def test_it_is_acknowledged_once_and_heard_today_or_later(session, refused):
    appeal = await lodged(session, refused.account)
    await appeal.acknowledge(session, by=make_process(session))
    with pytest.raises(AlreadyAcknowledged):
        await appeal.acknowledge(session, by=make_process(session))

    with pytest.raises(NoHearing):
        await appeal.list(session, on=date(2027, 3, 9), by=make_process(session))
    await appeal.list(session, on=date(2027, 3, 10), by=make_process(session))

    said = await letters(session, refused.account)
    assert "10 March 2027" in said["appeal_listed"]
    assert "appeal_acknowledged" in said


async def test_nothing_is_heard_where_we_only_reconsider(session, refused):
    appeal = await lodged(session, refused.account, kind=AppealKind.RECONSIDERATION)

    with pytest.raises(NoHearing):
        await appeal.list(session, on=LAST_DAY, by=make_process(session))


# Who decides


@pytest.mark.parametrize("who", ["caseworker", "registrar"])
async def test_who_took_part_does_not_reconsider(session, refused, who):
    appeal = await lodged(session, refused.account, kind=AppealKind.RECONSIDERATION)

    with pytest.raises(NeedsAnotherPerson):
        await reconsidered(
            session, appeal, getattr(refused.office, who), Outcome.STANDS
        )


async def test_a_registrar_decides_no_appeal(session, refused):
    appeal = await lodged(session, refused.account)
    both = await make_adjudicator(session, StaffRole.REGISTRAR)

    with pytest.raises(NotYours):
        await proposed(session, appeal, both, Outcome.DISMISSED)
    proposal = await proposed(
        session, appeal, await make_adjudicator(session), Outcome.DISMISSED
    )
    assert isinstance(proposal.why_not(both), NeedsAnotherPerson)


async def test_who_assessed_it_decides_no_appeal_as_adjudicator(session):
    refused = await make_refused(session)
    officer = refused.officer
    officer.grants.append(type(officer.grants[0])(role=StaffRole.ADJUDICATOR))
    await session.flush()
    appeal = await lodged(session, refused.account)

    with pytest.raises(NeedsAnotherPerson):
        await proposed(session, appeal, officer, Outcome.ALLOWED)


async def test_two_adjudicators_decide_and_neither_of_themselves(session, refused):
    appeal = await lodged(session, refused.account)
    one = await make_adjudicator(session)
    person = await session.get(Person, appeal.person_id)
    proposal = await proposed(session, appeal, one, Outcome.DISMISSED)
    refused.account.person_id = None
    await session.flush()
    self_interested = await make_adjudicator(session, person=person)

    assert isinstance(proposal.why_not(one), NeedsAnotherPerson)
    assert isinstance(proposal.why_not(self_interested), AboutYourself)
    with pytest.raises(NotFound):
        await appeal_for(session, self_interested, appeal.id)
    assert (await open_appeals(session, self_interested)).rows == []
    assert (await open_appeals(session, one)).rows == [appeal]


async def test_an_appeal_comes_only_to_what_it_may(session, refused):
    appeal = await lodged(session, refused.account)

    with pytest.raises(NotAnOutcome):
        await proposed(
            session, appeal, await make_adjudicator(session), Outcome.CHANGED
        )


# What becomes of the decision


async def test_dismissed_the_refusal_stands_and_the_letter_says_where_to_go(
    session, refused
):
    appeal = await lodged(session, refused.account)

    await decided(session, appeal, Outcome.DISMISSED, words="The rule is clear")

    assert refused.application.state is ApplicationState.REFUSED
    said = (await letters(session, refused.account))["appeal_decided"]
    assert "you can appeal to the High Court." in said
    assert "The rule is clear" in said


async def test_allowed_the_application_waits_for_its_fee_and_is_entered(
    session, refused
):
    appeal = await lodged(session, refused.account)

    await decided(session, appeal, Outcome.ALLOWED, condition="Works supervised.")

    application = refused.application
    assert application.state is ApplicationState.APPROVED
    assert application.closed_at is None
    await application.paid(session, at=NOW, by=make_process(session))
    entry = await session.scalar(
        select(Entry.id).where(Entry.person_id == appeal.person_id)
    )
    entry = await Entry.load(session, entry)
    assert [c.kind for c in entry.conditions] == [ConditionKind.REGISTRATION]


async def test_allowed_somebody_on_the_watch_list_waits_for_the_registrar(
    session, refused
):
    appeal = await lodged(session, refused.account)
    one, another = await make_adjudicator(session), await make_adjudicator(session)
    proposal = await proposed(session, appeal, one, Outcome.ALLOWED)
    await watched(session, refused.application.person_id)

    with pytest.raises(ToBeSettledFirst):
        await proposal.approve(
            session,
            approver=another,
            by=act(session, AppealAct.DECIDE, another),
        )


async def watched(session, person_id):
    person = await session.get(Person, person_id)
    known = Traits.of(ni_number="AB123456C")
    await look_for_matches(session, person, known, by=make_process(session))
    await WatchItem.add(
        session,
        WatchKind.BARRED,
        given_names=person.given_names,
        family_name=person.family_name,
        other_names=[],
        birth_date=person.birth_date,
        ni_number="AB123456C",
        source="A body",
        because="A bar",
        by=make_process(session),
    )
    await session.flush()


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (AppealKind.APPEAL, Outcome.REMITTED),
        (AppealKind.RECONSIDERATION, Outcome.CHANGED),
    ],
)
async def test_sent_back_it_is_assessed_from_the_beginning_by_others(
    session, refused, kind, outcome
):
    appeal = await lodged(session, refused.account, kind=kind)
    later = NOW + timedelta(hours=1)

    if kind is AppealKind.APPEAL:
        await decided(session, appeal, outcome, now=later)
    else:
        await reconsidered(session, appeal, refused.office.manager, outcome, now=later)

    application = refused.application
    assert application.state is ApplicationState.UNDER_ASSESSMENT
    assert application.assigned_to_id is None
    found = await checks_of(session, application)
    assert {check.outcome for check in found.values()} == {None}
    by = make_process(session)
    with pytest.raises(NotForThem):
        await assign(
            session,
            application,
            to=refused.officer,
            giver=refused.office.manager,
            by=by,
        )
    assert refused.office.registrar.id in application.excluded


async def test_it_is_not_opened_again_beside_another_application(session, refused):
    appeal = await lodged(session, refused.account)
    person = await session.get(Person, refused.application.person_id)
    await make_sent(session, person=person, account=refused.account)

    with pytest.raises(AnotherBegun):
        await decided(session, appeal, Outcome.REMITTED)


async def test_an_allowed_removal_was_never_true(session):
    wanted = NewCondition(ConditionKind.REGISTRATION, "Works supervised.")
    entry = await make_entry(session, conditions=[wanted])
    account = await make_account(session, person=entry.person)
    by = make_process(session)
    await entry.remove(session, on=NOW, because=RemovalReason.CPD, by=by)
    await session.flush()
    assert entry.status_at(NOW) is Status.REMOVED
    appeal = await lodged(session, account)
    assert appeal.against is Against.REMOVAL

    later = NOW + timedelta(days=20)
    await decided(session, appeal, Outcome.ALLOWED, now=later)

    entry = await Entry.load(session, entry.id, lock=True)
    assert entry.status_at(NOW) is Status.REGISTERED
    assert entry.status_at(later) is Status.REGISTERED
    assert entry.removals == []
    assert [condition.valid.upper for condition in entry.conditions] == [None]


async def test_an_allowed_condition_is_taken_back(session):
    wanted = NewCondition(ConditionKind.REGISTRATION, "Works supervised.")
    entry = await make_entry(session, conditions=[wanted])
    account = await make_account(session, person=entry.person)
    appeal = await lodged(session, account, now=NOW - timedelta(days=20))

    await decided(session, appeal, Outcome.ALLOWED)

    entry = await Entry.load(session, entry.id, lock=True)
    assert entry.conditions == []
    assert entry.status_at(NOW) is Status.REGISTERED
