"""The self-check finds nothing where the register says the same everywhere, and each thing that a test plants."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, text, update
from structlog.testing import capture_logs

from register.certificate import Certificate
from register.entry import EntryProjection, OrderKind, Status
from register.kit.clock import since, start_of
from register.kit.jobs import run_pending
from register.search import NameToken
from register.self_check import (
    FROM_THE_FIRST,
    SelfCheck,
    Surface,
    check_next,
    latest,
    surfaces,
)
from register.self_check.nightly import begin_self_check
from tests.make import (
    NOW,
    make_employment,
    make_entry,
    make_home,
    make_person,
    make_process,
)
from tests.register.standing import EVERYBODY, in_two_parts

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


async def differences(session, now=NOW):
    """As they are told, but for the number."""
    checked = await check_next(session, after=FROM_THE_FIRST, now=now)
    assert checked.last is None
    return sorted((d.surface, d.field) for d in checked.differences)


async def change_row(session, entry, **values):
    """Past every verb."""
    of_it = EntryProjection.entry_id == entry.id
    await session.execute(update(EntryProjection).where(of_it).values(**values))


async def test_nobody_in_any_state_differs(session):
    for make in EVERYBODY:
        await make(session)

    assert await differences(session) == []
    assert await differences(session, NOW + 400 * DAY) == []


async def test_somebody_who_was_corrected_and_certified_does_not_differ(session):
    entry = await make_entry(session)
    await Certificate.issue(session, entry, by=make_process(session, now=NOW - 2 * DAY))
    await entry.correct(
        session,
        entry.registrations[0],
        valid=since(start_of(date(2027, 2, 2))),
        by=make_process(session, now=NOW - DAY),
    )

    assert await differences(session) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", Status.LAPSED),
        ("may_practise", False),
        ("registered_until", date(2028, 11, 30)),
        ("restrictions", [{"kind": "warning"}]),
        ("town", "Leeds"),
        ("name", "Somebody Else"),
    ],
)
async def test_a_projection_that_differs_is_found_wherever_it_is_read(
    session, field, value
):
    entry = await make_entry(session)
    await change_row(session, entry, **{field: value})

    found = await differences(session)

    assert (Surface.PROJECTION, field) in found
    assert (Surface.SEARCH, field) in found
    assert (Surface.API, field) in found
    assert {name for _, name in found} <= {field, "entries"}


async def test_somebody_who_is_shown_and_should_not_be_is_found(session):
    entry = await make_entry(session, person=await make_person(session, withheld=True))
    await change_row(session, entry, published=True)

    found = await differences(session)

    assert (Surface.PROJECTION, "published") in found
    assert (Surface.API, "shown") not in found  # the page hides them nevertheless


async def test_somebody_who_is_not_shown_and_should_be_is_found(session):
    entry = await make_entry(session)
    await session.execute(delete(EntryProjection))

    found = await check_next(session, after=FROM_THE_FIRST, now=NOW)

    number = entry.person.number
    assert [str(d) for d in found.differences][:3] == [
        f"projection {number} shown",
        f"search {number} shown",
        f"api {number} shown",
    ]


async def test_a_row_that_time_has_passed_by_is_no_difference(session):
    entry = await make_entry(session)
    await entry.order(
        session,
        OrderKind.SUSPENSION_ORDER,
        on=NOW - DAY,
        until=NOW + DAY,
        wording=None,
        by=make_process(session),
    )

    assert await differences(session, NOW + DAY) == []


async def test_a_row_that_is_thought_to_be_good_for_longer_than_it_is_is_found(session):
    entry = await make_entry(session)
    await entry.order(
        session,
        OrderKind.SUSPENSION_ORDER,
        on=NOW - DAY,
        until=NOW + DAY,
        wording=None,
        by=make_process(session),
    )
    await change_row(session, entry, good_until=None)

    assert await differences(session) == [(Surface.PROJECTION, "good_until")]
    assert (Surface.API, "status") in await differences(session, NOW + DAY)


async def test_a_word_of_a_name_that_the_search_does_not_know_is_found(session):
    await make_entry(session)
    await session.execute(delete(NameToken).where(NameToken.token == "ngozi"))

    assert await differences(session) == [(Surface.SEARCH, "tokens")]


async def test_rules_in_sql_that_differ_are_found(session, monkeypatch):
    await make_entry(session)
    monkeypatch.setattr(surfaces, "status_in_sql", lambda _: text("'lapsed'"))

    assert await differences(session) == [(Surface.SQL, "status")]


async def test_an_answer_for_a_day_gone_by_that_differs_is_found(session, monkeypatch):
    person = await make_person(session)
    home = await make_home(session)
    await make_employment(session, person, home)
    await make_entry(session, person=person)

    async def nowhere(*_, **__):
        return {person.id: None}

    monkeypatch.setattr("register.past.places_shown", nowhere)

    assert await differences(session) == [(Surface.AS_AT, "town")]


async def test_a_certificate_that_never_was_true_is_found(session):
    entry = await make_entry(session)
    issued = await Certificate.issue(session, entry, by=make_process(session))
    says = issued.says | {"status": "suspended", "registered_until": "2029-11-30"}
    session.add(
        Certificate(
            serial="0123456789ABCDEF",
            entry_id=(await make_entry(session)).id,
            process_id=issued.process_id,
            as_at=NOW,
            issued_at=NOW,
            says=says,
        )
    )
    await session.flush()

    assert await differences(session) == [
        (Surface.CERTIFICATE, "number"),
        (Surface.CERTIFICATE, "registered_until"),
        (Surface.CERTIFICATE, "status"),
    ]


async def test_somebody_in_two_parts_is_told_once(session):
    await in_two_parts(session)
    await session.execute(update(EntryProjection).values(name="Somebody Else"))

    found = await differences(session)

    assert found.count((Surface.PROJECTION, "name")) == 1


async def test_everybody_is_looked_at_once_however_many_at_a_time(session):
    for _ in range(5):
        await make_entry(session)
    await in_two_parts(session)
    await session.execute(update(EntryProjection).values(town="Nowhere"))

    seen, after = [], FROM_THE_FIRST
    while after is not None:
        checked = await check_next(session, after=after, now=NOW, batch=2)
        seen += [d.number for d in checked.differences if d.surface is Surface.API]
        after = checked.last

    assert len(set(seen)) == 6


# Each night


async def test_the_nights_check_keeps_what_it_found_and_says_so_without_numbers(
    session, sessions
):
    entry = await make_entry(session)
    await make_entry(session)
    await change_row(session, entry, status=Status.LAPSED)
    await session.commit()

    with capture_logs() as logs:
        await begin_self_check(session, NOW)
        await session.commit()
        await run_pending(sessions, lambda: NOW + HOUR)

    report = await latest(session)
    assert (report.check.people, report.check.ended_at) == (2, NOW + HOUR)
    assert f"projection {entry.person.number} status" in map(str, report.differences)
    assert report.found == len(report.differences)
    assert report.alarms(NOW + HOUR)
    alarm = next(line for line in logs if line["log_level"] == "error")
    assert alarm["found"] == report.found
    assert entry.person.number not in str(logs)


async def test_a_night_without_differences_raises_no_alarm(session, sessions):
    await make_entry(session)
    await begin_self_check(session, NOW)
    await session.commit()
    await run_pending(sessions, lambda: NOW)

    report = await latest(session)
    assert (report.found, report.check.people) == (0, 1)
    assert not report.alarms(NOW)


@pytest.mark.parametrize(("later", "checks"), [(19 * HOUR, 1), (20 * HOUR, 2)])
async def test_a_worker_that_starts_again_in_the_day_begins_no_second_check(
    session, later, checks
):
    await begin_self_check(session, NOW)
    await begin_self_check(session, NOW + later)

    assert len((await session.scalars(select(SelfCheck))).all()) == checks


@pytest.mark.parametrize(
    ("ended_at", "at", "late"),
    [
        (None, NOW + 6 * HOUR, False),
        (None, NOW + 6 * HOUR + DAY / 10**9, True),
        (NOW, NOW + 36 * HOUR, False),
        (NOW, NOW + 36 * HOUR + DAY / 10**9, True),
    ],
)
async def test_a_check_that_does_not_come_to_its_end_or_is_followed_by_none_is_late(
    session, ended_at, at, late
):
    session.add(SelfCheck(id=uuid4(), begun_at=NOW, ended_at=ended_at))
    await session.flush()

    assert (await latest(session)).alarms(at) is late
