"""Deciding: one officer proposes to grant or to refuse, a second carries it out or sends it back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.application import (
    Application,
    Ended,
    Move,
    SectionName,
    how_it_ended,
)
from register.application.answers import Eligibility
from register.application.section import sendings_of
from register.assessment.asking import Asked, asked_for, found_wanting
from register.assessment.check import Outcome, checks_of, must_be_assessing
from register.assessment.covering import (
    NoticeFirst,
    conclude,
    may_condition,
    may_refuse,
    notice_of,
)
from register.assessment.endorsements import must_be_endorsed
from register.assessment.holding import must_not_be_held
from register.assessment.qualifications import qualifications_of
from register.assessment.references import must_not_be_awaited
from register.assessment.steps import took_a_step
from register.assessment.suitability import suitability_of
from register.employment import in_role_since
from register.entry import ConditionKind, Entry, parts_of
from register.kit.clock import day_of, months_after, start_of, working_days_after
from register.kit.errors import Refused
from register.kit.post import Letter, letter_of
from register.matching import open_hits
from register.process import Process, ProcessText, TextKind
from register.proposal import Proposal, ProposalKind, ProposalState, carries_out
from register.rule_set import Rules, RuleSet, Verdict

APPROVED, REFUSED = "application_approved", "application_refused"


class NotAllMet(Refused):
    def __init__(self, sections: Sequence[SectionName]) -> None:
        self.sections = sections
        super().__init__("Every section must be met before you can propose to grant.")


class NothingNotMet(Refused):
    def __init__(self) -> None:
        super().__init__(
            "No section is marked “not met”, so there is no reason to refuse."
        )


class QualificationNotJudged(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Say of each qualification whether it meets the requirement before you propose to grant."
        )


class DueInThePast(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The day by which the qualification is due must be in the future."
        )


class PortfolioOver(Refused):
    def __init__(self, at_most: date) -> None:
        self.at_most = at_most
        super().__init__(
            "A portfolio that meets part of the requirement does not count so long. Choose an earlier day."
        )


class OnWatchList(Refused):
    """Told to those alone who may see the list: nobody else approves."""

    def __init__(self) -> None:
        super().__init__(
            "The applicant may be somebody on the watch list. Settle that before you approve."
        )


class RemovedSince(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The applicant was removed by order after this was proposed. Return it, so that it is looked at again."
        )


@dataclass(frozen=True)
class Wanted:
    """A condition that an officer proposes: what the public reads, and why, which only we read."""

    public: str
    internal: str
    due_on: date | None = None


@dataclass(frozen=True)
class QualificationTerm:
    """The qualification condition as the rule set has it; `due_on` is None where the required qualification is held."""

    due_on: date | None
    at_most: date | None = None
    """The last day to which it may be deferred, where a portfolio meets part of the requirement."""

    @property
    def needed(self) -> bool:
        return self.due_on is not None


async def qualification_term(
    session: AsyncSession, application: Application, *, today: date
) -> QualificationTerm:
    """Whether the qualification is still to come, and by when; raises QualificationNotJudged."""
    held = [
        q
        for q in await qualifications_of(session, application)
        if q.awarded_on or q.by_portfolio
    ]
    if any(q.verdict is Verdict.FULL for q in held):
        return QualificationTerm(None)
    if any(q.verdict is None for q in held):
        raise QualificationNotJudged
    rules = await rules_of(session, application)
    began = await _role_since(session, application) or today
    due_on = months_after(began, rules.qualification_deadline_months)
    in_part = [
        day_of(q.verified_at)
        for q in held
        if q.by_portfolio and q.verdict is Verdict.PARTIAL and q.verified_at
    ]
    if not in_part:
        return QualificationTerm(due_on)
    at_most = months_after(max(in_part), rules.portfolio_valid_months)
    return QualificationTerm(min(due_on, at_most), at_most)


async def _role_since(session: AsyncSession, application: Application) -> date | None:
    """The day on which the person began, or will begin, in the role: in the posts they hold, and the one they apply for."""
    began = await in_role_since(session, application.person_id, application.part)
    sendings = await sendings_of(session, application.id, SectionName.ELIGIBILITY)
    told = sendings[0].answers if sendings else None
    found = [began] if began else []
    if isinstance(told, Eligibility) and told.started_on:
        found.append(told.started_on)
    return min(found, default=None)


async def how_theirs_ended(
    session: AsyncSession, application: Application, *, at: datetime
) -> Ended | None:
    """How the applicant's earlier entry in the part ended; None where there was none, or it stands."""
    entry_id = await session.scalar(
        select(Entry.id).where(
            Entry.person_id == application.person_id, Entry.part == application.part
        )
    )
    return how_it_ended(await Entry.load(session, entry_id), at) if entry_id else None


