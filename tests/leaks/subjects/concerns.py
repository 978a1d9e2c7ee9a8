"""Concerns: in each state, a draft that its referrer alone reads, and one about a colleague; every field is a canary."""

from datetime import date
from uuid import uuid4

from sqlalchemy import update

from fitness.concern import (
    Body,
    ConcernFile,
    Referrer,
    ToldTo,
    Unfit,
    due_by,
    files_of,
    record,
)
from fitness.concern.told import (
    ASKED,
    Advocate,
    Danger,
    Elsewhere,
    Investigation,
    Looked,
    Naming,
    Safety,
    Section,
    Speaker,
    Subject,
    What,
    When,
    Witnesses,
    You,
)
from fitness.fence import Capacity, look_as
from register.kit.cleaning import MediaType
from register.kit.security.sessions import StoredSession, hash_of
from register.kit.uploads import Received
from register.person import Person
from tests.fitness.raising import SAID, make_draft, sending
from tests.leaks.people import cleaned, in_public
from tests.leaks.roles import Role
from tests.leaks.rows import (
    AUDITOR,
    INVESTIGATOR,
    REGISTRAR,
    TEAM_MANAGER,
    Line,
    Meets,
    Row,
    case,
    public,
    work,
)
from tests.make import NOW, make_process
from tests.uploading import pdf

OWN, STAFF = "/concerns/{reference}", "/staff/concerns/{reference}"
READERS = (INVESTIGATOR, TEAM_MANAGER, REGISTRAR, AUDITOR)
TAKERS = (INVESTIGATOR, TEAM_MANAGER, REGISTRAR)
WHO_READS = frozenset().union(*(line.roles for line in READERS))
HOLDER = frozenset({Role.EMPLOYER_LEAD})
"""Whose browser has shown the code, whoever is signed in there."""
CODE = Line("Public: what a secret code opens, by whoever holds it", HOLDER)
SENT_ONE, TAKEN, SCREENED, MATCHED = (
    "what was sent",
    "what is in a restricted case",
    "what somebody has screened",
    "what is known to be about somebody",
)


class Coded(Row):
    """Whoever has not shown the code, signed in or not, is told that there is no such thing."""

    def meets(self, role):
        return self.find if role in self.allowed else Meets.HIDE


def coded(method, path, **more):
    return Coded(method, f"{OWN}{path}", (CODE,), **more)


async def make(world, session):
    """`begun_concern` and `sent_concern` are the holder's; `concern` and `screened_concern` wait for staff.

    `concern_about_them`: about a colleague. `held_concerns`: those of which the holder's browser has shown the codes; one is in a
    case.
    """
    holder = world.subject("draft", *HOLDER, staff=frozenset())
    world.begun_concern, _ = await told(session, holder, Referrer.EMPLOYER)
    own = subject(world, "own concern", WHO_READS)
    world.sent_concern, world.concern_code = await sent(session, own, Referrer.EMPLOYER)
    of = subject(world, "concern", WHO_READS)
    world.concern, _ = await sent(session, of, Referrer.FAMILY)
    of_child = subject(world, "screened concern", WHO_READS)
    world.screened_concern, _ = await sent(session, of_child, Referrer.CHILD)
    await screened(session, of_child, world.screened_concern)
    theirs = subject(world, "concern about them", WHO_READS - {Role.INTERESTED})
    world.concern_about_them, _ = await sent(session, theirs, Referrer.COLLEAGUE)
    await look_as(session, Capacity.SERVICE)
    about = world.accounts[Role.INTERESTED].person_id
    by = make_process(session)
    person = await session.get_one(Person, about)
    await world.concern_about_them.match(session, person, by=by)
    await screened(session, theirs, world.concern_about_them)
    of_matched = subject(world, "matched concern", WHO_READS)
    world.matched_concern, _ = await sent(session, of_matched, Referrer.FAMILY)
    await screened(session, of_matched, world.matched_concern)
    entry = await in_public(session, world.subject("matched person"))
    await world.matched_concern.match(session, entry.person, by=by)
    world.held_concerns = [world.begun_concern, world.sent_concern, world.taken_concern]
    (world.file_of_draft,) = await files_of(session, world.begun_concern)
    (world.concern_file,) = await files_of(session, world.concern)
    await cleaned(of, world.concern_file.file)
    await session.flush()


