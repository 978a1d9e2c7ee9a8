"""Triage: no decision before the test is weighed, and which decisions the weighing allows."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness.case import CaseEventKind, ClosedBecause, NotNow, Stage, history
from fitness.triage import (
    Factor,
    NoGrounds,
    NotWeighed,
    PassedTo,
    TooLongAgo,
    TriageDecision,
    TriageFactor,
    TriageOutcome,
    Weight,
    decisions_in,
    must_be_open_to,
    weighed_in,
)
from register.kit.clock import day_of, months_after
from tests.applications import RULES
from tests.fitness.investigating import act, close, make_case, weigh
from tests.make import NOW

TODAY = day_of(NOW)
DAY = timedelta(days=1)
OLDEST = months_after(TODAY, -60)
FINAL = [one for one in TriageOutcome if one is not TriageOutcome.ENQUIRIES]


async def decide(session, case, outcome, **more):
    decision = await TriageDecision.decide(
        session, case, outcome, words="Because.", by=act(session), **more
    )
    await session.flush()
    return decision


@pytest.mark.parametrize("outcome", FINAL, ids=str)
async def test_nothing_is_decided_before_each_factor_is_weighed(session, outcome):
    case = await make_case(session)
    weigh(session, case, seriousness=Weight.FOR)
    await session.flush()
    weighed = dict(await weighed_in(session, case.id))
    del weighed[Factor.PATTERN]

    with pytest.raises(NotWeighed) as refused:
        must_be_open_to(outcome, weighed, case, on=TODAY)
    assert refused.value.missing == [Factor.PATTERN]


async def test_enquiries_may_be_made_first(session):
    case = await make_case(session)

    await decide(session, case, TriageOutcome.ENQUIRIES, until=TODAY + 7 * DAY)

    assert case.stage is Stage.TRIAGE
    (decision,) = await decisions_in(session, case.id)
    assert decision.until == TODAY + 7 * DAY


async def test_one_factor_that_speaks_for_it_is_enough_to_open(session):
    case = await make_case(session)
    weigh(session, case, standards=Weight.FOR)
    await session.flush()

    await decide(session, case, TriageOutcome.OPENED)

    assert case.stage is Stage.INVESTIGATION


async def test_without_any_there_are_no_grounds(session):
    case = await make_case(session)
    weigh(session, case, seriousness=Weight.UNCLEAR)
    await session.flush()

    with pytest.raises(NoGrounds):
        await decide(session, case, TriageOutcome.OPENED)


@pytest.mark.parametrize(
    ("outcome", "because", "more"),
    [
        (TriageOutcome.CLOSED, ClosedBecause.TRIAGE_CLOSED, {}),
        (TriageOutcome.ADVICE, ClosedBecause.TRIAGE_ADVICE, {}),
        (
            TriageOutcome.PASSED_ON,
            ClosedBecause.TRIAGE_PASSED_ON,
            {"passed_to": [PassedTo.LADO, PassedTo.OFSTED]},
        ),
    ],
)
async def test_a_case_is_closed_at_triage(session, outcome, because, more):
    case = await make_case(session)
    weigh(session, case)
    await session.flush()

    await decide(session, case, outcome, **more)

    assert (case.stage, case.because) == (Stage.CLOSED, because)
    assert case.told_at is None
    (decision,) = await decisions_in(session, case.id)
    assert decision.text.words == "Because."


@pytest.mark.parametrize(
    ("happened_on", "weight", "opens"),
    [
        (OLDEST, Weight.AGAINST, True),
        (OLDEST - DAY, Weight.AGAINST, False),
        (OLDEST - DAY, Weight.UNCLEAR, False),
        (OLDEST - DAY, Weight.FOR, True),
        (None, Weight.UNCLEAR, True),
    ],
)
async def test_what_happened_too_long_ago_is_opened_in_the_public_interest_only(
    session, happened_on, weight, opens
):
    case = await make_case(session)
    weigh(session, case, seriousness=Weight.FOR)
    TriageFactor.weigh(
        session,
        case,
        Factor.AGE,
        weight,
        happened_on=happened_on,
        words="Years ago.",
        by=act(session, now=NOW + timedelta(minutes=1)),
    )
    await session.flush()

    if opens:
        await decide(session, case, TriageOutcome.OPENED)
        assert case.stage is Stage.INVESTIGATION
    else:
        with pytest.raises(TooLongAgo):
            await decide(session, case, TriageOutcome.OPENED)


async def test_what_is_weighed_again_stands_beside_what_was_weighed(session):
    case = await make_case(session)
    weigh(session, case)
    weigh(session, case, now=NOW + DAY, evidence=Weight.FOR)
    await session.flush()

    weighed = await weighed_in(session, case.id)

    assert list(weighed) == list(Factor)
    assert weighed[Factor.EVIDENCE].weight is Weight.FOR
    told = await history(session, case.id, kinds=(CaseEventKind.FACTOR_WEIGHED,))
    assert len(told) == 2 * len(Factor)


@pytest.mark.parametrize("outcome", TriageOutcome, ids=str)
async def test_after_triage_nothing_is_weighed_or_decided(session, outcome):
    case = await make_case(session)
    await close(session, case)

    with pytest.raises(NotNow):
        await decide(session, case, outcome)
    with pytest.raises(NotNow):
        weigh(session, case)


class Untold:
    """A case as far as the test is concerned."""

    class rule_set:  # noqa: N801 - stands for an attribute
        rules = RULES


@settings(max_examples=300)
@given(
    weights=st.dictionaries(st.sampled_from(Factor), st.sampled_from(Weight)),
    days=st.none() | st.integers(-10, 4000),
)
def test_no_case_is_opened_without_grounds_or_closed_unweighed(weights, days):
    weighed = {
        factor: TriageFactor(
            factor=factor,
            weight=weight,
            happened_on=TODAY - days * DAY
            if factor is Factor.AGE and days is not None
            else None,
        )
        for factor, weight in weights.items()
    }

    allowed = {outcome for outcome in TriageOutcome if allows(outcome, weighed)}

    assert TriageOutcome.ENQUIRIES in allowed
    whole = set(weights) == set(Factor)
    assert (allowed >= set(FINAL) - {TriageOutcome.OPENED}) == whole
    if TriageOutcome.OPENED in allowed:
        assert whole
        assert Weight.FOR in weights.values()
        assert (
            days is None
            or TODAY - days * DAY >= OLDEST
            or weights[Factor.AGE] is Weight.FOR
        )


def allows(outcome, weighed):
    try:
        must_be_open_to(outcome, weighed, Untold, on=TODAY)
    except (NotWeighed, NoGrounds, TooLongAgo):
        return False
    return True
