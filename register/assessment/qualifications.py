"""Judging qualifications: what each one an applicant holds is worth for the part."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from register.account import Account
from register.application import Application
from register.assessment.acts import AssessmentEvent
from register.assessment.check import must_be_assessing
from register.kit.errors import NotFound
from register.process import Process
from register.qualification import Qualification
from register.rule_set import Verdict


async def qualifications_of(
    session: AsyncSession, application: Application
) -> list[Qualification]:
    found = await session.scalars(
        select(Qualification)
        .where(Qualification.person_id == application.person_id)
        .options(joinedload(Qualification.accepted))
        .order_by(Qualification.awarded_on.desc().nulls_last(), Qualification.title)
    )
    return list(found)


async def judge(
    session: AsyncSession,
    application: Application,
    qualification_id: UUID,
    verdict: Verdict,
    *,
    officer: Account,
    by: Process,
) -> None:
    """Say what the qualification is worth; raises NotFound for one that is not the applicant's."""
    must_be_assessing(application, officer)
    qualification = await session.get(Qualification, qualification_id)
    if not qualification or qualification.person_id != application.person_id:
        raise NotFound
    if qualification.verdict is verdict:
        return
    qualification.verify(verdict, now=by.at)
    application.tell(
        AssessmentEvent.QUALIFICATION_JUDGED,
        by=by,
        qualification=qualification.id,
        verdict=verdict,
    )
