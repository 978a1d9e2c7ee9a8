"""Who would lapse at the end of a period, and the run that two people release."""

from datetime import date, timedelta
from uuid import uuid4

from register.renewal import LapseRun, RenewalAct, RunState, prepare_runs
from tests.leaks.people import in_public
from tests.leaks.roles import Role
from tests.leaks.rows import REGISTRAR, TEAM_MANAGER, WATCH_READERS, work
from tests.make import NOW
from tests.register.assessing import act

RUNS = "/staff/renewals/run"
RUN = f"{RUNS}/{{last_day}}"
PROPOSED = "a run that waits for a second person"
ENDED = date(2026, 11, 30)


async def make(world, session):
    """`unrenewed`: whose period has ended; `proposed_run`: of it; `run`: of an earlier one that nobody has proposed."""
    entry = await in_public(session, world.subject("unrenewed", entered=True))
    entry.registrations[0].until_on = ENDED
    await entry.project(session, now=NOW)
    world.unrenewed = entry
    await prepare_runs(session, NOW)
    await session.flush()
    world.proposed_run = await LapseRun.on(session, ENDED)
    proposer = world.accounts[Role.TEAM_MANAGER]
    by = act(session, RenewalAct.PROPOSE_LAPSES, proposer)
    await world.proposed_run.propose(session, proposer=proposer, by=by)
    world.run = LapseRun(
        id=uuid4(),
        last_day=ENDED - timedelta(days=365),
        state=RunState.PREPARED,
        prepared_at=NOW,
        counted_at=NOW,
        counts=[],
    )
    session.add(world.run)
    await session.flush()


def at(known, row, _role):
    world = known.world
    posted = row.method == "POST" and row.of != PROPOSED
    run = world.run if posted else world.proposed_run
    return [{"last_day": run.last_day}]


ROWS = [
    work("GET", RUNS, *WATCH_READERS),
    work("GET", RUN, *WATCH_READERS),
    work("GET", f"{RUN}/entries", *WATCH_READERS),
    work("POST", f"{RUN}/list", *WATCH_READERS),
    work("POST", f"{RUN}/proposal", TEAM_MANAGER, REGISTRAR),
    work("POST", f"{RUN}/release", REGISTRAR, of=PROPOSED),
    work("POST", f"{RUN}/return", REGISTRAR, of=PROPOSED),
]
SENT = {f"{RUN}/return": {"words": "Look again"}}
