"""Reversing a decision that was wrong."""

from register.account import StaffRole
from register.appeal import ReversalAct, ReversalReason, propose_reversal
from tests.leaks.cases import refused
from tests.leaks.filed import case_at
from tests.leaks.rows import CASE, READERS, REGISTRAR, case
from tests.make import make_account
from tests.register.assessing import act

REVERSAL = f"{CASE}/reversal"
REVERSING = "a decision that it is proposed to reverse"


async def make(world, session):
    """`reversing`: refused, and it is proposed to reverse that."""
    world.reversing, _ = await refused(world, session, "reversing")
    registrar = await make_account(session, StaffRole.REGISTRAR)
    await propose_reversal(
        session,
        world.reversing,
        because=ReversalReason.ERROR_OF_FACT,
        words=world.subject("reversing").office("reversed because"),
        proposer=registrar,
        by=act(session, ReversalAct.PROPOSE, registrar),
    )
    await session.flush()


def at(known, row, role):
    wish = row.method == "POST" and row.of != REVERSING
    return case_at(known, row, role, "owing" if wish else "reversing")


ROWS = [
    case("GET", REVERSAL, *READERS),
    case("POST", REVERSAL, REGISTRAR),
    case("POST", f"{REVERSAL}/approval", REGISTRAR, of=REVERSING),
    case("POST", f"{REVERSAL}/return", REGISTRAR, of=REVERSING),
]
SENT = {
    REVERSAL: {"because": "error_of_fact", "words": "Wrong"},
    f"{REVERSAL}/return": {"words": "Look again"},
}
