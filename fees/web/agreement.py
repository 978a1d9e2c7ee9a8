"""Somebody's agreement that the fee is taken from their card: how it stands, and its end at any time."""

from litestar import get, post
from litestar.response import Redirect, Template

from fees.acts import FeesAct
from fees.agreement import being_taken, live_agreement
from fees.payment import to_pay
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Session, Visit

HERE = "/account/payments/agreement"


@get(HERE, access=SIGNED_IN)
async def own(session: Session, act: Act) -> Template:
    today = day_of(act.now)
    waiting = await to_pay(session, act.account, today=today)
    return page(
        "fees/agreement/own.html",
        agreement=await live_agreement(session, act.account.person_id),
        may_pay=waiting is not None and waiting.may_be_paid(today),
    )


@post(f"{HERE}/cancellation", access=SIGNED_IN)
async def cancel(session: Session, act: Act, visit: Visit) -> Redirect:
    agreement = await live_agreement(session, act.account.person_id)
    if agreement is None:
        raise NotFound
    await agreement.cancel(session, by=act.process(FeesAct.CANCEL_AGREEMENT))
    begun = await being_taken(session, agreement)
    visit.flash(
        f"We ask for nothing more from your card. We had begun to take {begun.amount} before: if that still goes"
        " through, we write to you"
        if begun
        else "We take nothing from your card any more"
    )
    return Redirect(HERE, status_code=303)


pages = [own, cancel]
