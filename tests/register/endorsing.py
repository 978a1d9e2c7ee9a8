"""Employers as a test needs them: asked, and answering."""

from datetime import date

from register.application.answers import Endorser
from register.application.endorsement import (
    Endorsed,
    Invitation,
    OptedOut,
    Towards,
    invitation,
)
from register.application.outside import still_asked
from register.application.state import EndorsementAct
from register.by_link import token_of
from register.process import Process
from tests.make import NOW

SAYING = {
    "started_on-day": "4",
    "started_on-month": "1",
    "started_on-year": "2027",
    "right_part": "yes",
    "identity_seen": "yes",
    "dbs_seen": "yes",
    "declarations_checked": "yes",
    "qualification": "held",
    "name": "Nia Rees",
    "job": "Responsible individual",
    "true": "yes",
}
"""What an employer sends to whom all is as it should be."""


def make_endorser(**given):
    plausible = {
        "has_employer": True,
        "name": "Nia Rees",
        "job": "Responsible individual",
        "email": "nia@example.org",
    }
    return Endorser(**plausible | given)


def make_endorsed(**said):
    plausible = {
        "started_on": date(2027, 1, 4),
        "right_part": True,
        "identity_seen": True,
        "dbs_seen": True,
        "declarations_checked": True,
        "qualification": Towards.HELD,
        "name": "Nia Rees",
        "job": "Responsible individual",
    }
    return Endorsed(**plausible | said)


async def endorse(session, request, said=None, *, now=NOW):
    asked = await still_asked(session, request.kind, request.id, lock=True)
    by = Process.begin(session, EndorsementAct.ENDORSE, now=now)
    await Invitation(*asked).endorse(session, said or make_endorsed(), by=by)
    await session.flush()


async def opt_out(session, request, because, *, now=NOW):
    waiting = await invitation(session, token_of(request), now=now, lock=True)
    by = Process.begin(session, EndorsementAct.OPT_OUT, now=now)
    await waiting.opt_out(session, OptedOut(because=because), by=by)
    await session.flush()
