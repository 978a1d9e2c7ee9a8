"""Conditions of an entry: met, paused, extended and discharged."""

from datetime import date
from uuid import uuid4

from register.condition import (
    ConditionEvidence,
    PauseReason,
    Standing,
    propose_discharge,
    propose_pause,
)
from register.entry import ConditionKind, NewCondition
from register.qualification import Qualification
from tests.leaks.people import clean_file, in_public
from tests.leaks.roles import Role
from tests.leaks.rows import (
    OFFICERS,
    READERS,
    REGISTRANT,
    REGISTRAR,
    UNDECIDED,
    own,
    work,
)
from tests.make import NOW, make_process
from tests.uploading import pdf

CONDITION = "/staff/conditions/{condition_id}"
PAUSED = "a condition whose clock stands still"


async def make(world, session):
    """`owned`: the registrant's; `undecided`; `decided`: on which it is proposed to do something; `paused`."""
    world.owned = world.listed.entry.conditions[0]
    undecided, decided, paused = [
        await standing_of(world, session, name)
        for name in ("undecided", "decided", "paused")
    ]
    world.studied = studied_by(undecided.entry.person_id)
    session.add(world.studied)
    await discharge_proposed(world, session, decided)
    await stopped(world, session, paused)
    world.proof = await proof_of(world, session, decided)


async def standing_of(world, session, name):
    of = world.subject(name, entered=True)
    wanted = NewCondition(
        ConditionKind.QUALIFICATION, of.public("condition"), date(2029, 6, 30)
    )
    entry = await in_public(session, of, conditions=[wanted])
    setattr(world, name, entry.conditions[0])
    return await Standing.of(session, entry, entry.conditions[0])


def studied_by(person_id):
    """What the condition that nobody has decided on asks for."""
    return Qualification(
        id=uuid4(),
        person_id=person_id,
        title="Level 5 Diploma",
        awarding_body="City & Guilds",
        country="England",
        enrolled_on=date(2026, 9, 1),
    )


async def discharge_proposed(world, session, standing):
    officer = world.accounts[Role.CASEWORKER]
    by = make_process(session, actor=officer)
    words = world.subject("decided").office("discharged because")
    await propose_discharge(session, standing, words=words, proposer=officer, by=by)


async def stopped(world, session, standing):
    officer = world.accounts[Role.CASEWORKER]
    registrar = world.accounts[Role.REGISTRAR]
    stop = await propose_pause(
        session,
        standing,
        because=PauseReason.SICKNESS,
        from_on=date(2027, 3, 1),
        words=world.subject("paused").office("paused because"),
        proposer=officer,
        by=make_process(session, actor=officer),
    )
    await session.flush()
    by = make_process(session, actor=registrar)
    await stop.approve(session, approver=registrar, by=by)


async def proof_of(world, session, standing):
    stored = await clean_file(world, session, world.subject("proof"))
    proof = ConditionEvidence(
        id=uuid4(),
        condition_id=standing.condition.id,
        file_id=stored.id,
        added_at=NOW,
    )
    session.add(proof)
    await session.flush()
    return proof


def at(known, row, _role):
    world = known.world
    several = {UNDECIDED: [world.undecided], PAUSED: [world.paused]}
    found = several.get(row.of, [world.decided])
    if row.path.startswith("/conditions"):
        found = [world.owned]
    elif row.method == "GET" and "evidence_id" not in row.path:
        found = [world.decided, world.paused]
    return [{"condition_id": of.id, "evidence_id": world.proof.id} for of in found]


def discharged(known, _place, _role):
    award = {"discharge-qualification": str(known.world.studied.id)}
    day = {"day": "1", "month": "3", "year": "2027"}
    award |= {f"discharge-awarded_on-{part}": value for part, value in day.items()}
    return award | {"discharge-words": "Met"}


ROWS = [
    own("GET", "/conditions"),
    own("GET", "/conditions/{condition_id}", REGISTRANT),
    own("POST", "/conditions/{condition_id}", REGISTRANT),
    work("GET", "/staff/conditions", *READERS),
    work("GET", CONDITION, *READERS),
    work("GET", f"{CONDITION}/evidence/{{evidence_id}}", *READERS),
    work("POST", f"{CONDITION}/pause", *OFFICERS, of=UNDECIDED),
    work("POST", f"{CONDITION}/extension", *OFFICERS, of=UNDECIDED),
    work("POST", f"{CONDITION}/discharge", *OFFICERS, of=UNDECIDED),
    work("POST", f"{CONDITION}/resumption", *OFFICERS, of=PAUSED),
    work("POST", f"{CONDITION}/approval", REGISTRAR),
    work("POST", f"{CONDITION}/return", REGISTRAR),
]
SENT = {
    "/conditions/{condition_id}": {"file": pdf()},
    f"{CONDITION}/pause": {
        "pause-because": "break",
        "pause-from_on-day": "1",
        "pause-from_on-month": "3",
        "pause-from_on-year": "2027",
        "pause-words": "A break",
    },
    f"{CONDITION}/extension": {
        "extend-due_on-day": "1",
        "extend-due_on-month": "3",
        "extend-due_on-year": "2030",
        "extend-enrolled": "yes",
        "extend-forecast": "yes",
        "extend-words": "The college",
    },
    f"{CONDITION}/discharge": discharged,
    f"{CONDITION}/resumption": {
        "resume-until_on-day": "9",
        "resume-until_on-month": "3",
        "resume-until_on-year": "2027",
    },
    f"{CONDITION}/return": {"words": "Look again"},
}
QUERIES = {("GET", "/staff/conditions"): ("", "?due=soon")}
