"""A case as the registrant finds it: only once they are told of it, and nothing of the work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from fitness.case import Case, Stage
from fitness.fence import Capacity, look_as
from fitness.investigation.clock import InvestigationClock, clock_of
from fitness.investigation.disclosure import Disclosure, disclosures_of
from fitness.investigation.hold import InvestigationHold, holds_of
from fitness.investigation.served import CaseService, ServiceKind, services_of
from register.account import Account
from register.kit.errors import NotFound
from register.person import survivor, with_merged


@dataclass(frozen=True)
class OwnCase:
    """What there is for the registrant to know, asked as the registrant: the fence hides the rest."""

    case: Case
    served: Sequence[CaseService]
    """All that was, the latest first."""
    disclosures: Sequence[Disclosure]
    holds: Sequence[InvestigationHold]

    @classmethod
    async def of(cls, session: AsyncSession, case: Case) -> Self:
        return cls(
            case,
            await services_of(session, case.id),
            await disclosures_of(session, case.id),
            await holds_of(session, case.id),
        )

    @property
    def notices(self) -> Sequence[CaseService]:
        """Of the investigation."""
        return [one for one in self.served if one.kind is ServiceKind.NOTICE]

    @property
    def hold(self) -> InvestigationHold | None:
        return next((hold for hold in self.holds if hold.until_on is None), None)

    def awaits(self, today: date) -> Disclosure | None:
        """What they have not commented on, and still may in time: the one with the earliest last day."""
        waiting = [
            one for one in self.disclosures if not one.comments and not one.late(today)
        ]
        return min(waiting, key=lambda one: one.comment_by, default=None)

    def clock(self, today: date) -> InvestigationClock | None:
        """None once the case is over."""
        if self.case.stage is not Stage.INVESTIGATION:
            return None
        return clock_of(self.case, today, holds=self.holds, requests=[])


async def own_cases(session: AsyncSession, account: Account) -> Sequence[Case]:
    """The latest first. From now on the transaction looks as the registrant does."""
    if account.person_id is None:
        return []
    mine = await _theirs(session, account.person_id)
    await look_as(session, Capacity.OWN, account.id)
    found = await session.scalars(
        select(Case).where(mine).order_by(Case.opened_at.desc(), Case.id)
    )
    return found.all()


async def own_case(session: AsyncSession, account: Account, reference: str) -> Case:
    """As `own_cases`; raises NotFound."""
    if account.person_id is None:
        raise NotFound
    mine = await _theirs(session, account.person_id)
    await look_as(session, Capacity.OWN, account.id)
    case = await session.scalar(
        select(Case)
        .where(mine, Case.reference == reference)
        .options(joinedload(Case.rule_set), joinedload(Case.person))
    )
    if case is None:
        raise NotFound
    return case


async def _theirs(session: AsyncSession, person_id: UUID) -> ColumnElement[bool]:
    persons = await with_merged(session, await survivor(session, person_id))
    return Case.person_id.in_(persons) & Case.told_at.is_not(None)
