"""The chronology: whatever is dated in a case, in the order in which it happened, with where it stands."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fitness.investigation.allegation import Alleged
from fitness.investigation.chronology import (
    ORDER,
    Happened,
    Line,
    chronology,
    chronology_of,
)
from fitness.investigation.proceeding import ProceedingState
from fitness.investigation.served import services_of
from register.request import Outcome
from tests.fitness.finding import (
    DAY,
    TODAY,
    ask,
    comment,
    disclose,
    draw,
    hold,
    log,
    make_proceeding,
    make_told,
    redraw,
    went_astray,
)
from tests.fitness.investigating import act, make_investigated
from tests.make import NOW

sources = st.builds(
    lambda letter, number: f"{letter}{number}",
    st.sampled_from("ERPD"),
    st.integers(1, 30),
) | st.builds(lambda a, p: f"{a}.{p}", st.integers(1, 12), st.integers(1, 12))
days = st.integers(0, 6).map(lambda n: date(2027, 3, 1) + timedelta(days=n))
lines = st.builds(
    Line,
    on=st.none() | days,
    kind=st.sampled_from(Happened),
    source=sources | st.just(""),
)


@given(st.lists(lines), st.randoms())
def test_the_order_of_a_chronology_is_not_that_in_which_it_was_found(found, chance):
    shuffled = list(found)
    chance.shuffle(shuffled)

    assert chronology(shuffled) == chronology(found)


@given(st.lists(lines))
def test_nothing_is_lost_and_days_follow_one_another_with_the_unknown_last(found):
    told = chronology(found)

    assert sorted(map(repr, told)) == sorted(map(repr, found))
    known = [line.on for line in told if line.on]
    assert known == sorted(known)
    assert [line.on for line in told[: len(known)]] == known


def test_things_of_one_day_are_told_as_they_lead_to_one_another():
    kinds = [Happened.SERVED, Happened.EVIDENCE, Happened.ALLEGED, Happened.ASKED]

    told = chronology(Line(TODAY, kind, "E1") for kind in kinds)

    assert [line.kind for line in told] == sorted(kinds, key=ORDER.__getitem__)


def test_the_ninth_stands_before_the_tenth():
    told = chronology(
        Line(TODAY, Happened.EVIDENCE, source) for source in ("E10", "E9", "E1")
    )

    assert [line.source for line in told] == ["E1", "E9", "E10"]


async def test_a_case_tells_its_own_chronology(session):
    case, _ = await make_told(session)
    allegation = await draw(session, case, Alleged("You left.", TODAY - 40 * DAY))
    await redraw(session, case, allegation, Alleged("You went.", TODAY - 50 * DAY))
    gone = await draw(session, case, Alleged("You hit.", TODAY - 45 * DAY))
    gone.withdraw(session, case, "Not you", by=act(session))
    await log(session, case)
    proceeding = await make_proceeding(session, case)
    proceeding.hear(
        session,
        case,
        "No charge",
        state=ProceedingState.OVER,
        ended_on=TODAY - DAY,
        by=act(session),
    )
    request = await ask(session, case)
    request.end(session, case, Outcome.RECEIVED, by=act(session, now=NOW + 3 * DAY))
    held = await hold(session, case, now=NOW + 2 * DAY)
    held.end(session, case, "Over", by=act(session, now=NOW + 4 * DAY))
    disclosure = await disclose(session, case, [allegation], now=NOW + 5 * DAY)
    await comment(session, case, disclosure, now=NOW + 100 * DAY)
    session.expunge_all()

    told = [
        ((line.on - TODAY).days, line.kind, line.source, line.code)
        for line in await chronology_of(session, case)
    ]

    assert told == [
        (-50, Happened.ALLEGED, "1.1", ""),
        (-30, Happened.EVIDENCE, "E1", "employer"),
        (-20, Happened.PROCEEDING_OPENED, "P1", "police"),
        (-1, Happened.PROCEEDING_OVER, "P1", "police"),
        (0, Happened.CASE_OPENED, "", ""),
        (0, Happened.TRIAGED, "", "opened"),
        (0, Happened.MOVED, "", "investigation"),
        (0, Happened.EVIDENCE_RECEIVED, "E1", "employer"),
        (0, Happened.ASKED, "R1", "employer"),
        (0, Happened.HANDED_OVER, "", "notice"),
        (1, Happened.SERVED, "", "notice"),
        (2, Happened.HELD, "", "police"),
        (3, Happened.ANSWERED, "R1", "received"),
        (4, Happened.HOLD_ENDED, "", "police"),
        (5, Happened.HANDED_OVER, "", "disclosure"),
        (6, Happened.SERVED, "", "disclosure"),
        (100, Happened.COMMENTED, "D1", "late"),
    ]


async def test_what_came_back_was_not_served(session):
    case, _ = await make_told(session)
    (service,) = await services_of(session, case.id)
    await went_astray(session, service)
    session.expunge_all()

    kinds = [line.kind for line in await chronology_of(session, case)]

    assert Happened.HANDED_OVER in kinds
    assert Happened.SERVED not in kinds


async def test_what_nobody_can_date_stands_at_the_end(session):
    case = await make_investigated(session)
    await draw(session, case, Alleged("You said so."))

    *_, last = await chronology_of(session, case)

    assert (last.on, last.source, last.words) == (None, "1.1", "You said so.")
