"""Paying the fee: what is to be paid, the way to GOV.UK Pay, and what came of it.

No address here names an invoice or a payment: whose they are, the session says.
"""

from contextlib import suppress

from litestar import get, post
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER
from sqlalchemy import select

from fees import govuk_pay
from fees.govuk_pay import PayFailed
from fees.invoice import Invoice, fees_of
from fees.payment import (
    Overpayment,
    check,
    go_to_pay,
    latest_payment,
    to_pay,
)
from register.application import Application
from register.kit.clock import day_of
from register.kit.pages import page
from register.kit.settings import settings
from register.person import Person
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Database, Session


@get("/pay", access=SIGNED_IN)
async def start(session: Session, act: Act) -> Template:
    application = await to_pay(session, act.account)
    if application is None or application.pay_by is None:
        return page("fees/pay/nothing.html")
    today = day_of(act.now)
    if today > application.pay_by:
        return page("fees/pay/too_late.html", application=application)
    return page(
        "fees/pay/start.html",
        application=application,
        fees=await fees_of(session, application, today=today),
    )


@post("/pay", access=SIGNED_IN)
async def pay(session: Session, database: Database, act: Act) -> Redirect:
    application = await to_pay(session, act.account)
    if application is None:
        return _to("/pay")
    card_page = await go_to_pay(
        session,
        database,
        govuk_pay.client(),
        application,
        return_url=f"{settings().public_url}/pay/return",
        now=act.now,
        by=act.account,
    )
    return _to(card_page or "/pay/result")


@get("/pay/return", access=SIGNED_IN)
async def come_back(session: Session, act: Act) -> Redirect:
    """GOV.UK Pay sends the payer here whatever happened, so nothing is taken from that: the payment is read again.

    It is the one GET that writes. Called again, before its time or by a reader ahead of the payer, it finds what is true.
    """
    payment = await latest_payment(session, act.account)
    if payment is None:
        return _to("/pay")
    if not payment.state.paid:
        # Where GOV.UK Pay cannot be read, the result says that we are still checking.
        with suppress(PayFailed):
            await check(
                session, govuk_pay.client(), payment, now=act.now, by=act.account
            )
    return _to("/pay/result")


@get("/pay/result", access=SIGNED_IN)
async def result(session: Session, act: Act) -> Template | Redirect:
    payment = await latest_payment(session, act.account)
    if payment is None:
        return _to("/pay")
    invoice = await session.get_one(Invoice, payment.invoice_id)
    overpaid = await session.scalar(
        select(Overpayment.because).where(Overpayment.payment_id == payment.id)
    )
    return page(
        f"fees/pay/{'overpaid' if overpaid else payment.state}.html",
        payment=payment,
        invoice=invoice,
        application=await session.get_one(Application, invoice.application_id),
        number=(await session.get_one(Person, invoice.person_id)).number,
        because=overpaid,
        may_try_again=await to_pay(session, act.account) is not None
        and day_of(act.now) <= invoice.pay_by,
    )


def _to(path: str) -> Redirect:
    return Redirect(path, status_code=HTTP_303_SEE_OTHER)


pages = [start, pay, come_back, result]
