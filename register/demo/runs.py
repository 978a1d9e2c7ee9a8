"""The runs by which the demo's entries lapsed: each was counted, proposed by one person and released by another."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.demo.draw import Draw
from register.demo.staff import Office
from register.entry import A_MOMENT
from register.entry.facts import Lapse
from register.kit.clock import day_of, end_of
from register.renewal import Count, Fate, LapseRun, RenewalStep, RunState


async def tell_runs(session: AsyncSession, draw: Draw, office: Office) -> None:
    began = func.lower(Lapse.valid)
    rows = await session.execute(
        select(began, func.count()).group_by(began).order_by(began)
    )
    for at, lapsed in rows:
        day = day_of(at - A_MOMENT)
        released = min(end_of(day) + timedelta(hours=10), draw.now - A_MOMENT)
        count = Count(Fate.LAPSE, (RenewalStep.PAYMENT,), lapsed)
        session.add(
            LapseRun(
                id=draw.uuid(),
                last_day=day,
                state=RunState.WRITTEN,
                prepared_at=end_of(day) - timedelta(days=21),
                counted_at=end_of(day),
                counts=[count.as_json()],
                proposer_id=office.team_manager.id,
                approver_id=office.registrar.id,
                released_at=released,
                written_at=min(released + timedelta(minutes=1), draw.now),
                lapsed=lapsed,
            )
        )
