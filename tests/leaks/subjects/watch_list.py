"""The watch list: who may not join, and whom it found."""

from register.matching import (
    Traits,
    WatchAct,
    WatchItem,
    WatchKind,
    look_for_matches,
    open_hits,
)
from register.person import Person
from tests.leaks.people import draw_ni_number
from tests.leaks.roles import Role
from tests.leaks.rows import REGISTRAR, TEAM_MANAGER, WATCH_READERS, case, work
from tests.make import make_process
from tests.register.assessing import act

WATCH_LIST = "/staff/watch-list"


async def make(world, session):
    """`watched`: shares a number with an applicant, which is the `hit`; `their_hit`: with a member of staff."""
    world.watched, world.hit = await listed(world, session, world.free.person_id)
    account = world.accounts[Role.INTERESTED]
    _, world.their_hit = await listed(world, session, account.person_id)


async def listed(world, session, person_id):
    of = world.subject("watched")
    number = draw_ni_number()
    person = await session.get(Person, person_id)
    known = Traits.of(ni_number=number)
    await look_for_matches(session, person, known, by=make_process(session))
    item = await WatchItem.add(
        session,
        WatchKind.BARRED,
        given_names=of.watched("given names"),
        family_name=of.watched("family name"),
        other_names=[of.watched("other name")],
        birth_date=None,
        ni_number=of.secret("NI number", number),
        source=of.watched("source"),
        because=of.watched("reason"),
        by=act(session, WatchAct.ADD, world.accounts[Role.REGISTRAR]),
    )
    hits = await open_hits(session, person_id)
    return item, next(hit for hit in hits if hit.item_id == item.id)


def at(known, _row, role):
    world = known.world
    hit = world.their_hit if role is Role.INTERESTED else world.hit
    return [{"item_id": world.watched.id, "hit_id": hit.id}]


ROWS = [
    work("GET", WATCH_LIST, *WATCH_READERS),
    work("GET", f"{WATCH_LIST}/add", TEAM_MANAGER, REGISTRAR),
    work("POST", f"{WATCH_LIST}/add", TEAM_MANAGER, REGISTRAR),
    work("GET", f"{WATCH_LIST}/items/{{item_id}}", *WATCH_READERS),
    work("POST", f"{WATCH_LIST}/items/{{item_id}}/end", TEAM_MANAGER, REGISTRAR),
    case("GET", f"{WATCH_LIST}/hits/{{hit_id}}", *WATCH_READERS),
    case("POST", f"{WATCH_LIST}/hits/{{hit_id}}/dismissal", TEAM_MANAGER, REGISTRAR),
]
SENT = {
    f"{WATCH_LIST}/add": {
        "kind": "barred",
        "family_name": "Somebody",
        "source": "A body",
        "because": "A bar",
    },
    f"{WATCH_LIST}/items/{{item_id}}/end": {"words": "The bar was lifted"},
    f"{WATCH_LIST}/hits/{{hit_id}}/dismissal": {"words": "Somebody else"},
}
