"""Orders: what may be made for how long, when it takes effect in the register, in which parts, and how it ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from fitness.case import Case, CaseEvent, CaseEventKind, ClosedBecause, Stage
from fitness.fence import Capacity, look_as
from fitness.order import (
    AppealedAlready,
    AppealEnded,
    AppealOutcome,
    CaseOrder,
    Decided,
    Ended,
    Measure,
    NotATerm,
    NotInForce,
    NotTheirs,
    NotThen,
    NotToBeAppealed,
    OrderAppeal,
    OrderEnded,
    OrderStands,
    TooLateToAppeal,
    WordsNeeded,
    bring_orders_into_force,
    end,
    end_of_term,
    let_orders_expire,
    must_not_stand,
    orders_of,
    reach_new_entries,
    take_effect,
)
from register.entry import Entry, RemovalReason, Status
from register.kit.clock import day_of, end_of, start_of
from register.part import Part
from tests.fitness.investigating import act, make_investigated
from tests.fitness.ordering import (
    DAY,
    make_heard,
    make_interim,
    make_order,
    seat,
    served,
)
from tests.make import NOW, make_entry

INSTANT = timedelta(microseconds=1)


async def entry_of(session, case):
    found = await session.scalar(
        select(Entry.id).where(Entry.person_id == case.person_id)
    )
    return await Entry.load(session, found)


async def standing(session, case, at):
    return (await entry_of(session, case)).status_at(at)


async def told(session, case, kind):
    rows = await session.scalars(
        select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.kind == kind)
    )
    return rows.all()


# What may be made


@pytest.mark.parametrize(
    ("measure", "longest"),
    [(Measure.CONDITIONS, 36), (Measure.SUSPENSION, 36)],
)
async def test_an_order_lasts_no_longer_than_the_rules_allow(session, measure, longest):
    case = await make_heard(session)

    await make_order(session, case, measure, months=longest)

    with pytest.raises(NotATerm):
        await make_order(session, case, measure, months=longest + 1)


async def test_an_interim_order_lasts_eighteen_months_at_most(session):
    case = await make_investigated(session)

    order = await make_interim(session, case, months=18)

    assert order.last_day == date(2028, 9, 9)
    with pytest.raises(NotATerm):
        await make_interim(session, case, months=19)


async def test_a_warning_has_one_of_its_terms(session):
    case = await make_heard(session)

    with pytest.raises(NotATerm):
        await make_order(session, case, Measure.WARNING, months=24)

    assert (await make_order(session, case, Measure.WARNING, months=36)).months == 36


async def test_nothing_is_made_for_no_time(session):
    case = await make_heard(session)

    with pytest.raises(NotATerm):
        await make_order(session, case, Measure.SUSPENSION, months=0)


async def test_case_examiners_alone_advise_and_warn_only(session):
    case = await make_investigated(session)
    await seat(session, case, Decided.EXAMINERS)

    with pytest.raises(NotTheirs):
        await make_order(session, case, Measure.SUSPENSION, decided=Decided.EXAMINERS)

    await make_order(
        session, case, Measure.WARNING, decided=Decided.EXAMINERS, months=12
    )


async def test_conditions_are_said_in_words(session):
    case = await make_heard(session)

    with pytest.raises(WordsNeeded):
        await make_order(session, case, Measure.CONDITIONS, words="")


@pytest.mark.parametrize("decided", [one for one in Decided if one.measures])
async def test_the_database_refuses_an_order_that_nobody_there_may_decide_on(
    session, decided
):
    case = await make_investigated(session)

    with pytest.raises(DBAPIError, match="nobody is there who may decide"):
        await make_order(session, case, decided.measures[0], decided=decided)


# In the register


async def test_what_cannot_be_appealed_is_in_the_register_at_once(session):
    case = await make_investigated(session)

    await make_interim(session, case)

    assert await standing(session, case, NOW) is Status.SUSPENDED
    assert await standing(session, case, NOW - INSTANT) is Status.REGISTERED


async def test_an_order_takes_effect_only_when_the_time_to_appeal_is_over(session):
    case = await make_heard(session)
    order = await make_order(session, case, served_on=served())
    begins = end_of(served() + 28 * DAY)

    await bring_orders_into_force(session, begins - INSTANT)

    assert order.in_force_at is None
    assert await standing(session, case, begins) is Status.REGISTERED

    await bring_orders_into_force(session, begins)

    assert order.in_force(begins)
    assert await standing(session, case, begins - INSTANT) is Status.REGISTERED
    assert await standing(session, case, begins) is Status.SUSPENDED


async def test_a_job_that_comes_late_brings_it_in_from_its_own_moment(session):
    case = await make_heard(session)
    order = await make_order(session, case, served_on=served())

    await bring_orders_into_force(session, order.starts_at + 5 * DAY)

    assert await standing(session, case, order.starts_at) is Status.SUSPENDED


async def test_it_is_not_brought_into_force_too_early(session):
    case = await make_heard(session)
    order = await make_order(session, case, served_on=served())

    with pytest.raises(NotInForce):
        await take_effect(session, case, order, by=act(session))


async def test_the_words_are_those_that_the_register_shows(session):
    case = await make_heard(session)
    await make_order(session, case, Measure.CONDITIONS, words="Work under supervision.")
    entry = await entry_of(session, case)
    (fact,) = entry.orders

    words = await session.scalar(
        text("select words from process_text where id = :id").bindparams(
            id=fact.text_id
        )
    )

    assert words == "Work under supervision."


async def test_a_warning_is_told_and_nobody_is_kept_from_work(session):
    case = await make_heard(session)

    await make_order(session, case, Measure.WARNING, months=12)

    entry = await entry_of(session, case)
    assert [fact.kind for fact in entry.warnings] == ["warning"]
    assert entry.status_at(NOW) is Status.REGISTERED


async def test_every_part_that_the_person_holds_is_reached(session):
    case = await make_heard(session)
    other = await make_entry(session, person=case.person, part=Part.DEPUTY)

    await make_order(session, case)

    assert other.status_at(NOW) is Status.SUSPENDED
    (first,) = await session.scalars(
        select(Entry.id).where(
            Entry.person_id == case.person_id, Entry.part == Part.MANAGER
        )
    )
    assert (await Entry.load(session, first)).status_at(NOW) is Status.SUSPENDED


async def test_a_part_that_is_entered_later_is_reached_too_and_only_once(session):
    case = await make_heard(session)
    await make_order(session, case)
    later = NOW + 3 * DAY
    other = await make_entry(session, person=case.person, part=Part.DEPUTY, on=later)

    for _ in range(2):
        await reach_new_entries(session, later + DAY)

    other = await Entry.load(session, other.id)
    assert other.status_at(later) is Status.SUSPENDED
    assert len(other.orders) == 1


async def test_a_removal_reaches_a_part_that_is_entered_later_too(session):
    case = await make_heard(session)
    await make_order(session, case, Measure.REMOVAL)
    later = NOW + 3 * DAY
    other = await make_entry(session, person=case.person, part=Part.DEPUTY, on=later)

    for _ in range(2):
        await reach_new_entries(session, later + DAY)

    other = await Entry.load(session, other.id)
    assert other.status_at(later) is Status.REGISTERED
    assert other.status_at(later + DAY) is Status.REMOVED_BY_ORDER


async def test_whoever_left_the_register_meanwhile_is_left_as_they_are(session):
    case = await make_heard(session)
    order = await make_order(session, case, served_on=served())
    entry = await entry_of(session, case)
    await entry.remove(
        session,
        on=NOW + DAY,
        because=RemovalReason.VOLUNTARY,
        by=act(session, now=NOW + DAY),
    )

    await bring_orders_into_force(session, order.starts_at)

    assert order.in_force(order.starts_at)
    assert (await entry_of(session, case)).orders == []


async def test_what_was_decided_in_the_end_takes_the_place_of_an_interim_order(session):
    case = await make_heard(session)
    interim = await make_interim(session, case)
    order = await make_order(session, case, Measure.CONDITIONS, served_on=served())

    await bring_orders_into_force(session, order.starts_at)

    assert (interim.ended_at, interim.because) == (order.starts_at, Ended.OVERTAKEN)
    assert await standing(session, case, order.starts_at - INSTANT) is Status.SUSPENDED
    assert await standing(session, case, order.starts_at) is Status.REGISTERED


async def test_a_removal_removes_and_closes_the_case(session):
    case = await make_heard(session)
    order = await make_order(session, case, Measure.REMOVAL, served_on=served())

    await bring_orders_into_force(session, order.starts_at)

    assert await standing(session, case, order.starts_at) is Status.REMOVED_BY_ORDER
    assert case.because is ClosedBecause.REMOVED
    assert not (await entry_of(session, case)).held_at(order.starts_at)


async def test_two_at_once_bring_it_in_once(session):
    case = await make_heard(session)
    order = await make_order(session, case, served_on=served())

    for _ in range(2):
        await bring_orders_into_force(session, order.starts_at)

    assert len((await entry_of(session, case)).orders) == 1
    assert len(await told(session, case, CaseEventKind.ORDER_IN_FORCE)) == 1


async def test_no_case_is_closed_under_an_order_that_is_to_be_reviewed(session):
    case = await make_heard(session)
    await make_order(session, case)

    with pytest.raises(OrderStands):
        await must_not_stand(session, case)
    with pytest.raises(DBAPIError, match="an order stands"):
        await case.close(session, ClosedBecause.ORDER_ENDED, by=act(session))


async def test_a_warning_of_a_panel_closes_the_case_as_it_takes_effect(session):
    case = await make_heard(session)
    order = await make_order(
        session, case, Measure.WARNING, months=12, served_on=served()
    )

    await bring_orders_into_force(session, order.starts_at)

    assert case.because is ClosedBecause.WARNING
    assert order.standing


async def test_a_removal_ends_every_other_order_of_the_case(session):
    case = await make_heard(session)
    conditions = await make_order(session, case, Measure.CONDITIONS)
    waiting = await make_order(session, case, served_on=served())
    removal = await make_order(session, case, Measure.REMOVAL)

    assert {conditions.because, waiting.because} == {Ended.OVERTAKEN}
    assert removal.standing
    assert case.because is ClosedBecause.REMOVED


# Its end


async def test_an_order_that_expires_closes_the_case_that_waited_for_it(session):
    case = await make_heard(session)
    order = await make_order(session, case, months=12)

    await let_orders_expire(session, order.ends_at - INSTANT)
    assert case.stage is Stage.MONITORING

    await let_orders_expire(session, order.ends_at)

    assert order.because is Ended.EXPIRED
    assert (case.stage, case.because) == (Stage.CLOSED, ClosedBecause.ORDER_ENDED)
    assert await standing(session, case, order.ends_at - INSTANT) is Status.SUSPENDED
    assert await standing(session, case, order.ends_at) is Status.REGISTERED


async def test_a_case_stays_open_while_another_order_stands(session):
    case = await make_heard(session)
    short = await make_order(session, case, months=6)
    await make_order(session, case, Measure.CONDITIONS, months=12)

    await let_orders_expire(session, short.ends_at)

    assert case.stage is Stage.MONITORING


async def test_an_order_that_is_revoked_is_out_of_the_register_at_once(session):
    case = await make_heard(session)
    order = await make_order(session, case)
    now = NOW + DAY

    await end(
        session, case, order, on=now, because=Ended.REVOKED, by=act(session, now=now)
    )

    assert await standing(session, case, now - INSTANT) is Status.SUSPENDED
    assert await standing(session, case, now) is Status.REGISTERED
    with pytest.raises(OrderEnded):
        await end(session, case, order, on=now, because=Ended.REVOKED, by=act(session))


@pytest.mark.parametrize(
    ("starts", "months", "last"),
    [
        (datetime(2027, 3, 12, 10, tzinfo=UTC), 18, date(2028, 9, 11)),
        (datetime(2027, 8, 31, 10, tzinfo=UTC), 6, date(2028, 2, 28)),
        (datetime(2027, 10, 30, 23, 30, tzinfo=UTC), 12, date(2028, 10, 30)),
        (datetime(2028, 2, 29, 10, tzinfo=UTC), 12, date(2029, 2, 27)),
    ],
)
def test_the_term_ends_with_a_midnight_in_england(starts, months, last):
    assert day_of(end_of_term(starts, months) - INSTANT) == last


@settings(deadline=None)
@given(
    st.dates(date(2026, 1, 1), date(2035, 1, 1)),
    st.integers(0, 24 * 60 - 1),
    st.integers(1, 36),
)
def test_a_term_has_as_many_days_as_its_months(day, minutes, months):
    starts = start_of(day) + timedelta(minutes=minutes)

    ends = end_of_term(starts, months)

    assert ends == start_of(day_of(ends))
    assert 28 * months <= (day_of(ends) - day).days <= 31 * months


# Reviews


async def test_an_interim_order_is_reviewed_within_six_months(session):
    case = await make_investigated(session)

    order = await make_interim(session, case)

    assert order.review_by == date(2027, 9, 10)


async def test_a_short_interim_order_is_reviewed_by_its_last_day(session):
    case = await make_investigated(session)

    order = await make_interim(session, case, months=3)

    assert order.review_by == order.last_day


async def test_a_suspension_is_reviewed_before_it_ends_and_a_warning_never(session):
    case = await make_heard(session)

    suspension = await make_order(session, case)
    warning = await make_order(session, case, Measure.WARNING, months=12)

    assert suspension.review_by == suspension.last_day
    assert warning.review_by is None


# Appeals


async def appealed(session, *, measure=Measure.SUSPENSION, on=None):
    case = await make_heard(session)
    order = await make_order(session, case, measure, served_on=served())
    now = start_of(on or order.appeal_by) + 10 * timedelta(hours=1)
    appeal = await OrderAppeal.lodge(
        session,
        case,
        order,
        on=day_of(now),
        words="CO/1/2026",
        by=act(session, now=now),
    )
    return case, order, appeal


async def test_an_order_does_not_take_effect_while_an_appeal_is_open(session):
    case, order, _ = await appealed(session)

    await bring_orders_into_force(session, order.starts_at + 100 * DAY)

    assert order.in_force_at is None
    assert await standing(session, case, order.starts_at) is Status.REGISTERED


async def test_an_appeal_is_lodged_to_the_end_of_the_last_day(session):
    case = await make_heard(session)
    order = await make_order(session, case, served_on=served())
    late = act(session, now=end_of(order.appeal_by))

    with pytest.raises(TooLateToAppeal):
        await OrderAppeal.lodge(
            session, case, order, on=order.appeal_by + DAY, words="Late", by=late
        )

    await OrderAppeal.lodge(
        session, case, order, on=order.appeal_by, words="In time", by=late
    )


async def test_a_dismissed_appeal_lets_the_order_begin_on_the_next_day(session):
    case, order, appeal = await appealed(session)
    dismissed = order.appeal_by + 60 * DAY
    now = start_of(dismissed)

    await appeal.end(
        session,
        case,
        order,
        AppealOutcome.DISMISSED,
        on=dismissed,
        by=act(session, now=now),
    )
    await bring_orders_into_force(session, end_of(dismissed) - INSTANT)
    assert order.in_force_at is None
    await bring_orders_into_force(session, end_of(dismissed))

    assert await standing(session, case, end_of(dismissed)) is Status.SUSPENDED
    assert order.ends_at == end_of_term(end_of(dismissed), 12)
    assert order.review_by == order.last_day


async def test_an_allowed_appeal_means_that_the_order_never_stood(session):
    case, order, appeal = await appealed(session)
    now = order.starts_at + 30 * DAY

    await appeal.end(
        session,
        case,
        order,
        AppealOutcome.ALLOWED,
        on=day_of(now),
        by=act(session, now=now),
    )
    await bring_orders_into_force(session, now + DAY)

    assert (order.in_force_at, order.because) == (None, Ended.QUASHED)
    assert case.because is ClosedBecause.ORDER_ENDED
    assert (await entry_of(session, case)).orders == []


@pytest.mark.parametrize(
    ("outcome", "goes_on"),
    [(AppealOutcome.ALLOWED, False), (AppealOutcome.REMITTED, True)],
)
async def test_an_interim_order_goes_on_only_where_there_is_something_to_decide(
    session, outcome, goes_on
):
    case, order, appeal = await appealed(session)
    cover = await make_interim(session, case)
    now = order.starts_at + 30 * DAY

    await appeal.end(
        session, case, order, outcome, on=day_of(now), by=act(session, now=now)
    )

    assert cover.standing is goes_on
    assert (case.stage is Stage.HEARING) is goes_on
    assert case.open_now is goes_on


async def test_a_remitted_case_goes_to_another_hearing(session):
    case, order, appeal = await appealed(session, measure=Measure.REMOVAL)
    now = order.starts_at

    await appeal.end(
        session,
        case,
        order,
        AppealOutcome.REMITTED,
        on=day_of(now),
        by=act(session, now=now),
    )

    assert case.stage is Stage.HEARING
    assert order.because is Ended.QUASHED


async def test_an_appeal_is_recorded_and_ended_once_and_on_days_that_have_come(session):
    case, order, appeal = await appealed(session)
    by = act(session, now=start_of(order.appeal_by))

    with pytest.raises(AppealedAlready):
        await OrderAppeal.lodge(
            session, case, order, on=order.appeal_by, words="Again", by=by
        )
    with pytest.raises(NotThen):
        await appeal.end(
            session,
            case,
            order,
            AppealOutcome.DISMISSED,
            on=order.appeal_by + DAY,
            by=by,
        )
    await appeal.end(
        session, case, order, AppealOutcome.WITHDRAWN, on=order.appeal_by, by=by
    )
    with pytest.raises(AppealEnded):
        await appeal.end(
            session, case, order, AppealOutcome.ALLOWED, on=order.appeal_by, by=by
        )


async def test_what_was_agreed_is_not_appealed(session):
    case = await make_investigated(session)
    await seat(session, case, Decided.AGREEMENT)
    order = await make_order(session, case, decided=Decided.AGREEMENT)

    with pytest.raises(NotToBeAppealed):
        await OrderAppeal.lodge(
            session, case, order, on=day_of(NOW), words="No", by=act(session)
        )


# Who sees it


async def test_nobody_who_is_not_named_sees_an_order(session):
    case = await make_heard(session)
    await make_order(session, case)

    await look_as(session, Capacity.STAFF)

    assert await orders_of(session, case.id) == []
    assert (await session.scalars(select(Case))).all() == []
    assert (await session.scalars(select(CaseOrder))).all() == []
