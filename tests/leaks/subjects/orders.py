"""Orders: one of which its registrant knows, under appeal, with what they and others are to show; one about one of us.

And a notice of an order, which came back.
"""

from datetime import timedelta

from fitness.case import Place, Stage
from fitness.fence import Capacity, look_as
from fitness.investigation.owed import serve_or_owe
from fitness.investigation.served import ServiceKind, services_of
from fitness.leaving import CaseLeaving
from fitness.monitoring import CheckIn, EarlyReview, Reporter, Standing
from fitness.notice_template import Gap, NoticeKind
from fitness.order import CaseOrder, Decided, Measure, OrderAppeal
from register.account import Account, StaffRole
from register.kit.clock import day_of
from register.kit.post import Failure
from register.person import Person
from tests.leaks.people import in_public
from tests.leaks.roles import READERS_OF_CASES, Role
from tests.leaks.rows import (
    AUDITOR,
    HEARINGS_OFFICER,
    INVESTIGATOR,
    REGISTRANT,
    REGISTRAR,
    TEAM_MANAGER,
    case,
    own,
)
from tests.leaks.subjects.cases import opened
from tests.leaks.subjects.investigation import scan, settle
from tests.make import NOW, make_account, make_process
from tests.uploading import pdf

ORDERS = "/staff/cases/{reference}/orders"
ORDER = f"{ORDERS}/{{nth}}"
CHECK_INS = f"{ORDER}/check-ins"
CHECK_IN = f"{CHECK_INS}/{{which}}"
LEAVING = "/staff/cases/{reference}/leaving"
EARLY = f"{ORDER}/early-review"
SERVICE = "/staff/cases/{reference}/notices/{service_id}"
AGAIN, DROP = f"{SERVICE}/again", f"{SERVICE}/drop"
YOURS = "/your-case/{reference}/orders/{nth}"
DAY = timedelta(days=1)
TODAY = day_of(NOW)
BEFORE = NOW - 3 * DAY
READERS = (INVESTIGATOR, TEAM_MANAGER, REGISTRAR, AUDITOR, HEARINGS_OFFICER)
WRITERS = (INVESTIGATOR, TEAM_MANAGER, REGISTRAR, HEARINGS_OFFICER)
KNOW = READERS_OF_CASES | {Role.HEARINGS_OFFICER}


async def make(world, session):
    """`ordered`, of the registrant, whose hearings officer has their place in it; `their_order`, about a member of staff."""
    await look_as(session, Capacity.SERVICE)
    owner = world.accounts[Role.REGISTRANT]
    person = await session.get_one(Person, owner.person_id)
    worker = world.accounts[Role.INVESTIGATOR]
    world.ordered = await decided(session, person, worker)
    officer = world.accounts[Role.HEARINGS_OFFICER]
    by = make_process(session, now=BEFORE, actor=worker)
    await world.ordered.take_on(session, officer, Place.HEARINGS_OFFICER, by=by)
    shown = world.subject(
        "order", Role.REGISTRANT, staff=KNOW, staff_of_restricted=KNOW
    )
    work_of = world.subject("work on an order", staff=KNOW, staff_of_restricted=KNOW)
    await filled(world, session, shown, work_of, by)
    words = shown.restricted("notice of an order")
    world.came_back = await came_back(session, world.ordered, words, by)
    other = (await in_public(session, world.subject("person with an order"))).person
    await decided(session, other, worker)
    theirs = await session.get_one(Person, world.accounts[Role.INTERESTED].person_id)
    another = await make_account(session, StaffRole.INVESTIGATOR, name="Ona Vestigator")
    world.their_order = await decided(session, theirs, another)
    await ordered(session, world.their_order, "Work with another.", by)
    await session.flush()


async def decided(session, person, worker):
    """A panel sat, and what it decides is not in the register yet."""
    found = await opened(session, person, worker)
    by = make_process(session, now=BEFORE)
    found.told_at = BEFORE
    await found.investigate(session, by=by)
    for stage in (Stage.EXAMINATION, Stage.HEARING, Stage.MONITORING):
        found.move(session, stage, by=by)
    await session.flush()
    for name in ("Ada Judicator", "Abe Judicator"):
        member = await make_account(session, StaffRole.ADJUDICATOR, name=name)
        await found.take_on(session, member, Place.PANEL, by=by)
    await session.flush()
    return found


