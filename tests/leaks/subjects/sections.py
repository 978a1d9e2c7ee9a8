"""Assessing an application, section by section."""

from sqlalchemy import select

from register.application import ApplicationKind, SectionName
from register.application.endorsement import ask_again
from register.application.references import name_another
from register.assessment import AssessmentAct, Outcome, SectionCheck, return_to_officer
from tests.applications import make_referee
from tests.leaks.cases import HEARD_IN, grant_proposed, in_hand
from tests.leaks.filed import case_at, case_of
from tests.leaks.people import somebody
from tests.leaks.roles import Role
from tests.leaks.rows import (
    CASE,
    CASEWORKER,
    ELSEWHERE,
    READERS,
    RESTRICTED,
    UNASSIGNED,
    UNSENT,
    case,
    held,
    nobody,
    sealed,
)
from tests.make import make_process
from tests.register.assessing import act, check
from tests.register.referring import asked_of

SECTION = f"{CASE}/sections/{{section}}"


async def make(world, session):
    """`assessed`: a grant was proposed and came back; now there is something to ask and something wanting."""
    of = world.subject("assessed")
    world.assessed = await in_hand(world, session, of, *await somebody(session, of))
    await came_back(world, session, of)
    for section, outcome in (
        (SectionName.CONTACT, Outcome.ASK),
        (SectionName.CRIMINAL, Outcome.ASK),
        (SectionName.DBS, Outcome.NOT_MET),
        (SectionName.HEALTH, Outcome.NOT_MET),
    ):
        word = of.found_of_restricted if section.restricted else of.found
        words = word(f"{outcome} in {section}")
        await checked_again(world, session, section, outcome, words=words)
    await named_another(session, of, world.assessed)
    await ask_again(session, world.assessed, by=make_process(session))


async def came_back(world, session, of):
    officer, registrar = (
        world.accounts[Role.CASEWORKER],
        world.accounts[Role.REGISTRAR],
    )
    proposal = await grant_proposed(session, of, world.assessed, officer=officer)
    by = act(session, AssessmentAct.RETURN, registrar)
    words = of.office("returned because")
    await return_to_officer(session, proposal, words=words, approver=registrar, by=by)


async def checked_again(world, session, section, outcome, *, words):
    seen = await session.scalar(
        select(SectionCheck.id)
        .where(
            SectionCheck.application_id == world.assessed.id,
            SectionCheck.section == section,
        )
        .order_by(SectionCheck.id.desc())
        .limit(1)
    )
    await check(
        session,
        world.assessed,
        section,
        outcome,
        officer=world.accounts[Role.CASEWORKER],
        words=words,
        seen=seen,
    )


async def named_another(session, of, application):
    """In place of the referee who declined."""
    *_, declined = await asked_of(session, application)
    referee = make_referee(
        name=of.told("another referee.name"),
        job=of.told("another referee.job"),
        organisation=of.told("another referee.organisation"),
        email=f"{of.told('another referee.email')}@example.org".lower(),
    )
    by = make_process(session)
    await name_another(session, application, declined.about_id, referee, by=by)
    await session.flush()


def at(known, row, role):
    if row.path != SECTION:
        return case_at(known, row, role)
    filed = case_of(known, row, role)
    return [
        {"reference": filed.reference, "section": section}
        for section in ApplicationKind.FIRST.sections
        if section.assessed and section.restricted is (row.of == RESTRICTED)
    ]


def checked(known, place, _role):
    section = place.at["section"]
    heard = HEARD_IN.get(section, 0)
    seen = known.checks.get(section, "")
    return {"outcome": "met", "seen": seen, "heard": str(heard)}


def certified(_known, place, _role):
    at = f"r{place.at['registration_id'].replace('-', '')}"
    said = {"certified": "good_standing", "seen_as": "certificate"}
    day = {"status_on-day": "9", "status_on-month": "3", "status_on-year": "2027"}
    return {f"{at}-{name}": value for name, value in (said | day).items()}


ROWS = [
    case("GET", f"{CASE}/sections", *READERS),
    nobody("GET", f"{CASE}/sections", *READERS, of=UNSENT),
    case("GET", SECTION, *READERS),
    sealed("GET", SECTION, *READERS),
    nobody("GET", SECTION, *READERS, of=UNSENT),
    held("POST", SECTION),
    sealed("POST", SECTION, CASEWORKER),
    *(
        row
        for what in (
            "registrations/{registration_id}",
            "qualifications/{qualification_id}",
        )
        for path in (f"{CASE}/{what}",)
        for row in (
            held("POST", path),
            nobody("POST", path, CASEWORKER, refused=UNASSIGNED, of=ELSEWHERE),
        )
    ),
]
SENT = {
    SECTION: checked,
    f"{CASE}/registrations/{{registration_id}}": certified,
    f"{CASE}/qualifications/{{qualification_id}}": {"verdict": "no"},
}
