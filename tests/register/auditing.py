"""An audit of learning, step by step."""

from datetime import date, timedelta

from sqlalchemy import select

from register.account import StaffRole
from register.cpd import freeze
from register.cpd.audit import (
    AuditCase,
    Finding,
    LearningAudit,
    assess,
    assign,
    given_to,
    propose_draw,
    work_on,
)
from register.kit.clock import end_of, start_of
from register.part import Part
from tests.make import make_account, make_entry, make_process
from tests.register.learning import YEAR_END, make_enough

EARLY = start_of(date(2026, 6, 1))
RENEWED = start_of(date(2027, 10, 1))
AUDITED = end_of(YEAR_END) + timedelta(days=30, hours=12)
DAY = timedelta(days=1)


async def make_renewed(session, *, on=EARLY, year_end=YEAR_END, now=RENEWED, **more):
    """Somebody who has renewed with the learning of the year."""
    entry = await make_entry(session, on=on, until=date(2028, 11, 30), **more)
    await make_enough(session, entry.person, year_end=year_end, on=year_end - 30 * DAY)
    by = make_process(session, now=now)
    await freeze(session, entry.person_id, year_end=year_end, by=by)
    return entry


async def announced(session, *, part=Part.MANAGER, year_end=YEAR_END, now=AUDITED):
    by = make_process(session, now=now)
    return await LearningAudit.announce(session, part, year_end, by=by)


async def draw_audit(session, audit, *, now=AUDITED):
    """Proposed by one and approved by another."""
    manager = await make_account(session, StaffRole.TEAM_MANAGER)
    registrar = await make_account(session, StaffRole.REGISTRAR)
    proposal = await propose_draw(
        session,
        audit,
        words="It is due.",
        proposer=manager,
        by=make_process(session, actor=manager, now=now),
    )
    await session.flush()
    await proposal.approve(
        session,
        approver=registrar,
        by=make_process(session, actor=registrar, now=now),
    )
    return audit


async def make_case(session, **more):
    """Of the only one who might be drawn."""
    entry = await make_renewed(session, **more)
    await make_account(session, person=entry.person, email="holder@example.org")
    await draw_audit(session, await announced(session))
    case_id = (await session.scalars(select(AuditCase.id))).one()
    return entry, await work_on(session, case_id)


async def assessed(
    session, case_id, finding, words="A word.", *, assessor=None, now=AUDITED
):
    """By somebody who has not had it before."""
    assessor = assessor or await make_account(session, StaffRole.CASEWORKER)
    work = await work_on(session, case_id)
    await assign(session, work, assessor, by=make_process(session, now=now))
    work = await given_to(session, assessor, case_id)
    await assess(
        session,
        work,
        assessor,
        finding,
        words,
        by=make_process(session, actor=assessor, now=now),
    )
    await session.flush()
    return assessor


async def failed(session, case_id, *, now=AUDITED):
    """By two."""
    return [
        await assessed(session, case_id, Finding.NOT_MET, words, now=now)
        for words in ("Where is the leading?", "Nothing on safety.")
    ]
