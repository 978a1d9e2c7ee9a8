"""Providers' accounts, as staff open and end them."""

from tests.leaks.roles import Role
from tests.leaks.rows import OFFICERS, READERS, REGISTRAR, TEAM_MANAGER, work
from tests.leaks.subjects.employers import home_of
from tests.register.employing import make_organisation, propose_organisation

ORGANISATION = "/staff/organisations/{organisation_id}"
PROPOSED = "an organisation that waits for a second person"
UNJOINED = "an organisation that nobody has joined"


async def make(world, session):
    """`unjoined`: that nobody has joined; `proposed_one`; and the home of a provider without an account, `nobody_s`."""
    home = await home_of(world, session, "SC770002", "unjoined")
    world.unjoined = await make_organisation(session, home)
    home = await home_of(world, session, "SC770003", "proposed")
    officer = world.accounts[Role.CASEWORKER]
    world.proposed_one = await propose_organisation(session, home, officer=officer)
    world.nobody_s = await home_of(world, session, "SC770004", "nobody's")


def at(known, row, _role):
    world = known.world
    several = {PROPOSED: world.proposed_one, UNJOINED: world.unjoined}
    return [{"organisation_id": several.get(row.of, world.organisation).id}]


def of_provider(known, _place, _role):
    urn = known.world.nobody_s.urn
    return {"urn": urn, "lead_name": "Lea Lead", "lead_email": "lea@example.org"}


ROWS = [
    work("GET", "/staff/organisations", *READERS),
    work("GET", "/staff/organisations/add", *OFFICERS),
    work("POST", "/staff/organisations/add", *OFFICERS),
    work("GET", ORGANISATION, *READERS),
    work("POST", f"{ORGANISATION}/approval", TEAM_MANAGER, REGISTRAR, of=PROPOSED),
    work("POST", f"{ORGANISATION}/return", TEAM_MANAGER, REGISTRAR, of=PROPOSED),
    work("POST", f"{ORGANISATION}/invitation", *OFFICERS, of=UNJOINED),
    work("POST", f"{ORGANISATION}/end", TEAM_MANAGER, REGISTRAR),
]
SENT = {
    "/staff/organisations/add": of_provider,
    f"{ORGANISATION}/return": {"words": "Look again"},
    f"{ORGANISATION}/end": {"words": "Sold"},
}
