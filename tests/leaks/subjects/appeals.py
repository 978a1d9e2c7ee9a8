"""Appeals against decisions, and decisions to be reconsidered."""

from uuid import uuid4

from register.account import StaffRole
from register.appeal import (
    Appeal,
    AppealAct,
    AppealDocument,
    AppealKind,
    Outcome,
    decisions_on,
    propose_outcome,
    refusal_of,
)
from tests.leaks.cases import LONG_AGO, refused
from tests.leaks.people import clean_file
from tests.leaks.roles import READERS_OF_APPEALS, Role
from tests.leaks.rows import (
    ADJUDICATOR,
    AUDITOR,
    REGISTRANT,
    REGISTRAR,
    TEAM_MANAGER,
    own,
    work,
)
from tests.make import NOW, make_account
from tests.register.assessing import act
from tests.uploading import pdf

APPEAL, OWN_APPEAL = "/staff/appeals/{appeal_id}", "/appeals/{appeal_id}"
LATE, RECONSIDERED, PROPOSED = (
    "an appeal that came late",
    "a decision to be reconsidered",
    "an appeal on which an outcome is proposed",
)
APPEAL_READERS = (TEAM_MANAGER, REGISTRAR, AUDITOR, ADJUDICATOR)


async def make(world, session):
    """`appeal`: the registrant's, against a condition, with a `document`; `late_appeal`; `reconsidered`; `proposed_appeal`."""
    await own_appeal(world, session)
    world.late_appeal = await appealed(
        world, session, "late appeal", decided_at=LONG_AGO
    )
    kind = AppealKind.RECONSIDERATION
    world.reconsidered = await appealed(world, session, "reconsidered", kind=kind)
    world.proposed_appeal = await appealed(world, session, "appeal proposed")
    adjudicator = await make_account(session, StaffRole.ADJUDICATOR)
    await propose_outcome(
        session,
        world.proposed_appeal,
        Outcome.DISMISSED,
        words=in_appeals(world, "appeal proposed").found("outcome because"),
        proposer=adjudicator,
        by=act(session, AppealAct.PROPOSE, adjudicator),
    )
    await session.flush()


async def own_appeal(world, session):
    of = world.subject("appeal", Role.REGISTRANT, staff=READERS_OF_APPEALS)
    account = world.accounts[Role.REGISTRANT]
    found = await decisions_on(session, account.person_id)
    (decision,) = [d for d in found if d.about_id != world.owned.id]
    world.appeal = await lodge(
        session, account, decision, AppealKind.APPEAL, of.told("grounds")
    )
    stored = await clean_file(world, session, of)
    world.document = AppealDocument(
        id=uuid4(), appeal_id=world.appeal.id, file_id=stored.id, added_at=NOW
    )
    session.add(world.document)


def in_appeals(world, name):
    return world.subject(name, staff=READERS_OF_APPEALS)


async def appealed(world, session, name, *, kind=AppealKind.APPEAL, decided_at=NOW):
    """Against a refusal, of which one reason is restricted."""
    application, account = await refused(world, session, name, decided_at=decided_at)
    decision = await refusal_of(session, application)
    grounds = in_appeals(world, name).told("grounds")
    return await lodge(session, account, decision, kind, grounds)


async def lodge(session, account, decision, kind, grounds):
    by = act(session, AppealAct.LODGE, account)
    return await Appeal.lodge(
        session, decision, kind, grounds=grounds, account=account, by=by
    )


def at(known, row, _role):
    world = known.world
    several = {
        LATE: [world.late_appeal],
        RECONSIDERED: [world.reconsidered],
        PROPOSED: [world.proposed_appeal],
    }
    found = several.get(row.of, [world.appeal])
    if row.path == APPEAL:
        found = [world.appeal, *(of for one in several.values() for of in one)]
    return [
        {
            "appeal_id": of.id,
            "document_id": world.document.id,
            "about_id": world.owned.id,
        }
        for of in found
    ]


ROWS = [
    own("GET", "/appeals"),
    own("GET", "/appeals/against/{about_id}", REGISTRANT),
    own("POST", "/appeals/against/{about_id}", REGISTRANT),
    own("GET", OWN_APPEAL, REGISTRANT),
    own("POST", f"{OWN_APPEAL}/documents", REGISTRANT),
    own("POST", f"{OWN_APPEAL}/withdrawal", REGISTRANT),
    work("GET", "/staff/appeals", *APPEAL_READERS),
    work("GET", APPEAL, *APPEAL_READERS),
    work("GET", f"{APPEAL}/documents/{{document_id}}", *APPEAL_READERS),
    work("POST", f"{APPEAL}/acceptance", REGISTRAR, of=LATE),
    work("POST", f"{APPEAL}/refusal", REGISTRAR, of=LATE),
    work("POST", f"{APPEAL}/acknowledgement", TEAM_MANAGER, REGISTRAR),
    work("POST", f"{APPEAL}/hearing", TEAM_MANAGER, REGISTRAR),
    work(
        "POST",
        f"{APPEAL}/reconsideration",
        TEAM_MANAGER,
        REGISTRAR,
        refused=frozenset({Role.REGISTRAR}),
        of=RECONSIDERED,
    ),
    work("POST", f"{APPEAL}/proposal", ADJUDICATOR),
    work("POST", f"{APPEAL}/approval", ADJUDICATOR, of=PROPOSED),
    work("POST", f"{APPEAL}/return", ADJUDICATOR, of=PROPOSED),
]
SENT = {
    "/appeals/against/{about_id}": {"kind": "appeal", "grounds": "It is not so"},
    f"{OWN_APPEAL}/documents": {"file": pdf()},
    f"{APPEAL}/acceptance": {"accept-words": "Was ill"},
    f"{APPEAL}/refusal": {"away-words": "No reason"},
    f"{APPEAL}/hearing": {
        "hearing-on-day": "1",
        "hearing-on-month": "5",
        "hearing-on-year": "2027",
    },
    f"{APPEAL}/reconsideration": {
        "outcome-outcome": "stands",
        "outcome-words": "The rule is clear",
    },
    f"{APPEAL}/proposal": {
        "outcome-outcome": "allowed",
        "outcome-words": "They are right",
    },
    f"{APPEAL}/return": {"words": "Look again"},
}
