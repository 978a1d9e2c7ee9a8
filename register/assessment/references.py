"""References as officers have them: what each referee said, asking again, and going on without one."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.application import Application
from register.application.answers import Referee
from register.application.outside import STILL_OPEN
from register.application.references import (
    Said,
    ask_again,
    awaited,
    referees_asked,
    referees_of,
    references_of,
)
from register.assessment.check import NotYourApplication
from register.kit.errors import NotFound, Refused
from register.process import Process
from register.request import Outcome, Request


class ReferencesAwaited(Refused):
    def __init__(self) -> None:
        super().__init__(
            "A referee has not answered yet. Wait for the reference, or go on without it, before you propose to grant."
        )


class NotToBeAsked(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This referee cannot be asked again: they have answered, are not named any more, or a decision is proposed."
        )


class NotAwaited(Refused):
    def __init__(self) -> None:
        super().__init__("We are not waiting for this reference.")


@dataclass(frozen=True)
class Told:
    """A request to a referee with what came of it."""

    request: Request
    referee: Referee
    said: Said | None
    named: bool
    """Whether it still counts: the applicant names nobody in their place, and they were not asked again."""
    may_be_asked_again: bool


ASKED_AGAIN = frozenset({None, Outcome.EXPIRED, Outcome.WAIVED})


async def references_told(
    session: AsyncSession, application: Application
) -> list[Told]:
    """All that was asked of referees, in the order in which it was asked."""
    asked = await referees_asked(session, application)
    said = await references_of(session, (request for request, _ in asked))
    named = {n.request.id for n in await referees_of(session, application)}
    undecided = application.state in STILL_OPEN
    return [
        Told(
            request,
            referee,
            said.get(request.id),
            request.id in named,
            undecided and request.id in named and request.outcome in ASKED_AGAIN,
        )
        for request, referee in asked
    ]


async def ask_referee_again(
    session: AsyncSession,
    application: Application,
    request_id: UUID,
    *,
    officer: Account,
    by: Process,
) -> None:
    """Send a new link, by which the earlier one ends; raises NotToBeAsked."""
    told = await _told(session, application, request_id, officer=officer)
    if not told.may_be_asked_again:
        raise NotToBeAsked
    await ask_again(session, application, told.request, told.referee, by=by)


async def go_on_without_reference(
    session: AsyncSession,
    application: Application,
    request_id: UUID,
    *,
    officer: Account,
    by: Process,
) -> None:
    """Wait for it no longer; its link ends. Raises NotAwaited."""
    told = await _told(session, application, request_id, officer=officer)
    if not told.request.open:
        raise NotAwaited
    told.request.waive(by=by)


async def _told(
    session: AsyncSession,
    application: Application,
    request_id: UUID,
    *,
    officer: Account,
) -> Told:
    """Lock the application and find the request; raises NotFound for one of another application, then NotYourApplication."""
    await application.lock(session)
    for told in await references_told(session, application):
        if told.request.id == request_id:
            if application.assigned_to_id != officer.id:
                raise NotYourApplication(application)
            return told
    raise NotFound


async def must_not_be_awaited(session: AsyncSession, application: Application) -> None:
    if await awaited(session, application):
        raise ReferencesAwaited
