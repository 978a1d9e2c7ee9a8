"""Hearings on the public list: which may be on it, and that it is right by itself as they are moved or dropped."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fitness.hearing.kind import Kind, Privacy, PrivateFor
from fitness.listing import follow_hearings, heard_as, to_list
from fitness.publication import Because, hearings, publication_in
from register.kit.clock import months_after, start_of
from tests.fitness.investigating import act
from tests.fitness.ordering import DAY, make_heard
from tests.fitness.publishing import list_hearing, pass_it
from tests.fitness.sitting import list_one, make_hearing
from tests.make import NOW

STARTS = datetime(2027, 5, 3, 9, tzinfo=UTC)
LISTED = STARTS - timedelta(days=3)
"""When the public sees it."""


async def listed(session, *, now=NOW, **more):
    """A case with a final hearing that is on the list."""
    case = await make_heard(session, now=now)
    hearing = await list_one(
        session, case, Kind.FINAL, starts_at=STARTS, now=now, **more
    )
    heard = heard_as(hearing, "12 Park Row, Leeds")
    publication = await list_hearing(session, case, heard, number=hearing.number)
    await pass_it(session, case, publication)
    return case, hearing, publication


async def days(session, *, now=LISTED):
    return [
        (one.published.first_day, one.published.last_day)
        for one in await hearings(session, now=now)
    ]


async def test_a_final_hearing_may_be_listed_once(session):
    case = await make_heard(session)
    hearing = await list_one(session, case, Kind.FINAL, starts_at=STARTS)
    assert await to_list(session, case) == [hearing]

    await list_hearing(session, case, heard_as(hearing, ""), number=hearing.number)

    assert await to_list(session, case) == []


async def test_no_interim_hearing_is_listed(session):
    case = await make_heard(session)
    await make_hearing(session, case, Kind.INTERIM_ORDER)

    assert await to_list(session, case) == []


async def test_none_in_private_is_listed(session):
    case = await make_heard(session)
    await list_one(
        session,
        case,
        Kind.FINAL,
        privacy=Privacy.PRIVATE,
        private_because=PrivateFor.HEALTH,
    )

    assert await to_list(session, case) == []


async def test_none_of_a_restricted_case_is_listed(session):
    case = await make_heard(session)
    await list_one(session, case, Kind.FINAL)
    case.restricted = True

    assert await to_list(session, case) == []


async def test_a_hearing_that_is_moved_moves_on_the_list(session):
    case, hearing, _ = await listed(session)
    later = STARTS + 40 * DAY
    hearing.move(
        session, case, "Ill", starts_at=later, last_on=later.date(), by=act(session)
    )
    await session.flush()

    await follow_hearings(session, NOW)

    assert await days(session) == []
    (shown,) = await hearings(session, now=later - 3 * DAY)
    assert shown.published.first_day == later.date()
    assert shown.published.place == "12 Park Row, Leeds"
    months = case.rule_set.rules.hearing_shown_months
    assert shown.published.shown_until == start_of(months_after(later.date(), months))


@pytest.mark.parametrize("what", ["dropped", "private", "restricted"])
async def test_what_is_not_heard_in_public_is_taken_down_by_itself(session, what):
    case, hearing, publication = await listed(session)
    if what == "dropped":
        hearing.drop(session, case, "Agreed", by=act(session))
    elif what == "private":
        hearing.privacy = Privacy.PRIVATE
        hearing.private_because = PrivateFor.CHILD
    else:
        case.restricted = True
    await session.flush()

    await follow_hearings(session, LISTED)

    assert await days(session) == []
    session.expunge_all()
    again = await publication_in(session, case.id, publication.number)
    assert again.latest.because is Because.NOT_HELD


async def test_what_has_not_changed_is_left_alone(session):
    _, _, publication = await listed(session)

    await follow_hearings(session, LISTED)

    assert await days(session) == [(date(2027, 5, 3), date(2027, 5, 3))]
    assert publication.approved
