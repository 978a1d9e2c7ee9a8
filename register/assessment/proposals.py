"""Proposals as staff see them: what waits for a second person, and what came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from register.account import Account
from register.application import Application, ApplicationState
from register.assessment.acts import AssessmentAct
from register.assessment.matches import between_others
from register.assessment.readers import visible_to
from register.kit.errors import NotFound, Refused
from register.matching import Match
from register.person import Person
from register.process import Process, ProcessText, TextKind
from register.proposal import Proposal, ProposalKind, ProposalState

PAGE = 50


@dataclass(frozen=True)
class Pending:
    """A proposal, what it is about, who made it, and what keeps the reader from deciding it."""

    proposal: Proposal
    application: Application
    proposer: str
    why_not: Refused | None


@dataclass(frozen=True)
class Listed:
    """A proposal of any kind with whom it is about, where it leads, and what keeps the reader from deciding it."""

    proposal: Proposal
    person: str
    reference: str
    """Of the application; empty where it is about something else."""
    proposer: str
    why_not: Refused | None

    @property
    def address(self) -> str:
        if self.proposal.kind is ProposalKind.MERGE:
            return f"/staff/matches/{self.proposal.subject_id}"
        return f"/staff/proposals/{self.proposal.id}"


@dataclass(frozen=True)
class PendingPage:
    rows: Sequence[Listed]
    next: UUID | None


async def pending(
    session: AsyncSession, reader: Account, *, after: UUID | None = None
) -> PendingPage:
    """What waits for a second person, oldest first, in one query."""
    lines = (
        select(
            Proposal,
            Person.given_names,
            Person.family_name,
            Application.reference,
            Account.name,
        )
        .join(Person, Proposal.person_id == Person.id)
        .join(Account, Proposal.proposer_id == Account.id)
        .outerjoin(Application, Proposal.application_id == Application.id)
        .outerjoin(Match, Proposal.subject_id == Match.id)
        .where(Proposal.waiting, or_(visible_to(reader), between_others(reader)))
        .order_by(Proposal.proposed_at, Proposal.id)
        .limit(PAGE + 1)
    )
    if after:
        last = select(Proposal.proposed_at, Proposal.id).where(Proposal.id == after)
        lines = lines.where(
            tuple_(Proposal.proposed_at, Proposal.id) > last.scalar_subquery()
        )
    rows = [
        Listed(
            proposal,
            f"{given} {family}".strip(),
            reference or "",
            proposer,
            proposal.why_not(reader),
        )
        for proposal, given, family, reference, proposer in await session.execute(lines)
    ]
    return PendingPage(
        rows[:PAGE], rows[PAGE - 1].proposal.id if len(rows) > PAGE else None
    )


async def proposal_for(
    session: AsyncSession, reader: Account, proposal_id: UUID
) -> Pending:
    """Any proposal on an application that the reader may see, decided ones too; raises NotFound."""
    rows = await session.execute(
        select(Proposal, Application, Account.name)
        .join(Application, Proposal.application_id == Application.id)
        .join(Account, Proposal.proposer_id == Account.id)
        .options(joinedload(Application.person), joinedload(Application.assigned_to))
        .where(Proposal.id == proposal_id, visible_to(reader))
    )
    row = rows.one_or_none()
    if not row:
        raise NotFound
    return _pending(reader, *row)


def _pending(
    reader: Account, proposal: Proposal, application: Application, proposer: str
) -> Pending:
    return Pending(proposal, application, proposer, proposal.why_not(reader))


@dataclass(frozen=True)
class Returned:
    """Why the last proposal came back, and from whom."""

    by: str
    words: str


async def why_returned(
    session: AsyncSession, application: Application
) -> Returned | None:
    """What the second person wants done, while the application is being assessed again."""
    if application.state is not ApplicationState.UNDER_ASSESSMENT:
        return None
    last = await session.scalar(
        select(Proposal)
        .where(Proposal.application_id == application.id)
        .order_by(Proposal.proposed_at.desc())
        .limit(1)
    )
    if not last or last.state is not ProposalState.RETURNED:
        return None
    row = (
        await session.execute(
            select(Account.name, ProcessText.words)
            .join(Process, Process.actor_id == Account.id)
            .join(ProcessText, ProcessText.process_id == Process.id)
            .where(
                Process.id == last.decided_in,
                Process.kind == AssessmentAct.RETURN,
                ProcessText.kind == TextKind.INTERNAL,
            )
        )
    ).one_or_none()
    return Returned(*row) if row else None


async def returned_to(session: AsyncSession, officer: Account) -> list[Application]:
    """Their applications that a second person sent back, and that they have not proposed again."""
    newest = (
        select(Proposal.application_id, func.max(Proposal.proposed_at).label("at"))
        .join(Application, Proposal.application_id == Application.id)
        .where(Application.assigned_to_id == officer.id)
        .group_by(Proposal.application_id)
        .subquery()
    )
    found = await session.scalars(
        select(Application)
        .join(Proposal, Proposal.application_id == Application.id)
        .join(
            newest,
            (newest.c.application_id == Proposal.application_id)
            & (newest.c.at == Proposal.proposed_at),
        )
        .options(joinedload(Application.person))
        .where(
            Application.assigned_to_id == officer.id,
            Application.state == ApplicationState.UNDER_ASSESSMENT,
            Proposal.state == ProposalState.RETURNED,
            visible_to(officer),
        )
        .order_by(Application.submitted_at)
    )
    return list(found)
