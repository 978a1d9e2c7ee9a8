"""The page of a person in the register, as anybody may see it."""

from litestar import get
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.limits import MINUTE, ProcessLimit, Rate
from register.person import read_number
from register.published import published
from register.web.guards import PUBLIC
from register.web.needs import Moment, Network, Session
from register.web.search import PART_NAMES

CHECKS = ProcessLimit(Rate(600, MINUTE))


@get("/register/{number:str}", access=PUBLIC)
async def entry(
    session: Session, network: Network, now: Moment, number: FromPath[str]
) -> Template | Redirect:
    CHECKS.hit(network)
    canonical = read_number(number)
    if canonical is None:
        raise NotFound
    if canonical != number:
        return Redirect(f"/register/{canonical}", status_code=308)
    person = await published(session, canonical, now=now)
    return page(
        "register/entries/entry.html",
        person=person,
        now=now,
        today=day_of(now),
        part_names=PART_NAMES,
        headers={"Cache-Control": "no-cache"},
    )


pages = [entry]
