"""Decisions that may be appealed against: which they are, who took part in them, and the last day to appeal."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account, RoleGrant, StaffRole
from register.application import Application, ApplicationState
from register.assessment import last_day_to_appeal, took_a_step
from register.entry import Entry, RemovalReason
from register.entry.facts import Condition, Removal
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.part import Part
from register.process import Process
from register.proposal import FOR_A_PANEL, Proposal, ProposalKind, ProposalState
from register.rule_set import Rules, RuleSet


class Against(StrEnum):
    REFUSAL = "refusal"
    CONDITION = "condition"
    REMOVAL = "removal"


APPEALABLE = frozenset(
    {RemovalReason.CONDITION, RemovalReason.CPD, RemovalReason.ERROR}
)
"""Removals that are ours: leaving was asked for, and orders are for a court."""


@dataclass(frozen=True)
class Decision:
    id: UUID
    """The process that decided."""
    against: Against
    about_id: UUID
    """The application, the condition or the removal."""
    person_id: UUID
    part: Part
    told_at: datetime
    """When the letter went out."""
    appeal_days: int
    application: Application | None = None
    entry: Entry | None = None

    @property
    def last_day(self) -> date:
        return last_day_to_appeal(day_of(self.told_at), self.appeal_days)


async def decisions_on(session: AsyncSession, person_id: UUID) -> list[Decision]:
    """All that somebody may appeal against, or could have, the newest first."""
    found = [
        *await _refusals(session, person_id),
        *await _of_entries(session, person_id),
    ]
    return sorted(found, key=lambda decision: decision.told_at, reverse=True)


async def own_decision(
    session: AsyncSession, person_id: UUID | None, about_id: UUID
) -> Decision:
    """Raises NotFound for somebody else's."""
    found = await decisions_on(session, person_id) if person_id else []
    for decision in found:
        if decision.about_id == about_id:
            return decision
    raise NotFound


async def refusal_of(
    session: AsyncSession, application: Application
) -> Decision | None:
    for decision in await _refusals(session, application.person_id):
        if decision.about_id == application.id:
            return decision
    return None


async def _refusals(session: AsyncSession, person_id: UUID) -> list[Decision]:
    rows = await session.execute(
        select(Application, Process, RuleSet)
        .join(Proposal, Proposal.application_id == Application.id)
        .join(Process, Process.id == Proposal.decided_in)
        .join(RuleSet, RuleSet.id == Application.rule_set_id)
        .where(
            Application.person_id == person_id,
            Application.state == ApplicationState.REFUSED,
            Proposal.kind.in_({ProposalKind.REFUSE, *FOR_A_PANEL}),
            Proposal.state.in_([ProposalState.APPROVED, ProposalState.RETURNED]),
            Proposal.decided_at == Application.decided_at,
        )
    )
    return [
        Decision(
            process.id,
            Against.REFUSAL,
            application.id,
            person_id,
            application.part,
            process.at,
            rule_set.rules.appeal_days,
            application=application,
        )
        for application, process, rule_set in rows
    ]


async def _of_entries(session: AsyncSession, person_id: UUID) -> list[Decision]:
    ids = await session.scalars(select(Entry.id).where(Entry.person_id == person_id))
    return [
        decision
        for entry in await Entry.load_many(session, list(ids))
        for decision in await _of_entry(session, entry)
    ]


async def _of_entry(session: AsyncSession, entry: Entry) -> list[Decision]:
    facts: list[tuple[Against, Condition | Removal]] = [
        *((Against.CONDITION, one) for one in entry.conditions if not one.valid.upper),
        *(
            (Against.REMOVAL, one)
            for one in entry.removals
            if one.because in APPEALABLE and not one.valid.upper
        ),
    ]
    found = []
    for against, fact in facts:
        process = await session.get_one(Process, fact.process_id)
        rules = (await RuleSet.on(session, entry.part, day_of(process.at))).rules
        found.append(_of_fact(entry, against, fact, process, rules))
    return found


def _of_fact(
    entry: Entry,
    against: Against,
    fact: Condition | Removal,
    process: Process,
    rules: Rules,
) -> Decision:
    return Decision(
        process.id,
        against,
        fact.id,
        entry.person_id,
        entry.part,
        process.at,
        rules.appeal_days,
        entry=entry,
    )


async def taken_by_a_panel(session: AsyncSession, decision_id: UUID) -> bool:
    """Whether it was decided at a hearing, so that none of the staff looks at it again alone."""
    found = await session.scalar(
        select(Proposal.id)
        .where(Proposal.decided_in == decision_id, Proposal.kind.in_(FOR_A_PANEL))
        .limit(1)
    )
    return found is not None


async def took_part(
    session: AsyncSession, decision_id: UUID, application: Application | None
) -> set[UUID]:
    """Who took a step of the decision, and so decides no appeal against it."""
    process = await session.get_one(Process, decision_id)
    found = {account for account in (process.actor_id, process.approver_id) if account}
    which = Proposal.decided_in == decision_id
    if application:
        which |= Proposal.about == f"application:{application.id}"
        found |= await took_a_step(session, application)
    for proposal in await session.scalars(select(Proposal).where(which)):
        found |= {*proposal.touched, proposal.proposer_id}
        if proposal.approver_id:
            found.add(proposal.approver_id)
    return found


async def registrars(session: AsyncSession) -> set[UUID]:
    """They decide no appeals [SWR r8], whatever else they are."""
    found = await session.scalars(
        select(Account.id).join(RoleGrant).where(RoleGrant.role == StaffRole.REGISTRAR)
    )
    return set(found)
