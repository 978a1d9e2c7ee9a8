"""Cases in which something was decided: who decided it, and what order was made."""

from datetime import timedelta

from fitness.case import Place, Stage
from fitness.fence import Capacity, look_as
from fitness.leaving import CaseLeaving
from fitness.monitoring import CheckIn, EarlyReview, Reporter, Standing
from fitness.order import CaseOrder, Decided, Measure, OrderAppeal, take_effect
from register.account import StaffRole
from register.kit.clock import day_of
from tests.fitness.investigating import act, make_investigated
from tests.make import NOW, make_account

DAY = timedelta(days=1)
DECIDERS = {
    Decided.INTERIM_PANEL: (Place.INTERIM_PANEL, StaffRole.ADJUDICATOR),
    Decided.PANEL: (Place.PANEL, StaffRole.ADJUDICATOR),
    Decided.EXAMINERS: (Place.EXAMINER, StaffRole.CASE_EXAMINER),
    Decided.AGREEMENT: (Place.EXAMINER, StaffRole.CASE_EXAMINER),
}


async def seat(session, case, decided, *, now=NOW):
    """Two who may decide so."""
    place, role = DECIDERS[decided]
    await look_as(session, Capacity.SERVICE)
    for _ in range(2):
        account = await make_account(session, role)
        await case.take_on(session, account, place, by=act(session, now=now))
    await session.flush()


async def make_heard(session, *, now=NOW, **more):
    """Before a panel that may decide."""
    case = await make_investigated(session, now=now, **more)
    for stage in (Stage.EXAMINATION, Stage.HEARING):
        case.move(session, stage, by=act(session, now=now))
    await seat(session, case, Decided.PANEL, now=now)
    return case


async def make_order(
    session,
    case,
    measure=Measure.SUSPENSION,
    *,
    decided=Decided.PANEL,
    months=12,
    words="You must not work alone with children.",
    served_on=None,
    now=NOW,
):
    order = await CaseOrder.make(
        session,
        case,
        measure,
        months=None if measure is Measure.REMOVAL else months,
        words=words,
        decided=decided,
        served_on=served_on,
        by=act(session, now=now),
    )
    if case.stage is Stage.HEARING and not measure.interim:
        case.move(session, Stage.MONITORING, by=act(session, now=now))
    if served_on is None:
        await take_effect(session, case, order, by=act(session, now=now))
    await session.flush()
    return order


async def make_interim(
    session, case, measure=Measure.INTERIM_SUSPENSION, *, months=18, now=NOW
):
    await seat(session, case, Decided.INTERIM_PANEL, now=now)
    return await make_order(
        session,
        case,
        measure,
        decided=Decided.INTERIM_PANEL,
        months=months,
        now=now,
    )


async def order_kept(session, case):
    """An order with one of each thing that is about it."""
    await seat(session, case, Decided.AGREEMENT)
    order = await make_order(session, case, decided=Decided.AGREEMENT)
    reporter = await Reporter.name_one(
        session,
        case,
        order,
        name="Sue",
        contact="01",
        standing=Standing.EMPLOYER,
        by=act(session),
    )
    check_in = await CheckIn.set_one(
        session,
        case,
        order,
        "Show it",
        due_on=day_of(NOW) + DAY,
        of=reporter,
        by=act(session),
    )
    await session.flush()
    await check_in.answer(session, case, "Here", by=act(session))
    await EarlyReview.ask(session, case, order, "I have changed.", by=act(session))
    await seat(session, case, Decided.PANEL)
    appealed = await make_order(session, case, Measure.WARNING, served_on=served())
    await OrderAppeal.lodge(
        session, case, appealed, on=day_of(NOW), words="CO/1", by=act(session)
    )
    await session.flush()


async def leaving_proposed(session, case):
    await CaseLeaving.propose(
        session,
        case,
        await make_account(session, StaffRole.REGISTRAR),
        asked_on=day_of(NOW),
        stopped=True,
        stays_away=True,
        for_health=False,
        in_public_interest=True,
        words="They have retired.",
        by=act(session),
    )


def served(now=NOW):
    """The day on which a decision of now counts as served."""
    return day_of(now) + DAY
