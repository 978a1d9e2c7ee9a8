"""What the clock does to references: a reminder before the last day, and the end of the request after it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from register.application.answers import Referee
from register.application.application import Application
from register.application.outside import AWAITING, to_remind, too_late
from register.application.references.answering import NOT_GIVEN
from register.application.references.asking import referees_asked, write_to_referee
from register.application.state import ReferenceAct
from register.kit.jobs import every
from register.process import Process
from register.request import Request, RequestKind

REMINDER = "reference_reminder"


@every(hours=6)
async def remind_referees(session: AsyncSession, now: datetime) -> None:
    """Remind referees once, some days before the last day."""
    for request, application in await to_remind(
        session, RequestKind.REFERENCE, now=now
    ):
        by = Process.begin(session, ReferenceAct.REMIND, now=now)
        request.remind(by=by)
        referee = await _referee_of(session, application, request)
        await write_to_referee(session, request, referee, REMINDER, by=by)


@every(hours=6)
async def expire_references(session: AsyncSession, now: datetime) -> None:
    """Wait no longer after the last day, and tell the applicant as long as it matters."""
    for request, application in await too_late(session, RequestKind.REFERENCE, now=now):
        by = Process.begin(session, ReferenceAct.EXPIRE, now=now)
        request.expire(by=by)
        if application.state in AWAITING:
            await application.write_to_applicant(
                session, NOT_GIVEN, now=now, of=request.id
            )


async def _referee_of(
    session: AsyncSession, application: Application, request: Request
) -> Referee:
    asked = await referees_asked(session, application)
    return next(referee for known, referee in asked if known.id == request.id)
