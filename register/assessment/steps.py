"""Who took a step towards a decision, and so may not be the one who approves it."""

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.application import Application, ApplicationEvent
from register.assessment.acts import AssessmentEvent
from register.process import Event, Process
from register.request import RequestEvent

CHECKING = frozenset[StrEnum](
    {
        AssessmentEvent.SECTION_CHECKED,
        AssessmentEvent.QUALIFICATION_JUDGED,
        AssessmentEvent.QUALIFICATION_SCRUTINISED,
        AssessmentEvent.PORTFOLIO_SIGNED,
        AssessmentEvent.ENDORSEMENT_WAIVED,
        ApplicationEvent.INFORMATION_ASKED,
        ApplicationEvent.WENT_ON_WITHOUT,
        ApplicationEvent.SENT_TO_REVIEW,
        ApplicationEvent.PROPOSED,
        RequestEvent.WAIVED,
    }
)
"""Whoever did one of these assessed it. Giving it to somebody, reading it and noting are none."""

STEPS = CHECKING | {
    ApplicationEvent.REVIEWED,
    ApplicationEvent.NOTICE_GIVEN,
    AssessmentEvent.QUALIFICATION_CONFIRMED,
}
"""Whoever did one of these took a step of the decision."""


async def took_a_step(
    session: AsyncSession,
    application: Application,
    steps: Collection[StrEnum] = STEPS,
) -> set[UUID]:
    """The accounts that did, and those that an appeal has shut out."""
    found = await session.scalars(
        select(Process.actor_id)
        .join(Event, Event.process_id == Process.id)
        .where(Event.application_id == application.id, Event.kind.in_(steps))
    )
    return {actor for actor in found if actor} | set(application.excluded)
