"""What the clock does to notices: a reminder before the last day, and the end of the time to answer after it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager

from register.kit.clock import day_of
from register.kit.jobs import every
from register.kit.notify import Channel
from register.kit.post import Failure, Message
from register.notice.acts import NoticeAct
from register.notice.notice import WHOLE, Notice
from register.process import Process
from register.request import Request
from register.rule_set import RuleSet

AT_ONCE = 200


@every(hours=6)
async def remind_of_notices(session: AsyncSession, now: datetime) -> None:
    """Remind people once, some days before the last day."""
    today = day_of(now)
    days = RuleSet.data["representations_reminder_days"].as_integer()
    due = (
        _held(_unanswered())
        .join(RuleSet, Notice.rule_set_id == RuleSet.id)
        .where(
            Request.reminded_at.is_(None),
            Request.due_on >= today,
            Request.due_on - today <= days,
        )
    )
    for notice in (await session.scalars(due)).all():
        notice.request.remind(by=Process.begin(session, NoticeAct.REMIND, now=now))
        await notice.write(session, "notice_reminder", of=notice.id, now=now)


@every(hours=6)
async def expire_notices(session: AsyncSession, now: datetime) -> None:
    """Wait no longer for what is said of an entry."""
    late = _held(overdue_notices(now)).where(Notice.entry_id.is_not(None))
    for notice in (await session.scalars(late)).all():
        notice.request.expire(by=Process.begin(session, NoticeAct.EXPIRE, now=now))


def _held(found: Select[Notice]) -> Select[Notice]:
    """Kept from others; what somebody is working on waits for the next run."""
    return found.with_for_update(of=Request, skip_locked=True)


def overdue_notices(now: datetime) -> Select[Notice]:
    """Not kept from others: an application is locked before its notice is."""
    return _unanswered().where(Request.due_on < day_of(now))


async def undelivered(session: AsyncSession) -> Sequence[Notice]:
    """Sent by e-mail to an address that takes none, while an answer is awaited."""
    found = await session.scalars(
        select(Notice)
        .join(Notice.request)
        .join(Message, Message.id == Notice.message_id)
        .options(*WHOLE)
        .where(
            Notice.open,
            Request.open,
            Message.channel == Channel.EMAIL,
            Message.failed_because.in_([Failure.UNDELIVERABLE, Failure.REFUSED]),
        )
        .order_by(Notice.sent_at, Notice.id)
        .limit(AT_ONCE)
    )
    return found.all()


def _unanswered() -> Select[Notice]:
    return (
        select(Notice)
        .join(Notice.request)
        .options(contains_eager(Notice.request))
        .where(Notice.open, Request.open, ~Notice.not_served)
        .order_by(Request.due_on, Request.id)
        .limit(AT_ONCE)
    )
