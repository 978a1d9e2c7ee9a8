"""Correcting what the register holds of an entry: proposed with what it would change on each day, and done by two people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import combinations
from typing import Any, Self, TypeAlias
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.entry import (
    A_MOMENT,
    FACTS,
    Entry,
    Facts,
    Status,
    restrictions_at,
    status_at,
)
from register.entry.facts import Current, Hold, Lapse, Registration, Removal
from register.kit.clock import day_of, end_of, start_of
from register.kit.errors import NotFound, Refused
from register.kit.settings import settings
from register.process import Process, TextKind
from register.proposal import Proposal, ProposalKind, carries_out
from register.reaching import write_to

Validity: TypeAlias = Range[datetime]


class CorrectionAct(StrEnum):
    PROPOSE = "correction:propose"
    RETURN = "correction:return"
    APPROVE = "correction:approve"


class CorrectionReason(StrEnum):
    CLERICAL_ERROR = "clerical_error"
    WRONG_PERSON = "wrong_person"
    LATE_EVIDENCE = "late_evidence"
    OTHER = "other"


class NothingCorrected(Refused):
    def __init__(self) -> None:
        super().__init__("These are the days that we hold already.")


class PeriodsOverlap(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This period of registration would overlap another one. Correct the other one first."
        )


class ConditionOutside(Refused):
    def __init__(self) -> None:
        super().__init__(
            "A condition would stand on days on which the entry is not registered. Correct the condition first."
        )


class AfterItsLastDay(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This period of registration would begin after the last day that is printed for it."
        )


class BeforeItsRegistration(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This ended a period of registration or a condition, so it cannot be earlier than that began."
        )


class RecordedSince(Refused):
    def __init__(self) -> None:
        super().__init__(
            "What is to be corrected has changed since this was proposed. Return it, so that it is looked at again."
        )


@dataclass(frozen=True)
class Standing:
    """What the public reads of an entry at one moment."""

    status: Status | None
    restrictions: tuple[str, ...]

    @classmethod
    def of(cls, facts: Facts, at: datetime) -> Self:
        status = status_at(facts, at)
        found = (
            restrictions_at(facts, {}, at, cited={})
            if status and status.current
            else ()
        )
        return cls(status, tuple(one.kind for one in found))


@dataclass(frozen=True)
class Look:
    """A moment, and how the entry stands from then on: as we hold it, and as it would be."""

    at: datetime
    before: Standing
    after: Standing

    @property
    def day(self) -> date | None:
        """The day, where it is as one begins."""
        day = day_of(self.at)
        return day if start_of(day) == self.at else None


@dataclass(frozen=True)
class Correction:
    """`valid` is when the fact was true; None where it never was."""

    entry: Entry
    fact: Current
    valid: Validity | None

    @property
    def from_on(self) -> date | None:
        return day_of(_lower(self.valid)) if self.valid else None

    @property
    def until_on(self) -> date | None:
        """The last day; None while no end is known."""
        upper = self.valid.upper if self.valid else None
        return day_of(upper - A_MOMENT) if upper else None

    @property
    def moves(self) -> Iterator[tuple[Current, Validity | None]]:
        """What ended with a lapse or a removal ends when that does; where that never was, it goes on, if need be until they
        were registered again.
        """
        again = (one.starts for one in self.entry.registrations)
        ends = (
            self.valid.lower
            if self.valid
            else min((at for at in again if at > self.fact.starts), default=None)
        )
        for ended in ended_with(self.entry, self.fact):
            yield ended, Range(ended.starts, ends, bounds="[)")
        yield self.fact, self.valid

    @property
    def facts(self) -> Facts:
        """As the entry would be."""
        moved = {fact.id: (fact, valid) for fact, valid in self.moves}
        return Facts(
            **{
                name: [
                    *(
                        fact
                        for fact in getattr(self.entry, name)
                        if fact.id not in moved
                    ),
                    *(
                        _moved(fact, valid)
                        for fact, valid in moved.values()
                        if valid and isinstance(fact, kind)
                    ),
                ]
                for name, kind in FACTS.items()
            }
        )

    def obstacle(self) -> Refused | None:
        """What keeps the entry from being so."""
        if self.valid == self.fact.valid:
            return NothingCorrected()
        ended = ended_with(self.entry, self.fact)
        ends = self.valid.lower if self.valid else None
        if ends and any(ends <= one.starts for one in ended):
            return BeforeItsRegistration()
        facts = self.facts
        if any(
            one.valid.overlaps(another.valid)
            for one, another in combinations(facts.registrations, 2)
        ):
            return PeriodsOverlap()
        match self.fact:
            case Registration(until_on=last) if self.from_on and self.from_on > last:
                return AfterItsLastDay()
        periods = [one.valid for one in facts.registrations]
        if not all(covered(one.valid, periods) for one in facts.conditions):
            return ConditionOutside()
        return None

    def looks(self, now: datetime) -> list[Look]:
        """Now, and each moment from which the public would read something else."""
        before, after = self.entry.facts, self.facts
        looks = [
            Look(at, Standing.of(before, at), Standing.of(after, at))
            for at in sorted(before.bounds() | after.bounds())
        ]
        current = Look(now, Standing.of(before, now), Standing.of(after, now))
        return [current, *(look for look in looks if look.before != look.after)]

    async def make(self, session: AsyncSession, *, by: Process) -> None:
        """Raises what stands in the way."""
        if refusal := self.obstacle():
            raise refusal
        for fact, valid in list(self.moves):
            if valid is None:
                await self.entry.withdraw(session, fact, by=by)
            else:
                await self.entry.correct(session, fact, valid=valid, by=by)


def ended_with(entry: Entry, fact: Current) -> list[Current]:
    """The registration that a lapse or a removal ended, with its conditions."""
    if not isinstance(fact, Lapse | Removal):
        return []
    return [
        ended
        for ended in (*entry.registrations, *entry.conditions)
        if ended.valid.upper == fact.starts
    ]


def _moved(fact: Current, valid: Validity) -> Current:
    """The fact with another validity, which nobody keeps."""
    kind = type(fact)
    known = {c.key: getattr(fact, c.key) for c in inspect(kind).column_attrs}
    return kind(**known | {"valid": valid})


def _lower(valid: Validity) -> datetime:
    assert valid.lower is not None  # noqa: S101 - the tables' CHECK
    return valid.lower


def covered(valid: Validity, periods: Sequence[Validity]) -> bool:
    """Whether the periods, one after another, hold all of it."""
    at = valid.lower
    for period in sorted(periods, key=_lower):
        if at and period.contains(at):
            at = period.upper
            if at is None or (valid.upper and at >= valid.upper):
                return True
    return False


def valid_of(fact: Current, from_on: date, until_on: date | None) -> Validity:
    """From one day until another, both included; where the day is the one that we hold, the moment stays too."""
    lower = fact.starts if day_of(fact.starts) == from_on else start_of(from_on)
    if until_on == last_day(fact):
        return Range(lower, fact.valid.upper, bounds="[)")
    return Range(lower, end_of(until_on) if until_on else None, bounds="[)")


def last_day(fact: Current) -> date | None:
    return day_of(fact.valid.upper - A_MOMENT) if fact.valid.upper else None


def about(entry: Entry) -> str:
    """As a proposal names it: one correction of an entry waits at a time, so that each is looked at as it would be made."""
    return f"correction:{entry.id}"


async def entry_for(
    session: AsyncSession, reader: Account, entry_id: UUID, *, lock: bool = False
) -> Entry:
    """Raises NotFound for what is not there, or is the reader's own."""
    found = await session.get(Entry, entry_id)
    if found is None or found.person_id == reader.person_id:
        raise NotFound
    return await Entry.load(session, entry_id, lock=lock)


