"""A person as staff know them, and hiding one from the public register."""

from register.hiding import propose_showing
from tests.leaks.roles import Role
from tests.leaks.rows import (
    MERGED,
    OFFICERS,
    PERSON,
    READERS,
    REGISTRAR,
    TEAM_MANAGER,
    UNSENT,
    Meets,
    case,
    nobody,
    work,
)
from tests.make import make_process

HIDDEN, HIDDEN_STILL = (
    "somebody said to be dead",
    "somebody whom it is proposed to show again",
)
HIDING = {
    "death": OFFICERS,
    "withholding": (TEAM_MANAGER, REGISTRAR),
    "showing": OFFICERS,
}


async def make(world, session):
    """It is proposed to show again who is withheld."""
    officer = world.accounts[Role.CASEWORKER]
    await propose_showing(
        session,
        world.withheld.entry.person,
        because=world.subject("withheld").office("shown again because"),
        proposer=officer,
        by=make_process(session, actor=officer),
    )


def at(known, row, role):
    world = known.world
    several = {
        UNSENT: world.draft,
        HIDDEN: world.dead.entry,
        HIDDEN_STILL: world.withheld.entry,
        MERGED: world.merged.entry,
    }
    if role is Role.INTERESTED and row.of != UNSENT:
        found = [world.theirs]
    elif row.of in several:
        found = [several[row.of]]
    elif row.method == "POST":
        found = [world.listed.entry]
    else:
        found = [world.asked, world.listed.entry, world.withheld.entry]
    return [{"person_id": of.person_id} for of in found]


ROWS = [
    work("GET", "/staff/persons", *READERS),
    case("GET", PERSON, *READERS),
    case("GET", PERSON, *READERS, find=Meets.MOVE, of=MERGED),
    nobody("GET", PERSON, *READERS, of=UNSENT),
    case("GET", f"{PERSON}/messages", *READERS),
    nobody("GET", f"{PERSON}/messages", *READERS, of=UNSENT),
    case("GET", f"{PERSON}/contact", *OFFICERS),
    nobody("GET", f"{PERSON}/contact", *OFFICERS, of=UNSENT),
    case("GET", f"{PERSON}/address", *OFFICERS),
    case("POST", f"{PERSON}/address", *OFFICERS),
    nobody("GET", f"{PERSON}/address", *OFFICERS, of=UNSENT),
    nobody("POST", f"{PERSON}/address", *OFFICERS, of=UNSENT),
    case("GET", f"{PERSON}/death", *OFFICERS),
    case("POST", f"{PERSON}/death", *OFFICERS),
    case("GET", f"{PERSON}/withholding", TEAM_MANAGER, REGISTRAR),
    case("POST", f"{PERSON}/withholding", TEAM_MANAGER, REGISTRAR),
    case("GET", f"{PERSON}/showing", *OFFICERS),
    case("POST", f"{PERSON}/showing", *OFFICERS, of=HIDDEN),
    case("GET", f"{PERSON}/proposal", *READERS, of=HIDDEN_STILL),
    case("POST", f"{PERSON}/proposal/approval", REGISTRAR, of=HIDDEN_STILL),
    case("POST", f"{PERSON}/proposal/return", REGISTRAR, of=HIDDEN_STILL),
    *(
        nobody(method, f"{PERSON}/{what}", *because, of=UNSENT)
        for what, because in HIDING.items()
        for method in ("GET", "POST")
    ),
]
SENT = {
    f"{PERSON}/death": {
        "died_on-day": "1",
        "died_on-month": "3",
        "died_on-year": "2027",
        "told_by": "family",
    },
    f"{PERSON}/address": {
        "line_1": "1 New Road",
        "town": "Leeds",
        "in_uk": "yes",
        "postcode": "LS1 1AA",
        "evidence": "A letter of theirs",
    },
    f"{PERSON}/withholding": {"because": "Danger"},
    f"{PERSON}/showing": {"because": "No danger"},
    f"{PERSON}/proposal/return": {"words": "Look again"},
}
QUERIES = {("GET", "/staff/persons"): ("", "?q=Zqx", "?q={withheld}")}
