"""Removing an entry: under notice for a condition or learning not met or an entry wrongly made, without on a conviction."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.condition import standing_of
from register.entry import Entry, EntryHeld, Move, NotPossible, RemovalReason
from register.kit.clock import day_of
from register.kit.errors import NotFound, Refused
from register.notice.notice import (
    Notice,
    NoticeOutcome,
    open_notice,
)
from register.notice.service import ServiceMethod, deemed_on, last_day, left_on
from register.process import Process, TextKind
from register.proposal import Proposal, ProposalKind, carries_out, withdraw_waiting
from register.reaching import way_to, write_to
from register.rule_set import RuleSet

UNDER_NOTICE = (RemovalReason.CONDITION, RemovalReason.CPD, RemovalReason.ERROR)
OVERDUE = (RemovalReason.CONDITION, RemovalReason.CPD)
"""Each for a condition that was not met; that of an audit of learning is told apart."""
AT_ONCE = (RemovalReason.AUTOMATIC,)
"""On conviction of a listed offence nobody is asked for representations; two people decide all the same."""


class NotOverdue(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This condition is not overdue: it is met, it is not due yet, or its clock stands still."
        )


class NoticeStands(Refused):
    def __init__(self) -> None:
        super().__init__("A notice about this entry has been served already.")


def about_removal(entry_id: UUID) -> str:
    """As a proposal names it."""
    return f"removal:{entry_id}"


async def propose_notice_of_removal(
    session: AsyncSession,
    entry: Entry,
    *,
    because: RemovalReason,
    condition_id: UUID | None = None,
    words: str,
    proposer: Account,
    by: Process,
) -> Proposal:
    """With the words that the registrant will read; raises NotPossible, NotOverdue, EntryHeld or NoticeStands."""
    if await open_notice(session, entry_id=entry.id):
        raise NoticeStands
    await _must_be_removable(session, entry, because, condition_id, now=by.at)
    data = {
        "because": because,
        "condition": str(condition_id) if condition_id else None,
        "text": str(by.say(TextKind.PUBLIC, words).id),
    }
    kind = ProposalKind.MINDED_TO_REMOVE
    return await _propose(session, entry, kind, data, proposer=proposer, by=by)


async def propose_removal(
    session: AsyncSession,
    notice: Notice,
    entry: Entry,
    *,
    words: str,
    proposer: Account,
    by: Process,
) -> Proposal:
    """What the notice said; raises StillTime, and what the notice itself was held against."""
    notice.must_be_heard()
    assert notice.because is not None  # noqa: S101 - the table's CHECK
    await _must_be_removable(
        session, entry, notice.because, notice.condition_id, now=by.at
    )
    by.say(TextKind.INTERNAL, words)
    data = {"because": notice.because, "notice": str(notice.id)}
    return await _propose(
        session,
        entry,
        ProposalKind.REMOVE,
        data,
        touched=notice.took_a_step,
        proposer=proposer,
        by=by,
    )


async def propose_removal_at_once(
    session: AsyncSession,
    entry: Entry,
    *,
    evidence: str,
    proposer: Account,
    by: Process,
) -> Proposal:
    """On conviction of a listed offence; the words say what we have seen of it."""
    await _must_be_removable(session, entry, RemovalReason.AUTOMATIC, None, now=by.at)
    by.say(TextKind.INTERNAL, evidence)
    data = {"because": RemovalReason.AUTOMATIC, "notice": None}
    return await _propose(
        session, entry, ProposalKind.REMOVE, data, proposer=proposer, by=by
    )


async def _must_be_removable(
    session: AsyncSession,
    entry: Entry,
    because: RemovalReason,
    condition_id: UUID | None,
    *,
    now: datetime,
) -> None:
    """A hold keeps an entry only from going for a condition: who is looked into does not leave by that door."""
    if not entry.allows(Move.REMOVE, now):
        raise NotPossible(entry, Move.REMOVE, entry.status_at(now))
    if because not in OVERDUE:
        return
    if condition_id is None or not await _is_overdue(session, condition_id, now=now):
        raise NotOverdue
    if entry.held_at(now):
        raise EntryHeld(entry)


async def _is_overdue(
    session: AsyncSession, condition_id: UUID, *, now: datetime
) -> bool:
    try:
        standing = await standing_of(session, condition_id, now=now)
    except NotFound:
        return False
    return standing.overdue(day_of(now))


async def _propose(
    session: AsyncSession,
    entry: Entry,
    kind: ProposalKind,
    data: dict[str, Any],
    *,
    touched: set[UUID] | None = None,
    proposer: Account,
    by: Process,
) -> Proposal:
    return await Proposal.make(
        session,
        kind,
        about=about_removal(entry.id),
        person_id=entry.person_id,
        data=data,
        touched=touched or (),
        proposer=proposer,
        by=by,
    )


@carries_out(ProposalKind.MINDED_TO_REMOVE)
async def give_notice(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    entry = await Entry.load(session, UUID(proposal.key), lock=True)
    because = RemovalReason(proposal.data["because"])
    condition = proposal.data["condition"]
    condition_id = UUID(condition) if condition else None
    await _must_be_removable(session, entry, because, condition_id, now=by.at)
    await Notice.serve(
        session,
        proposal,
        rule_set=await RuleSet.on(session, entry.part, day_of(by.at)),
        entry=entry,
        because=because,
        condition_id=condition_id,
        text_id=UUID(proposal.data["text"]),
        letter={"because": because, "part": entry.part},
        by=by,
    )


@carries_out(ProposalKind.REMOVE)
async def remove(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    """From now; the letter tells of the right of appeal and its last day."""
    entry = await Entry.load(session, UUID(proposal.key), lock=True)
    because = RemovalReason(proposal.data["because"])
    notice = await open_notice(session, entry_id=entry.id)
    if because in UNDER_NOTICE:
        if notice is None or str(notice.id) != proposal.data["notice"]:
            raise NotFound
        notice.must_be_heard()
    condition_id = notice.condition_id if notice else None
    await _must_be_removable(session, entry, because, condition_id, now=by.at)
    await entry.remove(session, on=by.at, because=because, by=by)
    if notice:
        carried_out = notice.because is because
        notice.end(
            NoticeOutcome.CARRIED_OUT if carried_out else NoticeOutcome.CHANGED, by=by
        )
    await _tell_registrant(session, entry, because, under_notice=bool(notice), by=by)


async def _tell_registrant(
    session: AsyncSession,
    entry: Entry,
    because: RemovalReason,
    *,
    under_notice: bool,
    by: Process,
) -> None:
    way = await way_to(session, entry.person_id)
    if way is None:
        return
    method = ServiceMethod.by(way.channel)
    await write_to(
        session,
        entry.person_id,
        "entry_removed",
        way=way,
        context={
            "because": because,
            "part": entry.part,
            "number": entry.person.number,
            "under_notice": under_notice,
            "appeal_by": await appeal_by(
                session, entry, left_on(by.at, method), method=method
            ),
        },
        key=f"entry_removed:{by.id}",
        now=by.at,
    )


async def appeal_by(
    session: AsyncSession,
    entry: Entry,
    sent_on: date,
    *,
    method: ServiceMethod = ServiceMethod.EMAIL,
) -> date:
    """The last day of the right of appeal: it runs from the day on which the decision counts as served."""
    rules = (await RuleSet.on(session, entry.part, sent_on)).rules
    served_on = deemed_on(sent_on, method)
    return last_day(served_on, rules.appeal_days)


async def drop(
    session: AsyncSession, notice: Notice, *, words: str, by: Process
) -> None:
    """The entry stays as it is; with the words that the registrant reads. What waits for a second person waits no longer."""
    if notice.entry_id is None:
        raise NotFound
    notice.end(NoticeOutcome.DROPPED, by=by)
    by.say(TextKind.PUBLIC, words)
    await withdraw_waiting(session, about_removal(notice.entry_id), by=by)
    entry = await Entry.load(session, notice.entry_id)
    status = entry.status_at(by.at)
    await notice.write(
        session,
        "notice_dropped",
        of=notice.id,
        now=by.at,
        words=words,
        stays=bool(status and status.current),
    )
