"""What a notice covers: nothing is decided against an applicant who was not told of it first, and heard."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from register.application import Application
from register.assessment.asking import Asked
from register.kit.errors import Refused
from register.notice import Notice, NoticeKind, NoticeOutcome, open_notice
from register.process import Process
from register.proposal import ProposalKind

OUTCOMES = {
    (NoticeKind.MINDED_TO_REFUSE, ProposalKind.REFUSE): NoticeOutcome.CARRIED_OUT,
    (
        NoticeKind.MINDED_TO_REFUSE,
        ProposalKind.REFUSE_AFTER_ORDER,
    ): NoticeOutcome.CARRIED_OUT,
    (
        NoticeKind.MINDED_TO_REFUSE,
        ProposalKind.GRANT_WITH_CONDITIONS,
    ): NoticeOutcome.CHANGED,
    (
        NoticeKind.MINDED_TO_CONDITION,
        ProposalKind.GRANT_WITH_CONDITIONS,
    ): NoticeOutcome.CARRIED_OUT,
}
"""What becomes of a notice by the decision; by any other it is dropped."""


class NoticeFirst(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The applicant must be given notice of this first, and have time to answer."
        )


async def may_refuse(
    session: AsyncSession, application: Application, reasons: Sequence[Asked]
) -> bool:
    """For reasons of which the applicant was told, and no others."""
    notice = await _heard_notice(session, application)
    if notice is None or notice.kind is not NoticeKind.MINDED_TO_REFUSE:
        return False
    told = {
        (item["section"], why) for item in notice.grounds for why in item["reasons"]
    }
    return {(one.section, why) for one in reasons for why in one.reasons} <= told


async def may_condition(session: AsyncSession, application: Application) -> bool:
    """After a notice of conditions, or of a refusal, which says more against the applicant than a condition does."""
    return await _heard_notice(session, application) is not None


async def _heard_notice(
    session: AsyncSession, application: Application
) -> Notice | None:
    notice = await notice_of(session, application)
    return notice if notice and notice.heard else None


async def notice_of(session: AsyncSession, application: Application) -> Notice | None:
    """On which nothing is decided yet."""
    return await open_notice(session, application_id=application.id)


async def conclude(
    session: AsyncSession,
    application: Application,
    decision: ProposalKind,
    *,
    by: Process,
) -> Notice | None:
    """Say what became of the notice, if there was one."""
    notice = await notice_of(session, application)
    if notice:
        outcome = OUTCOMES.get((notice.kind, decision), NoticeOutcome.DROPPED)
        notice.end(outcome, by=by)
    return notice
