"""Renewals for tests: opened, and done step by step."""

from datetime import date, timedelta

from sqlalchemy import select

from register.account import Account
from register.kit.clock import end_of, start_of
from register.person import Person
from register.renewal import RenewalStep, give_notice, open_renewals, renewal_of
from tests.make import make_account, make_entry, make_process
from tests.register.learning import make_enough

ENDS = date(2027, 11, 30)
NEXT = date(2028, 11, 30)
OPENS = start_of(date(2027, 9, 1))
NOTICED = start_of(date(2027, 11, 9))
MIDNIGHT = end_of(ENDS)
CURED_UNTIL = date(2027, 12, 14)
INSTANT, HOUR, DAY = (
    timedelta(microseconds=1),
    timedelta(hours=1),
    timedelta(days=1),
)
STEPS = [step for step in RenewalStep if step is not RenewalStep.PAYMENT]


async def opened(session, entry=None, *, now=OPENS, **more):
    """With the learning that the year asks for, unless `learnt` says no."""
    learnt = more.pop("learnt", True)
    entry = entry or await make_entry(session, **more)
    if learnt:
        await make_enough(session, entry.person)
    await open_renewals(session, now)
    return entry, await renewal_of(session, entry.person_id, ENDS)


async def do(session, renewal, *steps, at=OPENS, heard=None):
    """Money may be heard of later than it was paid."""
    for step in steps:
        by = make_process(session, now=heard or at)
        if step is RenewalStep.PAYMENT:
            await renewal.paid(session, at=at, by=by)
        else:
            version = "1" if step is RenewalStep.DECLARATIONS else None
            await renewal.confirm(session, step, declaration_version=version, by=by)
    await session.flush()


async def notice(session, renewal, *, at=NOTICED):
    """Given in time, so that they may lapse."""
    theirs = select(Account.id).where(Account.person_id == renewal.person_id)
    if not await session.scalar(theirs):
        person = await session.get_one(Person, renewal.person_id)
        await make_account(session, person=person)
    assert await give_notice(session, at)
