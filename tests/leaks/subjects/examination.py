"""Examinations: cases at each step before two case examiners, of whom one walks, with what the other makes of it."""

from fitness.case import Stage
from fitness.case.case import release_entries
from fitness.examination.conclusion import carry_out, locked
from fitness.examination.decision import ExaminationDecision
from fitness.examination.disposal import Answer, disposal_of
from fitness.examination.examination import Examination
from fitness.examination.examiner import appoint
from fitness.examination.outcome import Outcome, Prospect, Terms
from fitness.examination.paper import DisposalPaper
from fitness.examination.view import ExaminerView, Given, Interest, Weighed
from fitness.fence import Capacity, look_as
from fitness.investigation.disclosure import Disclosure
from fitness.investigation.served import CaseService
from fitness.order import Measure
from fitness.panel import Decider, Side
from register.account import StaffRole
from register.kit.clock import day_of
from register.kit.security import totp
from register.kit.security.sealing import unseal
from register.person import Person
from tests.leaks.people import in_public
from tests.leaks.roles import READERS_OF_CASES, Role
from tests.leaks.rows import (
    CASE_EXAMINER,
    INVESTIGATOR,
    REGISTRAR,
    TEAM_MANAGER,
    case,
    own,
    work,
)
from tests.leaks.rows import REGISTRANT as ITS_OWNER
from tests.leaks.subjects.cases import OFFICERS, READERS, STRANGERS, opened
from tests.leaks.subjects.investigation import BEFORE, DAY, alleged, on
from tests.make import NOW, make_account, make_address, make_process

CASE, LAID = "/staff/cases/{reference}", "/staff/examinations/{reference}"
EXAMINATION = f"{CASE}/examination"
VIEW, DECISION = f"{LAID}/view", f"{LAID}/decision"
REPORT, SEATS = f"{EXAMINATION}/report", f"{EXAMINATION}/examiners"
SIGNING = f"{DECISION}/confirmation"
PROPOSAL, OWN = f"{EXAMINATION}/proposal", "/your-case/{reference}/proposal"
PRINTED, SERVED = f"{PROPOSAL}/paper.pdf", f"{PROPOSAL}/service"
PAPERS, CHECKED = f"{PROPOSAL}/papers", f"{PROPOSAL}/papers/{{paper_id}}"
NOTHING = Terms(Outcome.NO_ACTION)
READERS_OF_EXAMINATIONS = READERS_OF_CASES | {Role.CASE_EXAMINER}


async def make(world, session):
    """`ready_case`, to report; `unseated_case`, to give to examiners; `viewed_case`, agreed on; `written_case`, to sign;
    `proposed_case`, of the registrant, to answer; `papered_case`, answered on paper.
    """
    await look_as(session, Capacity.SERVICE)
    world.other_examiner = await make_account(
        session, StaffRole.CASE_EXAMINER, name="Otto Examiner"
    )
    for role in (Role.INVESTIGATOR, Role.CASE_EXAMINER):
        await session.refresh(world.accounts[role], ["grants"])
    sides = {
        world.accounts[Role.CASE_EXAMINER]: Side.LAY,
        world.other_examiner: Side.REGISTRANT,
    }
    for account, side in sides.items():
        by = make_process(session)
        await Decider.describe(session, account, side, may_chair=False, areas=[], by=by)
    world.ready_case = await ready(world, session, "ready case")
    world.unseated_case = await laid(world, session, "unseated case", seats=0)
    world.viewed_case = await laid(world, session, "viewed case")
    await viewed(world, session, world.viewed_case, "viewed case")
    world.written_case = await laid(world, session, "written case")
    await viewed(world, session, world.written_case, "written case")
    await written(world, session, world.written_case, "written case")
    owner = world.accounts[Role.REGISTRANT]
    person = await session.get_one(Person, owner.person_id)
    world.proposed_case = await proposed(
        world, session, "proposed case", Role.REGISTRANT, person=person
    )
    world.papered_case = await proposed(world, session, "papered case")
    world.paper = await DisposalPaper.record(
        session,
        world.papered_case,
        await disposal_of(session, world.papered_case.id),
        await make_account(session, StaffRole.TEAM_MANAGER, name="Pa Manager"),
        Answer.VARIED,
        came_on=day_of(NOW),
        words=of_case(world, "papered case", READERS_OF_CASES).restricted("paper"),
        by=make_process(session),
    )
    await look_as(session, Capacity.SERVICE)
    await session.flush()


