"""Publications in every state, to those who write and decide on them, and to the public."""

from datetime import timedelta

from fitness.case import Place
from fitness.hearing.kind import Kind
from fitness.listing import heard_as
from fitness.order import Measure, OrderAppeal
from fitness.publication import (
    Because,
    Matter,
    Publication,
    follow_orders,
    withdraw,
)
from register.kit.clock import day_of, start_of
from tests.fitness.investigating import act
from tests.fitness.ordering import make_heard, make_order, served
from tests.fitness.publishing import (
    list_hearing,
    make_hearings_officer,
    make_published,
    pass_it,
    propose,
    write,
)
from tests.fitness.sitting import list_one
from tests.leaks.roles import Role
from tests.make import NOW

LONG = "# What was found\n" + "Nobody wrote it into the log. " * 40
TODAY = day_of(NOW)


async def publications_in_every_state(stage):
    """Nothing yet; a draft, one that waits, one returned, approved, corrected and taken down, each to whoever may look."""
    session = stage.session
    officer = await make_hearings_officer(session, name="Hana Okoro")
    manager = stage.world.accounts[Role.TEAM_MANAGER]
    case = await make_heard(session)
    await case.take_on(session, officer, Place.HEARINGS_OFFICER, by=act(session))
    at = f"/staff/cases/{case.reference}/publications"
    await stage.see(officer, at, f"{at}/decision", f"{at}/hearing", proved=True)
    await filled(session, case, officer)
    ones = [f"{at}/{n}" for n in range(1, 7)]
    pages = [at, *ones, *(f"{one}/preview" for one in ones), "/staff/publications"]
    for who in (officer, manager, stage.world.accounts[Role.AUDITOR]):
        await stage.see(who, *pages, proved=True)
    drafts = [f"{one}/draft" for one in (ones[0], ones[2], ones[4])]
    await stage.see(officer, *drafts, f"{at}/decision", proved=True)
    await refused(stage, officer, manager, at)
    before = await make_heard(session)
    await before.take_on(session, officer, Place.HEARINGS_OFFICER, by=act(session))
    await list_one(session, before, Kind.FINAL)
    form = f"/staff/cases/{before.reference}/publications/hearing"
    async with stage.visitor(officer, proved=True) as browser:
        await stage.show(browser, form)
        await stage.show(browser, form, {})


async def filled(session, case, officer):
    order = await make_order(session, case)
    await write(session, case, order, LONG, author=officer)
    waits = await written(session, case, officer, Measure.WARNING)
    await propose(session, case, waits, proposer=officer)
    back = await written(session, case, officer, Measure.ADVICE)
    await propose(session, case, back, proposer=officer)
    approver = await make_hearings_officer(session, name="Second Officer")
    back.return_(session, case, LONG, approver=approver, by=act(session))
    down = await written(session, case, officer, Measure.CONDITIONS)
    await pass_it(session, case, down)
    await withdraw(session, case, down, Because.COURT, words=LONG, by=act(session))
    review = await list_one(session, case, Kind.ORDER_REVIEW, order=order)
    hearing = await list_hearing(session, case, heard_as(review, ""), author=officer)
    await pass_it(session, case, hearing)
    by = act(session, officer)
    other = await Publication.of_restoration(
        session, case, Matter.RESTORED, decided_on=TODAY, by=by
    )
    await other.write(session, case, "", author=officer, health=True, by=by)
    await pass_it(session, case, other)
    await other.write(session, case, LONG, author=officer, by=by)
    await session.flush()


async def written(session, case, officer, measure):
    order = await make_order(session, case, measure)
    return await write(session, case, order, LONG, author=officer)


async def refused(stage, officer, manager, at):
    """Each form sent empty."""
    async with stage.visitor(officer, proved=True) as browser:
        for page in ("decision", "1/draft", "5/draft"):
            await stage.show(browser, f"{at}/{page}", {})
    async with stage.visitor(manager, proved=True) as browser:
        for page in ("2/approval", "2/return", "5/withdrawal"):
            await stage.show(browser, f"{at}/{page}", {})


async def published_in_every_state(stage):
    """Nothing; in force, under appeal, ended, about health, of a hearing; many; over."""
    session, clock = stage.session, stage.driver.clock
    await stage.see(None, "/decisions", "/hearings")
    shown = [
        (await make_published(session, measure, words=LONG))[-1]
        for measure in (Measure.WARNING, Measure.REMOVAL, Measure.SUSPENSION)
    ]
    shown.append((await make_published(session, words="", health=True))[-1])
    case, order, _, appealed = await make_published(session, served_on=served())
    await OrderAppeal.lodge(
        session,
        case,
        order,
        on=order.appeal_by,
        words="CO/1/2027",
        by=act(session, now=start_of(order.appeal_by)),
    )
    addresses = [one.address for one in [*shown, appealed]]
    hearing = await pass_it(session, case, await list_hearing(session, case))
    await stage.see(None, *addresses)
    await follow_orders(session, NOW)
    lists = "/decisions", "/decisions?q=nobody", "/decisions?month=1", "/hearings"
    await stage.see(None, *addresses, *lists)
    for _ in range(25):
        await make_published(session, Measure.WARNING)
    await stage.see(None, "/decisions")
    for days in (50, 70, 4000):
        clock.now = NOW + timedelta(days=days)
        await stage.see(None, *addresses, hearing.address, *lists)
