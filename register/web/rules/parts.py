"""What the rules of each part say: now, before, and from a day to come."""

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from register.account import StaffRole
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.part import Part
from register.proposal import waiting_on
from register.rule_change import changes, draft_of
from register.rule_set import RuleSet
from register.web.guards import roles
from register.web.needs import Act, Session
from register.web.rules.figures import FIGURES, UNITS

READERS = roles(
    StaffRole.CASEWORKER,
    StaffRole.TEAM_MANAGER,
    StaffRole.REGISTRAR,
    StaffRole.AUDITOR,
    StaffRole.ADMIN,
)
WRITERS = roles(StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR, StaffRole.ADMIN)
APPROVERS = roles(StaffRole.REGISTRAR)


def part_named(name: str) -> Part:
    try:
        return Part(name)
    except ValueError:
        raise NotFound from None


@get("/", access=READERS)
async def overview(session: Session, act: Act) -> Template:
    today = day_of(act.now)
    found = [
        (
            part,
            await RuleSet.on(session, part, today),
            (await RuleSet.versions(session, part))[0],
            await draft_of(session, part),
        )
        for part in Part
    ]
    return page("register/rules/overview.html", found=found, today=today)


@get("/{part:str}", access=READERS)
async def shown(session: Session, act: Act, part: FromPath[str]) -> Template:
    """The version in force today."""
    in_force = await RuleSet.on(session, part_named(part), day_of(act.now))
    return await _version_page(session, act, in_force.part, in_force.version)


@get("/{part:str}/versions/{version:int}", access=READERS)
async def version(
    session: Session, act: Act, part: FromPath[str], version: FromPath[int]
) -> Template:
    return await _version_page(session, act, part_named(part), version)


async def _version_page(
    session: Session, act: Act, part: Part, number: int
) -> Template:
    versions = await RuleSet.versions(session, part)
    found = next((one for one in versions if one.version == number), None)
    if found is None:
        raise NotFound
    before = next((one for one in versions if one.version == number - 1), None)
    return page(
        "register/rules/version.html",
        part=part,
        version=found,
        terms=found.terms,
        figures=FIGURES,
        units=UNITS,
        versions=versions,
        changed=changes(before.terms, found.terms) if before else [],
        today=day_of(act.now),
        draft=await draft_of(session, part),
        waiting=await waiting_on(session, f"rules:{part}"),
        writes=act.viewer.has(*WRITERS.roles),
    )


pages = [overview, shown, version]
