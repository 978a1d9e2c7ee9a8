"""Applications that have had their time."""

from datetime import timedelta

from register.application import ApplicationState
from register.kit.clock import day_of
from register.retention import keep_longer
from tests.applications import make_sent_application
from tests.leaks.rows import AUDITOR, REGISTRAR, TEAM_MANAGER, work
from tests.make import NOW, make_process

RETAINED = "/staff/retention/{reference}"


async def make(world, session):
    """Refused long ago: one that goes tonight, and `old`, which is kept for what a court needs of it."""
    await closed_long_ago(session)
    world.old = await closed_long_ago(session)
    await keep_longer(
        session,
        world.old,
        until_on=day_of(NOW) + timedelta(days=90),
        words="A court",
        by=make_process(session),
    )


async def closed_long_ago(session):
    application = await make_sent_application(session)
    application.state = ApplicationState.REFUSED
    application.closed_at = application.decided_at = NOW - timedelta(days=3700)
    return application


def at(known, _row, _role):
    return [{"reference": known.world.old.reference}]


ROWS = [
    work("GET", "/staff/retention", TEAM_MANAGER, REGISTRAR, AUDITOR),
    work("GET", RETAINED, REGISTRAR),
    work("POST", RETAINED, REGISTRAR),
    work("POST", f"{RETAINED}/release", REGISTRAR),
]
SENT = {
    RETAINED: {
        "until_on-day": "9",
        "until_on-month": "3",
        "until_on-year": "2028",
        "words": "A court",
    }
}
