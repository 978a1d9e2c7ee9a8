"""Answering: by the link that was sent for it, or as a user of the organisation in whose queue it waits."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.application.application import Application
from register.application.endorsement.answers import Endorsed, OptedOut, Said
from register.application.endorsement.endorsement import (
    Endorsement,
    QueuedEndorsement,
)
from register.application.outside import asked_by_link, still_asked
from register.by_link import LinkClosed
from register.kit.errors import NotFound
from register.organisation import OrganisationUser
from register.process import Process
from register.request import AlreadyEnded, Request, RequestKind

NOT_GIVEN = "endorsement_not_given"


@dataclass(frozen=True)
class Invitation:
    """A request as whoever answers it may know it."""

    request: Request
    application: Application

    async def endorse(
        self, session: AsyncSession, endorsed: Endorsed, *, by: Process
    ) -> None:
        self.request.receive(by=by)
        await self._keep(session, endorsed, by=by)

    async def opt_out(
        self, session: AsyncSession, opted_out: OptedOut, *, by: Process
    ) -> None:
        """Tells the applicant that there is no endorsement, and nothing of why."""
        self.request.decline(because=opted_out.because, by=by)
        await self._keep(session, opted_out, by=by)
        await self.application.write_to_applicant(
            session, NOT_GIVEN, now=by.at, of=self.request.id
        )

    async def _keep(self, session: AsyncSession, said: Said, *, by: Process) -> None:
        await session.flush()
        session.add(Endorsement.of(self.request, said, by=by))


async def invitation(
    session: AsyncSession, token: str, *, now: datetime, lock: bool = False
) -> Invitation:
    """What a link is for; raises what `asked_by_link` does."""
    asked = await asked_by_link(
        session, RequestKind.ENDORSEMENT, token, now=now, lock=lock
    )
    return Invitation(*asked)


async def in_queue(
    session: AsyncSession,
    user: OrganisationUser,
    request_id: UUID,
    *,
    lock: bool = False,
) -> Invitation:
    """What waits for the user. Raises NotFound for what is another organisation's or another user's, else AlreadyEnded."""
    queued = await session.scalar(
        select(QueuedEndorsement).where(
            QueuedEndorsement.request_id == request_id,
            QueuedEndorsement.organisation_id == user.organisation_id,
        )
    )
    if queued is None or not (user.lead or queued.user_id == user.id):
        raise NotFound
    try:
        asked = await still_asked(
            session, RequestKind.ENDORSEMENT, request_id, lock=lock
        )
    except LinkClosed:
        raise AlreadyEnded(await session.get_one(Request, request_id)) from None
    return Invitation(*asked)
