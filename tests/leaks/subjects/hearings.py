"""Hearings: one on which an adjudicator and a legal adviser sit, of which its registrant knows; others at every other step."""

from datetime import timedelta

from fitness.case import Place, Stage
from fitness.fence import Capacity, look_as
from fitness.hearing.application import InterimApplication
from fitness.hearing.decision import Draft, HearingDecision, Made, decision_of, sign
from fitness.hearing.direction import Directed, Direction
from fitness.hearing.finding import Facts, Found, find, find_ground
from fitness.hearing.hearing import Hearing, hearing_in
from fitness.hearing.kind import Attendance, Kind, Outcome, Seat
from fitness.hearing.member import deciding, panel_of
from fitness.hearing.notice import begin, give_notice, services_for
from fitness.hearing.outcome import carry_out
from fitness.hearing.sitting import empanel
from fitness.investigation.allegation import Allegation, Alleged, Ground
from fitness.investigation.disclosure import Disclosure
from fitness.order import Measure
from fitness.panel import Decider, DeclaredInterest, FreeDays, Side
from register.account import StaffRole
from register.kit.clock import day_of
from register.kit.post import Failure, Message
from register.person import Person
from tests.leaks.people import in_public
from tests.leaks.roles import READERS_OF_CASES, Role
from tests.leaks.rows import (
    ADJUDICATOR,
    AUDITOR,
    HEARINGS_OFFICER,
    INVESTIGATOR,
    LEGAL_ADVISER,
    REGISTRANT,
    REGISTRAR,
    TEAM_MANAGER,
    case,
    own,
    work,
)
from tests.leaks.subjects.cases import opened
from tests.make import NOW, make_account, make_address, make_process

CASE = "/staff/cases/{reference}"
HEARINGS = f"{CASE}/hearings"
HEARING = f"{HEARINGS}/{{nth}}"
PANEL, APPLICATION = f"{HEARING}/panel", f"{CASE}/interim-application"
EXTENSION = f"{CASE}/extension/{{nth}}"
OFFICE = "/staff/panel"
SOMEBODY = f"{OFFICE}/{{account_id}}"
SITTING = "/staff/sittings/{reference}/{nth}"
ALLEGATION = f"{SITTING}/allegations/{{allegation}}"
YOURS = "/your-case/{reference}"
HEARD = "a case with a hearing"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TODAY = day_of(NOW)
BEFORE, EARLIER = NOW - 60 * DAY, NOW - 40 * DAY
READERS = (INVESTIGATOR, TEAM_MANAGER, REGISTRAR, AUDITOR, HEARINGS_OFFICER)
OFFICERS = (HEARINGS_OFFICER, TEAM_MANAGER)
BOTH = frozenset({Role.HEARINGS_OFFICER, Role.TEAM_MANAGER})
KNOW = READERS_OF_CASES | {Role.HEARINGS_OFFICER}
SIT = frozenset({Role.ADJUDICATOR, Role.LEGAL_ADVISER})
HIDDEN = frozenset({Role.OTHER_INVESTIGATOR})


async def make(world, session):
    """`heard_case`, of the registrant; `hearings`: that one, and others of somebody else, by what is to be done in them."""
    await look_as(session, Capacity.SERVICE)
    world.hearings = {}
    world.adjudicators = [
        await decider(session, world.accounts[Role.ADJUDICATOR], Side.LAY),
        await decider(session, await judge(session, "Rex Peer"), Side.REGISTRANT),
        await decider(session, await judge(session, "Lou Lay"), Side.LAY),
    ]
    world.free_judge = await decider(
        session, await judge(session, "Fay Free"), Side.LAY
    )
    await known_of(world, session)
    owner = world.accounts[Role.REGISTRANT]
    person = await session.get_one(Person, owner.person_id)
    world.heard_case = world.hearings["heard"] = await investigated(
        world, session, person
    )
    await heard(world, session)
    for name in ("asked", "listed", "to begin", "unserved", "suspended"):
        someone = (await in_public(session, world.subject(f"{name} person"))).person
        await make_address(session, someone)
        found = await investigated(world, session, someone)
        world.hearings[name] = found
        await APPLIED[name](world, session, found)
    await session.flush()


async def judge(session, name):
    return await make_account(session, StaffRole.ADJUDICATOR, name=name)


async def decider(session, account, side):
    by = make_process(session, now=BEFORE)
    await Decider.describe(
        session, account, side, may_chair=side is Side.LAY, areas=[], by=by
    )
    FreeDays.offer(session, account, day_of(BEFORE), TODAY + 400 * DAY, by=by)
    await session.flush()
    return account


