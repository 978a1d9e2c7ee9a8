"""What the clock does while more learning is awaited: a reminder before the last day, and another look after it."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from register.cpd.audit.acts import AuditAct
from register.cpd.audit.audit import LearningAudit
from register.cpd.audit.case import AuditCase
from register.kit.clock import day_of
from register.kit.jobs import every
from register.process import Process
from register.request import Request, RequestKind
from register.rule_set import RuleSet

REMINDER = "audit_more_reminder"
AT_ONCE = 200


@every(hours=6)
async def remind_of_audits(session: AsyncSession, now: datetime) -> None:
    """Once, some days before the last one."""
    today = day_of(now)
    days = RuleSet.data["cpd_grace_reminder_days"].as_integer()
    due = _waiting().where(
        Request.reminded_at.is_(None),
        Request.due_on >= today,
        Request.due_on - today <= days,
    )
    for request, case in (await session.execute(due)).all():
        by = Process.begin(session, AuditAct.REMIND, now=now)
        request.remind(by=by)
        await case.write(
            session, REMINDER, of=request.id, now=now, due_on=request.due_on
        )


@every(hours=6)
async def end_waiting_for_audits(session: AsyncSession, now: datetime) -> None:
    late = _waiting().where(Request.due_on < day_of(now))
    for request, case in (await session.execute(late)).all():
        by = Process.begin(session, AuditAct.EXPIRE, now=now)
        await case.go_on(session, request, by=by)


def _waiting() -> Select[Request, AuditCase]:
    return (
        select(Request, AuditCase)
        .join(AuditCase, Request.about_id == AuditCase.id)
        .join(LearningAudit, AuditCase.audit_id == LearningAudit.id)
        .join(RuleSet, LearningAudit.rule_set_id == RuleSet.id)
        .options(joinedload(AuditCase.audit))
        .where(Request.kind == RequestKind.LEARNING, Request.open)
        .order_by(Request.due_on, Request.id)
        .limit(AT_ONCE)
        .with_for_update(of=Request, skip_locked=True)
    )
