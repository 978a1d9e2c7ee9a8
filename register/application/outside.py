"""What an application asks of people outside: until when an answer counts, and who is to be reminded."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from register.application.application import Application
from register.application.state import UNDECIDED, ApplicationState
from register.by_link import WHY, Answer, Closed, LinkClosed, request_in
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.request import Outcome, Request, RequestKind
from register.rule_set import RuleSet

AWAITING = UNDECIDED
"""While an application is in one of these, an answer may still count."""
STILL_OPEN = AWAITING - {ApplicationState.PROPOSED, ApplicationState.MINDED_TO}
"""While nobody has proposed a decision, somebody else may be named."""
REPLACEABLE = frozenset({Outcome.DECLINED, Outcome.EXPIRED})
TO_ASK_AGAIN = frozenset({Outcome.EXPIRED, Outcome.REPLACED})
AT_ONCE = 200


async def heard_of(
    session: AsyncSession, application_id: UUID, kind: type[Answer]
) -> int:
    """How many have written about an application so far, whatever they said."""
    found = await session.scalar(
        select(func.count())
        .select_from(kind)
        .join(Request, kind.request_id == Request.id)
        .where(Request.application_id == application_id)
    )
    return found or 0


async def asked_by_link(
    session: AsyncSession,
    kind: RequestKind,
    token: str,
    *,
    now: datetime,
    lock: bool = False,
) -> tuple[Request, Application]:
    """What a link is for; raises NotFound for what we never signed, else LinkClosed where nobody waits for an answer."""
    request_id = request_in(kind, token, now=now)
    return await still_asked(session, kind, request_id, lock=lock)


async def still_asked(
    session: AsyncSession, kind: RequestKind, request_id: UUID, *, lock: bool = False
) -> tuple[Request, Application]:
    """Raises NotFound or LinkClosed. `lock`: two clicks meet here, and so do an answer and a decision on the application."""
    application = await session.scalar(
        select(Application)
        .join(Request, Request.application_id == Application.id)
        .options(joinedload(Application.person))
        .where(Request.id == request_id, Request.kind == kind)
    )
    if application is None:
        raise NotFound
    if lock:
        await application.lock(session)
    request = await session.get_one(
        Request, request_id, populate_existing=True, with_for_update=lock or None
    )
    if request.outcome:
        raise LinkClosed(WHY[request.outcome])
    if application.state not in AWAITING:
        raise LinkClosed(Closed.NOT_NEEDED)
    return request, application


async def to_remind(
    session: AsyncSession, kind: RequestKind, *, now: datetime
) -> list[tuple[Request, Application]]:
    """Of whom nobody has heard some days before the last one, by the rules of each application."""
    today = day_of(now)
    days = RuleSet.data[f"{kind}_reminder_days"].as_integer()
    due = _open_requests(kind).where(
        Application.state.in_(AWAITING),
        Request.reminded_at.is_(None),
        Request.due_on >= today,
        Request.due_on - today <= days,
    )
    return [(request, of) for request, of in await session.execute(due)]


async def too_late(
    session: AsyncSession, kind: RequestKind, *, now: datetime
) -> list[tuple[Request, Application]]:
    """Whose last day has gone by."""
    late = _open_requests(kind).where(Request.due_on < day_of(now))
    return [(request, of) for request, of in await session.execute(late)]


def _open_requests(kind: RequestKind) -> Select[Request, Application]:
    return (
        select(Request, Application)
        .join(Application, Request.application_id == Application.id)
        .join(RuleSet, Application.rule_set_id == RuleSet.id)
        .where(Request.kind == kind, Request.open)
        .order_by(Request.due_on, Request.id)
        .limit(AT_ONCE)
        .with_for_update(of=Request, skip_locked=True)
    )
