"""The start page and the pages that say what the service is, is held to, and does with what it knows."""

from litestar import get
from litestar.response import Template
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.kit.clock import day_of
from register.kit.pages import page
from register.part import Part
from register.rule_set import RuleSet, Standard
from register.web.apply.start import open_parts
from register.web.guards import PUBLIC
from register.web.needs import Moment, Session


@get("/", access=PUBLIC)
async def home(session: Session, now: Moment) -> Template:
    return page(
        "register/home/home.html",
        open=await open_parts(session, now=now),
        parts=len(Part),
    )


@get("/standards", access=PUBLIC)
async def standards(session: Session, now: Moment) -> Template:
    in_force = await RuleSet.on(session, Part.MANAGER, day_of(now))
    return page(
        "register/home/standards.html",
        standards=await _standards_of(session, in_force),
        version=in_force.rules.standards_version,
    )


@get("/accessibility", access=PUBLIC)
async def accessibility() -> Template:
    return page("register/home/accessibility.html")


@get("/privacy", access=PUBLIC)
async def privacy() -> Template:
    return page("register/home/privacy.html")


async def _standards_of(session: AsyncSession, terms: RuleSet) -> list[Standard]:
    of_terms = select(Standard).where(Standard.rule_set_id == terms.id)
    return list(await session.scalars(of_terms.order_by(Standard.position)))


pages = [home, standards, accessibility, privacy]
