"""Leaving a part at one's own wish."""

from datetime import date, timedelta

from register.entry import ConditionKind, NewCondition
from register.leaving import Leaving, LeavingReason
from register.part import Part
from tests.leaks.people import in_public
from tests.leaks.roles import Role
from tests.leaks.rows import (
    OFFICERS,
    READERS,
    REGISTRANT,
    REGISTRAR,
    TEAM_MANAGER,
    UNDECIDED,
    own,
    work,
)
from tests.make import NOW, make_entry, make_process

LEAVING = "/staff/leaving/{leaving_id}"


async def make(world, session):
    """`asking`: the registrant's, of one of their two parts, of which there is a notice too; `wishing`: somebody else's, on
    which nobody has proposed anything; `leaving`: another's, that it is proposed to agree to.
    """
    of = world.subject("second entry", entered=True)
    wanted = NewCondition(ConditionKind.REGISTRATION, of.public("condition"))
    person = world.listed.entry.person
    on, part = NOW - timedelta(days=5), Part.DEPUTY
    await make_entry(session, person=person, part=part, on=on, conditions=[wanted])
    world.asking = await ask_to_leave(session, world.listed.entry)
    entry = await in_public(session, world.subject("wishing", entered=True))
    world.wishing = await ask_to_leave(session, entry)
    entry = await in_public(session, world.subject("leaving", entered=True))
    world.leaving = await ask_to_leave(session, entry)
    officer = world.accounts[Role.CASEWORKER]
    by = make_process(session, actor=officer)
    await world.leaving.propose(session, proposer=officer, by=by)


async def ask_to_leave(session, entry):
    return await Leaving.ask(
        session,
        entry,
        because=LeavingReason.RETIRED,
        last_day=date(2027, 4, 1),
        by=make_process(session),
    )


def at(known, row, _role):
    of = known.world.wishing if row.of == UNDECIDED else known.world.leaving
    return [{"leaving_id": of.id}]


def taken_back(known, _place, _role):
    return {"leaving": str(known.world.asking.id)}


ROWS = [
    own("GET", "/leaving"),
    own("POST", "/leaving", REGISTRANT),
    own("POST", "/leaving/withdrawal", REGISTRANT),
    work("GET", "/staff/leaving", *READERS),
    work("GET", LEAVING, *READERS),
    work("POST", f"{LEAVING}/proposal", *OFFICERS, of=UNDECIDED),
    work("POST", f"{LEAVING}/refusal", TEAM_MANAGER, REGISTRAR),
    work("POST", f"{LEAVING}/approval", REGISTRAR),
    work("POST", f"{LEAVING}/return", REGISTRAR),
]
SENT = {
    "/leaving": {
        "entry": "deputy",
        "because": "retired",
        "last_day-day": "30",
        "last_day-month": "3",
        "last_day-year": "2027",
        "understood": "yes",
    },
    "/leaving/withdrawal": taken_back,
    f"{LEAVING}/refusal": {"words": "Not now"},
    f"{LEAVING}/return": {"words": "Look again"},
}
