"""Questions and answers between somebody and staff, and the letters that they were sent."""

from register.enquiry import Enquiry, EnquirySubject, messages_of
from tests.leaks.people import cleaned, evidence
from tests.leaks.roles import Role
from tests.leaks.rows import OFFICERS, READERS, REGISTRANT, case, own, work
from tests.make import make_process

ENQUIRY, OWN_ENQUIRY = "/staff/messages/{enquiry_id}", "/messages/{enquiry_id}"


async def make(world, session):
    """`enquiry`: the registrant's, answered and waiting again; `enclosed`: its document; `their_enquiry`: a colleague's."""
    of, account = world.subject(Role.REGISTRANT, Role.REGISTRANT), world.accounts
    asker, officer = account[Role.REGISTRANT], account[Role.CASEWORKER]
    world.enquiry = await ask(session, asker, of.told("question"))
    answer = of.asked("answer to the question")
    by = make_process(session, actor=officer)
    await world.enquiry.answer(session, answer, by=by)
    file = evidence(of, "enclosed")["evidence"]
    words, by = of.told("second question"), make_process(session, actor=asker)
    await world.enquiry.add(session, asker, words, file=file, by=by)
    *_, world.enclosed = sorted(
        await messages_of(session, world.enquiry.id),
        key=lambda m: m.file_id is not None,
    )
    await cleaned(of, world.enclosed.file)
    world.their_enquiry = await ask(
        session,
        account[Role.INTERESTED],
        world.subject("theirs", Role.INTERESTED).told("question"),
    )


async def ask(session, account, words):
    return await Enquiry.begin(
        session,
        account,
        EnquirySubject.OTHER,
        words,
        file=None,
        by=make_process(session, actor=account),
    )


def at(known, row, role):
    world = known.world
    theirs = role is Role.INTERESTED and row.path.startswith("/staff")
    enquiry = world.their_enquiry if theirs else world.enquiry
    return [{"enquiry_id": enquiry.id, "document_id": world.enclosed.id}]


ROWS = [
    own("GET", "/messages"),
    own("GET", "/messages/new"),
    own("POST", "/messages/new"),
    own("GET", "/messages/letters"),
    own("GET", OWN_ENQUIRY, REGISTRANT),
    own("POST", OWN_ENQUIRY, REGISTRANT),
    work("GET", "/staff/messages", *READERS),
    case("GET", ENQUIRY, *READERS),
    case("POST", ENQUIRY, *OFFICERS),
    case("POST", f"{ENQUIRY}/settlement", *OFFICERS),
    case("GET", f"{ENQUIRY}/documents/{{document_id}}", *READERS),
]
SENT = {
    "/messages/new": {"subject": "other", "words": "A question"},
    OWN_ENQUIRY: {"words": "One thing more"},
    ENQUIRY: {"words": "An answer"},
}
