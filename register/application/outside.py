"""What an application asks of people outside: by which link they answer, until when it counts, and what they sealed."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

import msgspec
from sqlalchemy import ForeignKey, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column

from register.application.application import Application
from register.application.state import ApplicationState
from register.kit.clock import day_of, end_of
from register.kit.db import Base
from register.kit.errors import NotFound, Refused
from register.kit.security import links
from register.kit.security.sealing import seal, unseal
from register.process import Process
from register.request import Outcome, Request, RequestKind
from register.rule_set import RuleSet

AWAITING = frozenset(
    {
        ApplicationState.SUBMITTED,
        ApplicationState.UNDER_ASSESSMENT,
        ApplicationState.INFORMATION_REQUESTED,
        ApplicationState.SUITABILITY_REVIEW,
        ApplicationState.PROPOSED,
        ApplicationState.MINDED_TO,
    }
)
"""While an application is in one of these, an answer may still count."""
STILL_OPEN = AWAITING - {ApplicationState.PROPOSED, ApplicationState.MINDED_TO}
"""While nobody has proposed a decision, somebody else may be named."""
REPLACEABLE = frozenset({Outcome.DECLINED, Outcome.EXPIRED})
TO_ASK_AGAIN = frozenset({Outcome.EXPIRED, Outcome.REPLACED})
AT_ONCE = 200


class Closed(StrEnum):
    """Why a link that is ours leads nowhere."""

    ANSWERED = "answered"
    EXPIRED = "expired"
    NOT_NEEDED = "not_needed"


class LinkClosed(Refused):
    """The link was ours, and its request has ended."""

    def __init__(self, why: Closed) -> None:
        self.why = why
        super().__init__("This link is no longer in use.")


WHY = {
    Outcome.RECEIVED: Closed.ANSWERED,
    Outcome.DECLINED: Closed.ANSWERED,
    Outcome.EXPIRED: Closed.EXPIRED,
    Outcome.REPLACED: Closed.NOT_NEEDED,
    Outcome.WAIVED: Closed.NOT_NEEDED,
}


class Answer(Base):
    """One a request: whoever has answered cannot answer again. Sealed, and only added."""

    __abstract__ = True

    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id"), primary_key=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    sealed: Mapped[bytes]
    received_at: Mapped[datetime]

    @classmethod
    def of(cls, request: Request, said: msgspec.Struct, *, by: Process) -> Self:
        return cls(
            request_id=request.id,
            process_id=by.id,
            sealed=seal(
                msgspec.json.encode(said),
                table=cls.__tablename__,
                column="sealed",
                row=str(request.id),
            ),
            received_at=by.at,
        )

    def _said(self, kind: Any) -> Any:
        plain = unseal(
            self.sealed,
            table=self.__tablename__,
            column="sealed",
            row=str(self.request_id),
        )
        return msgspec.json.decode(plain, type=kind)


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


def token_of(request: Request) -> str:
    return links.sign(request.kind, str(request.id), until=end_of(request.due_on))


async def asked_by_link(
    session: AsyncSession,
    kind: RequestKind,
    token: str,
    *,
    now: datetime,
    lock: bool = False,
) -> tuple[Request, Application]:
    """What a link is for; raises NotFound for what we never signed, else LinkClosed where nobody waits for an answer."""
    request_id = _request_in(kind, token, now=now)
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


async def was_answered(
    session: AsyncSession, kind: RequestKind, token: str, *, now: datetime
) -> bool:
    """Whether the holder of the link has sent something by it; raises as `asked_by_link` does for what is not a link."""
    request = await session.get(Request, _request_in(kind, token, now=now))
    if request is None or request.kind is not kind:
        raise NotFound
    return request.outcome in {Outcome.RECEIVED, Outcome.DECLINED}


def _request_in(kind: RequestKind, token: str, *, now: datetime) -> UUID:
    try:
        return UUID(links.read(kind, token, now=now))
    except links.LinkExpired:
        raise LinkClosed(Closed.EXPIRED) from None


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
