"""What was told in renewals is erased when its time is over: of health soon, all else some years after somebody has left."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.application import SectionName
from register.entry import Entry
from register.entry.facts import Hold, Registration
from register.kit.clock import day_of, months_after, start_of
from register.kit.db import Role, acting_as
from register.kit.jobs import every
from register.part import Part
from register.process import Process, ProcessText
from register.proposal import Proposal
from register.renewal import (
    DeclarationReview,
    ExtensionReason,
    Renewal,
    RenewalAct,
    RenewalAnswers,
    RenewalDeclaration,
    RenewalEvent,
    RenewalExtension,
)
from register.rule_set import Rules, RuleSet

A_NIGHT = 200
"""So many renewals a night at most, as with applications."""


@every(hours=24)
async def erase_declarations(session: AsyncSession, now: datetime) -> None:
    for part in Part:
        rules = (await RuleSet.on(session, part, day_of(now))).rules
        await _forget_drafts(session, part, rules, now=now)
        for renewal in await _due(session, part, rules, now=now):
            await _erase(session, renewal, rules, now=now)


async def _forget_drafts(
    session: AsyncSession, part: Part, rules: Rules, *, now: datetime
) -> None:
    """What was saved and can be declared no more: what was declared has rows of its own."""
    over = or_(
        Renewal.finished_at.is_not(None),
        Renewal.last_day + rules.renewal_cure_days < day_of(now),
    )
    await session.execute(
        delete(RenewalAnswers).where(
            RenewalAnswers.renewal_id.in_(
                _of(part).where(over).with_only_columns(Renewal.id)
            )
        )
    )


async def _due(
    session: AsyncSession, part: Part, rules: Rules, *, now: datetime
) -> Sequence[Renewal]:
    found = await session.scalars(
        _of(part)
        .where(
            or_(
                exists().where(
                    RenewalDeclaration.renewal_id == Renewal.id,
                    _declaration_due(rules, now),
                ),
                exists().where(
                    RenewalExtension.renewal_id == Renewal.id,
                    _extension_due(rules, now),
                ),
            )
        )
        .order_by(Renewal.ends_on, Renewal.id)
        .limit(A_NIGHT)
    )
    return found.all()


def _of(part: Part) -> Select[Renewal]:
    return (
        select(Renewal)
        .join(RuleSet, Renewal.rule_set_id == RuleSet.id)
        .where(RuleSet.part == part)
    )


def _declaration_due(rules: Rules, now: datetime) -> ColumnElement[bool]:
    settled = (
        select(DeclarationReview.settled_at)
        .where(DeclarationReview.declaration_id == RenewalDeclaration.id)
        .scalar_subquery()
    )
    resolved = or_(
        and_(
            ~RenewalDeclaration.says_yes,
            RenewalDeclaration.declared_at < _health_since(rules, now),
        ),
        settled < _health_since(rules, now),
    )
    return or_(
        and_(RenewalDeclaration.section == SectionName.HEALTH, resolved),
        _left(RenewalDeclaration.person_id, rules, now),
    )


def _extension_due(rules: Rules, now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(
            RenewalExtension.because == ExtensionReason.ILLNESS,
            RenewalExtension.ended_at < _health_since(rules, now),
        ),
        _left(RenewalExtension.person_id, rules, now),
    )


def _health_since(rules: Rules, now: datetime) -> datetime:
    return start_of(months_after(day_of(now), -rules.retention_health_months))


def _left(person_id: Any, rules: Rules, now: datetime) -> ColumnElement[bool]:
    """Somebody who stands in no part, and left the last of them so long ago."""
    lately = start_of(months_after(day_of(now), -rules.retention_granted_months))
    stands = exists().where(
        Entry.person_id == person_id,
        Registration.entry_id == Entry.id,
        or_(
            func.upper_inf(Registration.valid),
            func.upper(Registration.valid) >= lately,
        ),
    )
    held = exists().where(
        Entry.person_id == person_id,
        Hold.entry_id == Entry.id,
        Hold.valid.contains(now),
    )
    return and_(~stands, ~held)


async def _erase(
    session: AsyncSession, renewal: Renewal, rules: Rules, *, now: datetime
) -> None:
    declared = (
        await session.scalars(
            select(RenewalDeclaration.id).where(
                RenewalDeclaration.renewal_id == renewal.id,
                _declaration_due(rules, now),
            )
        )
    ).all()
    await _forget_reviews(session, declared, now=now)
    await session.execute(
        delete(RenewalDeclaration).where(RenewalDeclaration.id.in_(declared))
    )
    asked = (
        await session.scalars(
            delete(RenewalExtension)
            .where(
                RenewalExtension.renewal_id == renewal.id, _extension_due(rules, now)
            )
            .returning(RenewalExtension.id)
        )
    ).all()
    await _forget_proposals(session, asked, now=now)
    by = Process.begin(session, RenewalAct.ERASE_DECLARATIONS, now=now)
    by.tell(
        RenewalEvent.DECLARATIONS_ERASED,
        person_id=renewal.person_id,
        renewal=renewal.id,
        declarations=len(declared),
        requests=len(asked),
    )
    await session.flush()


async def _forget_reviews(
    session: AsyncSession, declared: Sequence[UUID], *, now: datetime
) -> None:
    """With the words in which they were settled."""
    acts = await session.scalars(
        delete(DeclarationReview)
        .where(DeclarationReview.declaration_id.in_(declared))
        .returning(DeclarationReview.process_id)
    )
    await _forget_words(session, acts.all(), now=now)


async def _forget_proposals(
    session: AsyncSession, asked: Sequence[UUID], *, now: datetime
) -> None:
    """What was written when more time was proposed, or refused."""
    acts = await session.scalars(
        select(Proposal.process_id).where(
            Proposal.about.in_([f"extension:{one}" for one in asked])
        )
    )
    await _forget_words(session, acts.all(), now=now)


async def _forget_words(
    session: AsyncSession, acts: Sequence[UUID], *, now: datetime
) -> None:
    texts = await session.scalars(
        select(ProcessText.id).where(ProcessText.process_id.in_(acts))
    )
    ids = texts.all()
    async with acting_as(session, Role.ERASER):
        for text_id in ids:
            await session.execute(select(func.erase_words(text_id, now)))
