"""Restoration after a removal by order: a panel hears what was proposed of whoever asks, and what it decides is done.

A case of its own is opened for each proposal that waits for a panel; nobody works on it before it is given to somebody.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from fitness.case import Case, CaseAct, ClosedBecause, Stage, hold_entries
from fitness.fence import Capacity, as_the_service, look_as
from fitness.hearing.decision import RESTORING, HearingDecision
from fitness.hearing.hearing import Hearing
from fitness.hearing.kind import Outcome, Seat
from fitness.hearing.member import panel_of
from fitness.order import CaseOrder, Decided, Ended, end, take_effect
from register.application import (
    OVER,
    Application,
    ApplicationState,
    follows_entry,
)
from register.assessment.panel import decide, waiting_for_a_panel
from register.entry import Entry
from register.kit.jobs import every
from register.person import Person, survivor
from register.process import Process
from register.proposal import Proposal

CLOSES = {
    Outcome.RESTORED: ClosedBecause.RESTORED,
    Outcome.RESTORATION_REFUSED: ClosedBecause.RESTORATION_REFUSED,
    Outcome.SENT_BACK: ClosedBecause.SENT_BACK,
}


@every(minutes=1)
async def open_restorations(session: AsyncSession, now: datetime) -> None:
    await look_as(session, Capacity.SERVICE)
    opened = select(Case.proposal_id).where(Case.proposal_id.is_not(None))
    known = set((await session.scalars(opened)).all())
    for proposal in await waiting_for_a_panel(session):
        if proposal.id not in known and proposal.person_id:
            person_id = await survivor(session, proposal.person_id)
            person = await session.get_one(Person, person_id)
            by = Process.begin(session, CaseAct.OPEN, now=now)
            await Case.to_restore(session, person, proposal.id, by=by)


@every(minutes=1)
async def close_withdrawn_restorations(session: AsyncSession, now: datetime) -> None:
    """Whoever asked has taken it back, or has not paid; what is listed of it is vacated as of every closed case."""
    await look_as(session, Capacity.SERVICE)
    gone = await session.scalars(
        select(Case)
        .join(Proposal, Proposal.id == Case.proposal_id)
        .join(Application, Application.id == Proposal.application_id)
        .where(
            or_(
                and_(Case.stage == Stage.HEARING, ~Proposal.waiting),
                and_(
                    Case.stage == Stage.MONITORING,
                    Application.state.in_(OVER - {ApplicationState.GRANTED}),
                ),
            )
        )
        .options(joinedload(Case.rule_set))
        .with_for_update(skip_locked=True, of=Case)
    )
    for case in gone.all():
        by = Process.begin(session, CaseAct.CLOSE, now=now)
        for order in await _not_begun(session, case):
            await end(session, case, order, on=now, because=Ended.OVERTAKEN, by=by)
        await case.close(session, ClosedBecause.WITHDRAWN, by=by)


@follows_entry
async def begin_orders(session: AsyncSession, entry: Entry, by: Process) -> None:
    """Whoever is restored under an order has it from the first moment, and is held while it is monitored."""
    async with as_the_service(session):
        found = await session.scalars(
            select(Case)
            .join(Proposal, Proposal.id == Case.proposal_id)
            .join(Application, Application.id == Proposal.application_id)
            .where(
                Case.stage == Stage.MONITORING,
                Case.person_id == entry.person_id,
                Application.part == entry.part,
            )
            .options(joinedload(Case.rule_set))
            .with_for_update(of=Case)
        )
        for case in found.all():
            await hold_entries(session, case, by=by)
            for order in await _not_begun(session, case):
                order.start(max(fact.starts for fact in entry.registrations))
                await take_effect(session, case, order, by=by)


async def _not_begun(session: AsyncSession, case: Case) -> Sequence[CaseOrder]:
    found = await session.scalars(
        select(CaseOrder).where(
            CaseOrder.case_id == case.id,
            CaseOrder.standing,
            CaseOrder.in_force_at.is_(None),
        )
    )
    return found.all()


async def restore(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    decision: HearingDecision,
    *,
    by: Process,
) -> None:
    """Restored, they have the window of the rules to pay; an order of conditions begins with the entry.

    As the service. Raises ToBeSettledFirst, OnHold or AlreadyDecided.
    """
    seated = await panel_of(session, hearing)
    await decide(
        session,
        await session.get_one(Proposal, case.proposal_id),
        RESTORING[decision.outcome],
        words=decision.text.words if decision.text else "",
        chair_id=next(one.account_id for one in seated if one.seat is Seat.CHAIR),
        others=[one.account_id for one in seated if one.seat is not Seat.CHAIR],
        by=by,
    )
    if decision.measure is None:
        await case.close(session, CLOSES[decision.outcome], by=by)
        return
    order = await CaseOrder.make(
        session,
        case,
        decision.measure,
        months=decision.months,
        words=decision.wording.words if decision.wording else "",
        decided=Decided.PANEL,
        by=by,
    )
    decision.order = order
    case.move(session, Stage.MONITORING, by=by)