async def propose_grant(
    session: AsyncSession,
    application: Application,
    *,
    conditions: Sequence[Wanted] = (),
    qualification_due_on: date | None = None,
    deferred_because: str = "",
    proposer: Account,
    by: Process,
) -> Proposal:
    """Every section must be met, no reference awaited, the employer's endorsement received or waived, and what was declared
    weighed. Without the required qualification the grant carries the qualification condition, which needs no notice; any
    other needs one, or NoticeFirst is raised.
    """
    await must_be_all_met(session, application, proposer)
    if conditions and not await may_condition(session, application):
        raise NoticeFirst
    suitability = await suitability_of(session, application)
    suitability.must_allow_grant(conditions=bool(conditions))
    term = await qualification_term(session, application, today=day_of(by.at))
    data = [kept(wanted, by) for wanted in conditions]
    if term.needed:
        data.insert(0, _qualification(term, qualification_due_on, deferred_because, by))
    kind = ProposalKind.GRANT_WITH_CONDITIONS if data else ProposalKind.GRANT
    if await removed_by_order(session, application, at=by.at):
        kind = ProposalKind.GRANT_AFTER_ORDER
    return await put_forward(
        session, application, kind, {"conditions": data}, proposer=proposer, by=by
    )


async def removed_by_order(
    session: AsyncSession, application: Application, *, at: datetime
) -> bool:
    """Whether a panel removed the applicant, from whatever part, so that a panel decides whether they come back.

    Whoever has come into the register since then has come through a panel, which has decided: they ask for another part like
    anybody else.
    """
    ids = await session.scalars(
        select(Entry.id).where(Entry.person_id == application.person_id)
    )
    entries = await Entry.load_many(session, ids.all())
    ways = [how_it_ended(one, at) for one in entries]
    removed = [ended.at for ended in ways if ended is not None and ended.by_order]
    came = [fact.starts for one in entries for fact in one.registrations]
    return bool(removed) and max(removed) >= max(one for one in came if one <= at)


async def must_be_all_met(
    session: AsyncSession, application: Application, proposer: Account
) -> None:
    must_be_assessing(application, proposer)
    await must_not_be_awaited(session, application)
    await must_be_endorsed(session, application)
    checks = await checks_of(session, application)
    if open_ones := [
        c.section for c in checks.values() if c.outcome is not Outcome.MET
    ]:
        raise NotAllMet(open_ones)


def _qualification(
    term: QualificationTerm, chosen: date | None, because: str, by: Process
) -> dict[str, Any]:
    """The due day is the rule's; another one is a deferral and needs a reason (CHR r28: part-time work, a break)."""
    due_on = chosen or term.due_on
    if due_on is None or due_on <= day_of(by.at):
        raise DueInThePast
    if term.at_most and due_on > term.at_most:
        raise PortfolioOver(term.at_most)
    kept: dict[str, Any] = {
        "kind": ConditionKind.QUALIFICATION,
        "due_on": due_on.isoformat(),
    }
    if due_on != term.due_on:
        if not because:
            raise Refused("Say why the qualification may come on another day.")
        kept["because"] = str(by.say(TextKind.INTERNAL, because).id)
    return kept


def kept(wanted: Wanted, by: Process) -> dict[str, Any]:
    return {
        "kind": ConditionKind.REGISTRATION,
        "due_on": wanted.due_on.isoformat() if wanted.due_on else None,
        "text": str(by.say(TextKind.PUBLIC, wanted.public).id),
        "because": str(by.say(TextKind.INTERNAL, wanted.internal).id),
    }


async def propose_refusal(
    session: AsyncSession, application: Application, *, proposer: Account, by: Process
) -> Proposal:
    """For the reasons of the sections that are not met, as they were coded; raises NothingNotMet or NoticeFirst."""
    reasons = await wanting(session, application, proposer)
    if not await may_refuse(session, application, reasons):
        raise NoticeFirst
    data = {"reasons": [reason.item() for reason in reasons]}
    kind = ProposalKind.REFUSE
    if await removed_by_order(session, application, at=by.at):
        kind = ProposalKind.REFUSE_AFTER_ORDER
    return await put_forward(session, application, kind, data, proposer=proposer, by=by)


