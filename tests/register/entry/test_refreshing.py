from datetime import date, timedelta

import pytest
from sqlalchemy import select

from register.entry import EntryProjection, OrderKind, Status, project_many, row_at
from register.entry.refreshing import refresh_projections
from register.kit.clock import start_of
from register.person import NameKind, PersonName
from tests.make import (
    NOW,
    make_employment,
    make_entry,
    make_home,
    make_process,
)

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (NOW + DAY - timedelta(microseconds=1), Status.SUSPENDED),
        (NOW + DAY, Status.REGISTERED),
    ],
)
async def test_a_row_is_rewritten_once_time_has_changed_it(session, now, status):
    entry = await make_entry(session)
    await entry.order(
        session,
        OrderKind.SUSPENSION_ORDER,
        on=NOW,
        until=NOW + DAY,
        wording=None,
        by=make_process(session),
    )

    await refresh_projections(session, now)

    row = select(EntryProjection.status).where(EntryProjection.entry_id == entry.id)
    assert await session.scalar(row) is status


async def test_many_rows_are_written_as_each_would_be(session):
    entries = [
        await make_entry(session, given_names="Ana", family_name="Ruiz"),
        await make_entry(session, given_names="Bo", family_name="Li"),
        await make_entry(session, given_names="Cy", family_name="Orr"),
    ]
    home = await make_home(session)
    await make_employment(session, entries[0].person, home)
    session.add(
        PersonName(
            person_id=entries[1].person_id, kind=NameKind.FORMER, name="Bo Smith"
        )
    )
    await entries[2].order(
        session,
        OrderKind.CONDITIONS_ORDER,
        on=NOW,
        until=NOW + DAY,
        wording="Works with another manager.",
        by=make_process(session),
    )
    alone = {entry.id: await row_at(session, entry, NOW) for entry in entries}

    await project_many(session, entries, now=NOW)

    rows = select(EntryProjection).execution_options(populate_existing=True)
    written = {
        row.entry_id: {name: getattr(row, name) for name in alone[row.entry_id]}
        for row in await session.scalars(rows)
    }
    assert written == alone
    assert [written[e.id]["town"] for e in entries] == [home.region, None, None]
    assert "smith" in written[entries[1].id]["tokens"]
    assert written[entries[2].id]["restrictions"]


@pytest.mark.parametrize(
    ("now", "town"),
    [
        (start_of(date(2027, 4, 1)) - timedelta(microseconds=1), True),
        (start_of(date(2027, 4, 1)), False),
    ],
)
async def test_a_row_is_rewritten_once_a_post_has_ended(session, now, town):
    entry = await make_entry(session)
    home = await make_home(session)
    await make_employment(session, entry.person, home, until=date(2027, 3, 31))
    await entry.project(session, now=NOW)

    await refresh_projections(session, now)

    row = select(EntryProjection.town).where(EntryProjection.entry_id == entry.id)
    assert await session.scalar(row) == (home.region if town else None)
