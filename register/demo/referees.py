"""What the demo's referees and employers say, and who takes the place of one who cannot."""

from datetime import date, timedelta

from register.application.answers import Endorser, Referee
from register.application.endorsement import Endorsed, Towards
from register.application.references import Certainty, Given
from register.demo.draw import Draw
from register.demo.wordings import CONCERNS, KNOWN_AS, MORE_SAID, REFEREES


def reference_by(draw: Draw, referee: Referee, *, on: date, adverse: bool) -> Given:
    """`on`: the day on which it is written."""
    return Given(
        known_as=draw.one(KNOWN_AS),
        known_since=on - timedelta(days=draw.between(400, 2500)),
        role=draw.one(("Manager", "Deputy manager", "Team leader")),
        certainty=draw.one((Certainty.RECORDS, Certainty.MEMORY)),
        unsuitable=False,
        concerns=adverse,
        concerns_details=draw.one(CONCERNS) if adverse else "",
        again=not adverse,
        again_details="Not before this was settled." if adverse else "",
        more=draw.one(MORE_SAID),
        name=referee.name,
        job=referee.job,
    )


def endorsement_by(draw: Draw, endorser: Endorser, *, on: date) -> Endorsed:
    return Endorsed(
        started_on=on - timedelta(days=draw.between(30, 1500)),
        right_part=True,
        identity_seen=True,
        dbs_seen=True,
        declarations_checked=True,
        qualification=draw.one((Towards.HELD, Towards.WORKING_TOWARDS)),
        name=endorser.name,
        job=endorser.job,
    )


def another_referee(draw: Draw, former: Referee) -> Referee:
    name = draw.one([known for known in REFEREES if known != former.name])
    return Referee(
        id=draw.uuid(),
        knows_from=former.knows_from,
        name=name,
        job=former.job,
        organisation=former.organisation,
        email=f"referee{draw.digits(6)}@example.org",
        phone=f"+441632960{draw.digits(3)}",
    )
