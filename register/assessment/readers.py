"""Who of the staff may see an application, and who its health and criminal sections, each reading of which is written down."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.elements import ColumnElement

from register.account import Account, StaffRole
from register.application import Application, SectionName
from register.assessment.acts import AssessmentAct
from register.assessment.quota import (
    Quota,
    count_reading,
    count_reading_of_renewal,
)
from register.kit.errors import NotFound
from register.process import Process
from register.renewal import Renewal

READ_ALL = frozenset({StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR, StaffRole.AUDITOR})
"""Who may read the restricted sections of every application; a caseworker only those of their own."""


def visible_to(account: Account) -> ColumnElement[bool]:
    """What was sent, less what is about the reader: that is not there for them."""
    sent = and_(
        Application.submitted_at.is_not(None), Application.account_id != account.id
    )
    if account.person_id is None:
        return sent
    return and_(sent, Application.person_id != account.person_id)


async def application_for(
    session: AsyncSession, account: Account, reference: str
) -> Application:
    """The application with its person and officer, as this member of staff may see it; raises NotFound."""
    found = await session.scalar(
        select(Application)
        .options(joinedload(Application.person), joinedload(Application.assigned_to))
        .where(Application.reference == reference, visible_to(account))
    )
    if not found:
        raise NotFound
    return found


def may_read_restricted(application: Application, account: Account) -> bool:
    if account.roles & READ_ALL:
        return True
    return (
        StaffRole.CASEWORKER in account.roles
        and application.assigned_to_id == account.id
    )


async def read_restricted(
    session: AsyncSession,
    application: Application,
    section: SectionName,
    *,
    reader: Account,
    now: datetime,
) -> Quota:
    """The one place at which a health or criminal section is opened: it lets in or raises NotFound, and writes it down.

    Raises ReadingLocked for whoever has opened too many.
    """
    if not may_read_restricted(application, reader):
        raise NotFound
    return await read_restricted_for(
        session, application, section, reader=reader, now=now
    )


async def read_restricted_for(
    session: AsyncSession,
    application: Application,
    section: SectionName,
    *,
    reader: Account,
    now: datetime,
) -> Quota:
    """Write it down of whoever was let in already: adjudicators read why an application was refused, and nothing else."""
    by = Process.begin(session, AssessmentAct.READ, now=now, actor=reader)
    return await count_reading(session, application, section, reader=reader, by=by)


async def read_renewal(
    session: AsyncSession,
    renewal_id: UUID,
    section: SectionName,
    *,
    reader: Account,
    now: datetime,
) -> Quota | None:
    """What was told in a renewal of health or crime is as restricted as in an application; None where it is of neither."""
    if not section.restricted:
        return None
    renewal = await session.get_one(Renewal, renewal_id)
    by = Process.begin(session, AssessmentAct.READ, now=now, actor=reader)
    return await count_reading_of_renewal(
        session, renewal, section, reader=reader, by=by
    )


async def read_checks(
    session: AsyncSession,
    application: Application,
    sections: Iterable[SectionName],
    *,
    reader: Account,
    now: datetime,
) -> Quota | None:
    """What was found of a restricted section is as restricted as the section. None where there is none of them."""
    quota = None
    for section in sections:
        if section.restricted:
            quota = await read_restricted(
                session, application, section, reader=reader, now=now
            )
    return quota
