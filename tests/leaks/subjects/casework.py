"""Casework: the queue, and an application as whoever has it works on it."""

from register.assessment import AssessmentAct, HoldReason, hold
from tests.leaks.cases import LONG_AGO, SENT_AT, asked, in_hand, sent
from tests.leaks.filed import case_at, case_of, stamped
from tests.leaks.people import somebody
from tests.leaks.roles import READERS_OF_RESTRICTED, Role
from tests.leaks.rows import (
    CASE,
    CASEWORKER,
    ELSEWHERE,
    OFFICERS,
    READERS,
    RESTRICTED,
    TEAM_MANAGER,
    UNSENT,
    case,
    held,
    nobody,
    sealed,
    work,
)
from tests.register.assessing import act

FREE, TAKEN = "an application that nobody has", "an application that somebody has"
ASSESSORS = frozenset({Role.CASEWORKER, Role.OTHER_CASEWORKER})
DOCUMENT = f"{CASE}/evidence/{{evidence_id}}"


async def make(world, session):
    """`overdue`: asked about everything, not answered in time, and on hold; `free`: assigned to nobody."""
    await late(world, session)
    of = world.subject(
        "free", staff_of_restricted=READERS_OF_RESTRICTED - {Role.CASEWORKER}
    )
    world.free = await sent(session, of, *await somebody(session, of), at=SENT_AT)


async def late(world, session):
    of = world.subject("overdue")
    world.overdue = await in_hand(
        world, session, of, *await somebody(session, of), at=LONG_AGO
    )
    officer = world.accounts[Role.CASEWORKER]
    await asked(session, of, world.overdue, officer=officer, now=LONG_AGO)
    await hold(
        session,
        world.overdue,
        because=HoldReason.REGULATOR,
        words=of.office("held because"),
        officer=officer,
        by=act(session, AssessmentAct.HOLD, officer),
    )


def at(known, row, role):
    if row.path == DOCUMENT:
        return documents(known, row, role)
    if row.of == FREE:
        return case_at(known, row, role, "free")
    late = row.path == f"{CASE}/request/expiry"
    return case_at(known, row, role, "overdue" if late else "assessed")


def documents(known, row, role):
    asked = known.filed["asked"]
    elsewhere = row.of == ELSEWHERE
    filed = case_of(known, row, role, "assessed" if elsewhere else "asked")
    of = asked if elsewhere else filed
    found = [(filed.reference, of)]
    if not row.of and role is not Role.INTERESTED:
        mapped = [known.filed[name] for name in ("signed", "unsigned")]
        found += [(one.reference, one) for one in mapped]
    return [
        {"reference": reference, "evidence_id": document}
        for reference, one in found
        for document in one.documents[row.of == RESTRICTED]
    ]


def given_to(known, place, role):
    """A caseworker takes it, if it is free; anybody else gives it to one."""
    free = known.filed["free"].reference == place.at["reference"]
    to = role if free and role in ASSESSORS else Role.OTHER_CASEWORKER
    return known.stamp(place) | {"to": str(known.world.accounts[to].id)}


def given_at_once(known, _place, _role):
    """One that is free, and one that is nobody's to give any more."""
    found = [known.filed[name] for name in ("free", "registered")]
    chosen = [f"{one.reference}.{one.stamp['version']}" for one in found]
    to = known.world.accounts[Role.OTHER_CASEWORKER]
    return {"chosen": chosen, "to": str(to.id)}


ROWS = [
    work("GET", "/staff/applications", *READERS),
    work("POST", "/staff/applications/assignment", TEAM_MANAGER),
    case("GET", CASE, *READERS),
    nobody("GET", CASE, *READERS, of=UNSENT),
    case("POST", f"{CASE}/assignment", CASEWORKER, TEAM_MANAGER, of=FREE),
    case("POST", f"{CASE}/assignment", TEAM_MANAGER, refused=ASSESSORS, of=TAKEN),
    nobody("POST", f"{CASE}/assignment", CASEWORKER, TEAM_MANAGER, of=UNSENT),
    case("GET", DOCUMENT, *READERS),
    sealed("GET", DOCUMENT, *READERS),
    nobody("GET", DOCUMENT, *READERS, of=UNSENT),
    nobody("GET", DOCUMENT, *READERS, of=ELSEWHERE),
    case("GET", f"{CASE}/messages", *READERS),
    nobody("GET", f"{CASE}/messages", *READERS, of=UNSENT),
    case("GET", f"{CASE}/notes", *READERS),
    nobody("GET", f"{CASE}/notes", *READERS, of=UNSENT),
    case("POST", f"{CASE}/notes", *OFFICERS),
    nobody("POST", f"{CASE}/notes", *OFFICERS, of=UNSENT),
    held("GET", f"{CASE}/request"),
    held("POST", f"{CASE}/request"),
    held("POST", f"{CASE}/request/expiry"),
    case("GET", f"{CASE}/timeline", *READERS),
    nobody("GET", f"{CASE}/timeline", *READERS, of=UNSENT),
]
SENT = {
    "/staff/applications/assignment": given_at_once,
    f"{CASE}/assignment": given_to,
    f"{CASE}/notes": {"words": "A note"},
    f"{CASE}/request": stamped(),
}
QUERIES = {
    ("GET", "/staff/applications"): ("", "?holder=me", "?state=proposed", "?due=over")
}
