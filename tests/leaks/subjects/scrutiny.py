"""What an applicant has studied abroad, as one looks into it and a second agrees."""

from register.assessment import (
    AssessmentAct,
    Shown,
    Translation,
    qualifications_of,
    scrutinise,
)
from register.kit.clock import day_of
from register.rule_set import Verdict
from tests.leaks.cases import in_hand
from tests.leaks.filed import case_at
from tests.leaks.people import somebody
from tests.leaks.roles import Role
from tests.leaks.rows import (
    CASE,
    CASEWORKER,
    ELSEWHERE,
    READERS,
    REGISTRAR,
    TEAM_MANAGER,
    case,
    held,
    nobody,
)
from tests.make import NOW
from tests.register.assessing import act

SCRUTINY = f"{CASE}/qualifications/{{qualification_id}}/scrutiny"
VERDICT = f"{CASE}/qualifications/{{qualification_id}}/verdict"


async def make(world, session):
    """`abroad`: with a scrutiny that waits for a second person."""
    of = world.subject("abroad")
    world.abroad = await in_hand(world, session, of, *await somebody(session, of))
    officer = world.accounts[Role.CASEWORKER]
    (held,) = await qualifications_of(session, world.abroad)
    await scrutinise(
        session,
        world.abroad,
        held.id,
        shown(of),
        Verdict.PARTIAL,
        because=of.office("scrutiny.because"),
        gaps=of.office("scrutiny.gaps"),
        officer=officer,
        by=act(session, AssessmentAct.SCRUTINISE, officer),
    )
    await session.flush()


def shown(of):
    return Shown(
        statement_reference=of.office("scrutiny.statement_reference"),
        statement_on=day_of(NOW),
        statement_level=5,
        practice_from=of.office("scrutiny.practice_from"),
        practice_on=day_of(NOW),
        translation=Translation.SEEN,
    )


def at(known, row, role):
    wish = row.method == "POST" and row.path == SCRUTINY
    return case_at(known, row, role, "assessed" if wish else "abroad")


ROWS = [
    case("GET", SCRUTINY, *READERS),
    nobody("GET", SCRUTINY, *READERS, of=ELSEWHERE),
    held("POST", SCRUTINY),
    nobody("POST", SCRUTINY, CASEWORKER, of=ELSEWHERE),
    case("POST", f"{VERDICT}/approval", TEAM_MANAGER, REGISTRAR),
    case("POST", f"{VERDICT}/return", TEAM_MANAGER, REGISTRAR),
]
SENT = {
    SCRUTINY: {
        "statement_reference": "0123-4567",
        "statement_on-day": "9",
        "statement_on-month": "3",
        "statement_on-year": "2027",
        "statement_level": "5",
        "practice_from": "A home manager",
        "practice_on-day": "9",
        "practice_on-month": "3",
        "practice_on-year": "2027",
        "translation": "not_needed",
        "verdict": "full",
        "because": "It compares",
    },
    f"{VERDICT}/return": {"words": "Look again"},
}
