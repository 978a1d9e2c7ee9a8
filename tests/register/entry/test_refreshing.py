from datetime import timedelta

import pytest
from sqlalchemy import select

from register.entry import EntryProjection, OrderKind, Status
from register.entry.refreshing import refresh_projections
from tests.make import NOW, make_entry, make_process

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
