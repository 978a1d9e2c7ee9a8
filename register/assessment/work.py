"""What is due: for each kind of work that a role has, how much of it waits."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account, StaffRole
from register.assessment.matches import between_others
from register.assessment.proposals import to_decide
from register.assessment.queue import COUNTED, Due, Filter, Holder, count_of
from register.assessment.quota import ReadingLock
from register.assessment.readers import READ_ALL
from register.assessment.watching import READ_WATCH_LIST, hits_of_others
from register.condition import ConditionDue, due_of_others
from register.kit.post import Message, MessageState
from register.leaving import Leaving, of_others
from register.matching import Match, WatchHit
from register.notice import Notice, astray
from register.renewal import (
    RenewalDeclaration,
    RenewalExtension,
    extensions_of_others,
    waiting_of_others,
)

Roles = frozenset[StaffRole]
ASSESSORS: Roles = frozenset({StaffRole.CASEWORKER})
DECIDERS: Roles = frozenset({StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR})
EVERYBODY: Roles = ASSESSORS | READ_ALL


class Work(StrEnum):
    """In the order in which a page lists it: what is late before what will be."""

    TO_DECIDE = "to_decide"
    MINE_OVER = "mine_over"
    MINE_UNANSWERED = "mine_unanswered"
    MINE_TODAY = "mine_today"
    MINE_WEEK = "mine_week"
    MINE_ANSWER = "mine_answer"
    MINE_REFERENCE = "mine_reference"
    FREE = "free"
    ALL_OVER = "all_over"
    ALL_UNANSWERED = "all_unanswered"
    ALL_TODAY = "all_today"
    ALL_WEEK = "all_week"
    NOT_SERVED = "not_served"
    """Notices that did not arrive."""
    CONDITIONS_OVERDUE = "conditions_overdue"
    CONDITIONS_SOON = "conditions_soon"
    HITS = "hits"
    READERS = "readers"
    """Who is locked out of what is restricted."""
    MATCHES = "matches"
    LEAVING = "leaving"
    MORE_TIME = "more_time"
    """Who has asked for more time to renew."""
    DECLARED = "declared"
    """What was declared in renewals."""
    MESSAGES = "messages"

    @property
    def late(self) -> bool:
        return self in LATE


LATE = {
    Work.MINE_OVER,
    Work.MINE_UNANSWERED,
    Work.ALL_OVER,
    Work.ALL_UNANSWERED,
    Work.NOT_SERVED,
    Work.CONDITIONS_OVERDUE,
}

FILTERS = {
    Work.MINE_OVER: Filter(holder=Holder.ME, due=Due.OVER),
    Work.MINE_UNANSWERED: Filter(holder=Holder.ME, due=Due.UNANSWERED),
    Work.MINE_TODAY: Filter(holder=Holder.ME, due=Due.TODAY),
    Work.MINE_WEEK: Filter(holder=Holder.ME, due=Due.WEEK),
    Work.MINE_ANSWER: Filter(holder=Holder.ME, due=Due.ANSWER),
    Work.MINE_REFERENCE: Filter(holder=Holder.ME, due=Due.REFERENCE),
    Work.FREE: Filter(holder=Holder.NOBODY),
    Work.ALL_OVER: Filter(due=Due.OVER),
    Work.ALL_UNANSWERED: Filter(due=Due.UNANSWERED),
    Work.ALL_TODAY: Filter(due=Due.TODAY),
    Work.ALL_WEEK: Filter(due=Due.WEEK),
}
"""What of it the queue of applications shows."""

WHOSE: dict[Work, Roles] = {
    **{work: ASSESSORS for work in FILTERS if work.startswith("mine")},
    **{work: READ_ALL for work in FILTERS if work.startswith("all")},
    Work.TO_DECIDE: DECIDERS,
    Work.FREE: EVERYBODY,
    Work.NOT_SERVED: EVERYBODY,
    Work.CONDITIONS_OVERDUE: EVERYBODY,
    Work.CONDITIONS_SOON: EVERYBODY,
    Work.HITS: READ_WATCH_LIST,
    Work.READERS: READ_ALL,
    Work.MATCHES: EVERYBODY,
    Work.LEAVING: EVERYBODY,
    Work.MORE_TIME: EVERYBODY,
    Work.DECLARED: READ_ALL,
    Work.MESSAGES: EVERYBODY,
}


async def work_of(
    session: AsyncSession, reader: Account, *, now: datetime
) -> dict[Work, int]:
    """How much waits of each kind that is the reader's, all in one query; each count stops past COUNTED."""
    theirs = [work for work in Work if reader.roles & WHOSE[work]]
    if not theirs:
        return {}
    counts = (_count(work, reader, now).label(work) for work in theirs)
    row = (await session.execute(select(*counts))).one()
    return dict(zip(theirs, row, strict=True))


def _count(work: Work, reader: Account, now: datetime) -> ColumnElement[int]:
    if work in FILTERS:
        return count_of(reader, FILTERS[work], now=now)
    some = OTHERS[work](reader, now).limit(COUNTED + 1)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


OTHERS: dict[Work, Callable[[Account, datetime], Select[Any]]] = {
    Work.TO_DECIDE: lambda reader, _: to_decide(reader),
    Work.NOT_SERVED: lambda reader, _: astray(reader).with_only_columns(Notice.id),
    Work.CONDITIONS_OVERDUE: lambda reader, now: due_of_others(
        reader, ConditionDue.OVERDUE, now=now
    ),
    Work.CONDITIONS_SOON: lambda reader, now: due_of_others(
        reader, ConditionDue.SOON, now=now
    ),
    Work.HITS: lambda reader, _: select(WatchHit.id).where(
        WatchHit.open, hits_of_others(reader)
    ),
    Work.READERS: lambda *_: select(ReadingLock.id).where(
        ReadingLock.released_at.is_(None)
    ),
    Work.MATCHES: lambda reader, _: select(Match.id).where(
        Match.open, between_others(reader)
    ),
    Work.LEAVING: lambda reader, _: select(Leaving.id).where(
        Leaving.open, of_others(reader)
    ),
    Work.MORE_TIME: lambda reader, _: select(RenewalExtension.id).where(
        RenewalExtension.open, extensions_of_others(reader)
    ),
    Work.DECLARED: lambda reader, _: waiting_of_others(reader).with_only_columns(
        RenewalDeclaration.id
    ),
    Work.MESSAGES: lambda *_: select(Message.id).where(
        Message.state == MessageState.FAILED
    ),
}
