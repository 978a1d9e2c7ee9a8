"""The queue of an organisation: what waits for its users to endorse."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from register.application.application import Application
from register.application.endorsement.answering import NOT_GIVEN, in_queue
from register.application.endorsement.endorsement import QueuedEndorsement
from register.application.outside import AWAITING
from register.application.state import EndorsementEvent
from register.organisation import (
    Organisation,
    OrganisationUser,
    end_organisation,
)
from register.person import Person
from register.process import Process
from register.request import Request

PAGE = 50


@dataclass(frozen=True)
class Waiting:
    """`user` is who shall answer; None while nobody was chosen."""

    request: Request
    application: Application
    person: Person
    user: OrganisationUser | None


@dataclass(frozen=True)
class Queue:
    rows: Sequence[Waiting]
    next: UUID | None


async def waiting_for(
    session: AsyncSession, user: OrganisationUser, *, after: UUID | None = None
) -> Queue:
    """The oldest first: lead users see all, additional users what was given to them."""
    found = (
        select(Request, Application, Person, OrganisationUser)
        .join(QueuedEndorsement, QueuedEndorsement.request_id == Request.id)
        .join(Application, Request.application_id == Application.id)
        .join(Person, Application.person_id == Person.id)
        .outerjoin(OrganisationUser, QueuedEndorsement.user_id == OrganisationUser.id)
        .where(
            QueuedEndorsement.organisation_id == user.organisation_id,
            Request.open,
            Application.state.in_(AWAITING),
        )
        .order_by(Request.asked_at, Request.id)
        .limit(PAGE + 1)
    )
    if not user.lead:
        found = found.where(QueuedEndorsement.user_id == user.id)
    if after:
        last = (
            select(Request.asked_at, Request.id)
            .join(QueuedEndorsement, QueuedEndorsement.request_id == Request.id)
            .where(
                Request.id == after,
                QueuedEndorsement.organisation_id == user.organisation_id,
            )
        )
        found = found.where(
            tuple_(Request.asked_at, Request.id) > last.scalar_subquery()
        )
    rows = [Waiting(*row) for row in await session.execute(found)]
    return Queue(rows[:PAGE], rows[PAGE - 1].request.id if len(rows) > PAGE else None)


async def assign(
    session: AsyncSession,
    lead: OrganisationUser,
    request_id: UUID,
    to: OrganisationUser,
    *,
    by: Process,
) -> None:
    """Give it to a user of the lead's own organisation; raises NotFound or AlreadyEnded."""
    waiting = await in_queue(session, lead, request_id, lock=True)
    queued = await session.get_one(QueuedEndorsement, request_id)
    if queued.user_id == to.id:
        return
    queued.user_id = to.id
    waiting.application.tell(
        EndorsementEvent.ASSIGNED, by=by, request=request_id, user=to.id
    )


async def end_account(
    session: AsyncSession, organisation: Organisation, *, because: str, by: Process
) -> None:
    """Nobody acts for the provider, so what waits in its queue ends, and those who wait for it are told; raises NotOpen."""
    await end_organisation(session, organisation, because=because, by=by)
    waiting = (
        select(Request, Application)
        .join(QueuedEndorsement, QueuedEndorsement.request_id == Request.id)
        .join(Application, Request.application_id == Application.id)
        .where(QueuedEndorsement.organisation_id == organisation.id, Request.open)
        .order_by(Request.asked_at, Request.id)
        .with_for_update(of=Request)
    )
    for request, application in (await session.execute(waiting)).all():
        request.expire(by=by)
        if application.state in AWAITING:
            await application.write_to_applicant(
                session, NOT_GIVEN, now=by.at, of=request.id
            )
