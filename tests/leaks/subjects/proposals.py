"""What is proposed to be decided of an application, and a second person decides."""

from tests.leaks.cases import grant_proposed, in_hand, refusal_proposed
from tests.leaks.filed import case_at, stamped
from tests.leaks.people import somebody
from tests.leaks.roles import READERS as READING
from tests.leaks.roles import READERS_OF_RESTRICTED, Role
from tests.leaks.rows import CASE, READERS, REGISTRAR, TEAM_MANAGER, case, held, work
from tests.make import make_person

PROPOSAL = "/staff/proposals/{proposal_id}"
GRANT, CONDITIONAL, REFUSAL = "a grant", "a grant with a condition", "a refusal"
MANAGERS = frozenset({Role.TEAM_MANAGER})


async def make(world, session):
    """`refusing`; `granting`: with a condition; `plain`: without one; `theirs`: about a member of staff."""
    officer = world.accounts[Role.CASEWORKER]
    of = world.subject("refusing")
    application = await in_hand(world, session, of, *await somebody(session, of))
    world.refusing = await refusal_proposed(session, of, application, officer=officer)
    of = world.subject("granting")
    application = await in_hand(world, session, of, *await somebody(session, of))
    world.granting = await grant_proposed(session, of, application, officer=officer)
    of = world.subject("plain")
    application = await in_hand(world, session, of, *await somebody(session, of))
    world.plain = await grant_proposed(
        session, of, application, officer=officer, plainly=True
    )
    await about_staff(world, session)


async def about_staff(world, session):
    """Colleagues read it, as they read any other; whom it is about does not, though they have the roles."""
    of = world.subject(
        "theirs",
        staff=READING - {Role.INTERESTED},
        staff_of_restricted=READERS_OF_RESTRICTED - {Role.INTERESTED},
    )
    account = world.accounts[Role.INTERESTED]
    name = of.told("given name"), of.told("family name")
    account.person_id = (await make_person(session, *name)).id
    application = await in_hand(world, session, of, account, name)
    officer = world.accounts[Role.CASEWORKER]
    world.theirs = await refusal_proposed(session, of, application, officer=officer)


def at(known, row, role):
    if row.path.startswith(CASE):
        return case_at(known, row, role)
    world = known.world
    several = {
        GRANT: [world.plain],
        CONDITIONAL: [world.granting],
        REFUSAL: [world.refusing],
    }
    found = several.get(row.of, [world.refusing, world.granting])
    if role is Role.INTERESTED:
        found = [world.theirs]
    return [{"proposal_id": of.id} for of in found]


ROWS = [
    held("GET", f"{CASE}/proposal"),
    held("POST", f"{CASE}/proposal"),
    work("GET", "/staff/proposals", *READERS),
    case("GET", PROPOSAL, *READERS),
    case("POST", f"{PROPOSAL}/approval", TEAM_MANAGER, REGISTRAR, of=GRANT),
    case("POST", f"{PROPOSAL}/approval", REGISTRAR, refused=MANAGERS, of=CONDITIONAL),
    case("POST", f"{PROPOSAL}/approval", REGISTRAR, refused=MANAGERS, of=REFUSAL),
    case("POST", f"{PROPOSAL}/return", TEAM_MANAGER, REGISTRAR, of=GRANT),
    case("POST", f"{PROPOSAL}/return", REGISTRAR, refused=MANAGERS, of=CONDITIONAL),
    case("POST", f"{PROPOSAL}/return", REGISTRAR, refused=MANAGERS, of=REFUSAL),
]
SENT = {
    f"{CASE}/proposal": stamped(decision="refuse"),
    f"{PROPOSAL}/approval": stamped(),
    f"{PROPOSAL}/return": stamped(words="Look again"),
}
QUERIES = {("GET", "/staff/proposals"): ("", "?show=yours")}
