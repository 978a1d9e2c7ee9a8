"""Notice to a registrant of the demo that we may remove their entry, a few days before the demo's day."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.demo.applications import Approved
from register.demo.staff import Office
from register.demo.wordings import REMOVAL_NOTICED
from register.entry import Entry, RemovalReason
from register.notice import NoticeAct, propose_notice_of_removal
from register.process import Process

PROPOSED, SERVED = 4, 3
"""Working days ago."""


async def give_notice_of_removal(
    session: AsyncSession, approved: Approved, office: Office
) -> None:
    """There is still time to answer."""
    entry_id = await session.scalar(
        select(Entry.id).where(Entry.person_id == approved.application.person_id)
    )
    assert entry_id  # noqa: S101 - granted
    entry = await Entry.load(session, entry_id, lock=True)
    draw, officer = approved.draw, office.caseworkers[0]
    at = draw.moment(draw.working_day(PROPOSED))
    proposal = await propose_notice_of_removal(
        session,
        entry,
        because=RemovalReason.ERROR,
        words=REMOVAL_NOTICED,
        proposer=officer,
        by=Process.begin(session, NoticeAct.PROPOSE, now=at, actor=officer),
    )
    await session.flush()
    at = draw.moment(draw.working_day(SERVED))
    by = Process.begin(session, NoticeAct.APPROVE, now=at, actor=office.registrar)
    await proposal.approve(session, approver=office.registrar, by=by)
    await session.flush()
