"""The last look at who has paid, before they are entered."""

from tests.leaks.canaries import Canary
from tests.leaks.cases import granted, in_hand, paid
from tests.leaks.filed import case_at, stamped
from tests.leaks.people import somebody
from tests.leaks.roles import TREASURY
from tests.leaks.rows import CASE, REGISTRAR, TEAM_MANAGER, case
from tests.leaks.subjects.watch_list import listed

APPROVAL = f"{CASE}/approval"


async def make(world, session):
    """`held_back`: listed on the watch list between the approval and the fee."""
    of = world.subject("held back")
    name = of.billed("given name"), of.billed("family name")
    account, _ = await somebody(session, of, name=name)
    world.held_back = await in_hand(world, session, of, account, name)
    invoice = await granted(world, session, of, world.held_back)
    await listed(world, session, account.person_id)
    provider_id = world.aviary.word(
        Canary("held back", "payment.provider_id", TREASURY)
    )
    await paid(session, world.held_back, invoice, provider_id=provider_id)


def at(known, row, role):
    return case_at(known, row, role, "held_back")


ROWS = [
    case("GET", APPROVAL, TEAM_MANAGER, REGISTRAR),
    case("POST", APPROVAL, TEAM_MANAGER, REGISTRAR),
]
SENT = {APPROVAL: stamped(words="Look again")}
