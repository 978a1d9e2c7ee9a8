"""What a registrant changes of themselves: at once, or after staff have seen a document."""

from datetime import date

from register.particulars import (
    ChangeKind,
    ChangeReason,
    NewName,
    ParticularsChange,
    posts_of,
)
from tests.leaks.people import cleaned, evidence, in_public
from tests.leaks.roles import Role
from tests.leaks.rows import (
    APPLICANT,
    OFFICERS,
    READERS,
    REGISTRANT,
    REGISTRAR,
    TEAM_MANAGER,
    UNDECIDED,
    own,
    work,
)
from tests.make import make_process
from tests.uploading import pdf

CHANGE = "/staff/particulars/{change_id}"
IN_APPLICATION = APPLICANT | {Role.OTHER_APPLICANT, Role.INTERESTED}
"""Whose application is not over: its form is where they change what we know of them."""


async def make(world, session):
    """`asking_change` and `post`: the registrant's; `change`: that it is proposed to make; `undecided_change`."""
    of = world.subject(Role.REGISTRANT, Role.REGISTRANT, entered=True)
    person = world.listed.entry.person
    world.asking_change = await ParticularsChange.ask_birth_date(
        session,
        person,
        date(1971, 12, 31),
        by=make_process(session),
        **evidence(of, "birth date"),
    )
    await cleaned(of, world.asking_change.file)
    posts = await posts_of(session, person.id)
    world.post = next(post for post in posts if not post.last_day)
    world.change = await name_asked_for(world, session, "change")
    world.undecided_change = await name_asked_for(world, session, "undecided_change")
    officer = world.accounts[Role.CASEWORKER]
    by = make_process(session, actor=officer)
    await world.change.propose(session, proposer=officer, by=by)


async def name_asked_for(world, session, name):
    of = world.subject(name, entered=True)
    entry = await in_public(session, of)
    wanted = of.told("given name asked for"), of.told("family name asked for")
    found = await ParticularsChange.ask_name(
        session,
        entry.person,
        NewName(*wanted, date(2027, 2, 1)),
        because=ChangeReason.MARRIAGE,
        by=make_process(session),
        **evidence(of, "name"),
    )
    await cleaned(of, found.file)
    return found


def at(known, row, _role):
    world = known.world
    if row.path.startswith("/particulars/"):
        post = "employment" in row.path
        return (
            [{"post_id": world.post.id}] if post else [{"kind": k} for k in ChangeKind]
        )
    if row.method == "POST":
        of = world.undecided_change if row.of == UNDECIDED else world.change
        return [{"change_id": of.id}]
    every = (world.change, world.undecided_change, world.asking_change)
    return [{"change_id": change.id} for change in every]


def asked_for(_known, place, _role):
    """A file comes with the name; of the birth date the document is missing."""
    if place.at["kind"] != ChangeKind.NAME:
        return {"birth_date-day": "1"}
    return {
        "family_name": "Newname",
        "because": "deed_poll",
        "since-day": "1",
        "since-month": "3",
        "since-year": "2027",
        "file": pdf(),
    }


def taken_back(known, _place, _role):
    return {"change": str(known.world.asking_change.id)}


ROWS = [
    own("GET", "/particulars"),
    own("GET", "/particulars/{kind}", REGISTRANT, refused=IN_APPLICATION),
    own("POST", "/particulars/{kind}", REGISTRANT, refused=IN_APPLICATION),
    own("POST", "/particulars/withdrawal", REGISTRANT),
    *(
        own(method, f"/particulars/{what}", REGISTRANT, refused=IN_APPLICATION)
        for what in ("contact", "employment", "employment/{post_id}")
        for method in ("GET", "POST")
    ),
    work("GET", "/staff/particulars", *READERS),
    work("GET", CHANGE, *READERS),
    work("GET", f"{CHANGE}/evidence", *READERS),
    work("POST", f"{CHANGE}/proposal", *OFFICERS, of=UNDECIDED),
    work("POST", f"{CHANGE}/refusal", TEAM_MANAGER, REGISTRAR),
    work("POST", f"{CHANGE}/approval", TEAM_MANAGER, REGISTRAR),
    work("POST", f"{CHANGE}/return", TEAM_MANAGER, REGISTRAR),
]
SENT = {
    "/particulars/{kind}": asked_for,
    "/particulars/withdrawal": taken_back,
    "/particulars/contact": {
        "mobile": "07700 900 999",
        "line_1": "1 New Road",
        "town": "Leeds",
        "in_uk": "yes",
        "postcode": "LS1 1AA",
    },
    "/particulars/employment": {
        "employer": "A provider",
        "role": "Manager",
        "part": "manager",
        "fte_percent": "100",
        "care": "yes",
        "supervisory": "yes",
        "manages": "yes",
        "since-day": "1",
        "since-month": "3",
        "since-year": "2027",
    },
    "/particulars/employment/{post_id}": {
        "last_day-day": "1",
        "last_day-month": "4",
        "last_day-year": "2027",
        "because": "Another post",
    },
    f"{CHANGE}/refusal": {"words": "Not shown"},
    f"{CHANGE}/return": {"words": "Look again"},
}