async def ordered(session, found, words, by):
    return await CaseOrder.make(
        session,
        found,
        Measure.CONDITIONS,
        months=12,
        words=words,
        decided=Decided.PANEL,
        served_on=TODAY,
        by=by,
    )


async def in_force(session, found, words, by):
    """As far as the case knows: in the register it is not, so that others can do with the entry what they do."""
    made = await CaseOrder.make(
        session,
        found,
        Measure.CONDITIONS,
        months=12,
        words=words,
        decided=Decided.PANEL,
        by=by,
    )
    made.in_force_at = made.starts_at
    await session.flush()
    return made


async def filled(world, session, shown, work_of, by):
    found = world.ordered
    order = await ordered(session, found, shown.restricted("order.words"), by)
    await OrderAppeal.lodge(
        session,
        found,
        order,
        on=day_of(BEFORE),
        words=shown.restricted("order.appeal"),
        by=by,
    )
    await ordered(session, found, shown.restricted("order.not appealed"), by)
    kept = await in_force(session, found, shown.restricted("order.in force"), by)
    await in_force(session, found, shown.restricted("order.kept"), by)
    await EarlyReview.ask(
        session,
        found,
        kept,
        shown.restricted("order.early review"),
        by=make_process(session),
    )
    reporter = await Reporter.name_one(
        session,
        found,
        order,
        name=work_of.restricted("reporter.name"),
        contact=work_of.restricted("reporter.contact"),
        standing=Standing.EMPLOYER,
        by=by,
    )
    await session.flush()
    await CaseLeaving.propose(
        session,
        found,
        await session.get_one(Account, by.actor_id),
        asked_on=day_of(BEFORE),
        stopped=True,
        stays_away=True,
        for_health=False,
        in_public_interest=True,
        words=work_of.restricted("leaving"),
        by=by,
    )
    asked = await check_in(session, found, order, shown.restricted("check-in"), by)
    await check_in(
        session, found, order, work_of.restricted("check-in"), by, of=reporter
    )
    world.shown_order = await asked.answer(
        session,
        found,
        shown.restricted("check-in.answer"),
        file=scan(shown),
        by=make_process(session),
    )
    await session.flush()
    await settle(session, world.shown_order.file_id, shown)


async def came_back(session, found, words, by):
    said = {Gap.OUTCOME: "An order.", Gap.OUR_WORDS: words}
    of = (ServiceKind.ORDER, NoticeKind.ORDER_IN_FORCE)
    await serve_or_owe(session, found, *of, said, by=by)
    (service,) = await services_of(session, found.id, kind=ServiceKind.ORDER)
    service.message.fail(now=NOW, because=Failure.UNDELIVERABLE)
    await session.flush()
    return service


async def check_in(session, found, order, words, by, **of):
    made = await CheckIn.set_one(
        session, found, order, words, due_on=TODAY + 30 * DAY, by=by, **of
    )
    await session.flush()
    return made


def at(known, row, role):
    """Whoever an order is about reads their own; the matrix asks for somebody else's."""
    world = known.world
    staff = row.path.startswith("/staff")
    theirs = staff and role is Role.INTERESTED
    found = world.their_order if theirs else world.ordered
    if row == LEFT and not theirs:
        found = world.told_case
    return [
        {
            "reference": found.reference,
            "nth": nth,
            "which": 1,
            "answer_id": world.shown_order.id,
            "service_id": world.came_back.id,
        }
        for nth in ((1,) if theirs else NTH.get(row.path, (1,)))
    ]


