"""Whether somebody is suitable in spite of what they declared."""

from register.assessment import AssessmentAct, matters_of, send_to_review
from tests.leaks.cases import in_hand
from tests.leaks.filed import case_at
from tests.leaks.people import somebody
from tests.leaks.roles import Role
from tests.leaks.rows import CASE, READERS, REGISTRAR, TEAM_MANAGER, case, held, sealed
from tests.register.assessing import act, weighed

SUITABILITY = f"{CASE}/suitability"


async def make(world, session):
    """`reviewing`: to be reviewed once more; `matters`: what is to be weighed of it."""
    of = world.subject("reviewing")
    application = await in_hand(world, session, of, *await somebody(session, of))
    officer = world.accounts[Role.CASEWORKER]
    words = of.found_of_restricted("weighed because")
    await weighed(session, application, officer, words=words)
    by = act(session, AssessmentAct.SEND_TO_REVIEW, officer)
    await send_to_review(session, application, officer=officer, by=by)
    matters = await matters_of(session, application)
    world.matters = tuple(matter.key for matter in matters)
    world.reviewing = application


def at(known, row, role):
    referral = row.path != SUITABILITY
    return case_at(known, row, role, "assessed" if referral else "reviewing")


def acceptable(known, place, _role):
    """Every matter."""
    said = {"conclusion": "suitable", "words": "In all"}
    for key in known.world.matters:
        said |= {f"weight_{key}": "acceptable", f"words_{key}": "Long ago"}
    return known.stamp(place) | said


ROWS = [
    sealed("GET", SUITABILITY, *READERS),
    case("POST", SUITABILITY, TEAM_MANAGER, REGISTRAR),
    held("POST", f"{SUITABILITY}/referral"),
]
SENT = {SUITABILITY: acceptable}
