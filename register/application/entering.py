"""Making the entries that had to wait for a last check, once nothing stands in their way any more."""

from datetime import datetime

import structlog
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.application.application import Application
from register.application.state import ApplicationAct, ApplicationState
from register.kit.clock import day_of, start_of
from register.kit.errors import Refused
from register.kit.jobs import every
from register.matching import WatchHit
from register.process import Process
from register.proposal import Proposal

log = structlog.get_logger()

AT_ONCE = 200


@every(minutes=1)
async def enter_cleared(session: AsyncSession, now: datetime) -> None:
    """Registered from today: nobody was while we looked. Not while it is proposed to take the approval back."""
    looked_into = ~exists().where(
        WatchHit.person_id == Application.person_id, WatchHit.open
    )
    undisputed = ~exists().where(
        Proposal.application_id == Application.id, Proposal.waiting
    )
    cleared = (
        select(Application.id)
        .where(
            Application.state == ApplicationState.PAID,
            looked_into,
            undisputed,
        )
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=Application)
    )
    for application_id in (await session.scalars(cleared)).all():
        try:
            async with session.begin_nested():
                application = await session.get_one(Application, application_id)
                by = Process.begin(session, ApplicationAct.GRANT, now=now)
                await application.complete(session, on=start_of(day_of(now)), by=by)
        except Refused as refused:
            # One that cannot be entered must not keep the others from it.
            log.error(  # noqa: TRY400 - what it says is for pages
                "paid but not granted",
                application=str(application_id),
                because=type(refused).__name__,
            )
