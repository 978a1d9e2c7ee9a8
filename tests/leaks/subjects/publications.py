"""Publications of a case: a draft, what waits, what is public and what was; and what the public finds of each."""

from datetime import timedelta

from fitness.case import Place, Stage
from fitness.fence import Capacity, look_as
from fitness.hearing.kind import Kind
from fitness.order import Decided, Measure
from fitness.publication import Because, Heard, HearingKind, Matter, withdraw
from register.kit.clock import day_of
from tests.fitness.ordering import make_order, seat
from tests.fitness.publishing import list_hearing, pass_it, propose, write
from tests.fitness.sitting import list_one
from tests.leaks.people import in_public
from tests.leaks.roles import READERS_OF_CASES, Role
from tests.leaks.rows import (
    AUDITOR,
    HEARINGS_OFFICER,
    INVESTIGATOR,
    REGISTRAR,
    TEAM_MANAGER,
    Meets,
    case,
    public,
    work,
)
from tests.leaks.subjects.cases import STRANGERS, opened, subject
from tests.make import NOW, make_process

CASE = "/staff/cases/{reference}"
ALL = f"{CASE}/publications"
ONE = f"{ALL}/{{nth}}"
DECISION, HEARING = "/decisions/{slug}", "/hearings/{slug}"
DRAFT, WAITING, TAKEN_DOWN = "a draft", "what waits", "what was taken down"
READERS = (INVESTIGATOR, HEARINGS_OFFICER, TEAM_MANAGER, REGISTRAR, AUDITOR)
WRITERS = (INVESTIGATOR, HEARINGS_OFFICER)
DECIDERS = (HEARINGS_OFFICER, TEAM_MANAGER, REGISTRAR)
WHO_READS = READERS_OF_CASES | {Role.HEARINGS_OFFICER}
DAY = timedelta(days=1)
BEFORE = NOW - 3 * DAY


async def make(world, session):
    """`publications` of one case, by what they are; of the investigator and the hearings officer."""
    await look_as(session, Capacity.SERVICE)
    person = (await in_public(session, world.subject("decided person"))).person
    found = await opened(session, person, world.accounts[Role.INVESTIGATOR])
    await found.take_on(
        session,
        world.accounts[Role.HEARINGS_OFFICER],
        Place.HEARINGS_OFFICER,
        by=make_process(session),
    )
    for stage in (Stage.INVESTIGATION, Stage.EXAMINATION, Stage.HEARING):
        found.move(session, stage, by=make_process(session))
    await seat(session, found, Decided.PANEL)
    # One to write of; the notice that is published is of another that was there before.
    await list_one(session, found, Kind.FINAL)
    world.decided_case = found
    of = subject(world, "decided case", WHO_READS)
    decision = await published(
        session, found, of.public("decision"), Measure.SUSPENSION
    )
    world.publications = {
        DECISION: decision,
        DRAFT: await written(session, found, of.restricted("draft"), Measure.WARNING),
        WAITING: await waits(session, found, of.restricted("waiting")),
        HEARING: await listed(session, found, of),
        TAKEN_DOWN: await taken_down(session, found, of),
    }
    await session.flush()


async def written(session, found, words, measure):
    by = make_process(session, now=BEFORE)
    order = await make_order(session, found, measure, now=BEFORE)
    return await write(session, found, order, words, now=by.at)


async def waits(session, found, words):
    publication = await written(session, found, words, Measure.ADVICE)
    await propose(session, found, publication, now=BEFORE)
    return publication


async def published(session, found, words, measure):
    publication = await written(session, found, words, measure)
    await pass_it(session, found, publication, now=BEFORE)
    return publication


async def listed(session, found, of):
    today = day_of(NOW)
    heard = Heard(HearingKind.REVIEW, today, today + DAY, of.public("hearing place"))
    publication = await list_hearing(
        session, found, heard, number=7, words=of.public("hearing words"), now=BEFORE
    )
    await pass_it(session, found, publication, now=BEFORE)
    return publication


