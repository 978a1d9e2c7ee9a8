"""What a referrer may know of what became of their concern: how far it is and since when, and nothing of whom it is about."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import ClosedBecause, Stage
from fitness.concern import Body, ConcernState, Unfit
from fitness.fence import Capacity, look_as


class Step(StrEnum):
    RECEIVED = "received"
    LOOKED_AT = "looked_at"
    NOT_OURS = "not_ours"
    PASSED_ON = "passed_on"
    TRIAGE = "triage"
    """It is being decided whether to look into it."""
    INVESTIGATION = "investigation"
    DECIDING = "deciding"
    DECIDED = "decided"
    CLOSED = "closed"
    """Nothing came of it that the public could read of."""


STEP_OF_STATE = {
    ConcernState.RECEIVED: Step.RECEIVED,
    ConcernState.SCREENED: Step.LOOKED_AT,
    ConcernState.SIGNPOSTED: Step.NOT_OURS,
    ConcernState.PASSED_ON: Step.PASSED_ON,
}
STEP_OF_STAGE = {
    Stage.TRIAGE: Step.TRIAGE,
    Stage.INVESTIGATION: Step.INVESTIGATION,
    Stage.EXAMINATION: Step.DECIDING,
    Stage.HEARING: Step.DECIDING,
    Stage.MONITORING: Step.DECIDED,
}
STEP_OF_END = {
    ClosedBecause.TRIAGE_PASSED_ON: Step.PASSED_ON,
    ClosedBecause.ADVICE: Step.DECIDED,
    ClosedBecause.WARNING: Step.DECIDED,
    ClosedBecause.ORDER_ENDED: Step.DECIDED,
    ClosedBecause.REMOVED: Step.DECIDED,
    ClosedBecause.LEFT: Step.DECIDED,
    ClosedBecause.RESTORED: Step.DECIDED,
    ClosedBecause.RESTORATION_REFUSED: Step.DECIDED,
}
"""Of all other ends they learn that it is closed."""


class Progress(msgspec.Struct, frozen=True):
    state: ConcernState
    unfit: Unfit | None
    """Why it is not ours."""
    towards: Body | None
    """Where to turn with it then."""
    stage: Stage | None
    because: ClosedBecause | None
    since: datetime

    @property
    def step(self) -> Step:
        if self.because:
            return STEP_OF_END.get(self.because, Step.CLOSED)
        return STEP_OF_STAGE[self.stage] if self.stage else STEP_OF_STATE[self.state]


async def progress_of(session: AsyncSession, concern_id: UUID) -> Progress | None:
    """None while it is a draft; the database hands out nothing else of the case (migration 99b)."""
    await look_as(session, Capacity.REFERRER, concern_id)
    found = text("select * from concern_progress()")
    row = (await session.execute(found)).mappings().one_or_none()
    return msgspec.convert(dict(row), Progress) if row else None
