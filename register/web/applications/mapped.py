"""A portfolio as it was sent: of each outcome of the rules, what the applicant says and the documents that show it."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from register.application import Application, SectionName
from register.application.answers import PortfolioMap, ShownOutcome
from register.application.section import SentSection, sendings_of
from register.rule_set import Outcome, RuleSet
from register.web.applications.evidence import Filed, files_of


@dataclass(frozen=True)
class Mapped:
    outcome: Outcome
    said: ShownOutcome | None
    files: list[Filed]
    changed: bool
    """Since it was sent before."""


async def mapped_to(session: AsyncSession, application: Application) -> list[Mapped]:
    """Every outcome of the rules; nothing is said of those that the applicant left out."""
    rule_set = await session.get_one(RuleSet, application.rule_set_id)
    await session.refresh(rule_set, ["outcomes"])
    sendings = await sendings_of(session, application.id, SectionName.PORTFOLIO)
    now, before = _map_in(sendings[:1]), _map_in(sendings[1:2])
    files = await files_of(session, application, SectionName.PORTFOLIO)
    return [
        Mapped(
            outcome,
            said := now.of(outcome.code),
            [one for one in files if said and one.evidence.id in said.evidence],
            changed=len(sendings) > 1 and said != before.of(outcome.code),
        )
        for outcome in rule_set.outcomes
    ]


def _map_in(sent: list[SentSection]) -> PortfolioMap:
    answers = sent[0].answers if sent else None
    return answers if isinstance(answers, PortfolioMap) else PortfolioMap()
