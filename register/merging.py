"""Merging: two records that turned out to be of one person become one, once a second person agrees."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from register.account import Account
from register.application import Application, ApplicationState
from register.cpd import take_learning
from register.cpd.audit import AuditCase
from register.employment import Employment, EmploymentGap, EmploymentSuperseded
from register.enquiry import Enquiry
from register.entry import Entry, project_many
from register.kit.errors import Refused
from register.matching import (
    Match,
    MatchState,
    WatchHit,
    look_for_matches,
    open_hits,
)
from register.matching.record import MatchRecord
from register.notice import Notice
from register.part import Part
from register.particulars import ParticularsChange, changes_of, take_contact
from register.person import NameKind, Person, PersonName, fold
from register.process import Process, TextKind
from register.proposal import Proposal, ProposalKind, carries_out, withdraw_waiting
from register.qualification import Qualification
from register.renewal import take_renewals
from register.request import Request


class MergeAct(StrEnum):
    PROPOSE = "match:propose_merge"
    RETURN = "match:return_merge"
    APPROVE = "match:approve_merge"


class MergeEvent(StrEnum):
    MERGED = "person:merged"


class BothEntered(Refused):
    """Which of two entries in one part holds true is a decision of its own, that no merge may make."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        super().__init__(
            "Both have an entry in the same part of the register, so they cannot be merged. "
            "Decide first which of the two entries was made in error, and remove it."
        )


class BothApply(Refused):
    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        super().__init__(
            "Both have an application open for the same part, so they cannot be merged until one of them is over."
        )


class NumberStays(Refused):
    def __init__(self) -> None:
        super().__init__(
            "One of the two has a registration number, which is for life: theirs is the record to keep."
        )


class StaffAccount(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Both have an account, and the one that would be closed is a member of staff’s. Keep that one."
        )


class FeeAwaited(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The account that would be closed has a fee to pay. Keep that account, or wait until the fee is paid."
        )


class ChangedSince(Refused):
    def __init__(self) -> None:
        super().__init__(
            "One of the two has changed since this was proposed. Return it, so that it is looked at again."
        )


@dataclass(frozen=True)
class Choice:
    """Whose record is kept, and whose word is taken for each field; each is one of the two persons."""

    keep: UUID
    given_names: UUID
    family_name: UUID
    birth_date: UUID
    account: UUID
    """Whose account stays open, where both have one."""

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        return cls(**{f.name: UUID(data[f.name]) for f in fields(cls)})

    @property
    def data(self) -> dict[str, str]:
        return {name: str(person_id) for name, person_id in asdict(self).items()}


async def obstacle(session: AsyncSession, match: Match) -> Refused | None:
    """What keeps the two from being merged, whoever is kept."""
    for column, where, refusal in (
        (Entry.part, Entry.person_id.in_(_ids(match)), BothEntered),
        (
            Application.part,
            Application.person_id.in_(_ids(match)) & ~Application.over,
            BothApply,
        ),
    ):
        parts = await session.scalars(
            select(column).where(where).group_by(column).having(func.count() > 1)
        )
        if twice := list(parts):
            return refusal(twice)
    return None


def _ids(match: Match) -> tuple[UUID, UUID]:
    return match.one_id, match.other_id


async def accounts_of(session: AsyncSession, match: Match) -> dict[UUID, Account]:
    """By the person whose they are."""
    found = await session.scalars(
        select(Account)
        .options(selectinload(Account.grants))
        .where(Account.person_id.in_(_ids(match)))
    )
    return {account.person_id: account for account in found if account.person_id}


async def propose_merge(
    session: AsyncSession,
    match: Match,
    choice: Choice,
    *,
    because: str,
    proposer: Account,
    by: Process,
) -> Proposal:
    """Raises what stands in the way, or what Proposal.make raises."""
    await _must_be_possible(session, match, choice)
    by.say(TextKind.INTERNAL, because)
    versions = {str(person.id): person.version for person in (match.one, match.other)}
    return await Proposal.make(
        session,
        ProposalKind.MERGE,
        about=match.about,
        person_id=choice.keep,
        data={**choice.data, "versions": versions},
        touched=(),
        proposer=proposer,
        by=by,
    )


async def _must_be_possible(
    session: AsyncSession, match: Match, choice: Choice
) -> None:
    if refusal := await obstacle(session, match):
        raise refusal
    kept, lost = _kept_and_lost(match, choice)
    if lost.number and not kept.number:
        raise NumberStays
    accounts = await accounts_of(session, match)
    if closing := _closing(accounts, choice):
        if closing.is_staff:
            raise StaffAccount
        awaited = select(Application.id).where(
            Application.account_id == closing.id,
            Application.state == ApplicationState.APPROVED,
        )
        if await session.scalar(awaited.limit(1)):
            raise FeeAwaited


def _kept_and_lost(match: Match, choice: Choice) -> tuple[Person, Person]:
    if match.one_id == choice.keep:
        return match.one, match.other
    return match.other, match.one


def _closing(accounts: dict[UUID, Account], choice: Choice) -> Account | None:
    """The account that is given up, where there are two."""
    if len(accounts) < 2:
        return None
    return next(a for person_id, a in accounts.items() if person_id != choice.account)


