"""How an order comes into the register and out of it: by the register's own verbs, in every part that the person holds."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from fitness.case import Case, CaseEventKind, CaseText, ClosedBecause, Stage
from fitness.order.measure import Measure
from fitness.order.order import CaseOrder, Ended, NotInForce
from fitness.order.telling import NOTHING_ELSE, tell_of_end, tell_of_force
from register.entry import A_MOMENT, Entry, Move, RemovalReason
from register.entry.facts import Current
from register.kit.db import Base
from register.kit.errors import Refused
from register.person import survivor, with_merged
from register.process import Process


class OrderFact(Base):
    """That an order stands in an entry, and as which of its facts."""

    __tablename__ = "order_fact"

    order_id: Mapped[UUID] = mapped_column(
        ForeignKey("case_order.id"), primary_key=True
    )
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    fact_id: Mapped[UUID]
    """No key: of which kind it is, the order says."""


async def take_effect(
    session: AsyncSession, case: Case, order: CaseOrder, *, by: Process
) -> None:
    """From its start on, whenever this is called; what it replaces, and interim orders, end with the same moment.

    Raises OrderEnded or NotInForce.

    As the service: what follows from a decision is nobody's to see or not to see.
    """
    order.must_stand()
    if by.at < order.starts_at:
        raise NotInForce
    order.in_force_at = order.starts_at
    await _overtake(session, case, order, by=by)
    await reach(session, case, order, by=by)
    case.tell(session, CaseEventKind.ORDER_IN_FORCE, by=by, order=order.number)
    words = await _words(session, order)
    await tell_of_force(session, case, order, words or NOTHING_ELSE, by=by)
    if order.measure in ENDS and case.open_now:
        await _close_after(session, case, order, by=by)
    await session.flush()


ENDS = {
    Measure.ADVICE: ClosedBecause.ADVICE,
    Measure.WARNING: ClosedBecause.WARNING,
    Measure.REMOVAL: ClosedBecause.REMOVED,
}
"""What nobody reviews: with it the case is over, unless another order stands."""


async def _close_after(
    session: AsyncSession, case: Case, order: CaseOrder, *, by: Process
) -> None:
    if not await _reviewed(session, case):
        await case.close(session, ENDS[order.measure], by=by)


async def _overtake(
    session: AsyncSession, case: Case, order: CaseOrder, *, by: Process
) -> None:
    for other in await _standing(session, case):
        removed = order.measure is Measure.REMOVAL and other.measure.reviewed
        if not other.in_force(order.starts_at) and not removed:
            continue
        because = (
            Ended.REPLACED
            if other.id == order.replaces_id
            else Ended.OVERTAKEN
            if removed or (other.measure.interim and not order.measure.interim)
            else None
        )
        if because:
            await end(session, case, other, on=order.starts_at, because=because, by=by)


async def reach(
    session: AsyncSession, case: Case, order: CaseOrder, *, by: Process
) -> int:
    """Every part that the person holds by now and the order does not stand in yet; how many there were.

    Of somebody whom a panel has let back since, a removal reaches nothing any more.
    """
    assert order.in_force_at is not None  # noqa: S101 - whoever calls brought it into force
    if order.measure is Measure.REMOVAL and await _let_back(session, case, order):
        return 0
    entries = await entries_of(session, case)
    reached = await session.scalars(
        select(OrderFact.entry_id).where(OrderFact.order_id == order.id)
    )
    already, found = set(reached.all()), 0
    words = await _words(session, order)
    for entry in entries:
        if entry.id not in already:
            on = max(order.in_force_at, _begun(entry))
            fact = await _enter(session, entry, order, words, on=on, by=by)
            if fact is not None:
                found += 1
                session.add(
                    OrderFact(
                        order_id=order.id,
                        case_id=case.id,
                        entry_id=entry.id,
                        fact_id=fact.id,
                    )
                )
    await session.flush()
    return found


async def _let_back(session: AsyncSession, case: Case, order: CaseOrder) -> bool:
    """Whether a panel that sat after the removal has decided to restore them."""
    persons = await with_merged(session, await survivor(session, case.person_id))
    found = await session.scalar(
        select(Case.id)
        .where(
            Case.person_id.in_(persons),
            Case.proposal_id.is_not(None),
            Case.opened_at > order.made_at,
            Case.stage != Stage.HEARING,
            or_(Case.because.is_(None), Case.because.not_in(NOT_LET_BACK)),
        )
        .limit(1)
    )
    return found is not None


NOT_LET_BACK = (
    ClosedBecause.RESTORATION_REFUSED,
    ClosedBecause.SENT_BACK,
    ClosedBecause.WITHDRAWN,
)


def _begun(entry: Entry) -> datetime:
    """An entry that was made after the order began has it from its own beginning."""
    return max(fact.starts for fact in entry.registrations)


async def _enter(
    session: AsyncSession,
    entry: Entry,
    order: CaseOrder,
    words: str | None,
    *,
    on: datetime,
    by: Process,
) -> Current | None:
    """None where the entry has ended otherwise: there is nothing to restrict, and what ended it stays what ended it."""
    if order.measure is Measure.REMOVAL:
        # An entry that was made since was there for a moment at least.
        on = max(on, _begun(entry) + A_MOMENT)
        if not entry.allows(Move.REMOVE, on):
            return None
        await entry.remove(session, on=on, because=RemovalReason.ORDER, by=by)
        return entry.removals[-1]
    assert order.ends_at is not None  # noqa: S101 - the table's CHECK
    if not entry.allows(Move.ORDER, on) or order.ends_at <= on:
        return None
    if kind := order.measure.order_kind:
        return await entry.order(
            session, kind, on=on, until=order.ends_at, wording=words, by=by
        )
    told = order.measure.warning_kind
    assert told is not None  # noqa: S101 - it is neither an order nor a removal
    return await entry.warn(
        session, told, on=on, until=order.ends_at, wording=words, by=by
    )


async def end(
    session: AsyncSession,
    case: Case,
    order: CaseOrder,
    *,
    on: datetime,
    because: Ended,
    by: Process,
) -> None:
    """Out of the register from `on`, where it is in it by then; where it never took effect, it never will."""
    order.must_stand()
    for fact, entry in await facts_of(session, order):
        if fact.holds(on):
            await entry.end(session, fact, on=max(on, fact.starts + A_MOMENT), by=by)
    order.ended_at, order.because = on, because
    case.tell(
        session,
        CaseEventKind.ORDER_ENDED,
        by=by,
        order=order.number,
        because=because,
    )
    if order.in_force_at:
        await tell_of_end(session, case, order, by=by)
    await session.flush()


async def end_interim(
    session: AsyncSession,
    case: Case,
    *,
    because: Ended = Ended.OVERTAKEN,
    by: Process,
) -> None:
    """Something was decided, so nothing holds for the time until it is."""
    for order in await _standing(session, case):
        if order.measure.interim:
            await end(session, case, order, on=by.at, because=because, by=by)


class OrderStands(Refused):
    def __init__(self) -> None:
        super().__init__(
            "An order stands in this case, and somebody must review it, so the case does not end."
        )


async def must_not_stand(session: AsyncSession, case: Case) -> None:
    """Raises OrderStands; the database refuses too to close a case under an order that is to be reviewed."""
    if await _reviewed(session, case):
        raise OrderStands


async def _reviewed(session: AsyncSession, case: Case) -> bool:
    """Whether an order stands that somebody is to review."""
    return any(order.measure.reviewed for order in await _standing(session, case))


async def conclude(session: AsyncSession, case: Case, *, by: Process) -> None:
    """Close a case that was kept open only for its orders, once none stands any more."""
    if case.stage is Stage.MONITORING and not await _reviewed(session, case):
        await case.close(session, ClosedBecause.ORDER_ENDED, by=by)


async def entries_of(session: AsyncSession, case: Case) -> list[Entry]:
    """Of the person and of whoever was merged with them; each is locked."""
    persons = await with_merged(session, await survivor(session, case.person_id))
    ids = await session.scalars(
        select(Entry.id).where(Entry.person_id.in_(persons)).order_by(Entry.id)
    )
    return [await Entry.load(session, one, lock=True) for one in ids.all()]


async def facts_of(
    session: AsyncSession, order: CaseOrder
) -> list[tuple[Current, Entry]]:
    """Those of its facts that we hold still; each entry is locked."""
    rows = await session.scalars(
        select(OrderFact)
        .where(OrderFact.order_id == order.id)
        .order_by(OrderFact.entry_id)
    )
    found: list[tuple[Current, Entry]] = []
    for row in rows.all():
        entry = await Entry.load(session, row.entry_id, lock=True)
        facts: tuple[Current, ...] = (*entry.orders, *entry.warnings, *entry.removals)
        found.extend((fact, entry) for fact in facts if fact.id == row.fact_id)
    return found


async def _standing(session: AsyncSession, case: Case) -> Sequence[CaseOrder]:
    found = await session.scalars(
        select(CaseOrder)
        .where(CaseOrder.case_id == case.id, CaseOrder.standing)
        .order_by(CaseOrder.number)
    )
    return found.all()


async def _words(session: AsyncSession, order: CaseOrder) -> str | None:
    if order.text_id is None:
        return None
    text: CaseText | None = await session.get(CaseText, order.text_id)
    return text.words if text else None
