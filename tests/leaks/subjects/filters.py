"""Filters of the queue: each reader's own."""

from register.assessment import Filter, Holder, SavedFilter
from tests.leaks import roles
from tests.leaks.roles import Role
from tests.leaks.rows import ELSEWHERE, READERS, nobody, work

FILTER = "/staff/filters/{filter_id}"


async def make(world, session):
    """`filters`: one each, of whoever has a queue to look at."""
    world.filters = {}
    for role in roles.READERS:
        of = world.subject(f"filter of {role}", role)
        wanted = Filter(holder=Holder.NOBODY)
        account = world.accounts[role]
        world.filters[role] = await SavedFilter.save(
            session, account, of.private("filter"), wanted
        )


def at(known, row, role):
    """The role's own where it has one, and else somebody's."""
    filters = known.world.filters
    other = Role.REGISTRAR if role is not Role.REGISTRAR else Role.AUDITOR
    whose = other if row.of == ELSEWHERE or role not in filters else role
    return [{"filter_id": filters[whose].id}]


ROWS = [
    work("GET", "/staff/filters", *READERS),
    work("POST", "/staff/filters", *READERS),
    work("GET", FILTER, *READERS),
    nobody("GET", FILTER, *READERS, of=ELSEWHERE),
    work("POST", FILTER, *READERS),
    nobody("POST", FILTER, *READERS, of=ELSEWHERE),
    work("POST", f"{FILTER}/removal", *READERS),
    nobody("POST", f"{FILTER}/removal", *READERS, of=ELSEWHERE),
]
SENT = {
    "/staff/filters": {"name": "Late", "holder": "me", "due": "over"},
    FILTER: {"name": "Nobody's", "opens_first": "no"},
}
