"""Reversing a decision that was our own to put right: a registrar proposes it, a second one approves."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.appeal.appeal import Appeal
from register.application import Application, Move
from register.kit.errors import Refused
from register.process import Process, TextKind
from register.proposal import FOR_A_PANEL, Proposal, ProposalKind, carries_out


class ReversalReason(StrEnum):
    NEW_INFORMATION = "new_information"
    ERROR_OF_FACT = "error_of_fact"
    ERROR_OF_RULE = "error_of_rule"
    WRONG_PERSON = "wrong_person"


class TakenByAPanel(Refused):
    def __init__(self) -> None:
        super().__init__(
            "A panel took this decision, so it is not ours to reverse. It can be appealed against."
        )


class UnderAppeal(Refused):
    def __init__(self) -> None:
        super().__init__(
            "An appeal against this decision is open, so it cannot be reversed now."
        )


def about_reversal(application: Application) -> str:
    """As a proposal names it."""
    return f"reversal:{application.reference.lower()}"


async def propose_reversal(
    session: AsyncSession,
    application: Application,
    *,
    because: ReversalReason,
    words: str,
    proposer: Account,
    by: Process,
) -> Proposal:
    """Raises NotNow, AnotherBegun, AlreadyEntered, TakenByAPanel or UnderAppeal."""
    await application.lock(session)
    await _must_be_reversible(session, application, at=by.at)
    by.say(TextKind.INTERNAL, words)
    return await Proposal.make(
        session,
        ProposalKind.REVERSE,
        about=about_reversal(application),
        application_id=application.id,
        person_id=application.person_id,
        data={"because": because},
        touched=[],
        proposer=proposer,
        by=by,
    )


@carries_out(ProposalKind.REVERSE)
async def reverse(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    application = await session.get_one(Application, proposal.application_id)
    await application.lock(session)
    await _must_be_reversible(session, application, at=by.at)
    because = ReversalReason(proposal.data["because"])
    await application.reopen(session, Move.REVERSE, by=by, reversed_for=because)
    await application.write_to_applicant(
        session, "application_reversed", now=by.at, of=proposal.id, because=because
    )


async def _must_be_reversible(
    session: AsyncSession, application: Application, *, at: datetime
) -> None:
    application.must_allow(Move.REVERSE)
    await application.must_be_free_to_return(session, at=at)
    decided = await session.scalar(
        select(Proposal.kind)
        .where(
            Proposal.application_id == application.id, Proposal.decided_at.is_not(None)
        )
        .order_by(Proposal.decided_at.desc())
        .limit(1)
    )
    if decided in FOR_A_PANEL:
        raise TakenByAPanel
    under_appeal = select(Appeal.id).where(
        Appeal.application_id == application.id, Appeal.waiting
    )
    if await session.scalar(under_appeal):
        raise UnderAppeal
