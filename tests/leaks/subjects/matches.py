"""Two records that may be of one person: told apart, or merged."""

from register.matching import MatchAct, Traits, look_for_matches
from register.merging import Choice, MergeAct, propose_merge
from register.person import Person
from tests.leaks.people import draw_ni_number, named
from tests.leaks.roles import Role
from tests.leaks.rows import OFFICERS, READERS, REGISTRAR, case, work
from tests.make import make_process
from tests.register.assessing import act

MATCH = "/staff/matches/{match_id}"


async def make(world, session):
    """Somebody in the register who shares a National Insurance number with each of four others.

    `match`: an applicant; `their_match`: a member of staff; `told_apart`; `merging`: to be merged, if a second person agrees.
    """
    world.match = await matched(world, session, "alike", world.free)
    account = world.accounts[Role.INTERESTED]
    world.their_match = await matched(world, session, "alike to staff", account)
    await told_apart(world, session)
    await to_be_merged(world, session)


async def matched(world, session, name, other):
    of = world.subject(name)
    number = Traits.of(ni_number=of.secret("NI number", draw_ni_number()))
    person = await named(session, of, of.told("given name"), of.told("family name"))
    await person.take_number(session)
    known = await session.get(Person, other.person_id)
    for one in (known, person):
        found = await look_for_matches(session, one, number, by=make_process(session))
    return next(match for match in found if match.seen_from(person.id) is known)


async def told_apart(world, session):
    world.told_apart = await matched(world, session, "told apart", world.owed)
    by = act(session, MatchAct.TELL_APART, world.accounts[Role.CASEWORKER])
    words = world.subject("told apart").office("told apart because")
    await world.told_apart.tell_apart(session, because=words, by=by)


async def to_be_merged(world, session):
    world.merging = await matched(world, session, "merging", world.assessed)
    officer = world.accounts[Role.CASEWORKER]
    numbered = next(p for p in (world.merging.one, world.merging.other) if p.number)
    await propose_merge(
        session,
        world.merging,
        Choice(*[numbered.id] * 5),
        because=world.subject("merging").office("merge because"),
        proposer=officer,
        by=act(session, MergeAct.PROPOSE, officer),
    )


def at(known, row, role):
    world = known.world
    if role is Role.INTERESTED:
        found = [world.their_match]
    elif "/merge/" in row.path:
        found = [world.merging]
    elif row.method == "GET":
        found = [world.match, world.told_apart, world.merging]
    else:
        found = [world.match]
    return [{"match_id": of.id} for of in found]


def of_match(**more):
    """With what the page of the match carries."""

    def made(known, place, _role):
        world = known.world
        known_ones = {str(m.id): m for m in (world.match, world.merging)}
        found = known_ones.get(place.at["match_id"])
        if not found:
            return {"version": "1"} | more
        return {
            "version": str(found.version),
            "given_names": str(found.one_id),
            "family_name": str(found.one_id),
            "birth_date": str(found.one_id),
        } | more

    return made


ROWS = [
    work("GET", "/staff/matches", *READERS),
    case("GET", MATCH, *READERS),
    case("POST", f"{MATCH}/difference", *OFFICERS),
    case("POST", f"{MATCH}/merge", *OFFICERS),
    case("POST", f"{MATCH}/merge/approval", REGISTRAR),
    case("POST", f"{MATCH}/merge/return", REGISTRAR),
]
SENT = {
    f"{MATCH}/difference": of_match(words="Two people"),
    f"{MATCH}/merge": of_match(because="One person"),
    f"{MATCH}/merge/approval": of_match(),
    f"{MATCH}/merge/return": of_match(words="Look again"),
}
