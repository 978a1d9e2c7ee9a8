"""Paying somebody else's invoice by a link: what it costs and what for, and nothing of whose it is."""

from typing import Any

from litestar import Controller, Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from fees import govuk_pay, ledger
from fees.acts import FeesAct
from fees.invoice import Invoice, read_invoice_reference
from fees.money import pounds
from fees.pay_link import (
    LinkClosed,
    begun_otherwise,
    closed,
    invoice_of,
    latest_try,
    link_in,
    link_of,
    make_link,
)
from fees.payment.standing import record
from fees.web.patience import in_time, look_again
from fees.web.staff import OFFICERS
from register.kit.clock import day_of
from register.kit.pages import page
from register.kit.security.limits import PAY_LINK
from register.kit.settings import settings
from register.web.guards import PUBLIC, SIGNED_IN
from register.web.needs import Act, Acting, Database, Moment, Session, Visit
from register.web.outside import UNSEEN


def shut(_: Request[Any, Any, Any], error: LinkClosed) -> Template:
    return page("fees/pay_link/closed.html", why=error.why, status=410, headers=UNSEEN)


class PayLinkPages(Controller):
    path = "/pay/link/{token:str}"
    exception_handlers = {LinkClosed: shut}

    @get(access=PUBLIC)
    async def ask(
        self, session: Session, now: Moment, token: FromPath[str]
    ) -> Template:
        link = await link_in(session, token, now=now)
        invoice = await invoice_of(session, link)
        why = await closed(session, link, invoice, now=now)
        if why:
            raise LinkClosed(why)
        return page(
            "fees/pay_link/ask.html",
            invoice=invoice,
            left=pounds(await ledger.owed_on(session, invoice.id)),
            link=link,
            token=token,
            today=day_of(now),
            payment=await latest_try(session, link),
            begun_otherwise=await begun_otherwise(session, link),
            headers=UNSEEN,
        )

    @post(access=PUBLIC, limit=PAY_LINK)
    async def pay(
        self, database: Database, now: Moment, token: FromPath[str]
    ) -> Redirect:
        async def begin(own: AsyncSession) -> str:
            link = await link_in(own, token, now=now)
            return await link.go_to_pay(
                own,
                database,
                govuk_pay.client(),
                return_url=f"{settings().public_url}/pay/link/{token}/return",
                now=now,
            )

        card_page = await in_time(database, begin, otherwise="")
        return Redirect(card_page or f"/pay/link/{token}", status_code=303)

    @get("/return", access=PUBLIC)
    async def come_back(
        self, session: Session, database: Database, now: Moment, token: FromPath[str]
    ) -> Redirect:
        """As `/pay/return`: nothing is taken from being sent here, the payment is read again."""
        link = await link_in(session, token, now=now)
        payment = await latest_try(session, link)
        if payment and not payment.state.paid:
            await look_again(database, payment.id, now=now)
        return Redirect(f"/pay/link/{token}", status_code=303)


@post("/account/payments/{reference:str}/link", access=SIGNED_IN)
async def make_own(act: Act, visit: Visit, reference: FromPath[str]) -> Redirect:
    found = await record(
        act.session,
        read_invoice_reference(reference),
        account=act.account,
        today=day_of(act.now),
    )
    return await _make(act, visit, found.standing.invoice, "/account/payments")


@post("/account/payments/{reference:str}/link/withdrawal", access=SIGNED_IN)
async def withdraw_own(act: Act, visit: Visit, reference: FromPath[str]) -> Redirect:
    found = await record(
        act.session,
        read_invoice_reference(reference),
        account=act.account,
        today=day_of(act.now),
    )
    return await _withdraw(act, visit, found.standing.invoice, "/account/payments")


@post("/staff/payments/{reference:str}/link", access=OFFICERS)
async def make(act: Act, visit: Visit, reference: FromPath[str]) -> Redirect:
    number = read_invoice_reference(reference)
    found = await record(act.session, number, today=day_of(act.now))
    return await _make(act, visit, found.standing.invoice, "/staff/payments")


@post("/staff/payments/{reference:str}/link/withdrawal", access=OFFICERS)
async def withdraw(act: Act, visit: Visit, reference: FromPath[str]) -> Redirect:
    number = read_invoice_reference(reference)
    found = await record(act.session, number, today=day_of(act.now))
    return await _withdraw(act, visit, found.standing.invoice, "/staff/payments")


async def _make(act: Acting, visit: Visit, invoice: Invoice, place: str) -> Redirect:
    await make_link(act.session, invoice, by=act.process(FeesAct.MAKE_PAY_LINK))
    visit.flash("The link is on this page. Send it to whoever pays")
    return Redirect(f"{place}/{invoice.reference}", status_code=303)


async def _withdraw(
    act: Acting, visit: Visit, invoice: Invoice, place: str
) -> Redirect:
    link = await link_of(act.session, invoice)
    if link:
        link.withdraw(invoice, by=act.process(FeesAct.WITHDRAW_PAY_LINK))
        visit.flash("Nobody can pay by the link any more")
    return Redirect(f"{place}/{invoice.reference}", status_code=303)


pages: list[Any] = [PayLinkPages, make_own, withdraw_own, make, withdraw]
