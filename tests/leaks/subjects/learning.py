"""Learning: what a registrant records, who reflects on it by a link, who asks for less of it, and what staff read."""

from datetime import date
from uuid import uuid4

from register.by_link import token_of
from register.cpd import (
    LearningDocument,
    LearningLess,
    LessReason,
    Named,
    Reflected,
    With,
    ask_peer,
    invited,
    rules_of,
)
from tests.leaks.people import clean_file, in_public
from tests.leaks.roles import Role
from tests.leaks.rows import (
    ANSWERED,
    LINK,
    OFFICERS,
    PERSON,
    READERS,
    REGISTRANT,
    TAMPERED,
    Meets,
    own,
    public,
    work,
)
from tests.make import NOW, make_process
from tests.register.learning import YEAR_END, make_record
from tests.uploading import pdf

HOME, STAFF, REFLECT = (
    "/account/learning",
    "/staff/learning",
    "/learning/reflect/{token}",
)
RECORD, LESS = f"{HOME}/{{record_id}}", f"{STAFF}/less/{{less_id}}"
WORDS = ("title", "learnt", "impact", "reflection", "discussed")
TALKED = {"discussed_with": With.MANAGER, "discussed_on": date(2027, 3, 2)}


async def make(world, session):
    """`learnt`: the registrant's; `taught`: somebody else's, of which another is a copy; `less`: asked for by the same.

    `reflecting`: links by what became of them, whose holders read what the record says.
    """
    of = world.subject(Role.REGISTRANT, Role.REGISTRANT, entered=True)
    world.learnt = await recorded(world, session, of, world.listed.entry.person)
    request = await asked(session, world.learnt, of.told("learning peer"))
    world.peer_asked = request.about_id
    taught = world.subject("taught", entered=True)
    person = (await in_public(session, taught)).person
    world.taught = await recorded(world, session, taught, person)
    await copied(world, session)
    world.less = await less_asked(session, taught, person)
    await reflected(world, session)


async def recorded(world, session, of, person):
    record = await make_record(session, person, **TALKED, **told(of.told))
    paper = LearningDocument(
        id=uuid4(),
        record_id=record.id,
        file_id=(await clean_file(world, session, of)).id,
        added_at=NOW,
    )
    session.add(paper)
    await session.flush()
    world.papers = getattr(world, "papers", {}) | {record.id: paper.id}
    return record


def told(say):
    return {name: say(f"learning {name}") for name in WORDS}


async def copied(world, session):
    person = (await in_public(session, world.subject("copied", entered=True))).person
    words = world.taught.words
    said = {name: getattr(words, name) for name in WORDS}
    await make_record(session, person, **TALKED, **said)


async def asked(session, record, name, email="peer@example.org"):
    return await ask_peer(
        session,
        record,
        With.PEER,
        Named(name=name, email=email),
        rules=await rules_of(session, record.person_id, now=NOW),
        by=make_process(session),
    )


async def less_asked(session, of, person):
    return await LearningLess.ask(
        session,
        person.id,
        year_end=YEAR_END,
        because=LessReason.SICKNESS,
        from_on=date(2027, 1, 4),
        until_on=date(2027, 2, 1),
        words=of.told("less because"),
        by=make_process(session),
    )


async def reflected(world, session):
    """One has answered, and of another record one has not."""
    of = world.subject("reflected", entered=True)
    person = (await in_public(session, of)).person
    waiting, answered = [
        await asked(
            session,
            await make_record(session, person, **TALKED, **told(of.public)),
            of.told("peer named"),
        )
        for _ in range(2)
    ]
    token = token_of(waiting)
    world.reflecting = {
        "": token,
        ANSWERED: token_of(answered),
        TAMPERED: token.swapcase(),
    }
    await session.flush()
    found = await invited(session, token_of(answered), now=NOW)
    said = {name: of.told(f"peer {name}") for name in Reflected.__struct_fields__}
    await found.reflect(session, Reflected(**said), by=make_process(session))
    world.reflected = found.record


def at(known, row, _role):
    world = known.world
    if "{token}" in row.path:
        return [{"token": world.reflecting[row.of]}]
    if row.path == PERSON_LEARNING:
        return [{"person_id": world.taught.person_id}]
    of_staff = row.path.startswith(STAFF)
    found = [world.taught] if of_staff else [world.learnt]
    if of_staff and "paper_id" not in row.path:
        found.append(world.reflected)
    return [
        {
            "record_id": record.id,
            "paper_id": world.papers.get(record.id),
            "peer_id": world.peer_asked,
            "less_id": world.less.id,
        }
        for record in found
    ]


PERSON_LEARNING = f"{PERSON}/learning"
ROWS = [
    own("GET", HOME, REGISTRANT),
    *(own(method, f"{HOME}/new", REGISTRANT) for method in ("GET", "POST")),
    *(own(method, f"{HOME}/less", REGISTRANT) for method in ("GET", "POST")),
    own("GET", RECORD, REGISTRANT),
    *(
        own(method, f"{RECORD}/{page}", REGISTRANT)
        for page in ("change", "remove", "peers", "documents")
        for method in ("GET", "POST")
    ),
    own("POST", f"{RECORD}/peers/{{peer_id}}/end", REGISTRANT),
    own("GET", f"{RECORD}/documents/{{paper_id}}", REGISTRANT),
    own("POST", f"{RECORD}/documents/{{paper_id}}/removal", REGISTRANT),
    *(
        public(method, f"{REFLECT}{page}", LINK, find=find, of=of)
        for page in ("", "/decline")
        for method in ("GET", "POST")
        for find, of in (
            (Meets.ALLOW, ""),
            (Meets.GONE, ANSWERED),
            (Meets.HIDE, TAMPERED),
        )
    ),
    *(
        public("GET", f"{REFLECT}/sent", LINK, find=find, of=of)
        for find, of in (
            (Meets.ALLOW, ""),
            (Meets.ALLOW, ANSWERED),
            (Meets.HIDE, TAMPERED),
        )
    ),
    work("GET", STAFF, *READERS),
    work("GET", f"{STAFF}/alike", *READERS),
    work("GET", f"{STAFF}/{{record_id}}", *READERS),
    work("GET", f"{STAFF}/{{record_id}}/documents/{{paper_id}}", *READERS),
    work("GET", PERSON_LEARNING, *READERS),
    work("GET", LESS, *READERS),
    work("POST", f"{LESS}/grant", *OFFICERS),
    work("POST", f"{LESS}/refusal", *OFFICERS),
]
SENT = {
    f"{HOME}/new": {"title": "A course"},
    f"{RECORD}/change": {"title": "Another course"},
    f"{RECORD}/peers": {"name": "Ada", "email": "ada@example.org", "role": "peer"},
    f"{RECORD}/documents": {"file": pdf()},
    f"{HOME}/less": {
        "year": "2027-11-30",
        "because": "caring",
        "from_on-day": "1",
        "from_on-month": "2",
        "from_on-year": "2027",
        "until_on-day": "1",
        "until_on-month": "3",
        "until_on-year": "2027",
    },
    REFLECT: {"words": "Well done", "name": "Ada", "job": "Deputy", "true": "yes"},
    f"{REFLECT}/decline": {"because": "no_time"},
    f"{LESS}/grant": {"records": "1"},
    f"{LESS}/refusal": {"words": "It was one week"},
}
