"""What comes of orders by time alone: they take effect, reach what was registered since, and expire."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from fitness.case import Case
from fitness.fence import Capacity, look_as
from fitness.order.acts import OrderAct
from fitness.order.appeal import OrderAppeal
from fitness.order.order import CaseOrder, Ended
from fitness.order.reach import conclude, end, reach, take_effect
from register.application import Application, ApplicationState
from register.kit.jobs import every
from register.process import Process
from register.proposal import Proposal

BATCH = 200


@every(minutes=1)
async def bring_orders_into_force(session: AsyncSession, now: datetime) -> None:
    """Whose time to appeal is over, and against which no appeal is open."""
    await look_as(session, Capacity.SERVICE)
    appealed = exists().where(
        OrderAppeal.order_id == CaseOrder.id, OrderAppeal.ended_on.is_(None)
    )
    due = (
        select(CaseOrder)
        .where(
            CaseOrder.standing,
            CaseOrder.in_force_at.is_(None),
            CaseOrder.starts_at <= now,
            ~appealed,
            ~_waits_for_an_entry(),
        )
        .order_by(CaseOrder.starts_at, CaseOrder.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=CaseOrder)
    )
    for order in (await session.scalars(due)).all():
        case = await _case_of(session, order)
        by = Process.begin(session, OrderAct.TAKE_EFFECT, now=now)
        await take_effect(session, case, order, by=by)


def _waits_for_an_entry() -> ColumnElement[bool]:
    """Of somebody who is to be restored under it, and is not yet."""
    return exists().where(
        Case.id == CaseOrder.case_id,
        Proposal.id == Case.proposal_id,
        Application.id == Proposal.application_id,
        Application.state != ApplicationState.GRANTED,
    )


@every(minutes=1)
async def let_orders_expire(session: AsyncSession, now: datetime) -> None:
    """Their facts have ended by themselves; a case that waited for nothing else is closed."""
    await look_as(session, Capacity.SERVICE)
    due = (
        select(CaseOrder)
        .where(CaseOrder.standing, CaseOrder.ends_at <= now)
        .order_by(CaseOrder.ends_at, CaseOrder.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=CaseOrder)
    )
    for order in (await session.scalars(due)).all():
        case = await _case_of(session, order)
        by = Process.begin(session, OrderAct.END, now=now)
        assert order.ends_at is not None  # noqa: S101 - asked for above
        await end(session, case, order, on=order.ends_at, because=Ended.EXPIRED, by=by)
        await conclude(session, case, by=by)


@every(hours=1)
async def reach_new_entries(session: AsyncSession, now: datetime) -> None:
    """Of people who were entered in another part, or restored, while an order stands."""
    await look_as(session, Capacity.SERVICE)
    for order in await _in_force(session, now):
        case = await _case_of(session, order)
        by = Process.begin(session, OrderAct.TAKE_EFFECT, now=now)
        await reach(session, case, order, by=by)


async def _in_force(session: AsyncSession, now: datetime) -> Sequence[CaseOrder]:
    found = await session.scalars(
        select(CaseOrder)
        .where(
            CaseOrder.standing,
            CaseOrder.in_force_at <= now,
            or_(CaseOrder.ends_at.is_(None), CaseOrder.ends_at > now),
        )
        .order_by(CaseOrder.id)
    )
    return found.all()


async def _case_of(session: AsyncSession, order: CaseOrder) -> Case:
    return (
        await session.execute(
            select(Case)
            .where(Case.id == order.case_id)
            .options(joinedload(Case.rule_set))
            .with_for_update(of=Case)
        )
    ).scalar_one()
