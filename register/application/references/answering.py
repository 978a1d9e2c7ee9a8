"""What the holder of a link may do: answer the one request it is for, once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from register.application.application import Application
from register.application.outside import asked_by_link
from register.application.references.answers import Declined, Given
from register.application.references.reference import Reference
from register.process import Process
from register.request import Request, RequestKind

NOT_GIVEN = "reference_not_given"


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
    """What a link is for; raises what `asked_by_link` does."""
    asked = await asked_by_link(
        session, RequestKind.REFERENCE, token, now=now, lock=lock
    )
    return Invitation(*asked)
