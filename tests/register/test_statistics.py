"""What the statistics of applications count, and what they keep to themselves."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.application import ApplicationState
from register.assessment import AssessmentAct, Measure, statistics
from register.assessment.statistics import shown
from register.part import Part
from register.process import Process
from register.request import Request, RequestKind
from tests.counting import counted
from tests.make import NOW
from tests.register.assessing import make_sent

MARCH, FEBRUARY = date(2027, 3, 1), date(2027, 2, 1)
SENT = datetime(2027, 2, 1, 10, tzinfo=UTC)
"""A Monday."""


async def decided(session, *, days, state=ApplicationState.APPROVED, sent_at=SENT):
    """Decided so many days after it was sent."""
    application = await make_sent(session, sent_at=sent_at)
    application.decided_at = sent_at + timedelta(days=days)
    application.state = state
    if state is ApplicationState.APPROVED:
        application.approved_at = application.decided_at
        application.pay_by = date(2027, 12, 1)
    else:
        application.closed_at = application.decided_at
    await session.flush()
    return application


async def figures(session, now=NOW):
    return {
        (one.measure, one.month): one.value
        for one in await statistics(session, now=now)
        if one.part is Part.MANAGER
    }


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_a_count_of_one_to_four_is_not_told(count, told):
    assert shown(count) == told


@given(count=st.integers(0, 30), of=st.integers(0, 30))
def test_nothing_told_of_a_total_tells_of_fewer_than_five(count, of):
    count = min(count, of)

    told = shown(count, of=of)

    rest = of - count
    assert told is None or (told == count and not 0 < told < 5 and not 0 < rest < 5)


async def test_decisions_are_counted_in_the_month_in_which_they_were_made(session):
    for days in (7, 7, 7, 14, 14, 15, 15, 15, 21, 42):
        await decided(session, days=days)
    for _ in range(3):
        await decided(session, days=7, state=ApplicationState.REFUSED)

    found = await figures(session)

    assert found[Measure.RECEIVED, FEBRUARY] == 13
    assert found[Measure.APPROVED, FEBRUARY] == 9
    assert found[Measure.REFUSED, FEBRUARY] is None
    assert found[Measure.MEDIAN, FEBRUARY] == 5
    assert found[Measure.NINETIETH, FEBRUARY] == 11
    assert found[Measure.APPROVED, MARCH] is None
    assert found[Measure.MEDIAN, MARCH] is None


async def test_the_share_within_the_target_is_told_where_nobody_stands_out(session):
    for days in (14, 14, 14, 14, 14, 14, 15, 15, 15, 15):
        await decided(session, days=days)
    four_late = await figures(session)
    await decided(session, days=15)

    five_late = await figures(session)

    assert four_late[Measure.WITHIN_TARGET, FEBRUARY] is None
    assert five_late[Measure.WITHIN_TARGET, FEBRUARY] == 54


async def test_the_applicants_time_is_not_ours(session):
    for _ in range(5):
        application = await decided(session, days=21)
        by = Process.begin(session, AssessmentAct.ASK, now=SENT + timedelta(days=1))
        asked = await Request.ask(
            session,
            RequestKind.FURTHER_INFORMATION,
            application_id=application.id,
            person_id=application.person_id,
            items=[],
            due_on=date(2027, 3, 1),
            by=by,
        )
        asked.receive(
            by=Process.begin(session, AssessmentAct.ASK, now=SENT + timedelta(days=15))
        )
    await session.flush()

    found = await figures(session)

    assert found[Measure.MEDIAN, FEBRUARY] == 5


async def test_a_month_begins_at_midnight_in_london(session):
    """In July London is an hour ahead: half past eleven of the last of June is July there."""
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    for _ in range(5):
        await make_sent(session, sent_at=late)

    found = await figures(session)

    assert found[Measure.RECEIVED, date(2026, 7, 1)] == 5
    assert (Measure.RECEIVED, date(2026, 6, 1)) not in found


async def test_what_is_open_is_told_by_age(session):
    for days, count in ((7, 5), (8, 5), (14, 4), (90, 6)):
        for _ in range(count):
            await make_sent(session, sent_at=NOW - timedelta(days=days))

    found = await figures(session)

    bands = [measure for measure in Measure if not measure.of_a_month]
    assert [found[band, None] for band in bands] == [5, 9, 0, 0, 6]


async def test_figures_are_asked_for_as_often_however_many_there_are(session, engine):
    await figures(session)
    with counted(engine) as few:
        await figures(session)
    for _ in range(3):
        await decided(session, days=7)
    with counted(engine) as many:
        await figures(session)

    assert len(many) == len(few) == 4
