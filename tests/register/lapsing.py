"""Renewals at the end of their period: opened, noticed, done as far as a test says, and the run that is released after it."""

from sqlalchemy import select

from register.account import Account, StaffRole
from register.cpd import LearningRecord
from register.entry import Entry
from register.kit.clock import end_of
from register.renewal import (
    LapseRun,
    RenewalStep,
    RunState,
    give_notice,
    lapse_released,
    open_renewals,
    prepare_runs,
    renewal_of,
)
from tests.make import make_account, make_entry, make_process
from tests.register.learning import make_enough
from tests.register.renewing import ENDS, HOUR, MIDNIGHT, NOTICED, OPENS, STEPS, do

RELEASED = MIDNIGHT + 3 * HOUR


async def registered(session, **more):
    """Somebody who can be written to."""
    entry = await make_entry(session, **more)
    there = select(Account.id).where(Account.person_id == entry.person_id)
    if not await session.scalar(there):
        await make_account(session, person=entry.person)
    return entry


async def learn_enough(session, entry, year_end):
    theirs = select(LearningRecord.id).where(
        LearningRecord.person_id == entry.person_id
    )
    if not await session.scalar(theirs):
        await make_enough(session, entry.person, year_end=year_end)


async def noticed(session, *entries, at=NOTICED, opened=OPENS, ends_on=ENDS):
    """Their renewals, of which notice was given; they have learnt enough."""
    for one in entries:
        await learn_enough(session, one, ends_on)
    while await open_renewals(session, opened):
        pass
    await session.flush()
    await give_notice(session, at)
    return [await renewal_of(session, one.person_id, ends_on) for one in entries]


async def finish(session, renewal, *, at, heard=None):
    """The money comes last, and may be heard of later."""
    await do(session, renewal, *STEPS, at=OPENS)
    await do(session, renewal, RenewalStep.PAYMENT, at=at, heard=heard)


async def proposed(session, day=ENDS, *, at=None):
    """The run, and the registrar who may release it."""
    at = at or end_of(day)
    await prepare_runs(session, at)
    await session.flush()
    run = await LapseRun.on(session, day)
    manager = await make_account(session, StaffRole.TEAM_MANAGER)
    by = make_process(session, now=at, actor=manager)
    proposal = await run.propose(session, proposer=manager, by=by)
    await session.flush()
    return run, proposal, await make_account(session, StaffRole.REGISTRAR)


async def released(session, day=ENDS, *, at=None):
    at = at or end_of(day) + 3 * HOUR
    run, proposal, registrar = await proposed(session, day)
    by = make_process(session, now=at, actor=registrar)
    await proposal.approve(session, approver=registrar, by=by)
    await session.flush()
    assert run.state is RunState.RELEASED
    return run


async def written(session, day=ENDS, *, at=None, batch=100):
    """All that a released run does."""
    at = at or end_of(day) + 3 * HOUR
    run = await released(session, day, at=at)
    while await lapse_released(session, run, at, batch):
        pass
    return run


async def again(session, entry):
    return await Entry.load(session, entry.id, lock=True)
