"""Citations: the register leads to a decision from the moment it is published until the moment at which that ends."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError

from register.entry import Citation, EntryProjection, OrderKind, RemovalReason
from register.entry.refreshing import refresh_projections
from register.kit.clock import day_of
from register.past import Then, published_then
from register.process import Event
from register.published import published
from tests.make import NOW, make_entry, make_process
from tests.register.test_self_check import differences

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
DECISION = "/decisions/7K2M9QXD4F3ZB8RT"
SHOWN = Range(NOW, NOW + 30 * DAY, bounds="[)")


async def suspended(session):
    entry = await make_entry(session)
    order = await entry.order(
        session,
        OrderKind.SUSPENSION_ORDER,
        on=NOW - 9 * DAY,
        until=NOW + 90 * DAY,
        wording=None,
        by=make_process(session, now=NOW - 9 * DAY),
    )
    return entry, order


async def cite(session, entry, fact, *, shown=SHOWN, now=NOW):
    by = make_process(session, now=now)
    await entry.cite(session, fact.id, DECISION, shown=shown, by=by)


async def row_of(session, entry):
    found = select(EntryProjection).where(EntryProjection.entry_id == entry.id)
    return await session.scalar(found.execution_options(populate_existing=True))


async def led_to(session, entry, *, now):
    person = await published(session, entry.person.number, now=now)
    (restriction,) = person.leading.restrictions
    return restriction["decision"]


async def led_to_from(session, entry, day, *, now, known=None):
    then = Then.asked(day, known, now=now)
    person = await published_then(session, entry.person.number, then, now=now)
    (restriction,) = person.entries[0].restrictions
    return restriction["decision"]


@pytest.mark.parametrize(
    ("now", "decision"),
    [
        (NOW + 3 * DAY - SECOND, None),
        (NOW + 3 * DAY, DECISION),
        (NOW + 5 * DAY - SECOND, DECISION),
        (NOW + 5 * DAY, None),
    ],
)
async def test_a_restriction_leads_to_its_decision_in_its_time_only(
    session, now, decision
):
    entry, order = await suspended(session)
    shown = Range(NOW + 3 * DAY, NOW + 5 * DAY, bounds="[)")

    await cite(session, entry, order, shown=shown)

    assert await led_to(session, entry, now=now) == decision
    assert await differences(session, now) == []


async def test_the_row_that_lists_read_is_good_until_that_changes(session):
    entry, order = await suspended(session)
    await cite(session, entry, order)
    row = await row_of(session, entry)
    assert row.good_until == SHOWN.upper
    assert row.restrictions[0]["decision"] == DECISION

    await refresh_projections(session, SHOWN.upper)

    row = await row_of(session, entry)
    assert row.restrictions[0]["decision"] is None


async def test_an_entry_that_was_removed_leads_to_the_decision_too(session):
    entry = await make_entry(session)
    by = make_process(session)
    await entry.remove(session, on=NOW, because=RemovalReason.ORDER, by=by)

    await cite(session, entry, entry.removals[0])

    decisions = [
        (await published(session, entry.person.number, now=now)).leading.decision
        for now in (SHOWN.upper - SECOND, SHOWN.upper)
    ]
    assert decisions == [DECISION, None]


async def test_a_day_gone_by_leads_to_what_is_published_today(session):
    entry, order = await suspended(session)
    day = day_of(NOW - 5 * DAY)
    assert await led_to_from(session, entry, day, now=NOW) is None

    await cite(session, entry, order)

    last = SHOWN.upper - SECOND
    assert await led_to_from(session, entry, day, now=last) == DECISION
    assert await led_to_from(session, entry, day, now=SHOWN.upper) is None
    assert await led_to_from(session, entry, day, now=last, known=day) is None


async def test_told_again_it_is_shown_for_another_time(session):
    entry, order = await suspended(session)
    await cite(session, entry, order)

    later = Range(NOW, NOW + 60 * DAY, bounds="[)")
    await cite(session, entry, order, shown=later, now=NOW + DAY)

    assert await led_to(session, entry, now=NOW + 59 * DAY) == DECISION
    told = await session.scalars(select(Event).where(Event.kind == "entry:cited"))
    assert len(told.all()) == 1


async def test_what_is_cited_no_longer_is_not_led_to_from_that_moment_on(session):
    entry, order = await suspended(session)
    await cite(session, entry, order)
    at = NOW + DAY

    await entry.uncite(session, order.id, by=make_process(session, now=at))

    assert await led_to(session, entry, now=at) is None


async def test_what_has_not_begun_is_taken_back_as_if_it_had_never_been(session):
    entry, order = await suspended(session)
    await cite(session, entry, order)

    await entry.uncite(session, order.id, by=make_process(session))

    assert await session.get(Citation, order.id) is None
    assert await led_to(session, entry, now=NOW) is None


async def test_what_has_ended_stays_as_it_ended(session):
    entry, order = await suspended(session)
    await cite(session, entry, order)

    by = make_process(session, now=SHOWN.upper + DAY)
    await entry.uncite(session, order.id, by=by)

    assert (await session.get(Citation, order.id)).ends == SHOWN.upper


@pytest.mark.parametrize("address", ["https://elsewhere.example", "/decisions/"])
async def test_the_database_leads_nowhere_but_to_our_own_pages(session, address):
    entry, order = await suspended(session)
    await cite(session, entry, order)

    with pytest.raises(DBAPIError, match="citation_address_ck"):
        await session.execute(
            text("update citation set address = :address"), {"address": address}
        )
