"""What the public would read if the registrant agreed now: the register as it would be, and the decision, each with its last day.

The register's own functions say it of the facts that there would be, so what is shown is what will be published.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case
from fitness.examination.disposal import Disposal
from fitness.order import CaseOrder, Decided, Measure, OrderFact, end_of_term
from fitness.publication import Kind, Matter, Published, Shown, decision_until
from register.entry import Entry, Facts, Move, RemovalReason, public_words, shown_at
from register.entry.facts import Order, Registration, Removal, WarningFact
from register.kit.clock import day_of, since
from register.part import Part
from register.person import Person, survivor, with_merged
from register.published import PublishedEntry, PublishedPerson, published_of

WORDS = uuid4()
"""Stands for the wording, which has no row yet."""


@dataclass(frozen=True)
class Preview:
    person: PublishedPerson | None
    """None where the public sees nothing of them anyway."""
    decision: Shown | None
    last_day: date | None
    """Of the order; None of a removal."""
    published_until: date
    """The last day on which the decision is published."""

    @classmethod
    async def of(
        cls, session: AsyncSession, case: Case, disposal: Disposal, *, now: datetime
    ) -> Self:
        person = await _published(session, case, disposal, now=now)
        decision = _decision(case, disposal, now=now)
        return cls(
            person,
            Shown(decision, person.name, person.number) if person else None,
            decision.until_on,
            decision.shown_to,
        )


def _decision(case: Case, disposal: Disposal, *, now: datetime) -> Published:
    """As it will be published, if a second officer has approved it by then."""
    months, health = disposal.decision.months, disposal.decision.health
    matter = Matter(disposal.measure)
    ends = end_of_term(now, months) if months else None
    words = disposal.decision.public
    return Published(
        kind=Kind.DECISION,
        matter=matter,
        decided_by=Decided.AGREEMENT,
        decided_on=day_of(now),
        words=words.words if words else None,
        health=health,
        appealed=False,
        begins_at=now,
        ends_at=ends,
        shown_from=now,
        shown_until=decision_until(
            matter, case.rule_set.rules, begins=now, ends=ends, health=health
        ),
    )


async def _published(
    session: AsyncSession, case: Case, disposal: Disposal, *, now: datetime
) -> PublishedPerson | None:
    person_id = await survivor(session, case.person_id)
    person = await session.get_one(Person, person_id)
    today = await published_of(session, person, now=now)
    if today is None:
        return None
    then = {
        entry.part: await _facts_then(session, case, entry, disposal, now=now)
        for entry in await _entries(session, person_id)
    }
    words = await public_words(session, *then.values())
    words[WORDS] = disposal.wording
    return replace(
        today, entries=tuple(_shown(one, then, words, now) for one in today.entries)
    )


async def _entries(session: AsyncSession, person_id: UUID) -> Sequence[Entry]:
    ids = await session.scalars(
        select(Entry.id).where(
            Entry.person_id.in_(await with_merged(session, person_id))
        )
    )
    return await Entry.load_many(session, ids.all())


def _shown(
    entry: PublishedEntry,
    then: dict[Part, Facts],
    words: dict[UUID, str],
    now: datetime,
) -> PublishedEntry:
    shown = shown_at(then[entry.part], words, now, cited={})
    assert shown is not None  # noqa: S101 - it is published today
    return replace(
        entry,
        status=shown.status,
        may_practise=shown.status.may_practise,
        registered_from=shown.registered_from,
        registered_until=shown.registered_until,
        restrictions=tuple(one.as_json() for one in shown.restrictions),
    )


async def _facts_then(
    session: AsyncSession,
    case: Case,
    entry: Entry,
    disposal: Disposal,
    *,
    now: datetime,
) -> Facts:
    """With what would be added, and without the interim orders that it would overtake."""
    overtaken = await _overtaken(session, case)
    facts = replace(
        entry.facts, orders=[one for one in entry.orders if one.id not in overtaken]
    )
    measure, months = disposal.measure, disposal.decision.months
    move = Move.REMOVE if measure is Measure.REMOVAL else Move.ORDER
    if not entry.allows(move, now):
        return facts
    if months is None:
        return _removed(facts, entry, now)
    valid = Range(now, end_of_term(now, months), bounds="[)")
    same = {
        "id": uuid4(),
        "valid": valid,
        "entry_id": entry.id,
        "text_id": WORDS if disposal.wording else None,
    }
    if kind := measure.order_kind:
        return replace(facts, orders=[*facts.orders, Order(kind=kind, **same)])
    told = WarningFact(kind=measure.warning_kind, **same)
    return replace(facts, warnings=[*facts.warnings, told])


def _removed(facts: Facts, entry: Entry, now: datetime) -> Facts:
    """What is registered ends as the removal begins."""
    registrations = [
        Registration(
            until_on=one.until_on,
            valid=Range(one.starts, now, bounds="[)"),
            entry_id=entry.id,
        )
        if one.holds(now)
        else one
        for one in facts.registrations
    ]
    removal = Removal(because=RemovalReason.ORDER, valid=since(now), entry_id=entry.id)
    return replace(
        facts, registrations=registrations, removals=[*facts.removals, removal]
    )


async def _overtaken(session: AsyncSession, case: Case) -> set[UUID]:
    """The facts of interim orders in this case that stand."""
    rows = await session.execute(
        select(OrderFact.fact_id, CaseOrder.measure)
        .join(CaseOrder, CaseOrder.id == OrderFact.order_id)
        .where(CaseOrder.case_id == case.id, CaseOrder.standing)
    )
    return {row.fact_id for row in rows if row.measure.interim}