async def known_of(world, session):
    """Somebody has declared something, and when they can come."""
    who = BOTH | {Role.REGISTRAR, Role.INTERESTED}
    of = world.subject("declared", staff=who, staff_of_restricted=who)
    by = make_process(session, now=BEFORE)
    world.declared_interest = DeclaredInterest.declare(
        session,
        world.free_judge,
        of.office("interest"),
        from_on=day_of(BEFORE),
        until_on=day_of(BEFORE),
        home=None,
        person=(await in_public(session, world.subject("known person"))).person,
        by=by,
    )
    world.offered_days = FreeDays.offer(session, world.free_judge, TODAY, TODAY, by=by)
    await session.flush()


async def investigated(world, session, person):
    found = await opened(session, person, world.accounts[Role.INVESTIGATOR])
    by = make_process(session, now=BEFORE)
    found.told_at = BEFORE
    await found.investigate(session, by=by)
    officer = world.accounts[Role.HEARINGS_OFFICER]
    await found.take_on(session, officer, Place.HEARINGS_OFFICER, by=by)
    await session.flush()
    return found


async def heard(world, session):
    """A final hearing that goes on, with something laid before it; and an interim hearing of the past."""
    found, by = world.heard_case, make_process(session, now=EARLIER)
    shown = world.subject(
        "hearing",
        Role.REGISTRANT,
        staff=KNOW | SIT,
        staff_of_restricted=KNOW | SIT,
    )
    world.heard_allegation = await Allegation.draw(
        session,
        found,
        [Alleged(shown.restricted("heard particular"), day_of(BEFORE))],
        grounds=[Ground.MISCONDUCT],
        standards=["R1"],
        by=by,
    )
    await session.flush()
    disclosure = await Disclosure.disclose(
        session, found, [world.heard_allegation], [], by=by
    )
    await disclosure.comment(session, found, shown.restricted("heard comment"), by=by)
    for stage in (Stage.EXAMINATION, Stage.HEARING):
        found.move(session, stage, by=by)
    hearing = await listed(session, found, Kind.FINAL, shown.restricted("place"), by)
    for account, seat in zip(
        world.adjudicators, (Seat.CHAIR, Seat.MEMBER, Seat.MEMBER), strict=True
    ):
        await empanel(session, found, hearing, account, seat, by=by)
    adviser = world.accounts[Role.LEGAL_ADVISER]
    await empanel(
        session, found, hearing, adviser, Seat.ADVISER, words="They can come", by=by
    )
    await give_notice(session, found, hearing, noticed(world), by=by)
    await Direction.give(
        session,
        found,
        hearing,
        shown.restricted("direction"),
        directed=Directed.BOTH,
        due_on=TODAY,
        by=by,
    )
    by = make_process(session, now=NOW - HOUR)
    await begin(session, found, hearing, Attendance.ABSENT, by=by)
    await found_and_drawn(world, session, hearing, by)


def noticed(world):
    """What is said in a notice whoever sits on the panel has no need of."""
    of = world.subject("notice", Role.REGISTRANT, staff=KNOW, staff_of_restricted=KNOW)
    return of.restricted("hearing notice")


async def found_and_drawn(world, session, hearing, by):
    """Nobody else reads it before it is decided."""
    of = world.subject("drawn up", staff=SIT, staff_of_restricted=SIT)
    found = world.heard_case
    (particular,) = world.heard_allegation.current.particulars
    await find(
        session,
        found,
        hearing,
        particular,
        found=Found.PROVED,
        words=of.office("finding"),
        by=by,
    )
    await find_ground(
        session,
        found,
        hearing,
        world.heard_allegation,
        grounds=[Ground.MISCONDUCT],
        words=of.office("ground"),
        by=by,
    )
    await HearingDecision.draw_up(
        session,
        found,
        hearing,
        Draft(
            Outcome.IMPAIRED,
            of.office("reasons"),
            order=Made(Measure.CONDITIONS, 12, of.office("wording")),
        ),
        by=by,
    )
    facts = await Facts.of(session, hearing)
    decision = await decision_of(session, hearing)
    world.drawn_decision = decision.changed_at(facts).isoformat()


async def listed(session, found, kind, place, by, *, starts_at=NOW - 2 * HOUR):
    return await Hearing.list_one(
        session,
        found,
        kind,
        starts_at=starts_at,
        last_on=day_of(starts_at),
        remote=True,
        place=place,
        by=by,
    )


