"""How people are drawn, and all that is needed to draw them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from register.cpd.audit import LearningAudit, audits, published, results_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.limits import MINUTE, ProcessLimit, Rate
from register.web.guards import PUBLIC
from register.web.needs import Network, Session

LATEST = 9999
LOOKS = ProcessLimit(Rate(60, MINUTE))


@dataclass(frozen=True)
class Published:
    """An audit as everybody may read it: None stands for what would tell of fewer than five."""

    audit: LearningAudit
    newly_joined: int | None
    under_order: int | None
    repeated: int | None
    accepted: int | None
    advised: int | None
    not_met: int | None

    @classmethod
    async def of(cls, session: AsyncSession, audit: LearningAudit) -> "Published":
        results = await results_of(session, audit)
        return cls(
            audit,
            *map(
                published,
                (
                    audit.newly_joined,
                    audit.under_order,
                    audit.repeated,
                    results.accepted,
                    results.advised,
                    results.not_met,
                ),
            ),
        )


@get("/audits", access=PUBLIC)
async def overview(session: Session) -> Template:
    return page("register/audits/public.html", years=_by_year(await audits(session)))


def _by_year(found: Sequence[LearningAudit]) -> dict[int, list[LearningAudit]]:
    years: dict[int, list[LearningAudit]] = {}
    for audit in found:
        years.setdefault(audit.year_end.year, []).append(audit)
    return years


async def _ended_in(session: AsyncSession, year: int) -> list[LearningAudit]:
    if not date.min.year <= year < LATEST:
        raise NotFound
    return [one for one in await audits(session) if one.year_end.year == year]


@get("/audits/{year:int}", access=PUBLIC)
async def of_year(session: Session, year: FromPath[int]) -> Template:
    """The audits of the registration years that ended in it."""
    found = await _ended_in(session, year)
    if not found:
        raise NotFound
    return page(
        "register/audits/public_year.html",
        year=year,
        audits=[await Published.of(session, one) for one in found],
    )


@get("/audits/{year:int}/{part:str}/numbers.txt", access=PUBLIC)
async def numbers(
    session: Session, network: Network, year: FromPath[int], part: FromPath[str]
) -> Response[str]:
    """Who might be drawn, sorted, one a line: the text of which the hash is published. Of whom the register shows all are."""
    LOOKS.hit(network)
    audit = next((a for a in await _ended_in(session, year) if a.part == part), None)
    if audit is None or not audit.is_drawn:
        raise NotFound
    await session.refresh(audit, ["numbers"])
    return Response("\n".join(audit.numbers or []), media_type="text/plain")


pages = [overview, of_year, numbers]