def of_case(world, name, readers=READERS_OF_EXAMINATIONS, own=()):
    return world.subject(name, *own, staff=readers, staff_of_restricted=readers)


async def proposed(world, session, name, *own, person=None):
    """Conditions, to be answered by whoever the case is about."""
    found = await laid(world, session, name, *own, person=person)
    terms = Terms(Outcome.DISPOSAL, Measure.CONDITIONS, 12)
    interest = Interest(
        hearing=False,
        words=of_case(world, name, frozenset({Role.CASE_EXAMINER})).restricted("so"),
    )
    await viewed(
        world,
        session,
        found,
        name,
        terms=terms,
        prospect=Prospect.YES,
        interest=interest,
    )
    of = of_case(world, name, own=own)
    decision = await written(
        world,
        session,
        found,
        name,
        *own,
        public=of.restricted("public text"),
        wording=of.restricted("wording"),
    )
    examination = world.examinations[found.id]
    by = make_process(session)
    walker = world.accounts[Role.CASE_EXAMINER]
    await decision.confirm(session, found, examination, walker, by=by)
    await carry_out(session, found, examination, decision, by=by)
    await session.flush()
    return found


async def ready(world, session, name, *own, person=None):
    """Told, disclosed and commented on; nothing is on hold, so that others can do with the entry what they do."""
    worker = world.accounts[Role.INVESTIGATOR]
    if person is None:
        person = (await in_public(session, world.subject(f"{name} person"))).person
        await make_address(session, person)
    found = await opened(session, person, worker)
    by = make_process(session, now=BEFORE)
    await found.investigate(session, by=by)
    await session.flush()
    await release_entries(session, found, by=make_process(session, now=NOW - DAY))
    of = of_case(world, name, own=own)
    notice = of_case(world, name, READERS_OF_CASES, own).restricted("notice")
    await CaseService.give_notice(session, found, notice, by=by)
    await session.flush()
    allegation = await alleged(session, found, of, by)
    disclosure = await Disclosure.disclose(session, found, [allegation], [], by=by)
    await session.flush()
    await disclosure.comment(
        session, found, of.restricted("comment"), by=make_process(session)
    )
    await session.flush()
    return found


async def laid(world, session, name, *own, seats=2, person=None):
    found = await ready(world, session, name, *own, person=person)
    examination = await Examination.begin(
        session,
        found,
        of_case(world, name).restricted("report"),
        by=make_process(session),
    )
    examiners = world.accounts[Role.CASE_EXAMINER], world.other_examiner
    for account in examiners[:seats]:
        by = make_process(session)
        await appoint(session, found, examination, account, by=by)
    await session.flush()
    world.examinations = getattr(world, "examinations", {}) | {found.id: examination}
    return found


async def viewed(world, session, found, name, terms=NOTHING, **more):
    """Both of one mind. Our other staff read it once it is over."""
    examination = world.examinations[found.id]
    await session.refresh(examination, ["versions"])
    of = of_case(world, name, frozenset({Role.CASE_EXAMINER}))
    for account in (world.other_examiner, world.accounts[Role.CASE_EXAMINER]):
        other = (await Given.of(session, examination)).other_than(account.id)
        prospect = more.get("prospect", Prospect.NO)
        await ExaminerView.give(
            session,
            await locked(session, found),
            examination,
            account,
            terms=terms,
            weighed=[
                Weighed(one.id, prospect, of.restricted("prospect"))
                for one in examination.versions
            ],
            interest=more.get("interest"),
            words=of.restricted("view"),
            interim=False,
            read=other.number if other else None,
            by=make_process(session),
        )


