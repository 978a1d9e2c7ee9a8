"""What becomes of a proposal by time alone: where nothing came by its last day, a panel hears the case."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case
from fitness.examination.acts import ExaminationAct
from fitness.examination.conclusion import answer, locked
from fitness.examination.disposal import Answer, Disposal, disposal_of
from fitness.examination.examination import examination_of
from fitness.examination.paper import DisposalPaper
from fitness.fence import Capacity, look_as
from register.kit.clock import day_of
from register.kit.jobs import every
from register.process import Process

BATCH = 200


@every(minutes=1)
async def let_proposals_expire(session: AsyncSession, now: datetime) -> None:
    """Not while what was sent did not arrive, nor while a signed answer that came in time waits for its second reader."""
    await look_as(session, Capacity.SERVICE)
    waiting = exists().where(
        DisposalPaper.disposal_id == Disposal.id, DisposalPaper.open
    )
    due = await session.scalars(
        select(Disposal.case_id)
        .where(
            Disposal.answered_at.is_(None),
            Disposal.respond_by < day_of(now),
            ~waiting,
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