@carries_out(ProposalKind.MERGE)
async def merge(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    """The record that is lost stays, and leads to the one that is kept; fees and fitness keep their rows and ask who survives."""
    match = await _locked(session, proposal)
    choice = Choice.from_data(proposal.data)
    await _must_be_possible(session, match, choice)
    kept, lost = _kept_and_lost(match, choice)
    await _take_names(session, match, choice, kept)
    await _take_account(session, match, choice, kept, by=by)
    for change in await changes_of(session, lost.id):
        if change.open:
            await change.withdraw(session, by=by)
    await _take_rows(session, kept, lost)
    lost.merged_into = kept.id
    kept.withheld = kept.withheld or lost.withheld
    kept.deceased_on = kept.deceased_on or lost.deceased_on
    for person, other in ((kept, lost), (lost, kept)):
        by.tell(
            MergeEvent.MERGED,
            person_id=person.id,
            match=match.id,
            kept=kept.id,
            lost=lost.id,
            number=other.number,
        )
    match.settle(MatchState.MERGED, by=by)
    await session.flush()
    await _project(session, kept, by)
    await _look_anew(session, kept, lost, by)


async def _locked(session: AsyncSession, proposal: Proposal) -> Match:
    """Both persons and the match, so that nobody changes what is being put together; raises ChangedSince."""
    match = await session.get_one(Match, UUID(proposal.key))
    persons = await session.scalars(
        select(Person)
        .where(Person.id.in_(_ids(match)))
        .order_by(Person.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    match.one, match.other = persons.all()
    versions = proposal.data["versions"]
    if any(p.version != versions[str(p.id)] for p in (match.one, match.other)):
        raise ChangedSince
    return match


async def _take_names(
    session: AsyncSession, match: Match, choice: Choice, kept: Person
) -> None:
    """What was chosen becomes the name; every other name of the two stays as one they had."""
    of = {match.one_id: match.one, match.other_id: match.other}
    names = {person.name for person in of.values()}
    kept.call(of[choice.given_names].given_names, of[choice.family_name].family_name)
    kept.birth_date = of[choice.birth_date].birth_date
    held = await session.scalars(
        select(PersonName).where(PersonName.person_id.in_(_ids(match)))
    )
    known = {fold(kept.name)}
    for row in held:
        row.person_id = kept.id
        known.add(fold(row.name))
    for name in sorted(names):
        if fold(name) not in known:
            session.add(
                PersonName(
                    id=uuid4(), person_id=kept.id, kind=NameKind.FORMER, name=name
                )
            )


async def _take_account(
    session: AsyncSession, match: Match, choice: Choice, kept: Person, *, by: Process
) -> None:
    """The one that was chosen has the record from now on, and the applications that were made with the other."""
    accounts = await accounts_of(session, match)
    closing = _closing(accounts, choice)
    staying = next((a for a in accounts.values() if a is not closing), None)
    for account in accounts.values():
        account.person_id = None
    await session.flush()
    if staying:
        staying.person_id = kept.id
    if staying and closing:
        await closing.close(session, by=by)
        await session.execute(
            update(Application)
            .where(Application.account_id == closing.id)
            .values(account_id=staying.id, version=Application.version + 1)
        )
        await session.execute(
            update(Enquiry)
            .where(Enquiry.account_id == closing.id)
            .values(account_id=staying.id, version=Enquiry.version + 1)
        )


async def _take_rows(session: AsyncSession, kept: Person, lost: Person) -> None:
    await take_contact(session, kept=kept.id, lost=lost.id)
    await take_learning(session, kept=kept.id, lost=lost.id)
    await take_renewals(session, kept=kept.id, lost=lost.id)
    for table in (Entry, Application):
        await session.execute(
            update(table)
            .where(table.person_id == lost.id)
            .values(person_id=kept.id, version=table.version + 1)
        )
    for rows in (
        Employment,
        EmploymentGap,
        EmploymentSuperseded,
        ParticularsChange,
        Qualification,
        Request,
        Proposal,
        Notice,
        AuditCase,
    ):
        await session.execute(
            update(rows).where(rows.person_id == lost.id).values(person_id=kept.id)
        )


async def _project(session: AsyncSession, kept: Person, by: Process) -> None:
    entries = await session.scalars(select(Entry).where(Entry.person_id == kept.id))
    ids = []
    for entry in entries:
        ids.append(entry.id)
        session.expire(entry)
    await project_many(session, await Entry.load_many(session, ids), now=by.at)


async def _look_anew(
    session: AsyncSession, kept: Person, lost: Person, by: Process
) -> None:
    """All that the lost one was known by is the kept one's; who was like one of the two is compared with both in one."""
    record = await session.get_one(MatchRecord, lost.id)
    traits = record.traits
    await session.delete(record)
    for match in await _open_of(session, lost):
        await withdraw_waiting(session, match.about, by=by)
        match.settle(MatchState.GONE, by=by)
    for hit in await open_hits(session, lost.id):
        hit.let_go(by=by)
    of_lost = update(WatchHit).where(WatchHit.removed_id == lost.id)
    await session.execute(of_lost.values(removed_id=kept.id))
    await look_for_matches(session, kept, traits, by=by)


async def _open_of(session: AsyncSession, person: Person) -> Sequence[Match]:
    found = await session.scalars(
        select(Match).where(
            Match.open, (Match.one_id == person.id) | (Match.other_id == person.id)
        )
    )
    return found.all()


@dataclass(frozen=True)
class Merged:
    """What a proposal to merge would come to."""

    kept: Person
    lost: Person
    given_names: str
    family_name: str
    birth_date: date | None
    closing: Account | None


async def outcome(session: AsyncSession, match: Match, proposal: Proposal) -> Merged:
    choice = Choice.from_data(proposal.data)
    of = {match.one_id: match.one, match.other_id: match.other}
    kept, lost = _kept_and_lost(match, choice)
    return Merged(
        kept,
        lost,
        of[choice.given_names].given_names,
        of[choice.family_name].family_name,
        of[choice.birth_date].birth_date,
        _closing(await accounts_of(session, match), choice),
    )
