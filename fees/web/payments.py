"""What somebody was asked to pay and has paid, with a receipt for each."""

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from fees.invoice import read_invoice_reference
from fees.payment.standing import ledger, standings_of
from register.kit.clock import day_of
from register.kit.pages import page
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Session


@get("/account/payments", access=SIGNED_IN)
async def payments(session: Session, act: Act) -> Template:
    found = await standings_of(session, act.account, today=day_of(act.now))
    return page("fees/payments/all.html", standings=found)


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