async def taken_down(session, found, of):
    publication = await published(
        session, found, of.restricted("taken down"), Measure.CONDITIONS
    )
    await withdraw(
        session,
        found,
        publication,
        Because.SAFETY,
        words=of.restricted("why taken down"),
        by=make_process(session, now=NOW - DAY),
    )
    return publication


def at(known, row, role):
    world = known.world
    which = row.of or WHICH.get(row.path, DRAFT)
    found = world.publications[which]
    case_of = world.case_about_them if role is Role.INTERESTED else world.decided_case
    return [{"reference": case_of.reference, "nth": found.number, "slug": found.slug}]


def read(path, **more):
    return case("GET", path, *READERS, hidden=STRANGERS, **more)


def wrote(path, method="POST"):
    return case(method, path, *WRITERS, hidden=STRANGERS)


def decided(path):
    return case("POST", path, *DECIDERS)


WHICH = {
    f"{ONE}/approval": WAITING,
    f"{ONE}/return": WAITING,
    f"{ONE}/withdrawal": DECISION,
    DECISION: DECISION,
    f"{DECISION}/decision.pdf": DECISION,
    HEARING: HEARING,
}
ROWS = [
    work("GET", "/staff/publications", *READERS),
    read(ALL),
    read(ONE),
    read(f"{ONE}/preview"),
    read(ONE, of=WAITING),
    read(ONE, of=TAKEN_DOWN),
    read(f"{ONE}/preview", of=WAITING),
    read(f"{ONE}/preview", of=TAKEN_DOWN),
    read(f"{ONE}/preview/decision.pdf"),
    wrote(f"{ALL}/decision", "GET"),
    wrote(f"{ALL}/decision"),
    wrote(f"{ALL}/hearing", "GET"),
    wrote(f"{ALL}/hearing"),
    wrote(f"{ONE}/draft", "GET"),
    wrote(f"{ONE}/draft"),
    wrote(f"{ONE}/proposal"),
    decided(f"{ONE}/approval"),
    decided(f"{ONE}/return"),
    case(
        "POST",
        f"{ONE}/withdrawal",
        INVESTIGATOR,
        *DECIDERS,
        hidden=STRANGERS,
    ),
    public("GET", "/decisions"),
    public("GET", DECISION),
    public("GET", DECISION, find=Meets.HIDE, of=DRAFT),
    public("GET", DECISION, find=Meets.HIDE, of=WAITING),
    public("GET", DECISION, find=Meets.GONE, of=TAKEN_DOWN),
    public("GET", f"{DECISION}/decision.pdf"),
    public("GET", f"{DECISION}/decision.pdf", find=Meets.HIDE, of=DRAFT),
    public("GET", f"{DECISION}/decision.pdf", find=Meets.GONE, of=TAKEN_DOWN),
    public("GET", "/hearings"),
    public("GET", HEARING),
    public("GET", HEARING, find=Meets.HIDE, of=WAITING),
]
REFUSED = {
    "about": Matter.RESTORATION_REFUSED,
    "decided_on-day": "9",
    "decided_on-month": "3",
    "decided_on-year": "2027",
}
WORDS = {"health": "no", "words": "So it was"}
SENT = {
    f"{ALL}/decision": REFUSED | WORDS,
    f"{ALL}/hearing": {"hearing": "1", "words": "So it is said"},
    f"{ONE}/draft": WORDS,
    f"{ONE}/approval": {"version": "1", "no_child": "yes", "nothing_private": "yes"},
    f"{ONE}/return": {"version": "1", "words": "Take out the home"},
    f"{ONE}/withdrawal": {"because": "safety", "reasons": "Somebody is in danger"},
}
QUERIES = {
    ("GET", "/decisions"): (
        "",
        "?q=Zqx",
        "?matter=suspension_order&month=2027-03",
        "?after=0000000000000000",
    ),
}
