"""Hearings as the registrant finds them: once they were served with notice, and what was decided once it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case
from fitness.hearing.decision import HearingDecision, decision_of
from fitness.hearing.direction import Direction, directions_of
from fitness.hearing.finding import Facts
from fitness.hearing.hearing import Hearing, hearings_of
from fitness.hearing.kind import HearingState
from fitness.hearing.member import HearingMember, panel_of
from fitness.hearing.notice import services_for
from fitness.investigation.served import CaseService, ServiceKind


@dataclass(frozen=True)
class OwnHearing:
    hearing: Hearing
    panel: Sequence[HearingMember]
    notices: Sequence[CaseService]
    directions: Sequence[Direction]
    decision: HearingDecision | None
    facts: Facts | None
    """None before it is decided."""

    @property
    def to_come(self) -> bool:
        return self.hearing.state.open


async def own_hearings(session: AsyncSession, case: Case) -> Sequence[OwnHearing]:
    """The latest first, asked as the registrant: the fence hides the rest."""
    return [
        await _own(session, hearing) for hearing in await hearings_of(session, case.id)
    ]


async def _own(session: AsyncSession, hearing: Hearing) -> OwnHearing:
    decided = hearing.state is HearingState.DECIDED
    return OwnHearing(
        hearing,
        await panel_of(session, hearing),
        [
            one.service
            for one in await services_for(session, hearing)
            if one.kind is ServiceKind.HEARING
        ],
        await directions_of(session, hearing),
        await decision_of(session, hearing) if decided else None,
        await Facts.of(session, hearing) if decided else None,
    )
