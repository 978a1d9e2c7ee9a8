"""Audits of learning: announced, drawn, assessed, and what follows where learning is not enough."""

from datetime import date

from sqlalchemy import select

from register.cpd import freeze
from register.cpd.audit import (
    AuditCase,
    CaseState,
    Finding,
    LearningAudit,
    assign,
    propose_condition,
    propose_draw,
    work_on,
)
from register.kit.clock import start_of
from register.part import Part
from tests.leaks.people import named
from tests.leaks.roles import OFFICERS, Role
from tests.leaks.rows import (
    AUDITOR,
    CASEWORKER,
    READERS,
    REGISTRANT,
    REGISTRAR,
    TEAM_MANAGER,
    UNDECIDED,
    own,
    public,
    work,
)
from tests.make import NOW, make_process
from tests.register.auditing import assessed, draw_audit, make_renewed
from tests.register.learning import make_record

HOME, OWN = "/staff/audits", "/account/learning/audits"
AUDIT, CASE = f"{HOME}/{{audit_id}}", f"{HOME}/cases/{{case_id}}"
ASSESSMENT = f"{HOME}/assessments/{{case_id}}"
LEADERS = (TEAM_MANAGER, REGISTRAR)
FOLLOWERS = (*LEADERS, AUDITOR)
WANTING = "a case in which learning was not enough twice"
GIVEN, GONE = "a case that an assessor has", "a case of somebody registered no more"
YEAR_END = date(2026, 11, 30)
LONG_AGO, RENEWED = start_of(date(2025, 6, 1)), start_of(date(2026, 10, 1))
ASSIGNED = frozenset({Role.CASEWORKER})


async def make(world, session):
    """`audit`: drawn, with a case of each state; `announced`; `to_draw`: which it is proposed to draw."""
    audited = await renewed(world, session, "audited")
    world.audit = await announced(session, Part.MANAGER)
    await draw_audit(session, world.audit, now=NOW)
    (world.assessing,) = await session.scalars(
        select(AuditCase).where(AuditCase.person_id == audited.person_id)
    )
    await given(world, session, world.assessing)
    world.to_assign = await opened(world, session, "unassessed")
    world.wanting = await wanting(world, session, "wanting")
    world.conditioned = await wanting(world, session, "conditioned")
    world.left_learning = await gone(world, session)
    await condition_proposed(world, session)
    world.own_audit = await of_registrant(world, session)
    world.announced = await announced(session, Part.DEPUTY)
    world.to_draw = await announced(session, Part.TRAINEE)
    await renewed(world, session, "to draw", part=Part.TRAINEE)
    await draw_proposed(world, session)


async def renewed(world, session, name, **more):
    of = world.subject(name, entered=True)
    person = await named(session, of, of.public("given name"), of.public("family name"))
    return await make_renewed(
        session, person=person, on=LONG_AGO, year_end=YEAR_END, now=RENEWED, **more
    )


async def announced(session, part):
    return await LearningAudit.announce(
        session, part, YEAR_END, by=make_process(session)
    )


async def given(world, session, case):
    work_ = await work_on(session, case.id)
    assessor = world.accounts[Role.CASEWORKER]
    await assign(session, work_, assessor, by=make_process(session))


async def opened(world, session, name):
    entry = await renewed(world, session, name)
    return await case_of(world, session, entry.person_id)


async def case_of(world, session, person_id):
    return await AuditCase.open_for(
        session,
        world.audit,
        person_id,
        by_chance=True,
        by=make_process(session),
    )


async def gone(world, session):
    """Whose it is is registered no more."""
    entry = await renewed(world, session, "gone")
    case = await case_of(world, session, entry.person_id)
    await entry.lapse(session, on=NOW, because="not_renewed", by=make_process(session))
    return case


async def wanting(world, session, name):
    case = await opened(world, session, name)
    of = world.subject(name, entered=True)
    await found_wanting(session, of, case)
    case.state, case.turn = CaseState.NOT_MET, 2
    await session.flush()
    return case


async def found_wanting(session, of, case):
    for nth in ("first", "second"):
        words = of.asked(f"{nth} finding")
        await assessed(session, case.id, Finding.NOT_MET, words, now=NOW)