async def wanting(
    session: AsyncSession, application: Application, proposer: Account
) -> list[Asked]:
    """Why it may be refused; raises NothingNotMet."""
    must_be_assessing(application, proposer)
    reasons = found_wanting(await checks_of(session, application), Outcome.NOT_MET)
    if not reasons:
        raise NothingNotMet
    return reasons


def about_application(application: Application) -> str:
    """As a proposal names it."""
    return f"application:{application.id}"


async def put_forward(
    session: AsyncSession,
    application: Application,
    kind: ProposalKind,
    data: dict[str, Any],
    *,
    proposer: Account,
    by: Process,
) -> Proposal:
    await must_not_be_held(session, application)
    proposal = await Proposal.make(
        session,
        kind,
        about=about_application(application),
        application_id=application.id,
        person_id=application.person_id,
        data=data,
        touched=await took_a_step(session, application),
        proposer=proposer,
        by=by,
    )
    application.propose(by=by, proposal=proposal.id, of=kind)
    return proposal


async def return_to_officer(
    session: AsyncSession,
    proposal: Proposal,
    *,
    words: str,
    approver: Account,
    by: Process,
) -> None:
    """Send the proposal back with what is still to be done."""
    application = await session.get_one(Application, proposal.application_id)
    proposal.return_(words=words, approver=approver, by=by)
    if proposal.kind is not ProposalKind.TAKE_BACK_APPROVAL:
        application.take_back(by=by)


GRANTS = (
    ProposalKind.GRANT,
    ProposalKind.GRANT_WITH_CONDITIONS,
    ProposalKind.GRANT_AFTER_ORDER,
)
REFUSALS = (ProposalKind.REFUSE, ProposalKind.REFUSE_AFTER_ORDER)


