"""What somebody was asked to pay and has paid, with a receipt for each."""

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from fees import ledger
from fees.invoice import read_invoice_reference
from fees.money import pounds
from fees.papers import years_paid_in
from fees.pay_link import live_link
from fees.payment import Overpayment, to_pay
from fees.payment.standing import record, standings_of
from fees.refund import refunds_of
from fees.web.fields import address_of
from register.kit.clock import day_of
from register.kit.pages import page
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Session


@get("/account/payments", access=SIGNED_IN)
async def payments(session: Session, act: Act) -> Template:
    today = day_of(act.now)
    # What became due a moment ago may be paid before its invoice has been raised.
    waiting = await to_pay(session, act.account, today=today)
    return page(
        "fees/payments/all.html",
        standings=await standings_of(session, act.account, today=today),
        may_pay=waiting is not None and waiting.may_be_paid(today),
        waiting=waiting,
        years=await years_paid_in(session, act.account),
    )


@get("/account/payments/{reference:str}", access=SIGNED_IN)
async def receipt(session: Session, act: Act, reference: FromPath[str]) -> Template:
    found = await record(
        session,
        read_invoice_reference(reference),
        account=act.account,
        today=day_of(act.now),
    )
    link = await live_link(act.session, found.standing.invoice, now=act.now)
    return page(
        "fees/payments/receipt.html",
        record=found,
        standing=found.standing,
        overpaid=[
            (one, pounds(left) if (left := await _to_go_back(act, one)) else "")
            for one in found.overpayments
        ],
        refunds=await refunds_of(act.session, found.standing.invoice.id),
        link=link,
        link_address=address_of(link),
    )


async def _to_go_back(act: Acting, overpayment: Overpayment) -> int:
    """What of it has not gone back yet, and pays for nothing else."""
    left = await ledger.unallocated_of(act.session, overpayment.payment_id)
    return min(left, overpayment.amount_pence)


pages = [payments, receipt]
