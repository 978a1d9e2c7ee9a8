"""What somebody was asked to pay and has paid, with a receipt for each."""

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from fees.invoice import read_invoice_reference
from fees.payment import to_pay
from fees.payment.standing import ledger, standings_of
from register.kit.clock import day_of
from register.kit.pages import page
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Session


@get("/account/payments", access=SIGNED_IN)
async def payments(session: Session, act: Act) -> Template:
    today = day_of(act.now)
    # An application that was approved a moment ago may be paid for before its invoice has been raised.
    waiting = await to_pay(session, act.account)
    return page(
        "fees/payments/all.html",
        standings=await standings_of(session, act.account, today=today),
        may_pay=waiting is not None
        and waiting.pay_by is not None
        and today <= waiting.pay_by,
    )


@get("/account/payments/{reference:str}", access=SIGNED_IN)
async def receipt(session: Session, act: Act, reference: FromPath[str]) -> Template:
    found = await ledger(
        session,
        read_invoice_reference(reference),
        account=act.account,
        today=day_of(act.now),
    )
    return page("fees/payments/receipt.html", ledger=found, standing=found.standing)


pages = [payments, receipt]
