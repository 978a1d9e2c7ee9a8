"""Investigations: one of which the registrant is told, and knows in part; one of which they are not; one about one of us."""

from datetime import timedelta

from fitness.case.case import release_entries
from fitness.fence import Capacity, look_as
from fitness.investigation.allegation import Allegation, Alleged, Ground
from fitness.investigation.disclosure import Disclosure
from fitness.investigation.evidence import CaseEvidence, Kept, Source
from fitness.investigation.hold import HeldFor, InvestigationHold
from fitness.investigation.information import InformationRequest
from fitness.investigation.plan import PlanStep
from fitness.investigation.proceeding import (
    Proceeding,
    ProceedingKind,
    ProceedingState,
)
from fitness.investigation.served import CaseService
from fitness.investigation.witness import Standing, Witness
from register.account import StaffRole
from register.kit.clock import day_of
from register.kit.files import StoredFile
from register.person import Person
from tests.leaks.people import cleaned, evidence, in_public
from tests.leaks.roles import READERS_OF_CASES, Role
from tests.leaks.rows import (
    HEARINGS_OFFICER,
    INVESTIGATOR,
    REGISTRAR,
    TEAM_MANAGER,
    case,
    work,
)
from tests.leaks.subjects.cases import (
    OFFICERS,
    READERS,
    STRANGERS,
    opened,
    subject,
)
from tests.make import NOW, make_account, make_address, make_process
from tests.uploading import pdf

CASE = "/staff/cases/{reference}"
INVESTIGATED = "an investigation"
PLAN, HOLD = f"{CASE}/plan", f"{CASE}/hold"
ALLEGATIONS, EVIDENCE = f"{CASE}/allegations", f"{CASE}/evidence"
WITNESSES, REQUESTS = f"{CASE}/witnesses", f"{CASE}/requests"
PROCEEDINGS, DISCLOSURE = f"{CASE}/proceedings", f"{CASE}/disclosure"
NOTICE, CHRONOLOGY = f"{CASE}/notice", f"{CASE}/chronology"
NOTICES = f"{CASE}/notices"
SERVED = f"{NOTICES}/{{service_id}}"
COMMENTS = f"{DISCLOSURE}/{{nth}}/comments"
DAY = timedelta(days=1)
TODAY = day_of(NOW)
BEFORE = NOW - 2 * DAY


async def make(world, session):
    """`told_case`, of the registrant; `untold_case`; `their_case`, about a member of staff and of another investigator."""
    await look_as(session, Capacity.SERVICE)
    worker = world.accounts[Role.INVESTIGATOR]
    owner = world.accounts[Role.REGISTRANT]
    person = await session.get_one(Person, owner.person_id)
    world.told_case = await investigated(session, person, worker)
    await make_address(session, person)
    await filled(world, session, worker)
    untold = (await in_public(session, world.subject("untold person"))).person
    world.untold_case = await investigated(session, untold, worker)
    await make_account(session, person=untold)
    theirs = await session.get_one(Person, world.accounts[Role.INTERESTED].person_id)
    another = await make_account(session, StaffRole.INVESTIGATOR, name="Ivo Vestigator")
    world.their_case = await investigated(session, theirs, another)
    await session.flush()


async def investigated(session, person, worker):
    """Its hold on their entries is over, so that others can do with them what they do."""
    found = await opened(session, person, worker)
    await found.investigate(session, by=make_process(session, now=BEFORE))
    await session.flush()
    await release_entries(session, found, by=make_process(session, now=NOW - DAY))
    await session.flush()
    return found


async def filled(world, session, worker):
    """Something of each kind, of which some is disclosed."""
    found = world.told_case
    by = make_process(session, now=BEFORE, actor=worker)
    work_of = subject(world, "told case", READERS_OF_CASES)
    shown = world.subject(
        "told case",
        Role.REGISTRANT,
        staff=READERS_OF_CASES,
        staff_of_restricted=READERS_OF_CASES,
    )
    world.notice_served = await CaseService.give_notice(
        session, found, shown.restricted("notice"), by=by
    )
    await session.flush()
    disclosed = await alleged(session, found, shown, by)
    item = await logged(
        session, found, shown.restricted("evidence"), by, file=scan(shown)
    )
    await settle(session, item.file_id, shown)
    by = make_process(session, now=NOW - DAY, actor=worker)
    disclosure = await Disclosure.disclose(session, found, [disclosed], [item], by=by)
    await session.flush()
    world.said = await disclosure.comment(
        session,
        found,
        shown.restricted("comment"),
        file=scan(shown),
        by=make_process(session),
    )
    await session.flush()
    await settle(session, world.said.file_id, shown)
    await of_the_work(session, found, work_of, worker, by)


