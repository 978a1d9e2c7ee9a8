"""What the clock does to endorsements: a reminder before the last day, and the end of the request after it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from register.application.endorsement.answering import NOT_GIVEN
from register.application.endorsement.asking import endorsers_asked, write
from register.application.outside import AWAITING, to_remind, too_late
from register.application.state import EndorsementAct
from register.kit.jobs import every
from register.process import Process
from register.request import RequestKind


@every(hours=6)
async def remind_endorsers(session: AsyncSession, now: datetime) -> None:
    """Remind whoever shall answer once, some days before the last day."""
    for request, application in await to_remind(
        session, RequestKind.ENDORSEMENT, now=now
    ):
        by = Process.begin(session, EndorsementAct.REMIND, now=now)
        request.remind(by=by)
        asked = {
            of.id: named for of, named in await endorsers_asked(session, application)
        }
        await write(session, request, asked[request.id], first=False, by=by)


@every(hours=6)
async def expire_endorsements(session: AsyncSession, now: datetime) -> None:
    """Wait no longer after the last day, and tell the applicant as long as it matters."""
    for request, application in await too_late(
        session, RequestKind.ENDORSEMENT, now=now
    ):
        by = Process.begin(session, EndorsementAct.EXPIRE, now=now)
        request.expire(by=by)
        if application.state in AWAITING:
            await application.write_to_applicant(
                session, NOT_GIVEN, now=now, of=request.id
            )
