"""How an appeal is decided: reconsidered by one of us with fresh eyes, or by two adjudicators; and what follows."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account, StaffRole
from register.appeal.appeal import Appeal, AppealKind, NotOpen, Outcome
from register.appeal.decision import Against, registrars, took_part
from register.appeal.reading import reasons_of
from register.application import Application, Move
from register.assessment import conditions_of, qualification_term, rules_of
from register.assessment.panel import ToBeSettledFirst
from register.entry import ConditionKind, Entry, parts_of
from register.entry.facts import Removal
from register.kit.clock import day_of, working_days_after
from register.kit.errors import Refused
from register.matching import open_hits
from register.process import Process, TextKind
from register.proposal import (
    AboutYourself,
    NeedsAnotherPerson,
    NotYours,
    Proposal,
    ProposalKind,
    carries_out,
)

RECONSIDERERS = frozenset({StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR})


class NotAnOutcome(Refused):
    def __init__(self) -> None:
        super().__init__("This appeal cannot come to that.")


class GoneMeanwhile(Refused):
    def __init__(self) -> None:
        super().__init__(
            "What the appeal is against is no longer there, so there is nothing to allow."
        )


async def shut_out(session: AsyncSession, appeal: Appeal) -> set[UUID]:
    """Who took part in the decision, or in reconsidering it."""
    application = await _application(session, appeal)
    found = await took_part(session, appeal.decision_id, application)
    earlier = select(Process.actor_id).join(Appeal, Appeal.ended_in == Process.id)
    before = await session.scalars(
        earlier.where(Appeal.about_id == appeal.about_id, Appeal.id != appeal.id)
    )
    return found | {actor for actor in before if actor}


async def why_not_reconsider(
    session: AsyncSession, appeal: Appeal, account: Account
) -> Refused | None:
    """What keeps this account from reconsidering."""
    if appeal.person_id == account.person_id:
        return AboutYourself()
    if account.id in await shut_out(session, appeal):
        return NeedsAnotherPerson()
    return None


async def reconsider(
    session: AsyncSession,
    appeal: Appeal,
    outcome: Outcome,
    *,
    words: str,
    decider: Account,
    by: Process,
) -> None:
    """`words` are the reasons, which the appellant reads. Changed, it is assessed again by others."""
    if appeal.kind is not AppealKind.RECONSIDERATION:
        raise NotOpen
    _must_be_possible(appeal, outcome)
    if refusal := await why_not_reconsider(session, appeal, decider):
        raise refusal
    appeal.decide(outcome, reasons_id=by.say(TextKind.PUBLIC, words).id, by=by)
    if outcome is Outcome.CHANGED:
        await _assess_again(session, appeal, by=by)
    await _write(session, appeal, by=by)


async def propose_outcome(
    session: AsyncSession,
    appeal: Appeal,
    outcome: Outcome,
    *,
    words: str,
    condition: str = "",
    proposer: Account,
    by: Process,
) -> Proposal:
    """`condition`: one that an allowed application gets, in the words that the public reads."""
    if appeal.kind is not AppealKind.APPEAL:
        raise NotOpen
    _must_be_possible(appeal, outcome)
    if refusal := await why_not_propose(session, appeal, proposer):
        raise refusal
    out = await shut_out(session, appeal) | await registrars(session)
    data: dict[str, Any] = {
        "outcome": outcome,
        "words": str(by.say(TextKind.PUBLIC, words).id),
    }
    if condition and outcome is Outcome.ALLOWED:
        data["condition"] = str(by.say(TextKind.PUBLIC, condition).id)
    return await Proposal.make(
        session,
        ProposalKind.APPEAL_OUTCOME,
        about=appeal.about,
        person_id=appeal.person_id,
        data=data,
        touched=out,
        proposer=proposer,
        by=by,
    )


async def why_not_propose(
    session: AsyncSession, appeal: Appeal, account: Account
) -> Refused | None:
    """What keeps this account from proposing an outcome: registrars decide no appeals [SWR r8]."""
    if account.id in await registrars(session):
        return NotYours(ProposalKind.APPEAL_OUTCOME)
    return await why_not_reconsider(session, appeal, account)


def _must_be_possible(appeal: Appeal, outcome: Outcome) -> None:
    appeal.must_be_open()
    if outcome not in appeal.outcomes:
        raise NotAnOutcome


@carries_out(ProposalKind.APPEAL_OUTCOME)
async def decide(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    appeal = await session.get_one(
        Appeal, UUID(proposal.key), with_for_update={"of": Appeal}
    )
    outcome = Outcome(proposal.data["outcome"])
    appeal.decide(outcome, reasons_id=UUID(proposal.data["words"]), by=by)
    if outcome is Outcome.REMITTED:
        await _assess_again(session, appeal, by=by)
    if outcome is Outcome.ALLOWED:
        await ALLOW[appeal.against](session, appeal, proposal, by)
    await _write(session, appeal, by=by)


async def _assess_again(session: AsyncSession, appeal: Appeal, *, by: Process) -> None:
    application = await _application(session, appeal)
    if application is None:
        raise GoneMeanwhile
    await application.lock(session)
    excluded = await shut_out(session, appeal)
    await application.reopen(session, Move.REMIT, excluded=excluded, by=by)


async def _allow_application(
    session: AsyncSession, appeal: Appeal, proposal: Proposal, by: Process
) -> None:
    """The fee is still to be paid; the qualification condition follows from the rules."""
    application = await _application(session, appeal)
    if application is None:
        raise GoneMeanwhile
    await application.lock(session)
    await application.must_be_free_to_return(session, at=by.at)
    if await open_hits(session, application.person_id):
        raise ToBeSettledFirst
    rules = await rules_of(session, application)
    conditions = await _conditions(session, application, proposal, by)
    application.approve(
        pay_by=working_days_after(day_of(by.at), rules.payment_window_working_days),
        conditions=conditions,
        by=by,
        move=Move.ALLOW,
    )
    await application.write_to_applicant(
        session,
        "application_approved",
        now=by.at,
        of=proposal.id,
        conditions=await conditions_of(session, conditions),
        rules=rules,
        other_parts=await parts_of(session, application.person_id, at=by.at),
        after_notice=False,
        pay_by=application.pay_by,
    )


async def _conditions(
    session: AsyncSession, application: Application, proposal: Proposal, by: Process
) -> list[dict[str, Any]]:
    term = await qualification_term(session, application, today=day_of(by.at))
    found: list[dict[str, Any]] = []
    if term.due_on:
        due_on = max(term.due_on, day_of(by.at)).isoformat()
        found.append({"kind": ConditionKind.QUALIFICATION, "due_on": due_on})
    if text := proposal.data.get("condition"):
        found.append({"kind": ConditionKind.REGISTRATION, "due_on": None, "text": text})
    return found


async def _lift_condition(
    session: AsyncSession, appeal: Appeal, _: Proposal, by: Process
) -> None:
    """It is taken back as never rightly set; that we held it stays on record."""
    entry = await _entry(session, appeal)
    for condition in entry.conditions:
        if condition.id == appeal.about_id:
            await entry.withdraw(session, condition, by=by)
            return
    raise GoneMeanwhile


async def _undo_removal(
    session: AsyncSession, appeal: Appeal, _: Proposal, by: Process
) -> None:
    """The entry stands as before, with what the removal ended; a lapse comes by the ordinary rules."""
    entry = await _entry(session, appeal)
    for removal in entry.removals:
        if removal.id == appeal.about_id:
            await _restore(session, entry, removal, by)
            return
    raise GoneMeanwhile


async def _restore(
    session: AsyncSession, entry: Entry, removal: Removal, by: Process
) -> None:
    ended = [
        fact
        for fact in (*entry.registrations, *entry.conditions)
        if fact.process_id == removal.process_id and fact.valid.upper == removal.starts
    ]
    await entry.withdraw(session, removal, by=by)
    for fact in ended:
        valid = Range(fact.starts, None, bounds="[)")
        await entry.correct(session, fact, valid=valid, by=by)


ALLOW = {
    Against.REFUSAL: _allow_application,
    Against.CONDITION: _lift_condition,
    Against.REMOVAL: _undo_removal,
}


async def _application(session: AsyncSession, appeal: Appeal) -> Application | None:
    if appeal.application_id is None:
        return None
    return await session.get(Application, appeal.application_id)


async def _entry(session: AsyncSession, appeal: Appeal) -> Entry:
    if appeal.entry_id is None:
        raise GoneMeanwhile
    return await Entry.load(session, appeal.entry_id, lock=True)


async def _write(session: AsyncSession, appeal: Appeal, *, by: Process) -> None:
    await session.flush()
    await appeal.write(
        session,
        "appeal_decided",
        by=by,
        words=await reasons_of(session, appeal),
        rules=await appeal.rules(session, now=by.at),
    )
