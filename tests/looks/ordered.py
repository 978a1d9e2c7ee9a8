"""Orders in every state, as staff see to them and as the registrant reads them."""

from datetime import timedelta

from fitness.case import Stage
from fitness.fence import Capacity, look_as
from fitness.investigation.served import services_of
from fitness.leaving import CaseLeaving, Decision
from fitness.monitoring import CheckIn, EarlyReview, Judged, Reporter, Standing
from fitness.order import (
    AppealOutcome,
    Decided,
    Measure,
    OrderAppeal,
    appeal_of,
    order_in,
)
from register.kit.clock import day_of
from register.kit.post import Failure
from tests.fitness.finding import make_told
from tests.fitness.investigating import act, make_investigator
from tests.fitness.ordering import DAY, make_interim, make_order, seat, served
from tests.leaks.roles import Role
from tests.make import NOW, make_address


async def orders_in_every_state(stage):
    worker = await make_investigator(stage.session, name="Inez Vance")
    kept = await order_that_is_kept(stage.session, worker)
    appealed = await order_under_appeal(stage.session, worker)
    for case, account, orders in (kept, appealed):
        at, own = f"/staff/cases/{case.reference}", f"/your-case/{case.reference}"
        pages = "", "/appeal", "/reporters/new", "/check-ins/new", "/review"
        each = [f"{at}/orders/{nth}{page}" for nth in orders for page in pages]
        await stage.see(worker, at, f"{at}/orders", f"{at}/history", *each, proved=True)
        await stage.see(account, own, *(f"{own}/orders/{nth}" for nth in orders))
    auditor = stage.world.accounts[Role.AUDITOR]
    await stage.see(auditor, f"/staff/cases/{kept[0].reference}/orders/1", proved=True)
    await leaving(stage, worker, kept[0])
    await wrongly_filled(stage, worker, kept[0])
    await reviewed_early(stage, worker, kept[1], kept[0])
    await undelivered(stage, worker, kept[0])
    await checked(stage, worker, kept[1], kept[0])
    at = f"/staff/cases/{appealed[0].reference}/orders/1/appeal/outcome"
    await stage.see(worker, at, proved=True)


async def of(session, worker):
    case, account = await make_told(session, taker=worker, now=NOW - 30 * DAY)
    for stage in (Stage.EXAMINATION, Stage.HEARING):
        case.move(session, stage, by=act(session))
    await seat(session, case, Decided.PANEL)
    return case, account


async def order_that_is_kept(session, worker):
    """With check-ins of every kind, a warning beside it, and an interim order that was overtaken."""
    case, account = await of(session, worker)
    await make_interim(session, case, Measure.INTERIM_CONDITIONS, now=NOW - 20 * DAY)
    order = await make_order(session, case, Measure.CONDITIONS)
    await make_order(session, case, Measure.WARNING, months=12)
    reporter = await named(session, case, order, "Sue Pervisor")
    (await named(session, case, order, "Eva Employer")).end(
        session, case, by=act(session)
    )
    for number, judged in enumerate((*Judged, None), start=1):
        made = await check_in(session, case, order, number)
        if judged:
            await made.answer(session, case, "Here it is.", by=act(session))
            await session.flush()
            await session.refresh(made, ["answers"])
            made.judge(session, case, judged, "As it should be.", by=act(session))
    await check_in(session, case, order, 40, reporter)
    await session.flush()
    return case, account, (1, 2, 3)


async def named(session, case, order, name):
    made = await Reporter.name_one(
        session,
        case,
        order,
        name=name,
        contact="01632 960001",
        standing=Standing.SUPERVISOR,
        by=act(session),
    )
    await session.flush()
    return made


async def check_in(session, case, order, days, reporter=None):
    made = await CheckIn.set_one(
        session,
        case,
        order,
        "The record of your supervision",
        due_on=day_of(NOW) + timedelta(days=days),
        of=reporter,
        by=act(session),
    )
    await session.flush()
    return made


async def order_under_appeal(session, worker):
    case, account = await of(session, worker)
    order = await make_order(session, case, served_on=served())
    await lodged(session, case, order)
    removal = await make_order(session, case, Measure.REMOVAL, served_on=served())
    await lodged(session, case, removal)
    appeal = await appeal_of(session, removal)
    await appeal.end(
        session,
        case,
        removal,
        AppealOutcome.DISMISSED,
        on=day_of(NOW),
        by=act(session),
    )
    await make_order(session, case, Measure.ADVICE, months=12, served_on=served())
    await session.flush()
    return case, account, (1, 2, 3)