async def asked(world, session, found):
    of = world.subject("asked", staff=KNOW, staff_of_restricted=KNOW)
    await InterimApplication.make(
        session,
        found,
        of.restricted("application"),
        by=make_process(session, now=EARLIER),
    )


async def to_be_heard(world, session, found):
    """Listed for later, with somebody on its panel and something directed."""
    await asked(world, session, found)
    by = make_process(session, now=EARLIER)
    hearing = await listed(
        session, found, Kind.INTERIM_ORDER, "By video", by, starts_at=NOW + 60 * DAY
    )
    world.seat_held = await empanel(
        session, found, hearing, world.adjudicators[1], Seat.MEMBER, by=by
    )
    await Direction.give(
        session,
        found,
        hearing,
        "Send it",
        directed=Directed.US,
        due_on=TODAY,
        by=by,
    )


async def to_begin(world, session, found):
    await asked(world, session, found)
    by = make_process(session, now=EARLIER)
    hearing = await listed(session, found, Kind.INTERIM_ORDER, "By video", by)
    for n, seat in enumerate((Seat.CHAIR, Seat.MEMBER)):
        other = await decider(session, await judge(session, f"Sid Sits {n}"), Side.LAY)
        await empanel(session, found, hearing, other, seat, by=by)


async def over(world, session, found, draft=None):
    """Decided today."""
    await to_begin(world, session, found)
    hearing = await hearing_in(session, found.id, 1)
    by = make_process(session, now=NOW - HOUR)
    await begin(session, found, hearing, Attendance.PRESENT, by=by)
    draft = draft or Draft(Outcome.NO_ORDER, "There is no risk")
    await HearingDecision.draw_up(session, found, hearing, draft, by=by)
    for member in deciding(await panel_of(session, hearing)):
        if await sign(session, found, hearing, member.account_id, by=by):
            decision = await decision_of(session, hearing)
            await carry_out(session, found, hearing, decision, by=by)
    return hearing


async def unserved(world, session, found):
    """Its decision came back."""
    hearing = await over(world, session, found)
    (service,) = await services_for(session, hearing)
    message = await session.get_one(Message, service.service.message_id)
    await session.refresh(message)
    message.fail(now=NOW, because=Failure.UNDELIVERABLE)
    await session.flush()


async def suspended(world, session, found):
    draft = Draft(
        Outcome.ORDER,
        "There is a risk",
        protects_the_public=True,
        order=Made(Measure.INTERIM_SUSPENSION, 12),
    )
    await over(world, session, found, draft)


APPLIED = {
    "asked": asked,
    "listed": to_be_heard,
    "to begin": to_begin,
    "unserved": unserved,
    "suspended": suspended,
}


AT = {
    APPLICATION: "told",
    f"{HEARINGS}/new": "asked",
    f"{HEARING}/opening": "to begin",
    f"{HEARING}/decision": "unserved",
    f"{HEARING}/decision/preview.pdf": "unserved",
    EXTENSION: "suspended",
    HEARING: "heard",
    HEARINGS: "heard",
    YOURS: "heard",
}
"""Which of the cases; `listed` for whatever is done before a hearing, and `heard` for whoever sits on it."""


def at(known, row, role):
    world = known.world
    sits = row.path.startswith("/staff/sittings")
    name = AT.get(row.path, "heard" if sits else "listed")
    found = world.told_case if name == "told" else world.hearings[name]
    if role is Role.INTERESTED:
        found = world.their_case
    return [
        {
            "reference": found.reference,
            "nth": 1,
            "which": 1,
            "allegation": 1,
            "number": 1,
            "member_id": world.seat_held.id,
            "account_id": world.free_judge.id,
            "interest_id": world.declared_interest.id,
            "days_id": world.offered_days.id,
        }
    ]


def on(day, name):
    return {
        f"{name}-day": str(day.day),
        f"{name}-month": str(day.month),
        f"{name}-year": str(day.year),
    }


def read(path):
    return case("GET", path, *READERS, hidden=HIDDEN)


def brought(path, *methods):
    return [case(method, path, *OFFICERS) for method in methods or ("GET", "POST")]


def kept(path, *methods):
    """Of those who decide: about nobody's case, so whoever a case is about keeps it too."""
    return [work(method, path, *OFFICERS) for method in methods or ("GET", "POST")]