def correctable(entry: Entry) -> list[Current]:
    """Not a hold: whoever placed it ends it, and nobody else knows of it."""
    found = (
        fact
        for name, kind in FACTS.items()
        if kind is not Hold
        for fact in getattr(entry, name)
    )
    return sorted(found, key=lambda fact: (fact.starts, fact.__tablename__))


def fact_of(entry: Entry, fact_id: UUID) -> Current:
    """Raises NotFound."""
    for fact in correctable(entry):
        if fact.id == fact_id:
            return fact
    raise NotFound


async def propose_correction(
    session: AsyncSession,
    correction: Correction,
    *,
    because: CorrectionReason,
    words: str,
    proposer: Account,
    by: Process,
) -> Proposal:
    """Raises what stands in the way, or what Proposal.make raises."""
    if refusal := correction.obstacle():
        raise refusal
    by.say(TextKind.INTERNAL, words)
    return await Proposal.make(
        session,
        ProposalKind.CORRECT_ENTRY,
        about=about(correction.entry),
        person_id=correction.entry.person_id,
        data=_data(correction) | {"because": because},
        touched=[],
        proposer=proposer,
        by=by,
    )


def _data(correction: Correction) -> dict[str, Any]:
    fact, valid = correction.fact, correction.valid
    return {
        "fact": str(fact.id),
        "recorded": fact.recorded_at.isoformat(),
        "from": _lower(valid).isoformat() if valid else None,
        "until": valid.upper.isoformat() if valid and valid.upper else None,
    }


def proposed(entry: Entry, proposal: Proposal) -> Correction | None:
    """None where the fact is not as it was when this was proposed."""
    data = proposal.data
    for fact in correctable(entry):
        if (
            str(fact.id) == data["fact"]
            and fact.recorded_at.isoformat() == data["recorded"]
        ):
            lower, upper = (
                datetime.fromisoformat(data[end]) if data[end] else None
                for end in ("from", "until")
            )
            valid = Range(lower, upper, bounds="[)") if lower else None
            return Correction(entry, fact, valid)
    return None


@carries_out(ProposalKind.CORRECT_ENTRY)
async def correct(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    entry = await Entry.load(session, UUID(proposal.key), lock=True)
    correction = proposed(entry, proposal)
    if correction is None:
        raise RecordedSince
    of = correction.fact.__tablename__
    await correction.make(session, by=by)
    await _write(session, correction, of, by=by)


async def _write(
    session: AsyncSession, correction: Correction, of: str, *, by: Process
) -> None:
    entry = correction.entry
    await write_to(
        session,
        entry.person_id,
        "entry_corrected",
        context={
            "of": of,
            "from_on": correction.from_on,
            "until_on": correction.until_on,
            "number": entry.person.number,
            "contact": settings().contact_email,
        },
        key=f"entry_corrected:{by.id}",
        now=by.at,
    )
