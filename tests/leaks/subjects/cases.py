"""Cases of fitness to practise: one that its readers may know of, one that is restricted, and one about a member of staff."""

from fitness.case import Case, CaseLink, CaseRisk, members, take
from fitness.fence import Capacity, look_as
from fitness.triage import Factor, TriageDecision, TriageFactor, TriageOutcome, Weight
from register.account import StaffRole
from register.kit.clock import day_of
from register.person import Person
from tests.fitness.raising import make_concern
from tests.leaks.people import in_public
from tests.leaks.roles import READERS_OF_CASES, Role
from tests.leaks.rows import (
    AUDITOR,
    HEARINGS_OFFICER,
    INVESTIGATOR,
    REGISTRAR,
    TEAM_MANAGER,
    case,
    work,
)
from tests.make import NOW, make_account, make_process

CASE = "/staff/cases/{reference}"
RESTRICTED, TAKEN = "a restricted case", "a concern in a restricted case"
READERS = (INVESTIGATOR, TEAM_MANAGER, REGISTRAR, AUDITOR)
STRANGERS = frozenset({Role.OTHER_INVESTIGATOR})
OFFICERS = STRANGERS | {Role.HEARINGS_OFFICER}
"""Who reads cases, and has no place in this one."""
BOTH = frozenset({Role.TEAM_MANAGER, Role.REGISTRAR})


async def make(world, session):
    """`case` and the `linked_case`, of the investigator; `restricted_case`, theirs too; `case_about_them`, of another."""
    await look_as(session, Capacity.SERVICE)
    worker = world.accounts[Role.INVESTIGATOR]
    manager = await make_account(session, StaffRole.TEAM_MANAGER, name="Mo Manager")
    person = (await in_public(session, world.subject("case person"))).person
    world.case = await opened(session, person, worker)
    world.linked_case = await opened(session, person, worker)
    of = subject(world, "case", READERS_OF_CASES)
    await filled(session, of, world.case)
    await CaseLink.make(
        session,
        world.case,
        world.linked_case,
        words=of.restricted("case.link"),
        by=make_process(session),
    )
    (world.case_member,) = await members(session, world.case.id)
    secret = subject(
        world, "restricted case", frozenset({Role.INVESTIGATOR, Role.AUDITOR})
    )
    other = (await in_public(session, world.subject("restricted person"))).person
    world.restricted_case = await opened(session, other, worker)
    await filled(session, secret, world.restricted_case)
    await world.restricted_case.restrict(
        session,
        manager,
        words=secret.restricted("case.restriction"),
        by=make_process(session, actor=manager),
    )
    world.taken_concern = await make_concern(session)
    await look_as(session, Capacity.SERVICE)
    by = make_process(session)
    await world.taken_concern.match(session, other, by=by)
    await world.taken_concern.screen(session, at_risk=False, words="No", by=by)
    await take(
        session, world.taken_concern, into=world.restricted_case, taker=worker, by=by
    )
    theirs = await session.get_one(Person, world.accounts[Role.INTERESTED].person_id)
    another = await make_account(session, StaffRole.INVESTIGATOR, name="Ina Vestigator")
    world.case_about_them = await opened(session, theirs, another)
    await filled(
        session,
        subject(world, "theirs", READERS_OF_CASES - {Role.INVESTIGATOR}),
        world.case_about_them,
    )
    await session.flush()


def subject(world, name, readers):
    return world.subject(name, staff=readers, staff_of_restricted=readers)


async def opened(session, person, worker):
    by = make_process(session, actor=worker)
    await look_as(session, Capacity.STAFF, worker.id)
    found = await Case.open(session, person, taker=worker, by=by)
    await look_as(session, Capacity.SERVICE)
    return found


async def filled(session, of, found):
    by = make_process(session)
    found.note(session, of.restricted("case.note"), by=by)
    CaseRisk.rate(
        session, found, likelihood=3, harm=4, words=of.restricted("case.risk"), by=by
    )
    for factor in Factor:
        TriageFactor.weigh(
            session,
            found,
            factor,
            Weight.FOR,
            words=of.restricted("case.factor"),
            by=by,
        )
    await session.flush()
    await TriageDecision.decide(
        session,
        found,
        TriageOutcome.ENQUIRIES,
        words=of.restricted("case.decision"),
        until=day_of(NOW),
        by=by,
    )
    await session.flush()