def subject(world, name, readers):
    return world.subject(name, staff=readers, staff_of_restricted=readers)


def answers(word):
    """Every field that holds words, on every page that anybody is asked."""
    return {
        Section.SUBJECT: lambda: Subject(
            name=word("subject.name"),
            role=word("subject.role"),
            home=word("subject.home"),
            more=word("subject.more"),
        ),
        Section.WHAT: lambda: What(words=word("what")),
        Section.WHEN: lambda: When(words=word("when"), last_on=date(2027, 1, 5)),
        Section.SAFETY: lambda: Safety(danger=Danger.NOW, details=word("safety")),
        Section.WITNESSES: lambda: Witnesses(words=word("witnesses")),
        Section.ELSEWHERE: lambda: Elsewhere(
            bodies=("none",), details=word("elsewhere")
        ),
        Section.INVESTIGATION: lambda: Investigation(
            looked=Looked.FINISHED, outcome=word("outcome")
        ),
        Section.ADVOCATE: lambda: Advocate(
            speaker=Speaker.HAVE, name=word("advocate"), contact=word("contact")
        ),
        Section.NAMING: lambda: Naming(may_be_named=False, why=word("naming")),
    }


def who(word, referrer):
    known = {"name": word("referrer"), "email": f"{word('email')}@example.org".lower()}
    if referrer is Referrer.EMPLOYER:
        known |= {"organisation": word("organisation"), "job": word("job")}
    return You(**known)


async def told(session, of, referrer):
    """A draft, and the code that opens it."""
    word = of.restricted if of.staff else of.private
    asked = answers(word)
    said = {name: asked[name]() for name in ASKED[referrer] if name in asked}
    said[Section.YOU] = who(word, referrer)
    draft, secret = await make_draft(session, referrer, said)
    of.secret("code", secret)
    if referrer is Referrer.EMPLOYER:
        whom = {Body.DBS: ToldTo(date(2027, 3, 1), word("whom"))}
        await record(session, draft.id, due_by(SAID | said), whom)
    name, place = f"{word('file name')}.pdf", f"2027-03-10/{uuid4().hex}"
    received = Received(name, MediaType.PDF, 1, bytes(32), place)
    await ConcernFile.add(session, draft, received, now=NOW)
    await session.flush()
    return draft, secret


async def sent(session, of, referrer):
    draft, secret = await told(session, of, referrer)
    await draft.send(session, by=sending(session))
    return draft, secret


async def screened(session, of, concern):
    await look_as(session, Capacity.SERVICE)
    by = make_process(session)
    words = of.restricted("screening")
    await concern.screen(session, at_risk=True, words=words, by=by)
    await session.flush()


async def open_browser(driver, role, token):
    """The browser of the holder has shown its codes."""
    if role not in HOLDER:
        return
    held = {one.reference: str(one.id) for one in driver.world.held_concerns}
    async with driver.sessions.begin() as session:
        await session.execute(
            update(StoredSession)
            .where(StoredSession.token_hash == hash_of(token))
            .values(data={"concerns": held})
        )


def at(known, row, role):
    world = known.world
    if row.path.startswith(STAFF):
        return [
            {"reference": one.reference, "document_id": world.concern_file.id}
            for one in of_staff(world, row, role)
        ]
    held = {SENT_ONE: world.sent_concern, TAKEN: world.taken_concern}
    found = held.get(row.of, world.begun_concern)
    places = {"reference": found.reference, "document_id": world.file_of_draft.id}
    if "{section}" in row.path:
        return [places | {"section": Section.WHAT}, places | {"section": Section.YOU}]
    return [places]


