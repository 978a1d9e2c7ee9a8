"""How it stands with a renewal: on both sides of each boundary, and the same in SQL."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from register.account import StaffRole
from register.entry import Entry, LapseReason, RemovalReason
from register.entry.facts import Lapse, Registration, Removal
from register.kit.clock import day_of, end_of, since, start_of
from register.part import Part
from register.renewal import (
    LISTED,
    Renewal,
    RenewalState,
    RenewalStep,
    counts_in,
    open_renewals,
    renewal_of,
    renewals_in,
    standing,
    standings,
)
from register.renewal.standing import Kept, state_of
from register.renewal.twin import narrowed, state_at
from register.rule_set import RuleSet
from tests.counting import counted
from tests.make import NOW, make_account, make_entry, make_person, make_process
from tests.register.learning import make_enough
from tests.register.renewing import (
    CURED_UNTIL,
    DAY,
    ENDS,
    HOUR,
    INSTANT,
    MIDNIGHT,
    NEXT,
    OPENS,
    STEPS,
    do,
    notice,
    opened,
)


async def stands(session, entry, at=OPENS):
    await session.flush()
    person_id = entry.person_id
    session.expire(entry)
    return await standing(session, person_id, now=at)


async def lapse(session, entry, on=MIDNIGHT):
    by = make_process(session, now=on)
    entry = await Entry.load(session, entry.id, lock=True)
    await entry.lapse(session, on=on, because=LapseReason.NOT_RENEWED, by=by)


async def test_before_the_window_one_reads_when_it_opens(session):
    entry = await make_entry(session)

    found = await stands(session, entry, NOW)

    assert (found.state, found.day) == (RenewalState.NOT_OPEN, date(2027, 9, 1))
    assert found.left == ()


async def test_who_is_not_in_the_register_has_nothing_to_renew(session):
    person = await make_person(session)

    assert await standing(session, person.id, now=NOW) is None


async def test_an_open_renewal_says_what_is_left_and_until_when(session):
    entry, renewal = await opened(session)
    await do(session, renewal, RenewalStep.DETAILS)

    found = await stands(session, entry)

    assert (found.state, found.day) == (RenewalState.OPEN, ENDS)
    assert list(found.left) == list(RenewalStep)[1:]


async def test_money_alone_is_never_called_renewed(session):
    entry, renewal = await opened(session)
    await do(session, renewal, RenewalStep.PAYMENT, *STEPS[:2])

    found = await stands(session, entry)

    assert found.state is RenewalState.PAID_NOT_RENEWED
    assert list(found.left) == STEPS[2:]


async def test_where_all_else_is_done_only_the_payment_is_left(session):
    entry, renewal = await opened(session)
    await do(session, renewal, *STEPS)

    found = await stands(session, entry)

    assert found.state is RenewalState.ONLY_PAYMENT


async def test_who_has_done_it_all_is_renewed_until_the_next_end(session):
    entry, renewal = await opened(session)
    await do(session, renewal, *RenewalStep)

    found = await stands(session, entry)

    assert (found.state, found.day, found.left) == (RenewalState.RENEWED, NEXT, ())


async def test_the_last_instant_of_the_last_day_is_open_and_midnight_is_not(session):
    entry, _ = await opened(session)

    before = await stands(session, entry, MIDNIGHT - INSTANT)
    after = await stands(session, entry, MIDNIGHT)

    assert (before.state, before.day) == (RenewalState.OPEN, ENDS)
    assert (after.state, after.day) == (RenewalState.OVERDUE, CURED_UNTIL)


async def test_who_was_given_more_time_is_open_until_that_day(session):
    entry, renewal = await opened(session)
    renewal.extended_until = ENDS + 10 * DAY

    before = await stands(session, entry, end_of(ENDS + 10 * DAY) - INSTANT)
    after = await stands(session, entry, end_of(ENDS + 10 * DAY))

    assert (before.state, before.day) == (RenewalState.EXTENDED, ENDS + 10 * DAY)
    assert (after.state, after.day) == (RenewalState.OVERDUE, CURED_UNTIL + 10 * DAY)


async def test_who_has_lapsed_may_finish_until_the_cure_ends(session):
    entry, _ = await opened(session)
    await lapse(session, entry)

    before = await stands(session, entry, end_of(CURED_UNTIL) - INSTANT)
    after = await stands(session, entry, end_of(CURED_UNTIL))

    assert (before.state, before.day) == (RenewalState.CURABLE, CURED_UNTIL)
    assert after.state is RenewalState.TOO_LATE


async def test_who_stands_still_when_the_cure_ends_is_overlooked(session):
    entry, _ = await opened(session)

    before = await stands(session, entry, end_of(CURED_UNTIL) - INSTANT)
    after = await stands(session, entry, end_of(CURED_UNTIL))

    assert before.state is RenewalState.OVERDUE
    assert (after.state, after.day) == (RenewalState.OVERLOOKED, CURED_UNTIL)
    assert after.state.may_ask
    assert not after.state.may_act


async def test_who_has_lapsed_can_ask_for_no_more_time(session):
    entry, _ = await opened(session)
    await lapse(session, entry)

    found = await stands(session, entry, MIDNIGHT)

    assert not found.state.may_ask


async def test_money_that_came_before_a_lapse_is_still_said(session):
    entry, renewal = await opened(session)
    await do(session, renewal, RenewalStep.PAYMENT)
    await lapse(session, entry)

    found = await stands(session, entry, MIDNIGHT + HOUR)

    assert found.state is RenewalState.CURABLE
    assert found.paid


async def test_who_finishes_late_waits_until_the_deadline_is_run(session):
    entry, renewal = await opened(session)
    await do(session, renewal, *STEPS)
    await notice(session, renewal)
    await do(session, renewal, RenewalStep.PAYMENT, at=MIDNIGHT)

    found = await stands(session, entry, MIDNIGHT)

    assert found.state is RenewalState.LATE


async def test_a_lapse_of_an_earlier_time_is_not_one_of_this_period(session):
    entry = await make_entry(session)
    await lapse(session, entry, on=NOW)

    assert await standing(session, entry.person_id, now=NOW + HOUR) is None


async def test_who_leaves_has_nothing_to_renew_any_more(session):
    entry, _ = await opened(session)
    by = make_process(session, now=OPENS)
    await entry.remove(session, on=OPENS, because=RemovalReason.VOLUNTARY, by=by)

    assert await stands(session, entry, OPENS + HOUR) is None


async def test_who_was_removed_after_the_lapse_has_nothing_to_renew(session):
    entry, _ = await opened(session)
    await lapse(session, entry)
    removed = MIDNIGHT + DAY
    by = make_process(session, now=removed)
    entry = await Entry.load(session, entry.id, lock=True)
    await entry.remove(session, on=removed, because=RemovalReason.ORDER, by=by)

    before = await stands(session, entry, removed - INSTANT)
    after = await stands(session, entry, removed)

    assert before.state is RenewalState.CURABLE
    assert after is None


async def test_who_has_come_back_since_is_not_told_of_the_renewal_that_they_missed(
    session,
):
    entry, _ = await opened(session)
    await lapse(session, entry)
    back = start_of(date(2028, 2, 1))
    rule_set = await RuleSet.on(session, Part.MANAGER, back.date())
    by = make_process(session, now=back)
    entry = await Entry.load(session, entry.id)
    await entry.restore(session, on=back, rule_set=rule_set, until=NEXT, by=by)

    found = await stands(session, entry, back + HOUR)

    assert (found.state, found.day) == (RenewalState.NOT_OPEN, date(2028, 9, 1))


async def test_many_are_told_in_as_many_queries_as_one(session, engine):
    some = [(await opened(session, given_names=f"N{n}"))[0] for n in range(5)]
    ids = [entry.person_id for entry in some]
    session.expunge_all()

    with counted(engine) as one:
        await standings(session, ids[:1], now=OPENS)
    session.expunge_all()
    with counted(engine) as many:
        found = await standings(session, ids, now=OPENS)

    assert set(found) == set(ids)
    assert len(many) == len(one)


# The renewals of an earlier period


async def next_period(session, entry, *steps):
    """The renewal after the first one, opened a year later and done as far as that."""
    now = start_of(date(2028, 9, 1))
    await make_enough(session, entry.person, year_end=NEXT)
    await open_renewals(session, now)
    renewal = await renewal_of(session, entry.person_id, NEXT)
    await do(session, renewal, *steps, at=now)
    return now


async def listed(session, ends_on, *, now):
    """By state, as the list narrowed to it shows them; and how many each state counts."""
    reader = await make_account(session, StaffRole.CASEWORKER)
    rows, shown = [], {}
    for state in LISTED:
        found = await renewals_in(session, reader, ends_on, state, now=now)
        rows += [(state, standing.state) for _, standing in found.rows]
        shown[state] = len(found.rows)
    assert await counts_in(session, reader, ends_on, now=now) == shown
    return rows


async def test_each_period_is_listed_with_what_became_of_its_own_renewals(session):
    entry, renewal = await opened(session)
    await do(session, renewal, *RenewalStep)
    now = await next_period(session, entry, RenewalStep.DETAILS)
    session.expunge_all()

    before = await listed(session, ENDS, now=now)
    session.expunge_all()
    latest = await listed(session, NEXT, now=now)

    assert before == [(RenewalState.RENEWED, RenewalState.RENEWED)]
    assert latest == [(RenewalState.OPEN, RenewalState.OPEN)]


async def test_what_was_renewed_twice_is_listed_with_the_last_day_of_each(session):
    entry, renewal = await opened(session)
    await do(session, renewal, *RenewalStep)
    now = await next_period(session, entry, *RenewalStep)
    reader = await make_account(session, StaffRole.CASEWORKER)
    session.expunge_all()

    found = [
        await renewals_in(session, reader, ends_on, None, now=now)
        for ends_on in (ENDS, NEXT)
    ]

    days = [standing.day for page in found for _, standing in page.rows]
    assert days == [NEXT, date(2029, 11, 30)]


async def test_a_lapse_of_a_later_period_is_none_of_an_earlier_renewal(session):
    entry, renewal = await opened(session)
    await do(session, renewal, *RenewalStep)
    await next_period(session, entry)
    await session.flush()
    await lapse(session, entry, on=end_of(NEXT))
    session.expunge_all()

    now = end_of(NEXT) + HOUR
    before = await listed(session, ENDS, now=now)
    session.expunge_all()
    latest = await listed(session, NEXT, now=now)

    assert before == []
    assert latest == [(RenewalState.CURABLE, RenewalState.CURABLE)]


# The same in SQL

MOMENTS = st.sampled_from(
    [
        edge + shift
        for edge in (
            OPENS,
            MIDNIGHT,
            end_of(CURED_UNTIL),
            end_of(ENDS + 10 * DAY),
            end_of(CURED_UNTIL + 10 * DAY),
            start_of(NEXT),
            end_of(NEXT),
        )
        for shift in (-INSTANT, timedelta(0), INSTANT)
    ]
)
DONE = st.none() | MOMENTS
LIVES = st.fixed_dictionaries(
    {
        "only_pays": st.booleans(),
        "extended_until": st.none() | st.just(ENDS + 10 * DAY),
        "details_at": DONE,
        "employment_at": DONE,
        "declared_at": DONE,
        "learning_at": DONE,
        "paid_at": DONE,
        "until_on": st.sampled_from([None, ENDS, ENDS + 40 * DAY, NEXT]),
        "lapsed_from": st.none()
        | st.sampled_from(
            [
                MIDNIGHT - INSTANT,
                MIDNIGHT,
                end_of(ENDS + 10 * DAY),
                end_of(NEXT) - INSTANT,
                end_of(NEXT),
            ]
        ),
        "removed_from": st.none() | MOMENTS,
        "at": MOMENTS,
    }
)


@given(life=LIVES)
@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_the_state_in_sql_is_that_of_the_rules(session, life):
    entry, renewal, rules, at = await lived(session, life)
    expected = state_of(renewal, Kept.of([entry], renewal, at=at), rules, at)

    of_list = state_at(at, day_of(at))
    row = await session.execute(
        select(of_list, narrowed(expected))
        .join(RuleSet, Renewal.rule_set_id == RuleSet.id)
        .where(Renewal.id == renewal.id)
    )
    assert row.one() == (expected, True)


async def lived(session, life):
    """Somebody of whom only that is known: the rows, without the acts that would lead to them."""
    life = dict(life)
    at, until_on = life.pop("at"), life.pop("until_on")
    lapsed_from, removed_from = life.pop("lapsed_from"), life.pop("removed_from")
    rule_set = await RuleSet.on(session, Part.MANAGER, ENDS)
    person, by = await make_person(session), make_process(session, now=OPENS)
    entry = Entry(id=uuid4(), person_id=person.id, part=Part.MANAGER, created_at=OPENS)
    session.add(entry)
    await session.flush()
    row = {"entry_id": entry.id, "recorded_at": OPENS, "process_id": by.id}
    begins = start_of(date(2027, 2, 1))
    if until_on:
        session.add(
            Registration(
                id=uuid4(),
                valid=since(begins),
                until_on=until_on,
                rule_set_id=rule_set.id,
                **row,
            )
        )
    if lapsed_from:
        session.add(
            Lapse(
                id=uuid4(),
                valid=since(lapsed_from),
                because=LapseReason.NOT_RENEWED,
                **row,
            )
        )
    if removed_from:
        session.add(
            Removal(
                id=uuid4(),
                valid=since(removed_from),
                because=RemovalReason.ORDER,
                **row,
            )
        )
    renewal = Renewal(
        id=uuid4(),
        person_id=person.id,
        ends_on=ENDS,
        until_on=NEXT,
        rule_set_id=rule_set.id,
        opened_at=OPENS,
        declaration_version="1" if life["declared_at"] else None,
        **life,
    )
    if not renewal.left:
        renewal.finished_at = max(
            moment for step in renewal.steps if (moment := renewal.done_at(step))
        )
    session.add(renewal)
    await session.flush()
    entry = await Entry.load(session, entry.id, lock=True)
    return entry, renewal, rule_set.rules, at


@pytest.mark.parametrize("state", RenewalState)
def test_only_what_is_over_is_not_told(state):
    assert state.told is (state is not RenewalState.ENDED)
