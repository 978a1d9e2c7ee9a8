"""What a panel decides about somebody whom a panel removed: they come back, they do not, or it is assessed again.

Who sits on the panel, and how it hears the case, is not known here.
"""

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.application import Application
from register.assessment.covering import conclude
from register.assessment.deciding import last_day_to_appeal, rules_of
from register.assessment.holding import hold_on
from register.kit.clock import day_of
from register.kit.errors import Refused
from register.matching import open_hits
from register.process import Process, TextKind
from register.proposal import (
    EFFECTS,
    FOR_A_PANEL,
    Proposal,
    ProposalEvent,
    ProposalKind,
    ProposalState,
)

LETTER = "application_refused_by_panel"
BY_PANEL = "by_panel"
"""Why it was refused, where it was not for a section that is not met."""


class Restoring(StrEnum):
    RESTORED = "restored"
    REFUSED = "refused"
    SENT_BACK = "sent_back"
    """To be assessed again."""


class NotShownToBeMet(Refused):
    def __init__(self) -> None:
        super().__init__(
            "What the rules ask of everybody is not shown to be met, so nobody can be restored yet. Refuse it, or send it back."
        )


class ToBeSettledFirst(Refused):
    """Says nothing of the watch list and of holds, which adjudicators do not see."""

    def __init__(self) -> None:
        super().__init__(
            "The registrar has something to settle before this can be decided. Ask the registrar."
        )


async def waiting_for_a_panel(session: AsyncSession) -> list[Proposal]:
    """The oldest first."""
    found = await session.scalars(
        select(Proposal)
        .where(Proposal.kind.in_(FOR_A_PANEL), Proposal.waiting)
        .order_by(Proposal.proposed_at, Proposal.id)
    )
    return list(found)


def must_be_possible(proposal: Proposal, outcome: Restoring) -> None:
    """Raises NotShownToBeMet."""
    met = proposal.kind is ProposalKind.GRANT_AFTER_ORDER
    if outcome is Restoring.RESTORED and not met:
        raise NotShownToBeMet


async def decide(
    session: AsyncSession,
    proposal: Proposal,
    outcome: Restoring,
    *,
    words: str,
    chair_id: UUID,
    others: Collection[UUID],
    by: Process,
) -> None:
    """`words`: the reasons, which the applicant is served with otherwise. `others`: who sat with the chair.

    Raises NotShownToBeMet, ToBeSettledFirst, AlreadyDecided or NeedsAnotherPerson.
    """
    must_be_possible(proposal, outcome)
    application = await session.get_one(Application, proposal.application_id)
    await application.lock(session)
    # Whoever had it locked may have withdrawn it meanwhile.
    await session.refresh(proposal)
    if await hold_on(session, application):
        raise ToBeSettledFirst
    if outcome is Restoring.SENT_BACK:
        returned = ProposalState.RETURNED, ProposalEvent.RETURNED
        proposal.decide_as_panel(*returned, chair_id, others, by=by)
        by.say(TextKind.INTERNAL, words)
        application.take_back(by=by)
        return
    if outcome is Restoring.RESTORED and await open_hits(
        session, application.person_id
    ):
        raise ToBeSettledFirst
    recommended = (outcome is Restoring.REFUSED) == (
        proposal.kind is ProposalKind.REFUSE_AFTER_ORDER
    )
    if recommended:
        approved = ProposalState.APPROVED, ProposalEvent.APPROVED
        proposal.decide_as_panel(*approved, chair_id, others, by=by)
        await session.flush()
        await EFFECTS[proposal.kind](session, proposal, by)
        return
    returned = ProposalState.RETURNED, ProposalEvent.RETURNED
    proposal.decide_as_panel(*returned, chair_id, others, by=by)
    await session.flush()
    await _refuse(session, application, proposal, by=by)


async def _refuse(
    session: AsyncSession, application: Application, proposal: Proposal, *, by: Process
) -> None:
    """Although the officer proposed to restore them."""
    application.refuse(because=BY_PANEL, by=by)
    await conclude(session, application, ProposalKind.REFUSE_AFTER_ORDER, by=by)
    rules = await rules_of(session, application)
    await application.write_to_applicant(
        session,
        LETTER,
        now=by.at,
        of=proposal.id,
        rules=rules,
        last_day=last_day_to_appeal(day_of(by.at), rules.appeal_days),
    )
