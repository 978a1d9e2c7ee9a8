"""When learning was found not enough twice: a condition of registration, proposed by one and approved by another."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.cpd.audit.case import AuditCase, CaseState, Work, work_on
from register.entry import ConditionKind, Entry, NewCondition
from register.kit.clock import day_of
from register.kit.errors import NotFound, Refused
from register.process import Process, ProcessText, TextKind
from register.proposal import Proposal, ProposalKind, carries_out

LETTER = "audit_condition"


class NotFoundWanting(Refused):
    def __init__(self) -> None:
        super().__init__(
            "A condition is set only where two assessors found twice that the learning is not enough."
        )


class DueInThePast(Refused):
    def __init__(self) -> None:
        super().__init__("A condition must be due on a day to come.")


def about(case: AuditCase) -> str:
    """As a proposal names it."""
    return f"audit_case:{case.id}"


async def propose_condition(
    session: AsyncSession,
    work: Work,
    *,
    wording: str,
    due_on: date,
    words: str,
    proposer: Account,
    by: Process,
) -> Proposal:
    """`wording` is public, `words` are for the second person. No assessor approves. Raises NotFoundWanting or DueInThePast."""
    _must_be_wanting(work.case)
    _must_be_to_come(due_on, by)
    text = by.say(TextKind.PUBLIC, wording)
    by.say(TextKind.INTERNAL, words)
    return await Proposal.make(
        session,
        ProposalKind.RENEW_CONDITIONALLY,
        about=about(work.case),
        person_id=work.case.person_id,
        data={"due_on": due_on.isoformat(), "text": str(text.id)},
        touched=[one.account_id for one in work.assessments],
        proposer=proposer,
        by=by,
    )


def _must_be_wanting(case: AuditCase) -> None:
    if case.state is not CaseState.NOT_MET:
        raise NotFoundWanting


def _must_be_to_come(due_on: date, by: Process) -> None:
    if due_on <= day_of(by.at):
        raise DueInThePast


@carries_out(ProposalKind.RENEW_CONDITIONALLY)
async def renew_conditionally(
    session: AsyncSession, proposal: Proposal, by: Process
) -> None:
    """Raises DueInThePast, or what set_condition does where the entry has ended meanwhile."""
    work = await work_on(session, UUID(proposal.key), lock=True)
    case = work.case
    _must_be_wanting(case)
    entry_id = await session.scalar(
        select(Entry.id).where(
            Entry.person_id == case.person_id, Entry.part == case.audit.part
        )
    )
    text = await session.get(ProcessText, UUID(proposal.data["text"]))
    if entry_id is None or text is None:
        raise NotFound
    due_on = date.fromisoformat(proposal.data["due_on"])
    _must_be_to_come(due_on, by)
    entry = await Entry.load(session, entry_id, lock=True)
    condition = await entry.set_condition(
        session,
        NewCondition(ConditionKind.REGISTRATION, text.words, due_on),
        on=by.at,
        by=by,
    )
    case.settle_with(condition.id, by=by)
    await case.write(
        session, LETTER, of=case.id, now=by.at, due_on=due_on, words=text.words
    )


async def of_learning(session: AsyncSession, condition_ids: list[UUID]) -> set[UUID]:
    """Of these conditions, those that an audit of learning led to."""
    found = await session.scalars(
        select(AuditCase.condition_id).where(AuditCase.condition_id.in_(condition_ids))
    )
    return {condition_id for condition_id in found if condition_id}
