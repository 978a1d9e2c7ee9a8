"""Whom a change of the rules would affect: measured on the applications that are being written, not guessed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.application import (
    Application,
    ApplicationState,
    Filled,
    SectionName,
)
from register.application.sending import all_filled_under
from register.assessment.assigning import IN_HAND
from register.entry import EntryProjection, Status
from register.rule_set import AcceptedQualification, RuleSet, Terms

MEASURED = 200
"""So many drafts are measured; of the others the page says that there are more."""

CURRENT = tuple(status for status in Status if status.current)


@dataclass(frozen=True)
class Affected:
    """Nobody is named: what somebody is still writing is their own business."""

    drafts: int
    measured: int
    changed: int
    """Of those measured, how many applicants would have something else to do."""
    more: Mapping[SectionName, int]
    """In how many of them a section that is complete would no longer be."""
    less: Mapping[SectionName, int]
    """And the other way round."""
    in_hand: int
    """Sent and not decided: they keep the version under which they were sent."""
    entries: int
    """In the register now: they keep the terms of their period."""


async def affected(
    session: AsyncSession, base: RuleSet, terms: Terms, *, on: date
) -> Affected:
    """Both versions are measured on the day on which the new one would begin."""
    mine = Application.part == base.part
    drafts = select(Application).where(
        mine, Application.state == ApplicationState.DRAFT
    )
    found = await session.scalars(
        drafts.order_by(Application.draft_until, Application.id).limit(MEASURED)
    )
    states = await all_filled_under(session, found.all(), base, on=on)
    gone = await _gone(session, states, terms)
    measured = [_unfinished(state, terms, gone) for state in states]
    return Affected(
        drafts=await _count(session, drafts.with_only_columns(Application.id)),
        measured=len(measured),
        changed=sum(before != after for before, after in measured),
        more=_by_section(after - before for before, after in measured),
        less=_by_section(before - after for before, after in measured),
        in_hand=await _count(
            session, select(Application.id).where(mine, Application.state.in_(IN_HAND))
        ),
        entries=await _count(
            session,
            select(EntryProjection.entry_id).where(
                EntryProjection.part == base.part, EntryProjection.status.in_(CURRENT)
            ),
        ),
    )


def _unfinished(
    state: Filled, terms: Terms, gone: set[UUID]
) -> tuple[set[SectionName], set[SectionName]]:
    """Under the one version and under the other."""
    outcomes = terms.outcomes if state.outcomes else ()
    then = state._replace(rules=terms.rules, lost=gone, outcomes=outcomes)
    return set(state.unfinished()), set(then.unfinished())


def _by_section(found: Iterable[set[SectionName]]) -> dict[SectionName, int]:
    counted = Counter(section for sections in found for section in sections)
    return {name: counted[name] for name in SectionName if counted[name]}


async def _gone(
    session: AsyncSession, states: Iterable[Filled], terms: Terms
) -> set[UUID]:
    """The qualifications that somebody chose and that the terms no longer list."""
    chosen = {id_ for state in states for id_ in state.form.accepted_ids}
    kept = {accepted.code for accepted in terms.accepted}
    rows = await session.execute(
        select(AcceptedQualification.id, AcceptedQualification.code).where(
            AcceptedQualification.id.in_(chosen)
        )
    )
    return {row.id for row in rows if row.code not in kept}


async def _count(session: AsyncSession, found: Select[Any]) -> int:
    return (
        await session.scalar(select(func.count()).select_from(found.subquery()))
    ) or 0
