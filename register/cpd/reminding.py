"""What the clock does to reflections that were asked for: a reminder before the last day, and the end after it."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.cpd.acts import LearningAct
from register.cpd.peers import (
    KIND,
    NOT_GIVEN,
    LearningPeer,
    write_to_peer,
    write_to_registrant,
)
from register.cpd.record import LearningRecord
from register.cpd.year import rules_of
from register.kit.clock import day_of
from register.kit.jobs import every
from register.process import Process
from register.request import Request

REMINDER = "reflection_reminder"
AT_ONCE = 200


@every(hours=6)
async def remind_peers(session: AsyncSession, now: datetime) -> None:
    """Once, some days before the last one."""
    today = day_of(now)
    waiting = _waiting().where(Request.reminded_at.is_(None), Request.due_on >= today)
    for request, peer, record in (await session.execute(waiting)).all():
        rules = await rules_of(session, record.person_id, now=now)
        if (request.due_on - today).days > rules.cpd_reflection_reminder_days:
            continue
        by = Process.begin(session, LearningAct.REMIND_PEER, now=now)
        request.remind(by=by)
        await write_to_peer(session, request, peer, REMINDER, by=by)


@every(hours=6)
async def expire_reflections(session: AsyncSession, now: datetime) -> None:
    """Wait no longer after the last day, and tell the registrant."""
    late = _waiting().where(Request.due_on < day_of(now))
    for request, _, record in (await session.execute(late)).all():
        by = Process.begin(session, LearningAct.EXPIRE_PEER, now=now)
        request.expire(by=by)
        await write_to_registrant(
            session,
            record.person_id,
            NOT_GIVEN,
            of=request.id,
            now=now,
            record_id=record.id,
        )


def _waiting() -> Select[Request, LearningPeer, LearningRecord]:
    return (
        select(Request, LearningPeer, LearningRecord)
        .join(LearningPeer, Request.about_id == LearningPeer.id)
        .join(LearningRecord, LearningPeer.record_id == LearningRecord.id)
        .where(Request.kind == KIND, Request.open)
        .order_by(Request.due_on, Request.id)
        .limit(AT_ONCE)
        .with_for_update(of=Request, skip_locked=True)
    )
