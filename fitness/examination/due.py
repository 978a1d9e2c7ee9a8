"""What becomes of a proposal by time alone: a reminder, and where nothing came by its last day a panel hears the case."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case, CaseEventKind
from fitness.examination.acts import ExaminationAct
from fitness.examination.conclusion import answer, locked
from fitness.examination.disposal import Answer, Disposal, disposal_of
from fitness.examination.examination import examination_of
from fitness.examination.paper import DisposalPaper
from fitness.fence import Capacity, look_as
from register.kit.clock import day_of
from register.kit.jobs import every
from register.kit.settings import settings
from register.person import survivor
from register.process import Process
from register.reaching import write_to
from register.rule_set import RuleSet

BATCH = 200
_signed = exists().where(DisposalPaper.disposal_id == Disposal.id, DisposalPaper.open)
"""An answer on paper that waits for its second reader."""


@every(hours=6)
async def remind_of_proposals(session: AsyncSession, now: datetime) -> None:
    """Once for each last day that one has; the e-mail says only that there is something to read."""
    await look_as(session, Capacity.SERVICE)
    today = day_of(now)
    days = RuleSet.data["proposal_reminder_days"].as_integer()
    due = (
        select(Disposal, Case)
        .join(Case, Case.id == Disposal.case_id)
        .join(RuleSet, RuleSet.id == Case.rule_set_id)
        .where(
            Disposal.answered_at.is_(None),
            Disposal.reminded_at.is_(None),
            Disposal.respond_by >= today,
            Disposal.respond_by - today <= days,
            ~_signed,
        )
        .order_by(Disposal.respond_by, Disposal.id)
        .limit(BATCH)
        .with_for_update(of=Disposal, skip_locked=True)
    )
    for disposal, case in (await session.execute(due)).all():
        by = Process.begin(session, ExaminationAct.REMIND, now=now)
        disposal.reminded_at = now
        case.tell(
            session, CaseEventKind.PROPOSAL_REMINDED, by=by, proposal=disposal.number
        )
        await write_to(
            session,
            await survivor(session, case.person_id),
            "something_to_read",
            context={"account": True, "contact": settings().contact_email},
            key=f"disposal:{disposal.id}:reminded:{disposal.respond_by}",
            now=now,
        )


@every(minutes=1)
async def let_proposals_expire(session: AsyncSession, now: datetime) -> None:
    """Not while what was sent did not arrive, nor while a signed answer that came in time waits for its second reader."""
    await look_as(session, Capacity.SERVICE)
    due = await session.scalars(
        select(Disposal.case_id)
        .where(
            Disposal.answered_at.is_(None),
            Disposal.respond_by < day_of(now),
            ~_signed,
        )
        .order_by(Disposal.respond_by, Disposal.id)
        .limit(BATCH)
    )
    for case_id in due.all():
        case = await locked(session, await session.get_one(Case, case_id))
        # Whoever had it locked may have answered, or given more time, meanwhile.
        disposal = await disposal_of(session, case_id)
        if disposal.answer or not disposal.late(day_of(now)) or disposal.service.astray:
            continue
        by = Process.begin(session, ExaminationAct.EXPIRE, now=now)
        examination = await examination_of(session, case_id)
        await answer(session, case, examination, disposal, Answer.EXPIRED, by=by)
