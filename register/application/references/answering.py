"""What the holder of a link may do: answer the one request it is for, once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from register.application.application import Application
from register.application.references.answers import Declined, Given
from register.application.references.asking import AWAITING, PURPOSE
from register.application.references.reference import Reference
from register.kit.errors import NotFound, Refused
from register.kit.security import links
from register.process import Process
from register.request import Outcome, Request, RequestKind

NOT_GIVEN = "reference_not_given"


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


@dataclass(frozen=True)
class Invitation:
    """A request as the holder of its link may know it."""

    request: Request
    application: Application

    async def give(self, session: AsyncSession, given: Given, *, by: Process) -> None:
        self.request.receive(by=by)
        await session.flush()
        session.add(Reference.of(self.request, given, by=by))

    async def decline(
        self, session: AsyncSession, declined: Declined, *, by: Process
    ) -> None:
        """Tells the applicant that another referee is needed, and nothing of why."""
        self.request.decline(because=declined.because, by=by)
        await session.flush()
        session.add(Reference.of(self.request, declined, by=by))
        await self.application.write_to_applicant(
            session, NOT_GIVEN, now=by.at, of=self.request.id
        )


async def invitation(
    session: AsyncSession, token: str, *, now: datetime, lock: bool = False
) -> Invitation:
    """What a link is for; raises NotFound for what we never signed, else LinkClosed where nobody waits for an answer.

    `lock`: two clicks meet here, and so do an answer and a decision on the application.
    """
    request_id = _request_in(token, now=now)
    application = await session.scalar(
        select(Application)
        .join(Request, Request.application_id == Application.id)
        .options(joinedload(Application.person))
        .where(Request.id == request_id, Request.kind == RequestKind.REFERENCE)
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
    return Invitation(request, application)


async def was_answered(session: AsyncSession, token: str, *, now: datetime) -> bool:
    """Whether the holder of the link has sent something by it; raises as `invitation` does for what is not a link."""
    request = await session.get(Request, _request_in(token, now=now))
    if request is None or request.kind is not RequestKind.REFERENCE:
        raise NotFound
    return request.outcome in {Outcome.RECEIVED, Outcome.DECLINED}


def _request_in(token: str, *, now: datetime) -> UUID:
    try:
        return UUID(links.read(PURPOSE, token, now=now))
    except links.LinkExpired:
        raise LinkClosed(Closed.EXPIRED) from None