NTH = {
    ORDER: (1, 2, 3, 4),
    YOURS: (1, 3, 4),
    f"{ORDER}/appeal": (2,),
    f"{ORDER}/review": (3,),
    EARLY: (3,),
    f"{EARLY}/preview.pdf": (3,),
    f"{YOURS}/early-review": (4,),
}
"""The second is one that nobody has appealed against; the others are in force, and of the third an early review is asked for."""
HIDDEN = frozenset({Role.OTHER_INVESTIGATOR})


def read(path):
    return case("GET", path, *READERS, hidden=HIDDEN)


def worked(path, *methods):
    return [
        case(method, path, *WRITERS, hidden=HIDDEN)
        for method in methods or ("GET", "POST")
    ]


def on(day, name):
    return {
        f"{name}-day": str(day.day),
        f"{name}-month": str(day.month),
        f"{name}-year": str(day.year),
    }


LEFT = case("POST", LEAVING, INVESTIGATOR, TEAM_MANAGER, REGISTRAR, hidden=HIDDEN)
ROWS = [
    read(ORDERS),
    read(ORDER),
    *worked(f"{ORDER}/appeal"),
    *worked(f"{ORDER}/appeal/outcome"),
    *worked(f"{ORDER}/reporters/new"),
    *worked(f"{ORDER}/reporters/{{which}}/end", "POST"),
    *worked(f"{CHECK_INS}/new"),
    read(CHECK_IN),
    *worked(CHECK_IN, "POST"),
    *worked(f"{CHECK_IN}/answers/new"),
    read(f"{CHECK_IN}/answers/{{answer_id}}/file"),
    *worked(f"{ORDER}/review"),
    *worked(EARLY),
    *worked(f"{EARLY}/preview.pdf", "POST"),
    *worked(AGAIN),
    *worked(f"{AGAIN}/preview.pdf", "POST"),
    *worked(DROP, "POST"),
    read(LEAVING),
    LEFT,
    case("POST", f"{LEAVING}/decision", TEAM_MANAGER, REGISTRAR),
    case("POST", f"{LEAVING}/decision/preview.pdf", TEAM_MANAGER, REGISTRAR),
    own("GET", YOURS, REGISTRANT),
    own("GET", f"{YOURS}/check-ins/{{which}}", REGISTRANT),
    own("POST", f"{YOURS}/check-ins/{{which}}", REGISTRANT),
    own("GET", f"{YOURS}/early-review", REGISTRANT),
    own("POST", f"{YOURS}/early-review", REGISTRANT),
]
MAY_LEAVE = {
    "stopped": "yes",
    "stays_away": "yes",
    "for_health": "no",
    "in_public_interest": "yes",
    "words": "They have retired",
}
PLANNED = {"answer": "declined", "words": "Nothing is new"}
DECLINED = {"decision": "declined", "words": "It must be decided"}
SENT = {
    f"{ORDER}/appeal": {"words": "CO/2"} | on(TODAY, "on"),
    f"{ORDER}/appeal/outcome": {"outcome": "dismissed"} | on(TODAY, "on"),
    f"{ORDER}/reporters/new": {"name": "Sue", "contact": "01", "standing": "employer"},
    f"{CHECK_INS}/new": {"words": "Show it", "of": "registrant"}
    | on(TODAY + DAY, "due_on"),
    CHECK_IN: {"judged": "met", "words": "Enough"},
    f"{CHECK_IN}/answers/new": {"words": "They keep to it", "file": pdf()}
    | on(TODAY, "came_on"),
    f"{ORDER}/review": {"because": "breach", "words": "Not kept"}
    | on(TODAY + 40 * DAY, "until"),
    EARLY: PLANNED,
    f"{EARLY}/preview.pdf": PLANNED,
    AGAIN: {"way": "post"},
    f"{AGAIN}/preview.pdf": {"way": "post"},
    DROP: {"words": "They have read it here"},
    f"{YOURS}/early-review": {"words": "I have done the course"},
    LEAVING: MAY_LEAVE | on(TODAY, "asked_on"),
    f"{LEAVING}/decision": DECLINED,
    f"{LEAVING}/decision/preview.pdf": DECLINED,
    f"{YOURS}/check-ins/{{which}}": {"words": "Here", "file": pdf()},
}
