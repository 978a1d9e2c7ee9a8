"""What the conflict radar is fed with: of a case and its person, and of whoever might decide on it.

It asks as the service: that somebody decided on the person before, or sits elsewhere that day, is not the asker's to read.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, Self, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from fitness.case import Case, CaseMember, Place
from fitness.fence import as_the_service
from fitness.hearing.hearing import Hearing
from fitness.hearing.kind import HearingState, Seat
from fitness.hearing.member import HearingMember
from fitness.investigation.allegation import Particular
from fitness.panel import (
    Candidate,
    Clash,
    Decider,
    DeclaredInterest,
    FreeDays,
    Matter,
    clashes,
    free_days_of,
    interests_of,
    tie_to,
    worked,
)
from register.account import Account
from register.employment import Home
from register.person import survivor, with_merged
from register.proposal import Proposal, ProposalKind, ProposalState


class OfAccount(Protocol):
    @property
    def account_id(self) -> UUID: ...


A = TypeVar("A", bound=OfAccount)


async def clashes_in(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    account: Account,
    seat: Seat,
) -> tuple[Clash, ...]:
    found = await radar(session, case, hearing, [(account, seat)])
    return found[account.id]


async def radar(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    accounts: Sequence[tuple[Account, Seat]],
) -> dict[UUID, tuple[Clash, ...]]:
    """Of each account, in the seat that they might have."""
    async with as_the_service(session):
        matter = await matter_of(session, case, hearing)
        people = await with_merged(session, await survivor(session, case.person_id))
        facts = await Facts.gathered(
            session, case, hearing, [one.id for one, _ in accounts], set(people)
        )
        return {
            account.id: clashes(await facts.candidate(session, account, seat), matter)
            for account, seat in accounts
        }


async def matter_of(session: AsyncSession, case: Case, hearing: Hearing) -> Matter:
    people = await with_merged(session, await survivor(session, case.person_id))
    where = await session.scalars(
        select(Home)
        .join(Particular, Particular.home_id == Home.id)
        .where(Particular.case_id == case.id)
        .options(joinedload(Home.provider))
    )
    alleged = [tie_to(home, hearing.first_on) for home in where.all()]
    rules = case.rule_set.rules
    return Matter(
        first=hearing.first_on,
        last=hearing.last_on,
        ties=(*await worked(session, people), *alleged),
        employer_months=rules.conflict_employer_months,
        area_months=rules.conflict_area_months,
    )


@dataclass(frozen=True)
class Facts:
    """Of all who are asked about, gathered at once."""

    people: Collection[UUID]
    """Who the case is about, under whatever record."""
    hearing: Hearing
    places: dict[UUID, list[CaseMember]]
    """That they have or had in the case."""
    decided: Collection[UUID]
    busy: Collection[UUID]
    interests: dict[UUID, list[DeclaredInterest]]
    free: dict[UUID, list[FreeDays]]
    areas: dict[UUID, frozenset[str]]

    @classmethod
    async def gathered(
        cls,
        session: AsyncSession,
        case: Case,
        hearing: Hearing,
        accounts: Sequence[UUID],
        people: Collection[UUID],
    ) -> Self:
        places = await session.scalars(
            select(CaseMember).where(
                CaseMember.case_id == case.id, CaseMember.account_id.in_(accounts)
            )
        )
        known = await session.scalars(
            select(Decider).where(Decider.account_id.in_(accounts))
        )
        return cls(
            people,
            hearing,
            _by_account(places),
            await _decided_about(session, accounts, people),
            await sitting_elsewhere(
                session, accounts, hearing, hearing.first_on, hearing.last_on
            ),
            _by_account(await interests_of(session, accounts)),
            _by_account(await free_days_of(session, accounts)),
            {one.account_id: frozenset(one.areas) for one in known},
        )

    async def candidate(
        self, session: AsyncSession, account: Account, seat: Seat
    ) -> Candidate:
        place = self.hearing.kind.place if seat.votes else Place.LEGAL_ADVISER
        interests = self.interests.get(account.id, [])
        own = await _own_records(session, account)
        ties = [
            tie_to(one.home, one.from_on, one.until_on) for one in interests if one.home
        ]
        return Candidate(
            about_them=bool(own & set(self.people)),
            other_staff=not place.fits(account.roles),
            another_place=any(
                one.place is not place for one in self.places.get(account.id, [])
            ),
            decided_before=account.id in self.decided,
            knows_them=any(one.person_id in self.people for one in interests),
            busy=account.id in self.busy,
            free=self._free(account.id),
            declared=any(not one.home and not one.person_id for one in interests),
            ties=(*await worked(session, own), *ties),
            areas=self.areas.get(account.id, frozenset()),
        )

    def _free(self, account: UUID) -> bool:
        """On every day of it."""
        first, last = self.hearing.first_on, self.hearing.last_on
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        offered = self.free.get(account, [])
        return all(
            any(one.from_on <= day <= one.until_on for one in offered) for day in days
        )


async def _own_records(session: AsyncSession, account: Account) -> set[UUID]:
    """Of the person behind the account, where there is one."""
    if account.person_id is None:
        return set()
    return set(await with_merged(session, await survivor(session, account.person_id)))


async def _decided_about(
    session: AsyncSession, accounts: Sequence[UUID], people: Collection[UUID]
) -> set[UUID]:
    """On a panel, or as adjudicators on an appeal about their registration."""
    found = await session.scalars(
        select(HearingMember.account_id)
        .join(Hearing, Hearing.id == HearingMember.hearing_id)
        .join(Case, Case.id == Hearing.case_id)
        .where(
            HearingMember.account_id.in_(accounts),
            HearingMember.released_at.is_(None),
            HearingMember.seat != Seat.ADVISER,
            Hearing.state == HearingState.DECIDED,
            Case.person_id.in_(people),
        )
    )
    appeals = await session.execute(
        select(Proposal.proposer_id, Proposal.approver_id).where(
            Proposal.kind == ProposalKind.APPEAL_OUTCOME,
            Proposal.state == ProposalState.APPROVED,
            Proposal.person_id.in_(people),
        )
    )
    two = {account for pair in appeals for account in pair}
    return set(found.all()) | two & set(accounts)


async def sitting_elsewhere(
    session: AsyncSession,
    accounts: Sequence[UUID],
    hearing: Hearing,
    first: date,
    last: date,
) -> set[UUID]:
    """On another hearing, on one of these days."""
    found = await session.scalars(
        select(HearingMember.account_id).where(
            HearingMember.account_id.in_(accounts),
            HearingMember.hearing_id != hearing.id,
            HearingMember.sits,
            HearingMember.first_on <= last,
            HearingMember.last_on >= first,
        )
    )
    return set(found.all())


def _by_account(rows: Iterable[A]) -> dict[UUID, list[A]]:
    found: dict[UUID, list[A]] = {}
    for row in rows:
        found.setdefault(row.account_id, []).append(row)
    return found
