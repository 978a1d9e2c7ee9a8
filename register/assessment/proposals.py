"""Proposals as staff see them: what waits for a second person, and what came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    and_,
    case,
    cast,
    func,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from register.account import Account
from register.application import Application, ApplicationState
from register.assessment.matches import between_others
from register.assessment.readers import READ_ALL, visible_to
from register.kit.errors import NotFound, Refused
from register.matching import Match
from register.person import Person
from register.process import Process, ProcessText, TextKind
from register.proposal import FINANCE, Proposal, ProposalKind, ProposalState

PAGE = 50


@dataclass(frozen=True)
class Pending:
    """A proposal, who made it, and what keeps the reader from deciding it."""

    proposal: Proposal
    proposer: str
    why_not: Refused | None


@dataclass(frozen=True)
class OnApplication(Pending):
    application: Application


@dataclass(frozen=True)
class Listed(Pending):
    """Of any kind, with whom it is about, if anybody."""

    person: str
    reference: str
    """Of the application; empty where it is about something else."""


@dataclass(frozen=True)
class PendingPage:
    rows: Sequence[Listed]
    next: UUID | None


async def pending(
    session: AsyncSession,
    reader: Account,
    *,
    after: UUID | None = None,
    theirs: bool = False,
) -> PendingPage:
    """What waits for a second person, oldest first, in one query; with `theirs` only what the reader may decide."""
    lines = (
        select(
            Proposal,
            Person.given_names,
            Person.family_name,
            Application.reference,
            Account.name,
        )
        .outerjoin(Person, Proposal.person_id == Person.id)
        .join(Account, Proposal.proposer_id == Account.id)
        .outerjoin(Application, Proposal.application_id == Application.id)
        .outerjoin(Match, Match.id == _match_of())
        .where(waiting_before(reader))
        .order_by(Proposal.proposed_at, Proposal.id)
        .limit(PAGE + 1)
    )
    if theirs:
        lines = lines.where(decided_by(reader))
    if after:
        last = select(Proposal.proposed_at, Proposal.id).where(Proposal.id == after)
        lines = lines.where(
            tuple_(Proposal.proposed_at, Proposal.id) > last.scalar_subquery()
        )
    rows = [
        Listed(
            proposal,
            proposer,
            proposal.why_not(reader),
            person=" ".join(filter(None, (given, family))),
            reference=reference or "",
        )
        for proposal, given, family, reference, proposer in await session.execute(lines)
    ]
    return PendingPage(
        rows[:PAGE], rows[PAGE - 1].proposal.id if len(rows) > PAGE else None
    )


def waiting_before(reader: Account) -> ColumnElement[bool]:
    """What the reader may know of: where Application and Match are joined."""
    of_others = Proposal.person_id.is_distinct_from(
        reader.person_id
    ) | Proposal.person_id.is_(None)
    return and_(
        Proposal.waiting,
        # Appeals and money have lists of their own, for those who decide them.
        Proposal.kind.not_in({ProposalKind.APPEAL_OUTCOME, *FINANCE}),
        # Who would lapse is for those who oversee.
        *(
            []
            if reader.roles & READ_ALL
            else [Proposal.kind != ProposalKind.RELEASE_LAPSES]
        ),
        case(
            (Proposal.application_id.is_not(None), visible_to(reader)),
            (Proposal.kind == ProposalKind.MERGE, between_others(reader)),
            else_=of_others,
        ),
    )


def decided_by(reader: Account) -> ColumnElement[bool]:
    """The twin of Proposal.why_not in SQL: what nothing keeps the reader from deciding. Who proposed it touched it."""
    return and_(
        Proposal.kind.in_([k for k in ProposalKind if reader.roles & k.approvers]),
        Proposal.person_id.is_(None)
        | Proposal.person_id.is_distinct_from(reader.person_id),
        ~Proposal.touched.contains([reader.id]),
    )


def to_decide(reader: Account) -> Select[UUID]:
    """The proposals that wait for the reader, to be counted."""
    return (
        select(Proposal.id)
        .outerjoin(Application, Proposal.application_id == Application.id)
        .outerjoin(Match, Match.id == _match_of())
        .where(waiting_before(reader), decided_by(reader))
    )


def _match_of() -> ColumnElement[UUID | None]:
    """The match that a proposal to merge is about."""
    key = func.split_part(Proposal.about, ":", 2)
    return case((Proposal.kind == ProposalKind.MERGE, cast(key, Uuid)))


async def proposal_for(
    session: AsyncSession, reader: Account, proposal_id: UUID
) -> OnApplication:
    """Any proposal on an application that the reader may see, decided ones too; raises NotFound."""
    rows = await session.execute(
        select(Proposal, Account.name, Application)
        .join(Application, Proposal.application_id == Application.id)
        .join(Account, Proposal.proposer_id == Account.id)
        .options(joinedload(Application.person), joinedload(Application.assigned_to))
        .where(
            Proposal.id == proposal_id,
            Proposal.about.startswith("application:"),
            visible_to(reader),
        )
    )
    row = rows.one_or_none()
    if not row:
        raise NotFound
    proposal, proposer, application = row
    return OnApplication(proposal, proposer, proposal.why_not(reader), application)


@dataclass(frozen=True)
class Returned:
    """Why the last proposal came back, or the approval was taken back, and who says so."""

    by: str
    words: str
    reopened: bool = False


async def why_returned(
    session: AsyncSession, application: Application
) -> Returned | None:
    """What the second person wants done, while the application is being assessed again."""
    if application.state is not ApplicationState.UNDER_ASSESSMENT:
        return None
    last = await session.scalar(
        select(Proposal)
        .where(Proposal.about == f"application:{application.id}")
        .order_by(Proposal.proposed_at.desc())
        .limit(1)
    )
    if not last:
        return None
    reopened = last.kind is ProposalKind.TAKE_BACK_APPROVAL
    if last.state is not (
        ProposalState.APPROVED if reopened else ProposalState.RETURNED
    ):
        return None
    row = (
        await session.execute(
            select(Account.name, ProcessText.words)
            .join(Process, Process.actor_id == Account.id)
            .join(ProcessText, ProcessText.process_id == Process.id)
            .where(
                Process.id == (last.process_id if reopened else last.decided_in),
                ProcessText.kind == TextKind.INTERNAL,
            )
        )
    ).one_or_none()
    return Returned(*row, reopened) if row else None


async def returned_to(session: AsyncSession, officer: Account) -> list[Application]:
    """Their applications of which a second person sent something back that they have not proposed again."""
    newest = (
        select(Proposal.about, func.max(Proposal.proposed_at).label("at"))
        .join(Application, Proposal.application_id == Application.id)
        .where(Application.assigned_to_id == officer.id)
        .group_by(Proposal.about)
        .subquery()
    )
    found = await session.scalars(
        select(Application)
        .join(Proposal, Proposal.application_id == Application.id)
        .join(
            newest,
            (newest.c.about == Proposal.about) & (newest.c.at == Proposal.proposed_at),
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
    return list(found.unique())
