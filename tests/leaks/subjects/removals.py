"""Removing an entry that nobody asked to have removed."""

from register.account import StaffRole
from register.entry import Entry, RemovalReason
from register.notice import propose_notice_of_removal
from register.person import Person
from tests.leaks.people import somebody
from tests.leaks.rows import OFFICERS, READERS, REGISTRAR, UNDECIDED, work
from tests.make import make_account, make_entry, make_process

REMOVAL = "/staff/removals/{entry_id}"


async def make(world, session):
    """`removing`: an entry of which it is proposed to give notice."""
    of = world.subject("removing", entered=True)
    world.removing, _ = await with_account(session, of)
    await notice_proposed(session, of, world.removing)


async def with_account(session, of):
    """An entry whose holder can be told."""
    called = of.public("given name"), of.public("family name")
    account, _ = await somebody(session, of, name=called)
    person = await session.get_one(Person, account.person_id)
    return await make_entry(session, person=person), account


async def notice_proposed(session, of, entry, *, words=None):
    officer = await make_account(session, StaffRole.CASEWORKER)
    proposal = await propose_notice_of_removal(
        session,
        await Entry.load(session, entry.id),
        because=RemovalReason.ERROR,
        words=words or of.asked("reasons of the notice"),
        proposer=officer,
        by=make_process(session, actor=officer),
    )
    await session.flush()
    return proposal


def at(known, row, _role):
    world = known.world
    undecided = row.of == UNDECIDED
    return [{"entry_id": world.undecided.entry_id if undecided else world.removing.id}]


ROWS = [
    work("GET", REMOVAL, *READERS),
    work("POST", f"{REMOVAL}/notice", *OFFICERS, of=UNDECIDED),
    work("POST", f"{REMOVAL}/conviction", *OFFICERS, of=UNDECIDED),
    work("POST", f"{REMOVAL}/approval", REGISTRAR),
    work("POST", f"{REMOVAL}/return", REGISTRAR),
]
SENT = {
    f"{REMOVAL}/notice": {"ground": "error", "words": "A mistake"},
    f"{REMOVAL}/conviction": {"evidence": "The court said so"},
    f"{REMOVAL}/return": {"words": "Look again"},
}