async def lodged(session, case, order):
    await OrderAppeal.lodge(
        session, case, order, on=day_of(NOW), words="CO/1", by=act(session)
    )


async def leaving(stage, worker, case):
    """Not proposed, waiting and declined."""
    manager = stage.world.accounts[Role.TEAM_MANAGER]
    at = f"/staff/cases/{case.reference}/leaving"
    async with stage.visitor(worker, proved=True) as browser:
        await stage.show(browser, at)
        await stage.show(browser, at, {})
    for decision in (Decision.DECLINED, None):
        waiting = await CaseLeaving.propose(
            stage.session,
            case,
            worker,
            asked_on=day_of(NOW),
            stopped=True,
            stays_away=False,
            for_health=True,
            in_public_interest=True,
            words="They are too ill to work.",
            by=act(stage.session, worker),
        )
        if decision:
            by = act(stage.session, manager)
            await waiting.decide(
                stage.session,
                case,
                manager,
                decision,
                investigates=False,
                words="It must be decided.",
                by=by,
            )
    await stage.see(manager, at, proved=True)
    async with stage.visitor(manager, proved=True) as browser:
        await stage.show(browser, f"{at}/decision", {})


async def wrongly_filled(stage, worker, case):
    at = f"/staff/cases/{case.reference}/orders/2"
    forms = "appeal", "reporters/new", "check-ins/new", "check-ins/6", "review"
    async with stage.visitor(worker, proved=True) as browser:
        for form in forms:
            await stage.show(browser, f"{at}/{form}", {})


async def reviewed_early(stage, worker, account, case):
    """Answered once with no, and asked again."""
    at = f"/staff/cases/{case.reference}/orders/2"
    own = f"/your-case/{case.reference}/orders/2"
    async with stage.visitor(account) as browser:
        await stage.show(browser, f"{own}/early-review")
        await stage.show(browser, f"{own}/early-review", {})
    await look_as(stage.session, Capacity.SERVICE)
    order = await order_in(stage.session, case.id, 2)
    for answered in (True, False):
        asked = await EarlyReview.ask(
            stage.session,
            case,
            order,
            "I have finished the course.",
            by=act(stage.session),
        )
        if answered:
            await asked.answer(
                stage.session,
                case,
                order,
                "Nothing is new.",
                until=None,
                by=act(stage.session),
            )
    await stage.see(account, own)
    sent = {"answer": "declined", "words": "Nothing is new."}
    async with stage.visitor(worker, proved=True) as browser:
        for page in (at, f"{at}/early-review"):
            await stage.show(browser, page)
        for answers in ({}, sent):
            await stage.show(browser, f"{at}/early-review", answers)


async def undelivered(stage, worker, case):
    """A notice that came back, and how it is served again."""
    at = f"/staff/cases/{case.reference}/notices"
    await look_as(stage.session, Capacity.SERVICE)
    service, *_ = await services_of(stage.session, case.id)
    service.message.fail(now=NOW, because=Failure.UNDELIVERABLE)
    await make_address(stage.session, case.person)
    async with stage.visitor(worker, proved=True) as browser:
        for page in (at, f"{at}/{service.id}"):
            await stage.show(browser, page)
        for answers in (None, {}, {"way": "post"}):
            await stage.show(browser, f"{at}/{service.id}/again", answers)
    await stage.see(worker, "/staff/cases/due", proved=True)


async def checked(stage, worker, account, case):
    at = f"/staff/cases/{case.reference}/orders/2/check-ins"
    own = f"/your-case/{case.reference}/orders/2/check-ins"
    numbers = range(1, 7)
    staff = [f"{at}/{one}" for one in numbers]
    await stage.see(worker, *staff, f"{at}/5/answers/new", proved=True)
    await stage.see(account, *(f"{own}/{one}" for one in range(1, 6)))
    stage.driver.clock.now += 60 * DAY
    late = f"{at}/5", at.removesuffix("/check-ins"), "/staff/cases/due"
    await stage.see(worker, *late, proved=True)
    manager = stage.world.accounts[Role.TEAM_MANAGER]
    await stage.see(manager, "/staff/cases", "/staff/cases/figures", proved=True)
    await stage.see(account, f"{own}/5", own.removesuffix("/check-ins"))
