"""The register as everybody reads it: whom it shows, and those in it whom it does not."""

from datetime import date

from register.certificate import grouped
from tests.leaks.people import certified, named
from tests.leaks.rows import DEAD, MERGED, WITHHELD, Meets, public
from tests.make import NOW, make_entry


async def make(world, session):
    """`withheld`, `dead` and `merged` (into somebody withheld)."""
    world.withheld = await entered(world, session, "withheld", withheld=True)
    died_on = date(2027, 3, 1)
    world.dead = await entered(world, session, "dead", deceased_on=died_on)
    into = world.withheld.entry.person_id
    world.merged = await entered(world, session, "merged", merged_into=into)


async def entered(world, session, name, **since):
    """Registered first; what became of them since then hides them."""
    of = world.subject(name)
    person = await named(session, of, of.told("given name"), of.told("family name"))
    entry = await make_entry(session, person=person)
    known = await certified(session, of, entry)
    for what, value in since.items():
        setattr(person, what, value)
    await entry.project(session, now=NOW)
    return known


def at(known, row, _role):
    world = known.world
    unlisted = {WITHHELD: world.withheld, DEAD: world.dead, MERGED: world.merged}
    of = unlisted.get(row.of, world.listed)
    return [
        {"number": of.entry.person.number, "serial": grouped(of.certificate.serial)}
    ]


ROWS = [
    public("GET", "/search"),
    public("GET", "/register/{number}"),
    public("GET", "/register/{number}", find=Meets.HIDE, of=WITHHELD),
    public("GET", "/register/{number}", find=Meets.HIDE, of=MERGED),
    public("GET", "/register/{number}", find=Meets.GONE, of=DEAD),
    public("GET", "/api/v1/register"),
    public("GET", "/api/v1/register/{number}"),
    public("GET", "/api/v1/register/{number}", find=Meets.HIDE, of=WITHHELD),
    public("GET", "/api/v1/register/{number}", find=Meets.HIDE, of=MERGED),
    public("GET", "/api/v1/register/{number}", find=Meets.GONE, of=DEAD),
    public("GET", "/verify"),
    public("GET", "/verify/{serial}"),
    public("GET", "/verify/{serial}", find=Meets.HIDE, of=WITHHELD),
    public("GET", "/verify/{serial}", find=Meets.GONE, of=DEAD),
]
DAYS_GONE_BY = (
    "?as_at=2027-03-09",
    "?as_at=2027-02-02&as_known=2027-03-09",
    "?as_known=2026-12-31",
)
QUERIES = {
    ("GET", "/search"): ("", "?q=Zqx", "?q=adebayo&part=manager", "?q={withheld}"),
    ("GET", "/register/{number}"): ("", *DAYS_GONE_BY),
    ("GET", "/api/v1/register/{number}"): ("", *DAYS_GONE_BY),
    ("GET", "/api/v1/register"): (
        "?q=Zqx",
        "?q=adebayo&status=registered",
        "?q={withheld}",
    ),
    ("GET", "/verify"): ("", "?serial=4F7K-2M9Q-X3ZB-8RTW"),
}