def sat(path, *lines):
    """Whoever decides on appeals alone, or sits elsewhere, finds no such hearing; here there is one of each."""
    return [work(method, path, *lines) for method in ("GET", "POST")]


ROWS = [
    work("GET", "/staff/hearings/due", *OFFICERS),
    *kept(OFFICE, "GET"),
    *kept(SOMEBODY),
    *kept(f"{SOMEBODY}/interests", "POST"),
    *kept(f"{SOMEBODY}/interests/{{interest_id}}/end", "POST"),
    *kept(f"{SOMEBODY}/days", "POST"),
    *kept(f"{SOMEBODY}/days/{{days_id}}/end", "POST"),
    case("GET", APPLICATION, INVESTIGATOR, hidden=HIDDEN),
    case("POST", APPLICATION, INVESTIGATOR, hidden=HIDDEN),
    read(HEARINGS),
    read(HEARING),
    *brought(f"{HEARINGS}/new"),
    *brought(f"{HEARING}/opening"),
    *brought(PANEL),
    *brought(f"{PANEL}/preview.pdf", "POST"),
    *brought(f"{PANEL}/{{member_id}}/release"),
    *brought(f"{HEARING}/notice"),
    *brought(f"{HEARING}/notice/preview.pdf", "POST"),
    *brought(f"{HEARING}/decision"),
    *brought(f"{HEARING}/decision/preview.pdf", "POST"),
    *brought(f"{HEARING}/directions/new"),
    *brought(f"{HEARING}/directions/new/preview.pdf", "POST"),
    *brought(f"{HEARING}/directions/{{which}}/met", "POST"),
    *brought(f"{HEARING}/adjournment"),
    *brought(f"{HEARING}/vacating"),
    *brought(EXTENSION),
    work("GET", "/staff/sittings", ADJUDICATOR, LEGAL_ADVISER),
    work("GET", SITTING, ADJUDICATOR, LEGAL_ADVISER),
    *sat(f"{ALLEGATION}/{{number}}", ADJUDICATOR),
    *sat(ALLEGATION, ADJUDICATOR),
    *sat(f"{SITTING}/decision", ADJUDICATOR),
    *sat(f"{SITTING}/signature", ADJUDICATOR),
    own("GET", YOURS, REGISTRANT, of=HEARD),
]


def chosen(known, _place, _role):
    return {"account": str(known.world.free_judge.id), "seat": "chair"}


def read_and_signed(known, _place, _role):
    return {"drawn": known.world.drawn_decision}


TOLD = {"words": "You may come", "way": "post"}
DIRECTED = {"words": "Send it", "directed": "both"} | on(TODAY, "due_on")
LATER = {"at": "10:00"} | on(TODAY + 90 * DAY, "day")
SENT = {
    SOMEBODY: {"side": "lay", "may_chair": "yes"},
    f"{SOMEBODY}/interests": {"words": "A friend"} | on(TODAY, "from_on"),
    f"{SOMEBODY}/days": on(TODAY, "first") | on(TODAY + DAY, "last"),
    APPLICATION: {"words": "It cannot wait"},
    f"{HEARINGS}/new": LATER
    | {
        "kind": "interim_order",
        "how": "remote",
        "place": "By video",
        "privacy": "public",
    },
    f"{HEARING}/opening": {"attendance": "present"},
    PANEL: chosen,
    f"{PANEL}/preview.pdf": chosen,
    f"{PANEL}/{{member_id}}/release": {"because": "other", "words": "They are ill"},
    f"{HEARING}/notice": TOLD,
    f"{HEARING}/notice/preview.pdf": TOLD,
    f"{HEARING}/decision": {"way": "post"},
    f"{HEARING}/decision/preview.pdf": {"way": "post"},
    f"{HEARING}/directions/new": DIRECTED | {"directed": "us"},
    f"{HEARING}/directions/new/preview.pdf": DIRECTED,
    f"{HEARING}/adjournment": LATER | {"words": "They are ill"},
    f"{HEARING}/vacating": {"words": "It is not needed"},
    EXTENSION: {"words": "The High Court, CO/1"}
    | on(TODAY, "ordered_on")
    | on(TODAY + 800 * DAY, "until"),
    f"{ALLEGATION}/{{number}}": {"found": "proved", "words": "We heard it"},
    ALLEGATION: {"grounds": "misconduct", "words": "It is"},
    f"{SITTING}/decision": {
        "outcome": "impaired",
        "reasons": "There is no insight",
        "measure": "suspension_order",
        "months": "12",
    },
    f"{SITTING}/signature": read_and_signed,
}
