"""The registrant is reminded once of what they are to show; the e-mail says only that there is something to read."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case, CaseEventKind
from fitness.fence import Capacity, look_as
from fitness.monitoring.acts import MonitoringAct
from fitness.monitoring.check_in import CheckIn, CheckInAnswer
from register.kit.clock import day_of
from register.kit.jobs import every
from register.kit.settings import settings
from register.person import survivor
from register.process import Process
from register.reaching import write_to
from register.rule_set import RuleSet


@every(hours=6)
async def remind_of_check_ins(session: AsyncSession, now: datetime) -> None:
    await look_as(session, Capacity.SERVICE)
    today = day_of(now)
    days = RuleSet.data["check_in_reminder_days"].as_integer()
    answered = select(CheckInAnswer.id).where(CheckInAnswer.check_in_id == CheckIn.id)
    due = (
        select(CheckIn, Case)
        .join(Case, Case.id == CheckIn.case_id)
        .join(RuleSet, RuleSet.id == Case.rule_set_id)
        .where(
            CheckIn.judged.is_(None),
            CheckIn.reporter_id.is_(None),
            CheckIn.reminded_at.is_(None),
            CheckIn.due_on >= today,
            CheckIn.due_on - today <= days,
            ~answered.exists(),
        )
        .with_for_update(of=CheckIn, skip_locked=True)
    )
    for check_in, case in (await session.execute(due)).all():
        by = Process.begin(session, MonitoringAct.REMIND, now=now)
        check_in.reminded_at = now
        case.tell(
            session, CaseEventKind.CHECK_IN_REMINDED, by=by, check_in=check_in.number
        )
        await write_to(
            session,
            await survivor(session, case.person_id),
            "something_to_read",
            context={"account": True, "contact": settings().contact_email},
            key=f"check_in:{check_in.id}:reminded",
            now=now,
        )
