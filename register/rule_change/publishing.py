"""Publishing: the draft is proposed, and a second person lets it begin or gives it back."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.kit.clock import day_of
from register.kit.errors import Refused
from register.process import Process
from register.proposal import Proposal, ProposalKind, carries_out
from register.rule_change.draft import (
    DraftChanged,
    Drafted,
    NothingChanged,
    RuleDraft,
    RulesEvent,
)
from register.rule_change.terms import changes
from register.rule_set import RuleSet, Terms


class SameStandardsVersion(Refused):
    """Applicants declare that they accept a version, so what it says stays."""

    def __init__(self) -> None:
        super().__init__(
            "The standards are changed, so they need a new version: give it under “Figures”."
        )


class SameDeclarationVersion(Refused):
    """As with the standards."""

    def __init__(self) -> None:
        super().__init__(
            "The declaration is changed, so it needs a new version: give it under “Figures”."
        )


class BeginsTooSoon(Refused):
    def __init__(self, earliest: date) -> None:
        self.earliest = earliest
        super().__init__(
            "Rules can only be changed for days to come: choose a later day."
        )


async def propose(
    session: AsyncSession,
    drafted: Drafted,
    *,
    seen: int,
    proposer: Account,
    by: Process,
) -> Proposal:
    """Raises BeginsTooSoon, NothingChanged, SameStandardsVersion, SameDeclarationVersion, DraftChanged or AlreadyProposed."""
    draft, before = drafted.draft, drafted.base.terms
    if seen != draft.version:
        raise DraftChanged
    if not changes(before, draft.terms):
        raise NothingChanged
    _must_be_versioned(before, draft.terms)
    begins_on = _must_be_to_come(draft, today=day_of(by.at))
    return await Proposal.make(
        session,
        ProposalKind.CHANGE_RULES,
        about=draft.about,
        data={
            "draft": str(draft.id),
            "version": draft.version,
            "part": draft.part,
            "begins_on": begins_on.isoformat(),
        },
        touched=draft.touched,
        proposer=proposer,
        by=by,
    )


def _must_be_versioned(before: Terms, after: Terms) -> None:
    """What somebody declares is named by a version, so other words have another."""
    old, new = before.rules, after.rules
    if (
        before.standards != after.standards
        and old.standards_version == new.standards_version
    ):
        raise SameStandardsVersion
    if (
        before.statements != after.statements
        and old.declaration_version == new.declaration_version
    ):
        raise SameDeclarationVersion


def _must_be_to_come(draft: RuleDraft, *, today: date) -> date:
    if draft.begins_on is None or draft.begins_on <= today:
        raise BeginsTooSoon(today + timedelta(days=1))
    return draft.begins_on


@carries_out(ProposalKind.CHANGE_RULES)
async def publish(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    """Raises BeginsTooSoon where the proposal waited until its day had come."""
    draft = await session.get_one(RuleDraft, UUID(proposal.data["draft"]))
    begins_on = _must_be_to_come(draft, today=day_of(by.at))
    published = await RuleSet.publish(session, draft.part, draft.terms, on=begins_on)
    by.tell(
        RulesEvent.PUBLISHED,
        part=draft.part,
        version=published.version,
        begins=begins_on,
    )
    await session.delete(draft)
