"""Endorsements as officers have them: what the employer said, asking again, and going on without one."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.application import Application
from register.application.answers import Endorser
from register.application.endorsement import (
    EndorsementWaiver,
    QueuedEndorsement,
    Said,
    WaivedBecause,
    ask_again,
    endorsements_of,
    endorser_of,
    endorsers_asked,
    is_endorsed,
    waivers_of,
)
from register.application.outside import STILL_OPEN
from register.assessment.acts import AssessmentEvent
from register.assessment.check import NotYourApplication
from register.kit.errors import Refused
from register.organisation import Organisation
from register.process import Process, ProcessText, TextKind
from register.request import Outcome, Request


class NotEndorsed(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The employer has not endorsed the application. Wait, or go on without an endorsement, before you propose to grant."
        )


class EndorserNotToBeAsked(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The employer cannot be asked again: they have endorsed, nobody is named, or a decision is proposed."
        )


class NothingToWaive(Refused):
    def __init__(self) -> None:
        super().__init__(
            "There is an endorsement already, or we go on without one, or a decision is proposed."
        )


@dataclass(frozen=True)
class EndorsementTold:
    """A request to an employer with what came of it."""

    request: Request
    endorser: Endorser
    queued: bool
    """Whether their organisation answers on its own pages."""
    said: Said | None
    account_ended: bool = False
    """Whether the organisation has no account any more."""


@dataclass(frozen=True)
class Waived:
    waiver: EndorsementWaiver
    words: str


@dataclass(frozen=True)
class EndorsementSoFar:
    told: list[EndorsementTold]
    waived: list[Waived]
    endorsed: bool
    may_be_asked_again: bool
    may_be_waived: bool


ASKED_AGAIN = frozenset({None, Outcome.EXPIRED, Outcome.WAIVED, Outcome.REPLACED})


async def endorsement_so_far(
    session: AsyncSession, application: Application
) -> EndorsementSoFar:
    asked = await endorsers_asked(session, application)
    requests = [request for request, _ in asked]
    said = await endorsements_of(session, requests)
    queued = await session.execute(
        select(QueuedEndorsement.request_id, Organisation.open)
        .join(Organisation, QueuedEndorsement.organisation_id == Organisation.id)
        .where(QueuedEndorsement.request_id.in_([request.id for request in requests]))
    )
    in_queues = {request_id: is_open for request_id, is_open in queued}  # noqa: C416 - rows are not pairs to the type checker
    undecided = application.state in STILL_OPEN
    named = await endorser_of(session, application)
    endorsed = await is_endorsed(session, application)
    return EndorsementSoFar(
        [
            EndorsementTold(
                request,
                endorser,
                request.id in in_queues,
                said.get(request.id),
                account_ended=not in_queues.get(request.id, True),
            )
            for request, endorser in asked
        ],
        await _waived(session, application),
        endorsed,
        undecided
        and named is not None
        and named.endorser.has_employer
        and named.outcome in ASKED_AGAIN,
        undecided and not endorsed,
    )


async def _waived(session: AsyncSession, application: Application) -> list[Waived]:
    waivers = await waivers_of(session, application)
    texts = await session.execute(
        select(ProcessText.process_id, ProcessText.words).where(
            ProcessText.process_id.in_([waiver.process_id for waiver in waivers])
        )
    )
    words = {process_id: said for process_id, said in texts}  # noqa: C416 - rows are not pairs to the type checker
    return [Waived(waiver, words.get(waiver.process_id, "")) for waiver in waivers]


async def ask_endorser_again(
    session: AsyncSession, application: Application, *, officer: Account, by: Process
) -> None:
    """By a new request, with which the earlier one ends; raises EndorserNotToBeAsked."""
    so_far = await _locked(session, application, officer=officer)
    if not so_far.may_be_asked_again:
        raise EndorserNotToBeAsked
    await ask_again(session, application, by=by)


async def go_on_without_endorsement(
    session: AsyncSession,
    application: Application,
    *,
    because: WaivedBecause,
    words: str,
    officer: Account,
    by: Process,
) -> None:
    """Wait for it no longer; what was sent for it ends. Raises NothingToWaive."""
    so_far = await _locked(session, application, officer=officer)
    if not so_far.may_be_waived:
        raise NothingToWaive
    for told in so_far.told:
        if told.request.open:
            told.request.waive(by=by)
    session.add(
        EndorsementWaiver(
            application_id=application.id,
            because=because,
            process_id=by.id,
            waived_at=by.at,
        )
    )
    by.say(TextKind.INTERNAL, words)
    application.tell(AssessmentEvent.ENDORSEMENT_WAIVED, by=by, because=because)


async def _locked(
    session: AsyncSession, application: Application, *, officer: Account
) -> EndorsementSoFar:
    await application.lock(session)
    if application.assigned_to_id != officer.id:
        raise NotYourApplication(application)
    return await endorsement_so_far(session, application)


async def must_be_endorsed(session: AsyncSession, application: Application) -> None:
    if not await is_endorsed(session, application):
        raise NotEndorsed
