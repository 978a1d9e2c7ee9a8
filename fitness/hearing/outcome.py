"""What comes of a decision: orders begin, go on or end, the decision is served, and the case goes where it belongs.

As the service: what follows from a decision is nobody's to see or not to see.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import (
    Case,
    CaseEventKind,
    ClosedBecause,
    Stage,
    tell_referrers,
)
from fitness.hearing.decision import HearingDecision
from fitness.hearing.hearing import Hearing
from fitness.hearing.kind import Kind, Outcome
from fitness.hearing.notice import HearingService, serve, services_for
from fitness.hearing.restoring import restore
from fitness.hearing.sitting import disperse
from fitness.investigation.drawn import ERASED, Drawn, draw
from fitness.investigation.served import CaseService, ServiceKind
from fitness.notice_template import Gap, NoticeKind, Unserved, current, page_words
from fitness.order import (
    CaseOrder,
    Decided,
    Ended,
    conclude,
    end,
    end_interim,
    take_effect,
)
from register.kit.clock import end_of
from register.kit.errors import Refused
from register.notice import CannotBeServed, last_day
from register.process import Process


class ServedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("The decision has been served, and it has not come back.")


class NotDecided(Refused):
    def __init__(self) -> None:
        super().__init__("Nothing is decided yet.")


CLOSES = {
    Outcome.NOT_PROVED: ClosedBecause.NOT_PROVED,
    Outcome.NOT_IMPAIRED: ClosedBecause.NOT_IMPAIRED,
    Outcome.IMPAIRED: ClosedBecause.NO_ACTION,
}
"""Where no order was made."""


async def carry_out(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    decision: HearingDecision,
    *,
    by: Process,
) -> None:
    """At the moment of the last signature. It is served at once where it can be; else one of us serves it later.

    Whoever raised a concern is told of an interim order, and of a final hearing what the panel found.
    """
    if hearing.kind.reviews:
        await _review(session, case, hearing, decision, by=by)
    elif hearing.kind is Kind.INTERIM_ORDER:
        if decision.measure:
            await _begin_interim(session, case, hearing, decision, by=by)
            await tell_referrers(session, case, "interim_order", words="", by=by)
    elif hearing.kind is Kind.RESTORATION:
        await restore(session, case, hearing, decision, by=by)
    elif decision.measure is None:
        await _close(session, case, CLOSES[decision.outcome], by=by)
    if decision.cover:
        await _cover(session, case, decision, by=by)
    if hearing.kind is Kind.FINAL:
        await tell_referrers(
            session, case, f"heard_{decision.outcome}", words="", by=by
        )
    await disperse(session, case, hearing, by=by)
    try:
        async with session.begin_nested():
            await serve_decision(session, case, hearing, decision, by=by)
    except CannotBeServed:
        return


async def _begin_interim(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    decision: HearingDecision,
    *,
    replaces: CaseOrder | None = None,
    by: Process,
) -> None:
    assert decision.measure  # noqa: S101 - asked by the caller
    order = await CaseOrder.make(
        session,
        case,
        decision.measure,
        months=decision.months,
        words=decision.wording.words if decision.wording else "",
        decided=hearing.kind.decided,
        replaces=replaces,
        by=by,
    )
    decision.order = order
    await take_effect(session, case, order, by=by)


async def _cover(
    session: AsyncSession,
    case: Case,
    decision: HearingDecision,
    *,
    by: Process,
) -> None:
    """Until the order takes effect: in place of an interim order that was there."""
    assert decision.cover  # noqa: S101 - asked by the caller
    await end_interim(session, case, because=Ended.REPLACED, by=by)
    order = await CaseOrder.make(
        session,
        case,
        decision.cover,
        months=decision.cover_months,
        words=decision.cover_wording.words if decision.cover_wording else "",
        decided=Decided.PANEL,
        by=by,
    )
    decision.cover_id = order.id
    await take_effect(session, case, order, by=by)


async def _close(
    session: AsyncSession, case: Case, because: ClosedBecause, *, by: Process
) -> None:
    await end_interim(session, case, by=by)
    await case.close(session, because, by=by)


async def _review(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    decision: HearingDecision,
    *,
    by: Process,
) -> None:
    order = hearing.order
    assert order  # noqa: S101 - the table's CHECK
    case.tell(
        session,
        CaseEventKind.ORDER_REVIEWED,
        by=by,
        order=order.number,
        review=decision.outcome,
    )
    if not order.in_force(by.at):
        # It ended while it was reviewed: there is nothing left to change.
        return
    if decision.outcome is Outcome.REVOKE:
        await end(session, case, order, on=by.at, because=Ended.REVOKED, by=by)
        await conclude(session, case, by=by)
    elif not hearing.kind.interim:
        order.review_by = None
    elif decision.outcome is Outcome.CONTINUE:
        order.plan_review(case.rule_set.rules.interim_review_months, since=by.at)
    else:
        await _begin_interim(session, case, hearing, decision, replaces=order, by=by)


DECISIONS = {
    Kind.INTERIM_ORDER: NoticeKind.INTERIM_DECISION,
    Kind.INTERIM_REVIEW: NoticeKind.INTERIM_DECISION,
    Kind.FINAL: NoticeKind.DECISION,
    Kind.ORDER_REVIEW: NoticeKind.REVIEW_DECISION,
    Kind.RESTORATION: NoticeKind.RESTORATION_DECISION,
}


async def draw_decision(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    decision: HearingDecision,
    *,
    by_post: bool = False,
    now: datetime,
) -> Drawn:
    """As `serve_decision` would serve it; raises what it does."""
    if hearing.decided_at is None:
        raise NotDecided
    earlier = served_decision(await services_for(session, hearing))
    if earlier and not earlier.astray:
        raise ServedAlready
    return await draw(
        session,
        case,
        DECISIONS[hearing.kind],
        _said(decision),
        days=case.rule_set.rules.order_appeal_days,
        by_post=by_post,
        now=now,
    )


async def unserved_decision(
    session: AsyncSession, case: Case, hearing: Hearing, decision: HearingDecision
) -> Unserved:
    """What is served once all have signed."""
    template = await current(session, DECISIONS[hearing.kind])
    court = {Gap.COURT: case.rule_set.rules.further_appeal}
    return Unserved.of(template.wording, court | _said(decision))


def _said(decision: HearingDecision) -> dict[Gap, str]:
    reasons = decision.text.words if decision.text else ERASED
    return {Gap.OUTCOME: _in_words(decision), Gap.OUR_WORDS: reasons}


def _in_words(decision: HearingDecision) -> str:
    """The outcome, the order that is made, and what the register says of it."""
    outcomes = page_words("fitness/hearings/words.html").outcome_words
    measures = page_words("fitness/orders/words.html").measure_words
    said = [f"{outcomes[decision.outcome]}."]
    if decision.measure:
        term = f" for {decision.months} months" if decision.months else ""
        said.append(f"Order: {measures[decision.measure]}{term}.")
    if decision.wording:
        said.append(f"What the register says of it: {decision.wording.words}")
    if decision.cover:
        until = f"{measures[decision.cover]} for up to {decision.cover_months} months"
        said.append(f"Until it takes effect: {until}.")
    if decision.cover_wording:
        said.append(
            f"What the register says until then: {decision.cover_wording.words}"
        )
    return "\n\n".join(said)


async def serve_decision(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    decision: HearingDecision,
    *,
    by_post: bool = False,
    by: Process,
) -> CaseService:
    """Again only where it did not arrive: the time to appeal runs from the day on which it counts as served.

    Raises NotDecided, ServedAlready or CannotBeServed.
    """
    drawn = await draw_decision(
        session, case, hearing, decision, by_post=by_post, now=by.at
    )
    service = await serve(
        session,
        case,
        hearing,
        ServiceKind.DECISION,
        drawn,
        text=decision.text,
        by=by,
    )
    if decision.waits_to_be_served and case.open_now:
        await _make_order(session, case, hearing, decision, service, by=by)
    elif order := decision.order:
        _appeal_later(case, order, service)
    await session.flush()
    return service


def served_decision(services: Sequence[HearingService]) -> CaseService | None:
    """The latest."""
    found = (one.service for one in services if one.kind is ServiceKind.DECISION)
    return next(found, None)


async def _make_order(
    session: AsyncSession,
    case: Case,
    hearing: Hearing,
    decision: HearingDecision,
    service: CaseService,
    *,
    by: Process,
) -> None:
    """Not in force before the time to appeal is over."""
    assert decision.measure  # noqa: S101 - asked by the caller
    order = await CaseOrder.make(
        session,
        case,
        decision.measure,
        months=decision.months,
        words=decision.wording.words if decision.wording else "",
        decided=Decided.PANEL,
        served_on=service.deemed_on,
        replaces=hearing.order,
        by=by,
    )
    _extend(hearing, decision, order)
    decision.order = order
    if case.stage is Stage.HEARING:
        case.move(session, Stage.MONITORING, by=by)


def _extend(hearing: Hearing, decision: HearingDecision, order: CaseOrder) -> None:
    """What is extended goes on first until its own last day."""
    old = hearing.order
    if decision.outcome is Outcome.EXTEND and old and old.ends_at:
        order.start(max(order.starts_at, old.ends_at))


def _appeal_later(case: Case, order: CaseOrder, service: CaseService) -> None:
    """It did not arrive before, so its time to appeal begins only now."""
    if order.appeal_by is None or order.in_force_at or order.ended_at:
        return
    days = case.rule_set.rules.order_appeal_days
    order.appeal_by = last_day(service.deemed_on, days)
    order.start(max(order.starts_at, end_of(order.appeal_by)))