async def written(world, session, found, name, *own, public="", wording=""):
    return await ExaminationDecision.draft(
        session,
        await locked(session, found),
        world.examinations[found.id],
        world.other_examiner,
        words=of_case(world, name, own=own).restricted("decision"),
        wording=wording,
        public=public,
        read=0,
        by=make_process(session),
    )


def at(known, row, role):
    world = known.world
    if role is Role.INTERESTED:
        return [{"reference": world.their_case.reference, "paper_id": world.paper.id}]
    if row.path in (PROPOSAL, LAID):
        both = (world.proposed_case, world.papered_case)
        found = both if row.path == PROPOSAL else (world.viewed_case, *both[:1])
        return [{"reference": one.reference} for one in found]
    found = {
        PRINTED: world.proposed_case,
        PAPERS: world.proposed_case,
        SERVED: world.proposed_case,
        f"{SERVED}/preview.pdf": world.proposed_case,
        CHECKED: world.papered_case,
        REPORT: world.ready_case,
        SEATS: world.unseated_case,
        SIGNING: world.written_case,
    }.get(row.path, world.viewed_case)
    assert found.stage in {Stage.INVESTIGATION, Stage.EXAMINATION}
    if row.path.startswith(OWN):
        found = world.proposed_case
    return [{"reference": found.reference, "paper_id": world.paper.id}]


WRITERS = (INVESTIGATOR, TEAM_MANAGER, REGISTRAR)
ROWS = [
    work("GET", "/staff/examinations", CASE_EXAMINER),
    work("GET", LAID, CASE_EXAMINER),
    work("GET", VIEW, CASE_EXAMINER),
    work("POST", VIEW, CASE_EXAMINER),
    work("GET", DECISION, CASE_EXAMINER),
    work("POST", DECISION, CASE_EXAMINER),
    work("POST", SIGNING, CASE_EXAMINER),
    case("GET", EXAMINATION, *READERS, hidden=OFFICERS),
    case("GET", REPORT, INVESTIGATOR, hidden=STRANGERS),
    case("POST", REPORT, INVESTIGATOR, hidden=STRANGERS),
    case("POST", SEATS, TEAM_MANAGER, REGISTRAR),
    case("GET", PROPOSAL, *READERS, hidden=OFFICERS),
    case("GET", PRINTED, *WRITERS, hidden=STRANGERS),
    case("POST", PAPERS, *WRITERS, hidden=STRANGERS),
    case("POST", CHECKED, *WRITERS, hidden=STRANGERS),
    case("POST", SERVED, *WRITERS, hidden=STRANGERS),
    case("POST", f"{SERVED}/preview.pdf", *WRITERS, hidden=STRANGERS),
    own("GET", OWN, ITS_OWNER),
    own("POST", OWN, ITS_OWNER),
    own("POST", f"{OWN}/variation", ITS_OWNER),
    own("POST", f"{OWN}/refusal", ITS_OWNER),
    own("GET", f"{OWN}/paper.pdf", ITS_OWNER),
]


def seated(known, _place, _role):
    return {"account": str(known.world.accounts[Role.CASE_EXAMINER].id)}


def agreed(known, _place, role):
    """With the code that their app shows now."""
    account = known.world.accounts.get(role)
    if account is None or account.totp_sealed is None:
        return {"agreed": "yes", "code": "123456"}
    secret = unseal(account.totp_sealed, **account._place_of_secret()).decode()
    return {"agreed": "yes", "code": totp.code_at(secret, NOW)}


SENT = {
    OWN: agreed,
    f"{OWN}/variation": {"words": "Six months"},
    f"{OWN}/refusal": {"refused": "yes"},
    PAPERS: {"answer": "agreed"} | on(day_of(NOW), "came_on"),
    CHECKED: {"found": "confirmed"},
    VIEW: {
        "a1-prospect": "no",
        "a1-words": "Nobody saw it",
        "outcome": "no_action",
        "words": "So",
        "interim": "no",
        "read": "1",
    },
    DECISION: {"words": "So", "read": "0"},
    SIGNING: {"read": "1"},
    REPORT: {"words": "It is borne out"},
    SEATS: seated,
}
