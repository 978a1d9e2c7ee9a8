"""Corrections: two people put right what was wrong, the history keeps what we said, and no entry comes to what cannot be."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from register.account import StaffRole
from register.correction import (
    AfterItsLastDay,
    BeforeItsRegistration,
    ConditionOutside,
    Correction,
    CorrectionReason,
    NothingCorrected,
    PeriodsOverlap,
    RecordedSince,
    Standing,
    correctable,
    covered,
    entry_for,
    last_day,
    propose_correction,
    valid_of,
)
from register.entry import (
    ConditionKind,
    Entry,
    LapseReason,
    NewCondition,
    OrderKind,
    RemovalReason,
    Status,
    WarningKind,
    known_at,
    superseded_facts,
)
from register.kit.clock import days, end_of, start_of
from register.kit.errors import NotFound
from register.kit.post import Message
from register.proposal import AboutYourself, AlreadyProposed, NeedsAnotherPerson
from tests.make import (
    NOW,
    make_account,
    make_entry,
    make_process,
)

LAPSED = start_of(date(2027, 3, 1))
LATER = NOW + timedelta(hours=1)
SUPERVISED = NewCondition(ConditionKind.REGISTRATION, "Is supervised monthly.")


@pytest.fixture
async def office(session):
    return (
        await make_account(session, StaffRole.CASEWORKER),
        await make_account(session, StaffRole.REGISTRAR),
    )


async def lapsed(session, **more):
    entry = await make_entry(session, **more)
    by = make_process(session, now=LAPSED)
    because = LapseReason.NON_PAYMENT
    await entry.lapse(session, on=LAPSED, because=because, by=by)
    return entry


async def propose(session, correction, proposer):
    by = make_process(session, actor=proposer)
    proposal = await propose_correction(
        session,
        correction,
        because=CorrectionReason.CLERICAL_ERROR,
        words="The fee was paid.",
        proposer=proposer,
        by=by,
    )
    await session.flush()
    return proposal


async def approve(session, proposal, approver, now=LATER):
    by = make_process(session, actor=approver, now=now)
    await proposal.approve(session, approver=approver, by=by)


async def make(session, correction, office):
    officer, registrar = office
    await approve(session, await propose(session, correction, officer), registrar)
    return await Entry.load(session, correction.entry.id)


def obstacle(entry, fact, valid):
    return type(Correction(entry, fact, valid).obstacle())


async def test_a_lapse_that_never_was_lets_the_registration_go_on(session, office):
    entry = await lapsed(session, conditions=[SUPERVISED])
    await make_account(session, person=entry.person, email="ada@example.org")
    correction = Correction(entry, entry.lapses[0], None)
    now, *looks = correction.looks(NOW)

    entry = await make(session, correction, office)

    letter = await session.scalar(
        select(Message.body).where(Message.to_address == "ada@example.org")
    )
    assert (now.before.status, now.after.status) == (Status.LAPSED, Status.REGISTERED)
    assert now.after.restrictions == (ConditionKind.REGISTRATION,)
    assert [look.at for look in looks] == [LAPSED]
    assert entry.status_at(NOW) is Status.REGISTERED
    assert [last_day(one) for one in (*entry.registrations, *entry.conditions)] == [
        None,
        None,
    ]
    assert "it was never true" in letter


async def test_what_we_said_before_stays_on_record(session, office):
    entry = await lapsed(session)

    entry = await make(session, Correction(entry, entry.lapses[0], None), office)

    once = (await superseded_facts(session, [entry.id]))[entry.id]
    said = known_at(entry.facts, once, NOW)
    assert entry.status_at(NOW) is Status.REGISTERED
    assert [lapse.because for lapse in said.lapses] == [LapseReason.NON_PAYMENT]
    assert [one.valid.upper for one in said.registrations] == [LAPSED]


async def test_a_lapse_on_another_day_ends_the_registration_on_that_day(
    session, office
):
    entry = await lapsed(session)
    moved = date(2027, 3, 5)
    lapse = entry.lapses[0]

    entry = await make(
        session, Correction(entry, lapse, valid_of(lapse, moved, None)), office
    )

    before = start_of(moved) - timedelta(microseconds=1)
    assert entry.status_at(before) is Status.REGISTERED
    assert entry.status_at(start_of(moved)) is Status.LAPSED
    assert last_day(entry.registrations[0]) == date(2027, 3, 4)


async def test_what_a_preview_says_is_what_comes_to_be(session, office):
    """Of each kind that is corrected, at each moment at which something begins or ends."""
    entry = await make_entry(session, conditions=[SUPERVISED])
    by = make_process(session)
    until = NOW + timedelta(days=90)
    suspension = OrderKind.INTERIM_SUSPENSION
    await entry.order(session, suspension, on=NOW, until=until, wording=None, by=by)
    await entry.warn(
        session, WarningKind.WARNING, on=NOW, until=until, wording=None, by=by
    )
    by = make_process(session, now=NOW + timedelta(minutes=1))
    ends = end_of(date(2027, 6, 30))
    await entry.remove(session, on=ends, because=RemovalReason.VOLUNTARY, by=by)
    when = days(date(2027, 3, 20), date(2027, 4, 2))

    for n, (of, valid) in enumerate(
        [
            ("practice_order", when),
            ("condition", when),
            ("warning", None),
            ("removal", days(date(2027, 5, 1))),
            ("registration", days(date(2027, 1, 20), date(2027, 4, 30))),
        ]
    ):
        fact = next(f for f in correctable(entry) if f.__tablename__ == of)
        correction = Correction(entry, fact, valid)
        expected = correction.facts
        proposal = await propose(session, correction, office[0])
        await approve(session, proposal, office[1], now=LATER + timedelta(minutes=n))
        entry = await Entry.load(session, entry.id)

        assert expected.bounds() == entry.facts.bounds(), of
        for at in expected.bounds():
            there = Standing.of(entry.facts, at)
            assert Standing.of(expected, at) == there, (of, at)


async def test_no_day_is_corrected_to_itself(session):
    entry = await lapsed(session)
    lapse = entry.lapses[0]

    kept = valid_of(lapse, date(2027, 3, 1), None)

    assert obstacle(entry, lapse, kept) is NothingCorrected


async def test_a_moment_within_a_day_stays_where_the_day_does(session):
    entry = await make_entry(session, on=NOW)

    kept = valid_of(entry.registrations[0], NOW.date(), date(2027, 5, 1))

    assert (kept.lower, kept.upper) == (NOW, end_of(date(2027, 5, 1)))


@pytest.fixture
async def twice_registered(session):
    """Until 28 February, and again from 8 March."""
    entry = await lapsed(session)
    await entry.correct(
        session,
        entry.lapses[0],
        valid=days(date(2027, 3, 1), date(2027, 3, 7)),
        by=make_process(session, now=NOW),
    )
    first = entry.registrations[0]
    second = type(first)(
        entry_id=entry.id,
        valid=days(date(2027, 3, 8)),
        recorded_at=NOW,
        process=make_process(session),
        until_on=first.until_on,
        rule_set_id=first.rule_set_id,
    )
    session.add(second)
    await session.flush()
    return await Entry.load(session, entry.id, lock=True)


async def test_who_never_lapsed_was_registered_until_they_were_again(
    session, twice_registered, office
):
    lapse = twice_registered.lapses[0]

    entry = await make(session, Correction(twice_registered, lapse, None), office)

    first, second = sorted(entry.registrations, key=lambda r: r.starts)
    assert first.valid.upper == second.starts
    assert entry.status_at(start_of(date(2027, 3, 4))) is Status.REGISTERED


async def test_two_periods_never_overlap(session, twice_registered):
    first, second = sorted(twice_registered.registrations, key=lambda r: r.starts)

    up_to = valid_of(first, date(2027, 2, 1), date(2027, 3, 7))
    into = valid_of(first, date(2027, 2, 1), date(2027, 3, 8))

    assert Correction(twice_registered, first, up_to).obstacle() is None
    assert obstacle(twice_registered, first, into) is PeriodsOverlap
    assert obstacle(twice_registered, first, days(date(2027, 2, 1))) is PeriodsOverlap
    assert Correction(twice_registered, second, None).obstacle() is None


async def test_a_condition_never_stands_without_a_registration(session):
    entry = await make_entry(session, conditions=[SUPERVISED])
    (condition,), (registration,) = entry.conditions, entry.registrations

    assert obstacle(entry, registration, None) is ConditionOutside
    assert obstacle(entry, registration, days(date(2027, 2, 2))) is ConditionOutside
    assert obstacle(entry, condition, days(date(2027, 1, 31))) is ConditionOutside
    assert obstacle(entry, condition, days(date(2027, 2, 2))) is type(None)


async def test_a_period_begins_by_its_last_day(session):
    entry = await make_entry(session, until=date(2027, 11, 30))
    period = entry.registrations[0]

    assert obstacle(entry, period, days(date(2027, 11, 30))) is type(None)
    assert obstacle(entry, period, days(date(2027, 12, 1))) is AfterItsLastDay


async def test_a_lapse_comes_after_the_registration_that_it_ended(session):
    entry = await lapsed(session)
    lapse = entry.lapses[0]

    assert obstacle(entry, lapse, days(date(2027, 2, 1))) is BeforeItsRegistration
    assert obstacle(entry, lapse, days(date(2027, 2, 2))) is type(None)


async def test_an_entry_that_was_never_true_is_shown_no_longer(session, office):
    entry = await make_entry(session)

    entry = await make(session, Correction(entry, entry.registrations[0], None), office)

    assert entry.status_at(NOW) is None


async def test_what_has_changed_since_is_looked_at_again(session, office):
    entry = await lapsed(session)
    lapse = entry.lapses[0]
    proposal = await propose(session, Correction(entry, lapse, None), office[0])
    by = make_process(session, now=LATER)
    await entry.correct(session, lapse, valid=days(date(2027, 3, 2)), by=by)

    with pytest.raises(RecordedSince):
        await approve(session, proposal, office[1], now=LATER + timedelta(hours=1))


async def test_one_correction_of_an_entry_waits_at_a_time(session, office):
    entry = await lapsed(session, conditions=[SUPERVISED])
    await propose(session, Correction(entry, entry.lapses[0], None), office[0])

    with pytest.raises(AlreadyProposed):
        await propose(
            session,
            Correction(entry, entry.conditions[0], None),
            office[0],
        )


async def test_whoever_proposes_it_does_not_approve_it(session, office):
    entry = await lapsed(session)
    registrar = office[1]
    proposal = await propose(
        session, Correction(entry, entry.lapses[0], None), registrar
    )

    with pytest.raises(NeedsAnotherPerson):
        await approve(session, proposal, registrar)


async def test_nobody_corrects_their_own_entry(session):
    entry = await lapsed(session)
    themself = await make_account(session, StaffRole.CASEWORKER, person=entry.person)

    with pytest.raises(NotFound):
        await entry_for(session, themself, entry.id)
    with pytest.raises(AboutYourself):
        await propose(session, Correction(entry, entry.lapses[0], None), themself)


async def test_a_hold_is_not_corrected(session):
    entry = await make_entry(session)
    await entry.hold(session, on=NOW, by=make_process(session))

    assert [fact.__tablename__ for fact in correctable(entry)] == ["registration"]


spans = st.tuples(st.integers(0, 12), st.integers(1, 6) | st.none())


@settings(max_examples=60)
@given(spans, st.lists(spans, max_size=4))
def test_what_is_covered_is_covered_on_every_day(inner, outer):
    first = date(2027, 1, 1)

    def span(one):
        start, length = one
        begins = first + timedelta(days=start)
        return days(begins, begins + timedelta(days=length - 1) if length else None)

    valid, periods = span(inner), [span(one) for one in outer]
    each = [start_of(first + timedelta(days=n)) for n in range(40)]
    open_ended = any(p.upper is None and not valid.upper for p in periods)

    every_day = all(
        any(p.contains(day) for p in periods) for day in each if valid.contains(day)
    )

    assert covered(valid, periods) is (
        every_day and (valid.upper is not None or open_ended)
    )
