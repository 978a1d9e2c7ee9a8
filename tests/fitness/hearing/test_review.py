"""Reviews: of interim orders within six months and again, of orders before they end; and what is due when."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from fitness.case import Stage
from fitness.hearing.decision import Draft, Made, MeasureNeeded, NotAnOutcome
from fitness.hearing.due import (
    ReviewState,
    decisions_to_serve,
    hearings_to_come,
    reviews_due,
    vacate_of_closed_cases,
)
from fitness.hearing.extension import (
    CourtExtension,
    CourtLater,
    ExtendedAlready,
)
from fitness.hearing.hearing import NothingToHear
from fitness.hearing.kind import HearingState, Kind, Outcome
from fitness.hearing.notice import services_for
from fitness.order import (
    Ended,
    Measure,
    NotATerm,
    NotTheirs,
    NotToBeExtended,
    bring_orders_into_force,
    end_interim,
    let_orders_expire,
)
from register.account import StaffRole
from register.entry import Status
from register.kit.clock import day_of, end_of
from tests.fitness.finding import make_told, went_astray
from tests.fitness.investigating import act, close
from tests.fitness.ordering import make_heard, make_interim, make_order
from tests.fitness.sitting import (
    CONDITIONS,
    DAY,
    HOUR,
    IN_TIME,
    decide,
    draw_up,
    entry_of,
    list_one,
    make_final,
    make_hearing,
    make_listed,
    make_panel,
    make_referred,
    orders_in,
    start,
    tell,
)
from tests.make import NOW, make_account

VARIED = Draft(
    Outcome.VARY,
    "Less is enough now.",
    protects_the_public=True,
    order=Made(Measure.INTERIM_CONDITIONS, 18, "Work with another."),
)


async def make_suspended(session):
    """By an interim order of now."""
    case, _ = await make_told(session)
    order = await make_interim(session, case)
    return case, order


async def make_review(session, case, order, kind=Kind.INTERIM_REVIEW, **more):
    """Begun."""
    hearing = await make_hearing(session, case, kind, order=order, **more)
    await make_panel(session, case, hearing)
    await start(session, case, hearing)
    return hearing


# Interim orders


async def test_only_an_interim_order_in_force_has_an_interim_review(session):
    case = await make_heard(session)
    order = await make_order(session, case, Measure.SUSPENSION)

    with pytest.raises(NothingToHear):
        await list_one(session, case, Kind.INTERIM_REVIEW, order=order)
    assert await list_one(session, case, Kind.ORDER_REVIEW, order=order)


async def test_an_order_that_goes_on_is_reviewed_again_within_six_months(session):
    case, order = await make_suspended(session)
    assert order.review_by == date(2027, 9, 10)
    hearing = await make_review(session, case, order)

    draft = Draft(Outcome.CONTINUE, "The risk is as it was", protects_the_public=True)
    await decide(session, case, hearing, draft)

    assert order.review_by == date(2027, 10, 14)
    assert order.standing


async def test_the_last_review_is_no_later_than_the_last_day(session):
    case, order = await make_suspended(session)
    late = datetime(2028, 5, 3, 10, tzinfo=UTC)
    hearing = await make_review(session, case, order, starts_at=late)

    draft = Draft(Outcome.CONTINUE, "It is as it was", protects_the_public=True)
    await decide(session, case, hearing, draft)

    assert order.review_by == order.last_day == date(2028, 9, 9)


async def test_a_varied_interim_order_ends_no_later_than_it_would_have(session):
    case, order = await make_suspended(session)
    hearing = await make_review(session, case, order)

    await decide(session, case, hearing, replace(VARIED, outcome=Outcome.REPLACE))

    was, now = await orders_in(session, case)
    assert (was.because, was.ended_at) == (Ended.REPLACED, hearing.decided_at)
    assert now.measure is Measure.INTERIM_CONDITIONS
    assert now.in_force_at == hearing.decided_at
    assert now.last_day == was.last_day
    assert now.review_by == date(2027, 10, 14)
    entry = await entry_of(session, case)
    assert entry.status_at(hearing.decided_at) is Status.REGISTERED


async def test_a_revoked_interim_order_ends_now(session):
    case, order = await make_suspended(session)
    hearing = await make_review(session, case, order)

    await decide(session, case, hearing, Draft(Outcome.REVOKE, "There is no risk"))

    assert (order.because, order.ended_at) == (Ended.REVOKED, hearing.decided_at)
    assert case.stage is Stage.INVESTIGATION
    entry = await entry_of(session, case)
    assert entry.status_at(hearing.decided_at) is Status.REGISTERED


@pytest.mark.parametrize(
    ("draft", "refused"),
    [
        (replace(VARIED, outcome=Outcome.VARY), NotTheirs),
        (replace(VARIED, outcome=Outcome.REPLACE, order=None), MeasureNeeded),
        (replace(VARIED, outcome=Outcome.EXTEND), NotAnOutcome),
        (
            replace(
                VARIED,
                outcome=Outcome.REPLACE,
                order=Made(Measure.INTERIM_CONDITIONS, 19, "So"),
            ),
            NotATerm,
        ),
    ],
)
async def test_an_interim_review_does_what_it_may(session, draft, refused):
    case, order = await make_suspended(session)
    hearing = await make_review(session, case, order)

    with pytest.raises(refused):
        await draw_up(session, case, hearing, draft)


async def test_a_review_that_is_decided_after_the_end_changes_nothing(session):
    case, order = await make_suspended(session)
    last = order.ends_at - HOUR
    hearing = await make_review(session, case, order, starts_at=last)

    draft = Draft(Outcome.CONTINUE, "It goes on", protects_the_public=True)
    await draw_up(session, case, hearing, draft)
    await let_orders_expire(session, order.ends_at)
    await decide(session, case, hearing, draft, now=order.ends_at + HOUR)

    assert order.because is Ended.EXPIRED
    assert len(await orders_in(session, case)) == 1


# The court


async def record(session, case, order, until, *, ordered_on=None, now=NOW):
    return await CourtExtension.record(
        session,
        case,
        order,
        "The High Court, CO/12/2028",
        ordered_on=ordered_on or day_of(now),
        until=until,
        by=act(session, now=now),
    )


async def test_a_court_lets_an_interim_order_go_on_where_it_would_have_ended(session):
    case, order = await make_suspended(session)
    now = order.ends_at - 20 * DAY

    await record(session, case, order, date(2029, 3, 9), now=now)

    was, more = await orders_in(session, case)
    assert more.starts_at == was.ends_at
    assert (more.last_day, more.months) == (date(2029, 3, 9), None)
    assert more.review_by == date(2029, 3, 9)
    await bring_orders_into_force(session, was.ends_at)
    await let_orders_expire(session, was.ends_at)
    assert was.because is Ended.EXPIRED
    entry = await entry_of(session, case)
    for at in (was.ends_at - HOUR, was.ends_at, more.ends_at - HOUR):
        assert entry.status_at(at) is Status.SUSPENDED
    assert entry.status_at(more.ends_at) is Status.REGISTERED


@pytest.mark.parametrize(
    ("until", "ordered_in", "refused"),
    [
        (date(2028, 9, 9), 0, NotToBeExtended),
        (date(2028, 9, 10), 1, CourtLater),
    ],
)
async def test_a_court_extends_to_a_later_day_by_an_order_of_no_later_day(
    session, until, ordered_in, refused
):
    case, order = await make_suspended(session)

    with pytest.raises(refused):
        await record(
            session, case, order, until, ordered_on=day_of(NOW) + ordered_in * DAY
        )


async def test_an_order_is_extended_once_and_then_the_one_that_goes_on(session):
    case, order = await make_suspended(session)
    await record(session, case, order, date(2028, 9, 10))

    with pytest.raises(ExtendedAlready):
        await record(session, case, order, date(2029, 1, 1))


async def test_no_court_extends_an_order_that_is_no_interim_one(session):
    case = await make_heard(session)
    order = await make_order(session, case, Measure.SUSPENSION)

    with pytest.raises(NotToBeExtended):
        await record(session, case, order, date(2029, 1, 1))


# Orders


async def make_conditions(session):
    """In force for twelve months from now; the case waits for its end."""
    case = await make_heard(session)
    case.told_at = NOW
    order = await make_order(session, case, Measure.CONDITIONS)
    return case, order


async def make_order_review(session, case, order, *, starts_at=IN_TIME):
    hearing = await make_hearing(
        session, case, Kind.ORDER_REVIEW, order=order, starts_at=starts_at
    )
    await make_panel(session, case, hearing)
    return hearing


async def reviewed(session, draft, *, starts_at=IN_TIME):
    """The case, the order that was reviewed, and what came of it."""
    case, order = await make_conditions(session)
    hearing = await make_order_review(session, case, order, starts_at=starts_at)
    await start(session, case, hearing)
    await make_account(session, person=case.person)
    await decide(session, case, hearing, draft)
    return case, order, hearing


async def test_an_order_that_is_to_expire_is_due_no_more(session):
    case, order, _ = await reviewed(session, Draft(Outcome.EXPIRE, "It is enough"))

    assert order.standing
    assert order.review_by is None
    await let_orders_expire(session, order.ends_at)
    assert case.stage is Stage.CLOSED


async def test_an_order_that_is_revoked_ends_and_closes_the_case(session):
    case, order, hearing = await reviewed(
        session, Draft(Outcome.REVOKE, "It is kept well")
    )

    assert (order.because, order.ended_at) == (Ended.REVOKED, hearing.decided_at)
    assert case.stage is Stage.CLOSED


async def test_an_extended_order_goes_on_where_the_first_would_have_ended(session):
    case, order, _ = await reviewed(
        session,
        Draft(
            Outcome.EXTEND,
            "Not yet",
            order=Made(Measure.CONDITIONS, 6, "Work with another."),
        ),
    )

    was, more = await orders_in(session, case)
    assert was is order
    assert more.starts_at == was.ends_at
    assert more.appeal_by == date(2027, 5, 13)
    assert was.review_by is None
    await bring_orders_into_force(session, was.ends_at)
    await let_orders_expire(session, was.ends_at)
    assert case.stage is Stage.MONITORING


async def test_an_extension_that_may_still_be_appealed_begins_after_that(session):
    late = datetime(2028, 3, 2, 10, tzinfo=UTC)
    case, order, _ = await reviewed(
        session,
        Draft(
            Outcome.EXTEND,
            "Not yet",
            order=Made(Measure.CONDITIONS, 6, "Work with another."),
        ),
        starts_at=late,
    )

    _, more = await orders_in(session, case)
    assert more.starts_at == end_of(more.appeal_by) > order.ends_at


async def test_a_replaced_order_stands_until_the_other_takes_effect(session):
    case, order, _ = await reviewed(
        session,
        Draft(Outcome.REPLACE, "It is not kept", order=Made(Measure.SUSPENSION, 12)),
    )

    was, more = await orders_in(session, case)
    assert was.standing
    await bring_orders_into_force(session, more.starts_at)
    assert (was.because, was.ended_at) == (Ended.REPLACED, more.starts_at)
    entry = await entry_of(session, case)
    assert entry.status_at(more.starts_at) is Status.SUSPENDED
    assert order is was


async def test_a_review_may_end_in_removal(session):
    case, _, _ = await reviewed(
        session, Draft(Outcome.REPLACE, "Not kept", order=Made(Measure.REMOVAL))
    )

    was, removal = await orders_in(session, case)
    await bring_orders_into_force(session, removal.starts_at)
    assert was.because is Ended.REPLACED
    assert case.stage is Stage.CLOSED


# What is due


async def due(session, *, now=NOW):
    manager = await make_account(session, StaffRole.TEAM_MANAGER)
    found = await reviews_due(session, manager, now=now)
    return [(one.order.id, one.state) for one in found]


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (datetime(2027, 9, 1, 9, tzinfo=UTC), ReviewState.TO_LIST),
        (datetime(2027, 9, 2, 9, tzinfo=UTC), ReviewState.LATE),
        (datetime(2027, 9, 11, 9, tzinfo=UTC), ReviewState.LATE),
    ],
)
async def test_a_review_is_red_as_soon_as_notice_would_come_too_late(
    session, today, state
):
    """To be reviewed by Friday 10 September: by e-mail on the 1st it counts on the 2nd, and seven days end with the 9th."""
    _, order = await make_suspended(session)

    assert await due(session, now=today) == [(order.id, state)]


async def test_a_review_is_ready_once_it_is_listed_and_told(session):
    case, order = await make_suspended(session)
    hearing = await make_hearing(session, case, Kind.INTERIM_REVIEW, order=order)
    assert await due(session) == [(order.id, ReviewState.TO_TELL)]

    await tell(session, case, hearing)
    assert await due(session) == [(order.id, ReviewState.READY)]
    (service,) = await services_for(session, hearing)
    await went_astray(session, service.service)

    assert await due(session) == [(order.id, ReviewState.TO_TELL)]


async def test_a_review_listed_for_after_the_last_day_is_none(session):
    case, order = await make_suspended(session)
    late = datetime(2027, 9, 20, 9, tzinfo=UTC)
    await make_hearing(session, case, Kind.INTERIM_REVIEW, order=order, starts_at=late)

    found = await due(session, now=datetime(2027, 9, 8, 9, tzinfo=UTC))

    assert found == [(order.id, ReviewState.LATE)]


async def test_what_is_due_is_shown_to_those_who_may_know_of_the_case(session):
    case, _ = await make_suspended(session)
    officer = await make_account(session, StaffRole.HEARINGS_OFFICER)
    await make_listed(session, Kind.FINAL, case=await make_referred(session))

    assert not await reviews_due(session, officer, now=NOW)
    assert not await hearings_to_come(session, officer)
    manager = await make_account(session, StaffRole.TEAM_MANAGER)
    assert len(await hearings_to_come(session, manager)) == 1
    assert case.open_now


async def test_a_decision_that_came_back_is_to_be_served(session):
    case, hearing = await make_final(session)
    await decide(session, case, hearing, CONDITIONS)
    manager = await make_account(session, StaffRole.TEAM_MANAGER)
    assert not await decisions_to_serve(session, manager)
    service, *_ = await services_for(session, hearing)
    await went_astray(session, service.service)

    assert [one for _, one in await decisions_to_serve(session, manager)] == [hearing]


async def test_hearings_of_a_case_that_was_closed_are_vacated(session):
    case, order = await make_suspended(session)
    hearing = await make_hearing(session, case, Kind.INTERIM_REVIEW, order=order)
    await make_panel(session, case, hearing)
    await vacate_of_closed_cases(session, NOW)
    assert hearing.state is HearingState.LISTED
    now = NOW + DAY
    by = act(session, now=now)
    await end_interim(session, case, by=by)
    await close(session, case, now=now)
    await vacate_of_closed_cases(session, NOW + DAY)

    assert hearing.state is HearingState.VACATED