def scan(of):
    """A file as it comes with a form."""
    return evidence(of, "case")["evidence"]


async def settle(session, file_id, of):
    await cleaned(of, await session.get_one(StoredFile, file_id))
    await session.flush()


async def alleged(session, found, of, by):
    allegation = await Allegation.draw(
        session,
        found,
        [
            Alleged(
                of.restricted("particular"),
                day_of(BEFORE),
                place=of.restricted("place alleged"),
            )
        ],
        grounds=[Ground.MISCONDUCT],
        standards=["R1"],
        by=by,
    )
    await session.flush()
    return allegation


async def logged(session, found, words, by, **more):
    item = await CaseEvidence.log(
        session,
        found,
        words,
        source=more.pop("source", Source.EMPLOYER),
        dated_on=None,
        received_on=day_of(BEFORE),
        kept=more.pop("kept", None),
        by=by,
        **more,
    )
    await session.flush()
    return item


async def of_the_work(session, found, of, worker, by):
    """What the registrant never sees."""
    await alleged(session, found, of, by)
    await PlanStep.plan(
        session, found, of.restricted("plan"), who=worker, due_on=TODAY, by=by
    )
    witness = await Witness.name_one(
        session,
        found,
        name=of.restricted("witness name"),
        contact=of.restricted("witness contact"),
        standing=Standing.CHILD,
        by=by,
    )
    await session.flush()
    await logged(
        session,
        found,
        of.restricted("evidence kept"),
        by,
        source=Source.WITNESS,
        witness=witness,
        kept=Kept.CHILD,
    )
    await InformationRequest.ask(
        session,
        found,
        of.restricted("request"),
        asked_of=Source.REFERRER,
        to=of.restricted("asked person"),
        due_on=TODAY + DAY,
        by=by,
    )
    await Proceeding.log(
        session,
        found,
        of.restricted("proceeding"),
        kind=ProceedingKind.POLICE,
        state=ProceedingState.OPEN,
        opened_on=None,
        contact=of.restricted("proceeding contact"),
        check_on=TODAY + DAY,
        by=by,
    )
    hold = await InvestigationHold.begin(
        session,
        found,
        HeldFor.POLICE,
        words=of.restricted("hold"),
        told=True,
        review_on=TODAY + DAY,
        by=by,
    )
    await session.flush()
    hold.end(session, found, of.restricted("end of the hold"), by=make_process(session))
    await session.flush()


def at(known, row, role):
    world = known.world
    to_be_told = row.path.startswith(f"{CASE}/notice") and not row.path.startswith(
        NOTICES
    )
    found = world.untold_case if to_be_told else world.told_case
    if role is Role.INTERESTED:
        found = world.their_case
    nth = 2 if row.path == f"{EVIDENCE}/{{nth}}" else 1
    return [
        {
            "reference": found.reference,
            "nth": nth,
            "comment_id": world.said.id,
            "service_id": world.notice_served.id,
        }
    ]


def on(day, name):
    return {
        f"{name}-day": str(day.day),
        f"{name}-month": str(day.month),
        f"{name}-year": str(day.year),
    }


def read(path):
    return case("GET", path, *READERS, hidden=OFFICERS)


def worked(path, *methods):
    return [
        case(method, path, INVESTIGATOR, hidden=STRANGERS)
        for method in methods or ("GET", "POST")
    ]


