"""Taking somebody out of public view, on every surface at once: for their safety, or because they died."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.entry import Entry, project_many
from register.kit.clock import day_of
from register.kit.errors import Refused
from register.kit.post import break_silence, silence
from register.person import Person, PersonEvent
from register.process import Process, TextKind
from register.proposal import Proposal, ProposalKind, carries_out


class HidingAct(StrEnum):
    WITHHOLD = "person:withhold"
    RECORD_DEATH = "person:record_death"
    PROPOSE = "person:propose"
    APPROVE = "person:approve"
    RETURN = "person:return"


class ToldBy(StrEnum):
    """From whom we know of a death."""

    FAMILY = "family"
    EMPLOYER = "employer"
    CERTIFICATE = "certificate"
    OTHER = "other"


class AlreadyHidden(Refused):
    def __init__(self) -> None:
        super().__init__("That is recorded of this person already.")


class NotYetDied(Refused):
    def __init__(self) -> None:
        super().__init__("The day on which somebody died cannot be in the future.")


class NothingHidden(Refused):
    def __init__(self) -> None:
        super().__init__("This person is in public view, so there is nothing to undo.")


async def withhold(
    session: AsyncSession, person: Person, *, because: str, by: Process
) -> None:
    """Show no detail anywhere public, from this moment; raises AlreadyHidden."""
    if person.withheld:
        raise AlreadyHidden
    person.withheld = True
    by.tell(PersonEvent.WITHHELD, person_id=person.id)
    by.say(TextKind.INTERNAL, because)
    await _project(session, person, by=by)


async def record_death(
    session: AsyncSession, person: Person, *, on: date, told_by: ToldBy, by: Process
) -> None:
    """Shows the entries no longer, and stops every letter; raises AlreadyHidden or NotYetDied."""
    if person.deceased_on:
        raise AlreadyHidden
    if on > day_of(by.at):
        raise NotYetDied
    person.deceased_on = on
    by.tell(PersonEvent.DIED, person_id=person.id, on=on, told_by=told_by)
    await silence(session, person.id, now=by.at)
    await _project(session, person, by=by)


def about(person: Person) -> str:
    """As a proposal names a person."""
    return f"person:{person.id}"


async def propose_showing(
    session: AsyncSession,
    person: Person,
    *,
    because: str,
    proposer: Account,
    by: Process,
) -> Proposal:
    """To show somebody again who was withheld or said to be dead; raises NothingHidden, or what Proposal.make raises."""
    if not (person.withheld or person.deceased_on):
        raise NothingHidden
    by.say(TextKind.INTERNAL, because)
    return await Proposal.make(
        session,
        ProposalKind.UNDO_DEATH if person.deceased_on else ProposalKind.SHOW_AGAIN,
        about=about(person),
        person_id=person.id,
        data={},
        touched=[],
        proposer=proposer,
        by=by,
    )


@carries_out(ProposalKind.SHOW_AGAIN)
async def show_again(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    person = await _person(session, proposal)
    person.withheld = False
    by.tell(PersonEvent.SHOWN_AGAIN, person_id=person.id)
    await _project(session, person, by=by)


@carries_out(ProposalKind.UNDO_DEATH)
async def undo_death(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    """It was somebody else, or a mistake."""
    person = await _person(session, proposal)
    person.deceased_on = None
    by.tell(PersonEvent.DEATH_UNDONE, person_id=person.id)
    await break_silence(session, person.id)
    await _project(session, person, by=by)


async def _person(session: AsyncSession, proposal: Proposal) -> Person:
    return await session.get_one(Person, proposal.person_id, with_for_update=True)


async def _project(session: AsyncSession, person: Person, *, by: Process) -> None:
    await session.flush()
    ids: list[UUID] = list(
        await session.scalars(select(Entry.id).where(Entry.person_id == person.id))
    )
    await project_many(session, await Entry.load_many(session, ids), now=by.at)