async def condition_proposed(world, session):
    of = world.subject("conditioned", entered=True)
    officer = world.accounts[Role.TEAM_MANAGER]
    await propose_condition(
        session,
        await work_on(session, world.conditioned.id),
        wording=of.found("condition after an audit"),
        due_on=date(2027, 9, 1),
        words=of.office("condition because"),
        proposer=officer,
        by=make_process(session, actor=officer),
    )


async def of_registrant(world, session):
    """Who is asked for more, and has finished more."""
    person = world.listed.entry.person
    by = make_process(session)
    await freeze(session, person.id, year_end=YEAR_END, by=by)
    case = await case_of(world, session, person.id)
    of = world.subject(Role.REGISTRANT, Role.REGISTRANT, entered=True)
    await found_wanting(session, of, case)
    await make_record(session, person, year_end=YEAR_END, on=date(2026, 11, 2))
    return case


async def draw_proposed(world, session):
    officer = world.accounts[Role.TEAM_MANAGER]
    await propose_draw(
        session,
        world.to_draw,
        words=world.subject("to draw").office("drawn because"),
        proposer=officer,
        by=make_process(session, actor=officer),
    )


def at(known, row, _role):
    world = known.world
    audits = {"": world.to_draw, UNDECIDED: world.announced}
    cases = {
        "": world.conditioned,
        UNDECIDED: world.to_assign,
        WANTING: world.wanting,
        GIVEN: world.assessing,
        GONE: world.left_learning,
    }
    found = [
        {
            "audit_id": audits.get(row.of, world.audit).id,
            "year": YEAR_END.year,
            "part": Part.MANAGER,
        }
    ]
    if row.path == AUDIT:
        found = [{"audit_id": one.id} for one in (world.audit, world.to_draw)]
    if row.path.startswith(OWN):
        return [{"case_id": world.own_audit.id}]
    if row.path.startswith(ASSESSMENT):
        return [{"case_id": world.assessing.id}]
    if "case_id" in row.path:
        return [{"case_id": cases[row.of].id}]
    return found


def to_caseworker(known, _place, _role):
    return {"assessor": str(known.world.accounts[Role.OTHER_CASEWORKER].id)}


ROWS = [
    public("GET", "/audits"),
    public("GET", "/audits/{year}"),
    public("GET", "/audits/{year}/{part}/numbers.txt"),
    own("GET", OWN),
    own("POST", f"{OWN}/{{case_id}}", REGISTRANT),
    work("GET", HOME, *READERS),
    work("POST", HOME, *LEADERS),
    work("GET", AUDIT, *FOLLOWERS),
    work("POST", f"{AUDIT}/draw", *LEADERS, of=UNDECIDED),
    work("POST", f"{AUDIT}/approval", REGISTRAR),
    work("POST", f"{AUDIT}/return", REGISTRAR),
    work("GET", CASE, *FOLLOWERS),
    work("POST", f"{CASE}/assignment", *LEADERS, of=UNDECIDED),
    work("POST", f"{CASE}/assignment/back", *LEADERS, of=GIVEN),
    work("POST", f"{CASE}/end", *LEADERS, of=GONE),
    work("POST", f"{CASE}/condition", *LEADERS, of=WANTING),
    work("POST", f"{CASE}/approval", REGISTRAR),
    work("POST", f"{CASE}/return", REGISTRAR),
    *(
        work(method, path, CASEWORKER, only=ASSIGNED, hidden=OFFICERS - ASSIGNED)
        for method, path in (
            ("GET", ASSESSMENT),
            ("POST", ASSESSMENT),
            ("POST", f"{ASSESSMENT}/back"),
        )
    ),
]
SENT = {
    HOME: {"part": "residential_worker", "year": "2026-11-30"},
    f"{AUDIT}/draw": {"words": "It is time"},
    f"{AUDIT}/return": {"words": "Look again"},
    f"{CASE}/assignment": to_caseworker,
    f"{CASE}/condition": {
        "wording": "Learns more",
        "due_on-day": "1",
        "due_on-month": "9",
        "due_on-year": "2027",
        "words": "See both",
    },
    f"{CASE}/return": {"words": "Look again"},
    ASSESSMENT: {"finding": "accept"},
}
