"""Portfolios, which two assessors sign."""

from register.application import SectionName, SentSection, section_of
from tests.leaks.cases import in_hand, mapped
from tests.leaks.filed import case_at
from tests.leaks.people import somebody
from tests.leaks.roles import Role
from tests.leaks.rows import CASE, CASEWORKER, ELSEWHERE, READERS, case, held, nobody
from tests.make import NOW
from tests.register.assessing import claimed_by_portfolio, signed_off

PORTFOLIO = f"{CASE}/qualifications/{{qualification_id}}/portfolio"


async def make(world, session):
    """Of somebody who is not named in them: `signed` by two assessors, `unsigned` by nobody."""
    world.unsigned = await portfolio(world, session, world.subject("unsigned"))
    of = world.subject("signed")
    world.signed = await portfolio(world, session, of)
    for role in (Role.CASEWORKER, Role.OTHER_CASEWORKER):
        words = of.office(f"portfolio.because of {role}")
        await signed_off(session, world.signed, world.accounts[role], because=words)


async def portfolio(world, session, of):
    application = await in_hand(world, session, of, *await somebody(session, of))
    await claimed_by_portfolio(session, application)
    await mapped(session, of.told, application)
    section = await section_of(session, application.id, SectionName.PORTFOLIO)
    session.add(SentSection.of(section, now=NOW))
    await session.flush()
    return application


def at(known, row, role):
    wish = row.method == "POST" and row.path == PORTFOLIO
    return case_at(known, row, role, "unsigned" if wish else "signed")


ROWS = [
    case("GET", PORTFOLIO, *READERS),
    nobody("GET", PORTFOLIO, *READERS, of=ELSEWHERE),
    case("POST", PORTFOLIO, CASEWORKER),
    nobody("POST", PORTFOLIO, CASEWORKER, of=ELSEWHERE),
    held("POST", f"{PORTFOLIO}/recommendation"),
]
SENT = {
    PORTFOLIO: {
        "because": "The documents",
        **{f"outcome_{n}": "met" for n in range(1, 10)},
    },
    f"{PORTFOLIO}/recommendation": {"verdict": "no", "because": "Too little"},
}
