"""What is due about hearings: orders to be reviewed, red before it is too late, hearings to come, and decisions to be served."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload

from fitness.case import Case, Stage, visible_to
from fitness.fence import Capacity, look_as
from fitness.hearing.acts import HearingAct
from fitness.hearing.hearing import Hearing
from fitness.hearing.kind import OPEN, HearingState, Kind
from fitness.hearing.notice import (
    HearingService,
    first_day_after,
    first_day_if_sent,
    notice_of,
    services_of,
)
from fitness.hearing.sitting import vacate
from fitness.investigation.served import CaseService, ServiceKind
from fitness.order import CaseOrder
from register.account import Account
from register.kit.jobs import every
from register.notice import ServiceMethod
from register.process import Process

MOST = 200
"""On one page."""
BATCH = 200


class ReviewState(StrEnum):
    LATE = "late"
    """It cannot be reviewed in time any more unless the registrant attends without notice."""
    TO_LIST = "to_list"
    TO_TELL = "to_tell"
    """Listed, and the registrant is still to be given notice."""
    READY = "ready"


@dataclass(frozen=True)
class Review:
    case: Case
    order: CaseOrder
    review_by: date
    hearing: Hearing | None
    """That is listed for it."""
    state: ReviewState


async def reviews_due(
    session: AsyncSession, reader: Account, *, now: datetime
) -> Sequence[Review]:
    """Every order in force that is to be reviewed, of the cases that the reader may know of; the earliest first."""
    hearing = aliased(Hearing)
    rows = await session.execute(
        select(Case, CaseOrder, hearing)
        .join(CaseOrder, CaseOrder.case_id == Case.id)
        .outerjoin(
            hearing, (hearing.order_id == CaseOrder.id) & hearing.state.in_(OPEN)
        )
        .where(
            CaseOrder.standing,
            CaseOrder.in_force_at <= now,
            CaseOrder.review_by.is_not(None),
            visible_to(reader),
        )
        .options(joinedload(Case.person), joinedload(Case.rule_set))
        .order_by(CaseOrder.review_by, CaseOrder.id)
        .limit(MOST)
    )
    found = [(case, order, one) for case, order, one in rows]
    served = await services_of(session, [one for _, _, one in found if one])
    return [
        Review(
            case,
            order,
            order.review_by,
            one,
            state_of(case, order, one, served.get(one.id, []) if one else [], now),
        )
        for case, order, one in found
        if order.review_by
    ]


def state_of(
    case: Case,
    order: CaseOrder,
    hearing: Hearing | None,
    services: Sequence[HearingService],
    now: datetime,
) -> ReviewState:
    """Red before it is due: as soon as notice that is given now would count as served too late."""
    rules = case.rule_set.rules
    kind = Kind.INTERIM_REVIEW if order.measure.interim else Kind.ORDER_REVIEW
    earliest = first_day_if_sent(now, ServiceMethod.EMAIL, kind, rules)
    last = order.review_by
    if hearing and last and hearing.first_on <= last:
        notice = notice_of(hearing, services)
        told = notice is not None and not notice.astray
        if hearing.told_in_the_room or (
            told
            and notice
            and first_day_after(notice.deemed_on, kind, rules) <= hearing.first_on
        ):
            return ReviewState.READY
        if earliest <= hearing.first_on:
            return ReviewState.TO_TELL
    if last and earliest > last:
        return ReviewState.LATE
    return ReviewState.TO_LIST


async def hearings_to_come(
    session: AsyncSession, reader: Account
) -> Sequence[tuple[Case, Hearing]]:
    """The earliest first."""
    return await _hearings(session, reader, Hearing.state.in_(OPEN))


async def decisions_to_serve(
    session: AsyncSession, reader: Account
) -> Sequence[tuple[Case, Hearing]]:
    """That were not served, or did not arrive."""
    arrived = exists().where(
        HearingService.hearing_id == Hearing.id,
        CaseService.id == HearingService.service_id,
        CaseService.kind == ServiceKind.DECISION,
        ~CaseService.astray,
    )
    waits = (Hearing.state == HearingState.DECIDED) & ~arrived
    return await _hearings(session, reader, waits)


async def _hearings(
    session: AsyncSession, reader: Account, which: ColumnElement[bool]
) -> Sequence[tuple[Case, Hearing]]:
    rows = await session.execute(
        select(Case, Hearing)
        .join(Hearing, Hearing.case_id == Case.id)
        .where(which, visible_to(reader))
        .options(joinedload(Case.person))
        .order_by(Hearing.starts_at, Hearing.id)
        .limit(MOST)
    )
    return [(case, hearing) for case, hearing in rows]


@every(minutes=1)
async def vacate_of_closed_cases(session: AsyncSession, now: datetime) -> None:
    """A case may be closed for other reasons: then there is nothing to hear any more."""
    await look_as(session, Capacity.SERVICE)
    rows = await session.execute(
        select(Case, Hearing)
        .join(Hearing, Hearing.case_id == Case.id)
        .where(Case.stage == Stage.CLOSED, Hearing.state.in_(OPEN))
        .options(joinedload(Hearing.application))
        .order_by(Hearing.starts_at, Hearing.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Hearing)
    )
    for case, hearing in rows.all():
        by = Process.begin(session, HearingAct.VACATE, now=now)
        await vacate(session, case, hearing, "The case was closed.", by=by)