def at(known, row, role):
    world = known.world
    if row.of == TAKEN and role is not Role.INTERESTED:
        return [{"reference": world.taken_concern.reference}]
    found = world.restricted_case if row.of == RESTRICTED else world.case
    if role is Role.INTERESTED:
        found = world.case_about_them
    return [
        {
            "reference": found.reference,
            "factor": Factor.SERIOUSNESS,
            "other": world.linked_case.reference,
            "member_id": world.case_member.id,
        }
    ]


def own_motion(known, _place, _role):
    number = known.world.listed.entry.person.number
    return {"number": number, "words": "A call", "again": "yes"}


def linking(known, _place, _role):
    return {
        "reference": known.world.linked_case.reference,
        "how": "join",
        "words": "One story",
    }


def given(known, _place, _role):
    account = known.world.accounts[Role.OTHER_INVESTIGATOR]
    return {"account": str(account.id)}


def brought(known, _place, _role):
    account = known.world.accounts[Role.HEARINGS_OFFICER]
    return {"officer": str(account.id)}


def read(path, **more):
    return case("GET", path, *READERS, hidden=OFFICERS, **more)


def worked(path, method="POST"):
    return case(method, path, INVESTIGATOR, hidden=STRANGERS)


def answered(path):
    return case("POST", path, TEAM_MANAGER, REGISTRAR)


def secret(path):
    return case("GET", path, *READERS, hidden=OFFICERS | BOTH, of=RESTRICTED)


ROWS = [
    work("GET", "/staff/cases", *READERS, HEARINGS_OFFICER),
    work("GET", "/staff/cases/figures", TEAM_MANAGER, REGISTRAR, AUDITOR),
    work("GET", "/staff/cases/figures.csv", TEAM_MANAGER, REGISTRAR, AUDITOR),
    work("GET", "/staff/cases/open", INVESTIGATOR),
    work("POST", "/staff/cases/open", INVESTIGATOR),
    read(CASE),
    case(
        "POST",
        f"{CASE}/notes",
        INVESTIGATOR,
        TEAM_MANAGER,
        REGISTRAR,
        hidden=STRANGERS,
    ),
    read(f"{CASE}/history"),
    case("GET", f"{CASE}/reading", TEAM_MANAGER, REGISTRAR, AUDITOR),
    read(f"{CASE}/triage"),
    worked(f"{CASE}/triage"),
    worked(f"{CASE}/triage/{{factor}}", "GET"),
    worked(f"{CASE}/triage/{{factor}}"),
    read(f"{CASE}/risk"),
    worked(f"{CASE}/risk"),
    read(f"{CASE}/links"),
    worked(f"{CASE}/links"),
    worked(f"{CASE}/links/{{other}}/end"),
    read(f"{CASE}/people"),
    answered(f"{CASE}/people"),
    answered(f"{CASE}/people/hearings-officer"),
    answered(f"{CASE}/people/{{member_id}}/release"),
    answered(f"{CASE}/restriction"),
    secret(CASE),
    secret(f"{CASE}/history"),
    secret(f"{CASE}/triage"),
    secret(f"{CASE}/risk"),
    secret(f"{CASE}/links"),
    secret(f"{CASE}/people"),
    case(
        "GET",
        "/staff/concerns/{reference}",
        *READERS,
        hidden=STRANGERS | BOTH,
        of=TAKEN,
    ),
    case(
        "POST",
        f"{CASE}/notes",
        INVESTIGATOR,
        TEAM_MANAGER,
        REGISTRAR,
        hidden=STRANGERS | BOTH,
        of=RESTRICTED,
    ),
]
WEIGHED = {"weight": "for", "words": "It is so"}
SENT = {
    "/staff/cases/open": own_motion,
    f"{CASE}/notes": {"words": "A call"},
    f"{CASE}/triage": {
        "outcome": "closed",
        "words": "Nothing in it",
    },
    f"{CASE}/triage/{{factor}}": WEIGHED,
    f"{CASE}/risk": {"likelihood": "2", "harm": "3", "words": "As far as we know"},
    f"{CASE}/links": linking,
    f"{CASE}/people": given,
    f"{CASE}/people/hearings-officer": brought,
    f"{CASE}/restriction": {"words": "A colleague"},
}
QUERIES = {
    ("GET", "/staff/cases"): ("", "?show=yours", "?stage=triage", "?stage=closed"),
}
