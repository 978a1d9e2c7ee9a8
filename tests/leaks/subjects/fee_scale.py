"""What each thing costs, and how two finance officers change it."""

from datetime import date

from fees.scale import FeeKind, ProRata
from fees.scale_change import Price, propose
from register.part import Part
from tests.leaks.roles import Role
from tests.leaks.rows import AUDITOR, FINANCE, work
from tests.make import make_process

FEE = "/staff/fees/{kind}/{part}"


async def make(world, session):
    """A deputy's renewal is to cost more, when a second person agrees."""
    somebody = world.accounts[Role.TEAM_MANAGER]
    await propose(
        session,
        Price(FeeKind.RENEWAL, Part.DEPUTY, 7000, ProRata.NONE),
        date(2027, 6, 1),
        proposer=somebody,
        by=make_process(session, actor=somebody),
    )


def at(_known, _row, _role):
    return [{"kind": "renewal", "part": "deputy"}]


ROWS = [
    work("GET", "/staff/fees", FINANCE, AUDITOR),
    work("GET", FEE, FINANCE, AUDITOR),
    work("GET", f"{FEE}/change", FINANCE),
    work("POST", f"{FEE}/change", FINANCE),
    work("POST", f"{FEE}/approval", FINANCE),
    work("POST", f"{FEE}/return", FINANCE),
]
SENT = {
    f"{FEE}/change": {
        "amount": "125",
        "pro_rata": "none",
        "each_part": "no",
        "begins_on-day": "1",
        "begins_on-month": "12",
        "begins_on-year": "2027",
    },
    f"{FEE}/return": {"words": "Look again"},
}
