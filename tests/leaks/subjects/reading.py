"""Somebody who opened too many restricted sections."""

from register.account import StaffRole
from register.assessment import AssessmentAct, Quota, ReadingEvent, ReadingLock
from tests.leaks.roles import READERS_OF_THE_WATCH_LIST
from tests.leaks.rows import REGISTRAR, TEAM_MANAGER, WATCH_READERS, work
from tests.make import NOW, make_account
from tests.register.assessing import act

READING = "/staff/reading/{lock_id}"


async def make(world, session):
    """`locked`: a caseworker who has left since."""
    of = world.subject("reader", staff=READERS_OF_THE_WATCH_LIST)
    reader = await make_account(
        session, StaffRole.CASEWORKER, name=of.told("name"), disabled_at=NOW
    )
    by = act(session, AssessmentAct.READ, reader)
    by.tell(ReadingEvent.WARNED, account=reader.id, sections=40)
    world.locked = ReadingLock.of(reader, Quota(80, warn=40, lock=80), by=by)
    session.add(world.locked)
    await session.flush()


def at(known, _row, _role):
    return [{"lock_id": known.world.locked.id}]


ROWS = [
    work("GET", "/staff/reading", *WATCH_READERS),
    work("GET", READING, *WATCH_READERS),
    work("POST", f"{READING}/release", TEAM_MANAGER, REGISTRAR),
]
SENT = {f"{READING}/release": {"words": "They stood in for two others"}}
