"""Notices of what we mean to decide: to who is in the register, and to applicants; and what they answer."""

from uuid import uuid4

from register.account import StaffRole
from register.entry import Entry
from register.kit.post import Message
from register.notice import NoticeDocument, open_notice, represent
from tests.leaks.people import clean_file, in_public
from tests.leaks.roles import Role
from tests.leaks.rows import (
    LINK,
    OFFICERS,
    READERS,
    REGISTRANT,
    REGISTRAR,
    TEAM_MANAGER,
    case,
    own,
    public,
    work,
)
from tests.leaks.subjects.removals import notice_proposed, with_account
from tests.make import NOW, make_account, make_address, make_process
from tests.uploading import pdf

NOTICE = "/staff/notices/{notice_id}"
SERVICE, RECEIVED = f"{NOTICE}/service", f"{NOTICE}/received"
OF_APPLICANT = "a notice to an applicant"


async def make(world, session):
    """`served`: on the registrant, who has not answered; `spoken`: answered, with a document, and not decided; `posted`: on
    somebody who has no account, with the code of the letter.
    """
    of = world.subject(Role.REGISTRANT, Role.REGISTRANT, entered=True)
    own_entry = await session.get_one(Entry, world.asking.entry_id)
    world.served = await notice_of_error(session, of, own_entry)
    of = world.subject("spoken", entered=True)
    entry, account = await with_account(session, of)
    world.spoken = await notice_of_error(session, of, entry)
    by = make_process(session, actor=account)
    await represent(session, world.spoken, of.told("representations"), by=by)
    stored = await clean_file(world, session, of)
    world.sent_with = NoticeDocument(
        id=uuid4(), notice_id=world.spoken.id, file_id=stored.id, added_at=NOW
    )
    session.add(world.sent_with)
    await session.flush()
    of = world.subject("posted", entered=True)
    entry = await in_public(session, of)
    await make_address(session, entry.person, line_1=of.told("address"))
    # Whoever holds the letter reads them.
    words = of.public("reasons of the notice")
    world.posted = await notice_of_error(session, of, entry, words=words)
    letter = await session.get_one(Message, world.posted.message_id)
    world.code = letter.secret


async def notice_of_error(session, of, entry, **more):
    proposal = await notice_proposed(session, of, entry, **more)
    registrar = await make_account(session, StaffRole.REGISTRAR)
    by = make_process(session, actor=registrar)
    await proposal.approve(session, approver=registrar, by=by)
    await session.flush()
    return await open_notice(session, entry_id=entry.id)


def at(known, row, role):
    world = known.world
    if row.of == OF_APPLICANT:
        about_self = role is Role.INTERESTED
        return [{"notice_id": known.notices["theirs" if about_self else "refusing"]}]
    if row.path == SERVICE:
        return [{"notice_id": world.posted.id}]
    of = world.spoken if row.path.startswith("/staff") else world.served
    every = [{"notice_id": of.id, "document_id": world.sent_with.id}]
    if row.method == "GET" and row.path in {NOTICE, RECEIVED}:
        every.append({"notice_id": world.posted.id})
    return [at | {"code": world.code} for at in every]


BY_CODE = "/notices/by-post/{code}"
ROWS = [
    public("GET", "/notices/by-post", LINK),
    public("GET", BY_CODE, LINK),
    public("POST", BY_CODE, LINK),
    public("POST", f"{BY_CODE}/nothing", LINK),
    own("GET", "/notices"),
    own("GET", "/notices/{notice_id}", REGISTRANT),
    own("POST", "/notices/{notice_id}", REGISTRANT),
    own("POST", "/notices/{notice_id}/nothing", REGISTRANT),
    own("GET", "/notices/{notice_id}/documents", REGISTRANT),
    own("POST", "/notices/{notice_id}/documents", REGISTRANT),
    work("GET", "/staff/notices", *READERS),
    work("GET", NOTICE, *READERS),
    case("GET", NOTICE, *READERS, of=OF_APPLICANT),
    work("GET", f"{NOTICE}/documents/{{document_id}}", *READERS),
    *(
        work(method, path, *OFFICERS)
        for path in (SERVICE, RECEIVED)
        for method in ("GET", "POST")
    ),
    work("POST", f"{NOTICE}/removal", *OFFICERS),
    work("POST", f"{NOTICE}/end", TEAM_MANAGER, REGISTRAR),
]
SENT = {
    "/notices/{notice_id}": {"words": "I disagree"},
    "/notices/{notice_id}/documents": {"file": pdf()},
    BY_CODE: {"words": "I disagree"},
    SERVICE: {"why": "The letter was lost"},
    RECEIVED: {
        "words": "They disagree",
        "came_on-day": "10",
        "came_on-month": "3",
        "came_on-year": "2027",
        "file": pdf(),
    },
    f"{NOTICE}/removal": {"words": "It should go"},
    f"{NOTICE}/end": {"why": "It stays"},
}