ROWS = [
    work("GET", "/staff/cases/due", *READERS, HEARINGS_OFFICER),
    case("GET", CASE, *READERS, hidden=OFFICERS, of=INVESTIGATED),
    case("GET", f"{CASE}/history", *READERS, hidden=OFFICERS, of=INVESTIGATED),
    read(PLAN),
    *worked(PLAN, "POST"),
    *worked(f"{PLAN}/{{nth}}"),
    read(HOLD),
    *worked(HOLD, "POST"),
    *worked(f"{HOLD}/review", "POST"),
    read(ALLEGATIONS),
    *worked(f"{ALLEGATIONS}/new"),
    *worked(f"{ALLEGATIONS}/{{nth}}"),
    *worked(f"{ALLEGATIONS}/{{nth}}/withdrawal"),
    read(EVIDENCE),
    *worked(f"{EVIDENCE}/new"),
    *worked(f"{EVIDENCE}/{{nth}}"),
    read(f"{EVIDENCE}/{{nth}}/file"),
    read(WITNESSES),
    *worked(WITNESSES, "POST"),
    *worked(f"{WITNESSES}/{{nth}}"),
    read(REQUESTS),
    *worked(f"{REQUESTS}/new"),
    *worked(f"{REQUESTS}/{{nth}}"),
    *worked(f"{REQUESTS}/{{nth}}/replacement"),
    read(PROCEEDINGS),
    *worked(f"{PROCEEDINGS}/new"),
    *worked(f"{PROCEEDINGS}/{{nth}}"),
    read(CHRONOLOGY),
    read(DISCLOSURE),
    *worked(NOTICE),
    *worked(f"{NOTICE}/preview.pdf", "POST"),
    read(NOTICES),
    read(SERVED),
    read(f"{SERVED}/notice.pdf"),
    *worked(f"{DISCLOSURE}/new"),
    *worked(f"{DISCLOSURE}/new/preview.pdf", "POST"),
    read(f"{DISCLOSURE}/{{nth}}"),
    case(
        "POST",
        f"{DISCLOSURE}/{{nth}}/time",
        INVESTIGATOR,
        TEAM_MANAGER,
        REGISTRAR,
        hidden=STRANGERS,
    ),
    *worked(f"{DISCLOSURE}/{{nth}}/service", "POST"),
    *worked(f"{DISCLOSURE}/{{nth}}/service/preview.pdf", "POST"),
    *worked(COMMENTS),
    read(f"{COMMENTS}/{{comment_id}}/file"),
]


def step(known, _place, _role):
    who = known.world.accounts[Role.INVESTIGATOR]
    return {"words": "Ask the home", "who": str(who.id)} | on(TODAY, "due_on")


HELD = {"because": "police", "told": "no", "words": "They ask us to wait"}
ASKED = {"asked_of": "lado", "to": "Somebody", "words": "The minutes"}
ALLEGED = {"p1-words": "You were asleep", "grounds": "misconduct", "standards": "R1"}
DISCLOSED = {"allegations": "1", "evidence": "E1", "way": "email"}
TOLD = {"words": "We look into a concern", "way": "email"}
SENT = {
    PLAN: step,
    f"{PLAN}/{{nth}}": {"how": "done"},
    HOLD: HELD | on(TODAY + DAY, "review_on"),
    f"{HOLD}/review": {"how": "end", "words": "It is over"},
    f"{ALLEGATIONS}/new": ALLEGED,
    f"{ALLEGATIONS}/{{nth}}": ALLEGED,
    f"{ALLEGATIONS}/{{nth}}/withdrawal": {"words": "It was another"},
    f"{EVIDENCE}/new": {
        "words": "The log",
        "source": "employer",
        "kept": "open",
        "file": pdf(),
    }
    | on(TODAY, "received_on"),
    f"{EVIDENCE}/{{nth}}": {"kept": "police", "words": "They ask us to"},
    WITNESSES: {"name": "Ada Beck", "standing": "colleague", "contact": "By phone"},
    f"{WITNESSES}/{{nth}}": {"contact": "By letter"},
    f"{REQUESTS}/new": ASKED | on(TODAY + DAY, "due_on"),
    f"{REQUESTS}/{{nth}}": {"how": "received"},
    f"{REQUESTS}/{{nth}}/replacement": ASKED | on(TODAY + DAY, "due_on"),
    f"{PROCEEDINGS}/new": {
        "kind": "police",
        "state": "open",
        "contact": "Somebody",
        "words": "They have begun",
    }
    | on(TODAY + DAY, "check_on"),
    f"{PROCEEDINGS}/{{nth}}": {"state": "over", "words": "No charge"}
    | on(TODAY, "ended_on"),
    NOTICE: TOLD,
    f"{NOTICE}/preview.pdf": TOLD,
    f"{DISCLOSURE}/new": DISCLOSED,
    f"{DISCLOSURE}/new/preview.pdf": DISCLOSED,
    f"{DISCLOSURE}/{{nth}}/time": {"words": "They are ill"}
    | on(TODAY + 60 * DAY, "until"),
    COMMENTS: {"words": "I was away", "file": pdf()} | on(TODAY, "came_on"),
}
FIRST = {f"{HOLD}/review": (HOLD, HELD | on(TODAY + DAY, "review_on"))}
