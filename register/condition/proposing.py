"""Pausing the clock of a condition, giving it more time, and discharging it: each by two people."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.condition.acts import ConditionEvent
from register.condition.clock import (
    AlreadyPaused,
    BeforeTheClock,
    ClockPause,
    DueAlready,
    PausedThen,
    PauseReason,
    Standing,
    standing_of,
)
from register.kit.errors import Refused
from register.kit.post import Letter, letter_of
from register.process import Process, TextKind
from register.proposal import Proposal, ProposalKind, carries_out
from register.qualification import Qualification


class NotLater(Refused):
    def __init__(self) -> None:
        super().__init__(
            "More time means a later day than the one on which the condition is due."
        )


@dataclass(frozen=True)
class Award:
    """Of a qualification that somebody was working towards."""

    qualification_id: UUID
    awarded_on: date

    @property
    def data(self) -> dict[str, str]:
        """As a proposal carries it."""
        return {
            "qualification": str(self.qualification_id),
            "awarded_on": self.awarded_on.isoformat(),
        }

    @classmethod
    def proposed(cls, proposal: Proposal) -> Self | None:
        if "qualification" not in proposal.data:
            return None
        awarded_on = date.fromisoformat(proposal.data["awarded_on"])
        return cls(UUID(proposal.data["qualification"]), awarded_on)


async def propose_pause(
    session: AsyncSession,
    standing: Standing,
    *,
    because: PauseReason,
    from_on: date,
    words: str,
    proposer: Account,
    by: Process,
) -> Proposal:
    """Let the clock stand still from that day until somebody sets it going; raises what `_must_pause_then` does."""
    await _must_pause_then(session, standing, from_on)
    data = {"because": because, "from_on": from_on.isoformat()}
    kind = ProposalKind.PAUSE_CLOCK
    return await _propose(
        session, standing, kind, data, words=words, proposer=proposer, by=by
    )


async def _must_pause_then(
    session: AsyncSession, standing: Standing, from_on: date
) -> None:
    """Raises AlreadyPaused, DueAlready, BeforeTheClock or PausedThen."""
    if standing.paused:
        raise AlreadyPaused
    if standing.condition.due_on is None or from_on > standing.condition.due_on:
        raise DueAlready
    if from_on < (began := await standing.began(session)):
        raise BeforeTheClock(began)
    for last in standing.pauses[:1]:
        if last.until_on and from_on <= last.until_on:
            raise PausedThen(last)


async def propose_extension(
    session: AsyncSession,
    standing: Standing,
    *,
    due_on: date,
    words: str,
    proposer: Account,
    by: Process,
) -> Proposal:
    """Raises NotLater."""
    _must_be_later(standing, due_on)
    kind, data = ProposalKind.EXTEND_CONDITION, {"due_on": due_on.isoformat()}
    return await _propose(
        session, standing, kind, data, words=words, proposer=proposer, by=by
    )


def _must_be_later(standing: Standing, due_on: date) -> None:
    if standing.condition.due_on is None or due_on <= standing.condition.due_on:
        raise NotLater


async def propose_discharge(
    session: AsyncSession,
    standing: Standing,
    *,
    awarded: Award | None = None,
    words: str,
    proposer: Account,
    by: Process,
) -> Proposal:
    """The condition is met: by a qualification that they were working towards, if that is what it asked."""
    kind = ProposalKind.DISCHARGE_CONDITION
    data = awarded.data if awarded else {}
    return await _propose(
        session, standing, kind, data, words=words, proposer=proposer, by=by
    )


async def _propose(
    session: AsyncSession,
    standing: Standing,
    kind: ProposalKind,
    data: dict[str, Any],
    *,
    words: str,
    proposer: Account,
    by: Process,
) -> Proposal:
    by.say(TextKind.INTERNAL, words)
    return await Proposal.make(
        session,
        kind,
        about=standing.about,
        person_id=standing.entry.person_id,
        data=data | {"condition": str(standing.condition.id)},
        touched=[],
        proposer=proposer,
        by=by,
    )


@carries_out(ProposalKind.PAUSE_CLOCK)
async def pause(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    standing = await _standing(session, proposal, by)
    from_on = date.fromisoformat(proposal.data["from_on"])
    await _must_pause_then(session, standing, from_on)
    paused = ClockPause(
        condition_id=standing.condition.id,
        entry_id=standing.entry.id,
        because=PauseReason(proposal.data["because"]),
        from_on=from_on,
        process_id=by.id,
        recorded_at=by.at,
    )
    session.add(paused)
    _tell(standing, ConditionEvent.PAUSED, by, from_on=from_on, because=paused.because)
    await _write(session, standing, proposal, by=by)


@carries_out(ProposalKind.EXTEND_CONDITION)
async def extend(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    standing = await _standing(session, proposal, by)
    due_on = date.fromisoformat(proposal.data["due_on"])
    _must_be_later(standing, due_on)
    _tell(standing, ConditionEvent.EXTENDED, by, due_on=due_on)
    await standing.entry.move_due(session, standing.condition, due_on=due_on, by=by)
    await _write(session, standing, proposal, by=by)


@carries_out(ProposalKind.DISCHARGE_CONDITION)
async def discharge(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    standing = await _standing(session, proposal, by)
    awarded = Award.proposed(proposal)
    if awarded:
        held = await session.get_one(Qualification, awarded.qualification_id)
        held.award(awarded.awarded_on, now=by.at)
    _tell(standing, ConditionEvent.DISCHARGED, by, **(awarded.data if awarded else {}))
    await standing.entry.end(session, standing.condition, on=by.at, by=by)
    await _write(session, standing, proposal, by=by)


async def _standing(session: AsyncSession, proposal: Proposal, by: Process) -> Standing:
    condition_id = UUID(proposal.data["condition"])
    return await standing_of(session, condition_id, now=by.at, lock=True)


def _tell(standing: Standing, event: ConditionEvent, by: Process, **facts: Any) -> None:
    by.tell(
        event,
        person_id=standing.entry.person_id,
        condition=standing.condition.id,
        **facts,
    )


async def _write(
    session: AsyncSession, standing: Standing, proposal: Proposal, *, by: Process
) -> None:
    letter = LETTERS[proposal.kind]
    await standing.write(session, letter, by=by, **_said_in(proposal))


LETTERS = {
    ProposalKind.PAUSE_CLOCK: "condition_paused",
    ProposalKind.EXTEND_CONDITION: "condition_extended",
    ProposalKind.DISCHARGE_CONDITION: "condition_discharged",
}


def letter_before(proposal: Proposal) -> Letter:
    """What the registrant will read if the proposal is approved."""
    return letter_of(LETTERS[proposal.kind], _said_in(proposal))


def _said_in(proposal: Proposal) -> dict[str, date]:
    """The day that the letter names, if any."""
    days = {name: proposal.data.get(name) for name in ("from_on", "due_on")}
    return {name: date.fromisoformat(day) for name, day in days.items() if day}