@carries_out(*GRANTS)
async def grant(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    """From now the applicant has the window of the rule set to pay; the entry is made by the fee, at once where an approval
    that was taken back had been paid for. Raises OnWatchList.
    """
    application = await session.get_one(Application, proposal.application_id)
    await must_not_be_held(session, application)
    if await open_hits(session, application.person_id):
        raise OnWatchList
    if not proposal.kind.for_a_panel:
        await _must_not_be_removed_since(session, application, at=by.at)
    context = await _approval(session, application, proposal, now=by.at)
    application.approve(
        pay_by=context["pay_by"], by=by, conditions=proposal.data["conditions"]
    )
    await conclude(session, application, proposal.kind, by=by)
    if application.paid_at is not None:
        await application.complete(session, on=start_of(day_of(by.at)), by=by)
        return
    await application.write_to_applicant(
        session, APPROVED, now=by.at, of=proposal.id, **context
    )


async def propose_reopening(
    session: AsyncSession,
    application: Application,
    *,
    words: str,
    proposer: Account,
    by: Process,
) -> Proposal:
    """Take back an approval that has been paid for; in `words` the caseworker reads what is to be looked at again."""
    application.must_allow(Move.REOPEN)
    by.say(TextKind.INTERNAL, words)
    return await Proposal.make(
        session,
        ProposalKind.TAKE_BACK_APPROVAL,
        about=f"application:{application.id}",
        application_id=application.id,
        person_id=application.person_id,
        data={},
        touched=await took_a_step(session, application),
        proposer=proposer,
        by=by,
    )


@carries_out(ProposalKind.TAKE_BACK_APPROVAL)
async def reopen(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    application = await session.get_one(Application, proposal.application_id)
    await application.reopen(session, Move.REOPEN, by=by)
    await application.write_to_applicant(
        session, "application_reopened", now=by.at, of=by.id
    )


async def _must_not_be_removed_since(
    session: AsyncSession, application: Application, *, at: datetime
) -> None:
    """Proposed before the removal by order, it was not for a panel."""
    if await removed_by_order(session, application, at=at):
        raise RemovedSince


@carries_out(*REFUSALS)
async def refuse(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    application = await session.get_one(Application, proposal.application_id)
    await must_not_be_held(session, application)
    context = await _refusal(session, application, proposal, now=by.at)
    application.refuse(because=context["reasons"][0].reasons[0], by=by)
    await conclude(session, application, proposal.kind, by=by)
    await application.write_to_applicant(
        session, REFUSED, now=by.at, of=proposal.id, **context
    )


async def letter_before(
    session: AsyncSession,
    application: Application,
    proposal: Proposal,
    *,
    now: datetime,
) -> Letter | None:
    """What the applicant will read if the proposal is approved now; None of a notice, whose words the page shows."""
    if proposal.kind in REFUSALS:
        letter = REFUSED
        context = await _refusal(session, application, proposal, now=now)
    elif proposal.kind in GRANTS:
        letter = APPROVED
        context = await _approval(session, application, proposal, now=now)
    else:
        return None
    return letter_of(letter, {"application": application, **context})


async def _approval(
    session: AsyncSession,
    application: Application,
    proposal: Proposal,
    *,
    now: datetime,
) -> dict[str, Any]:
    rules = await rules_of(session, application)
    return {
        "pay_by": working_days_after(day_of(now), rules.payment_window_working_days),
        "conditions": await conditions_of(session, proposal.data["conditions"]),
        "rules": rules,
        "other_parts": await parts_of(session, application.person_id, at=now),
        "after_notice": await notice_of(session, application) is not None,
    }


async def _refusal(
    session: AsyncSession,
    application: Application,
    proposal: Proposal,
    *,
    now: datetime,
) -> dict[str, Any]:
    rules = await rules_of(session, application)
    return {
        "reasons": await asked_for(session, proposal.data["reasons"]),
        "last_day": last_day_to_appeal(day_of(now), rules.appeal_days),
        "rules": rules,
        "by_panel": proposal.kind.for_a_panel,
    }


def last_day_to_appeal(told_on: date, appeal_days: int) -> date:
    """An e-mail is served on the next working day; day one is the day after that."""
    return working_days_after(told_on, 1) + timedelta(days=appeal_days)


@dataclass(frozen=True)
class ProposedCondition:
    kind: ConditionKind
    due_on: date | None
    public: str
    internal: str


async def conditions_of(
    session: AsyncSession, data: Iterable[dict[str, Any]]
) -> list[ProposedCondition]:
    """The conditions of a proposal or a decision with their words."""
    data = list(data)
    ids = [UUID(c[key]) for c in data for key in ("text", "because") if c.get(key)]
    texts = await session.execute(
        select(ProcessText.id, ProcessText.words).where(ProcessText.id.in_(ids))
    )
    words = {str(id_): said for id_, said in texts}
    return [
        ProposedCondition(
            ConditionKind(c["kind"]),
            date.fromisoformat(c["due_on"]) if c["due_on"] else None,
            words.get(c.get("text", ""), ""),
            words.get(c.get("because", ""), ""),
        )
        for c in data
    ]


async def reasons_of(session: AsyncSession, proposal: Proposal) -> list[Asked]:
    """Of a refusal, or of a notice of one."""
    noticed = proposal.kind is ProposalKind.MINDED_TO_REFUSE
    key = "grounds" if noticed else "reasons"
    return await asked_for(session, proposal.data.get(key, []))


def conditions_in(proposal: Proposal) -> list[dict[str, Any]]:
    """Of a grant, or of a notice of conditions."""
    noticed = proposal.kind is ProposalKind.MINDED_TO_CONDITION
    conditions: list[dict[str, Any]] = proposal.data.get(
        "grounds" if noticed else "conditions", []
    )
    return conditions


async def refused_because(
    session: AsyncSession, application: Application
) -> list[Asked]:
    """The reasons of a refusal in full, for the applicant's own page: the letter leaves out the restricted ones."""
    proposal = await session.scalar(
        select(Proposal)
        .where(
            Proposal.application_id == application.id,
            Proposal.kind.in_(REFUSALS),
            Proposal.state == ProposalState.APPROVED,
        )
        .order_by(Proposal.decided_at.desc())
        .limit(1)
    )
    return await reasons_of(session, proposal) if proposal else []


async def rules_of(session: AsyncSession, application: Application) -> Rules:
    return (await rule_set_of(session, application)).rules


async def rule_set_of(session: AsyncSession, application: Application) -> RuleSet:
    """The version under which it is decided."""
    return await session.get_one(RuleSet, application.rule_set_id)