def of_staff(world, row, role):
    """What is only read is read of all that there is."""
    if role is Role.INTERESTED:
        return [world.concern_about_them]
    if row.of == MATCHED:
        return [world.matched_concern]
    if row.of == SCREENED:
        return [world.screened_concern]
    others = [world.sent_concern, world.screened_concern]
    return [
        world.concern,
        *(others if (row.method, row.path) == ("GET", STAFF) else []),
    ]


ROWS = [
    public("GET", "/concerns/start"),
    public("POST", "/concerns/start"),
    public("GET", "/concerns/return"),
    public("POST", "/concerns/return"),
    coded("GET", ""),
    coded("GET", "/not-taken"),
    coded("GET", "/duties"),
    coded("POST", "/duties"),
    coded("GET", "/sheet.pdf"),
    coded("GET", "/sheet.pdf", of=SENT_ONE),
    coded("GET", "/check"),
    coded("POST", "/check"),
    coded("GET", "/sent", of=SENT_ONE),
    coded("GET", "/sent", of=TAKEN),
    coded("GET", "/check", of=SENT_ONE),
    coded("GET", "/delete"),
    coded("POST", "/delete"),
    coded("GET", "/documents"),
    coded("POST", "/documents"),
    coded("GET", "/documents/{document_id}/remove"),
    coded("POST", "/documents/{document_id}/remove"),
    coded("GET", "/{section}"),
    coded("POST", "/{section}"),
    coded("GET", "/{section}", of=SENT_ONE),
    public("POST", f"{OWN}/leave"),
    work("GET", "/staff/concerns", *READERS),
    case("GET", STAFF, *READERS),
    case("GET", f"{STAFF}/documents/{{document_id}}", *READERS),
    *(
        case("GET", f"{STAFF}/{step}", *TAKERS)
        for step in ("person", "screen", "acknowledgement", "signpost", "passing-on")
    ),
    case("POST", f"{STAFF}/search", *TAKERS),
    case("POST", f"{STAFF}/person", *TAKERS),
    case("POST", f"{STAFF}/screen", *TAKERS),
    case("POST", f"{STAFF}/acknowledgement", *TAKERS),
    case("POST", f"{STAFF}/signpost", *TAKERS, of=SCREENED),
    case("POST", f"{STAFF}/passing-on", *TAKERS, of=SCREENED),
    case("GET", f"{STAFF}/case", INVESTIGATOR, of=MATCHED),
    case("POST", f"{STAFF}/case", INVESTIGATOR, of=MATCHED),
]


def answered(_known, place, _role):
    if place.at["section"] == Section.WHAT:
        return {"words": "More of it"}
    return {
        "organisation": "A home",
        "name": "Somebody",
        "job": "Director",
        "email": "somebody@example.org",
        "phone": "0113 496 0000",
    }


def coming_back(known, _place, _role):
    return {
        "reference": known.world.sent_concern.reference,
        "code": known.world.concern_code,
    }


SENT = {
    "/concerns/start": {"referrer": "child"},
    "/concerns/return": coming_back,
    f"{OWN}/documents": {"file": pdf()},
    f"{OWN}/check": {"true": "yes"},
    f"{OWN}/{{section}}": answered,
    f"{STAFF}/search": {"q": "Nobody"},
    f"{STAFF}/person": {"person": "nobody"},
    f"{STAFF}/screen": {"at_risk": "no", "words": "Looked"},
    f"{STAFF}/acknowledgement": {"words": "Rang them"},
    f"{STAFF}/signpost": {
        "because": Unfit.NOT_ABOUT_FITNESS,
        "towards": Body.OFSTED,
        "words": "A leak",
    },
    f"{STAFF}/case": {"into": "new"},
    f"{STAFF}/passing-on": {"towards": Body.POLICE, "words": "A call"},
}
