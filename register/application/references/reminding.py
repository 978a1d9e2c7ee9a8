"""What the clock does to references: a reminder before the last day, and the end of the request after it."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.application.answers import Referee
from register.application.application import Application
from register.application.references.answering import NOT_GIVEN
from register.application.references.asking import (
    AWAITING,
    referees_asked,
    write_to_referee,
)
from register.application.state import ReferenceAct
from register.kit.clock import day_of
from register.kit.jobs import every
from register.process import Process
from register.request import Request, RequestKind
from register.rule_set import RuleSet

REMINDER = "reference_reminder"
AT_ONCE = 200


@every(hours=6)
async def remind_referees(session: AsyncSession, now: datetime) -> None:
    """Remind referees once, some days before the last day."""
    today = day_of(now)
    days = RuleSet.data["reference_reminder_days"].as_integer()
    due = _open_requests().where(
        Application.state.in_(AWAITING),
        Request.reminded_at.is_(None),
        Request.due_on >= today,
        Request.due_on - today <= days,
    )
    for request, application in (await session.execute(due)).all():
        by = Process.begin(session, ReferenceAct.REMIND, now=now)
        request.remind(by=by)
        referee = await _referee_of(session, application, request)
        await write_to_referee(session, request, referee, REMINDER, by=by)


@every(hours=6)
async def expire_references(session: AsyncSession, now: datetime) -> None:
    """Wait no longer after the last day, and tell the applicant as long as it matters."""
    late = _open_requests().where(Request.due_on < day_of(now))
    for request, application in (await session.execute(late)).all():
        by = Process.begin(session, ReferenceAct.EXPIRE, now=now)
        request.expire(by=by)
        if application.state in AWAITING:
            await application.write_to_applicant(
                session, NOT_GIVEN, now=now, of=request.id
            )


def _open_requests() -> Select[Request, Application]:
    return (
        select(Request, Application)
        .join(Application, Request.application_id == Application.id)
        .join(RuleSet, Application.rule_set_id == RuleSet.id)
        .where(Request.kind == RequestKind.REFERENCE, Request.open)
        .order_by(Request.due_on, Request.id)
        .limit(AT_ONCE)
        .with_for_update(of=Request, skip_locked=True)
    )


async def _referee_of(
    session: AsyncSession, application: Application, request: Request
) -> Referee:
    asked = await referees_asked(session, application)
    return next(referee for known, referee in asked if known.id == request.id)
