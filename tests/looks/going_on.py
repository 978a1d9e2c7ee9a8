"""Concerns as whoever raised them comes back to them."""

from fitness.case import ClosedBecause, Stage, take
from fitness.concern import Body, Referrer, Unfit
from fitness.fence import Capacity, look_as
from tests.fitness.investigating import make_investigator
from tests.fitness.raising import ANONYMOUS, make_draft, sending
from tests.make import make_entry, make_process


async def concerns_as_they_go_on(stage):
    """As whoever raised one comes back to it: at each stage of its case, and where it is not ours."""
    session = stage.session
    concern, secret = await make_draft(session, said=ANONYMOUS)
    await concern.send(session, by=sending(session))
    sent = {"reference": concern.reference, "code": secret}
    page = f"/concerns/{concern.reference}/sent"
    person = (await make_entry(session)).person
    taker = await make_investigator(session, name="Inez Vance")
    by = make_process(session)

    async def see(browser):
        await session.flush()
        await stage.show(browser, page)
        await look_as(session, Capacity.SERVICE)

    async with stage.visitor() as browser:
        await browser.post("/concerns/return", data=sent)
        await see(browser)
        await concern.match(session, person, by=by)
        await concern.screen(session, at_risk=False, words="Looked", by=by)
        await see(browser)
        case = await take(session, concern, taker=taker, by=by)
        await see(browser)
        for at in (Stage.INVESTIGATION, Stage.EXAMINATION, Stage.MONITORING):
            case.move(session, at, by=by)
            await see(browser)
        await case.close(session, ClosedBecause.NO_ACTION, by=by)
        await see(browser)
    child, secret = await make_draft(session, Referrer.CHILD)
    await child.send(session, by=sending(session))
    await child.screen(session, at_risk=False, words="Looked", by=by)
    why, towards = Unfit.NOT_REGISTERED, Body.LADO
    await child.signpost(session, why, towards=towards, words="A letter", by=by)
    await session.flush()
    async with stage.visitor() as browser:
        sent = {"reference": child.reference, "code": secret}
        await browser.post("/concerns/return", data=sent)
        await stage.show(browser, f"/concerns/{child.reference}/sent")
