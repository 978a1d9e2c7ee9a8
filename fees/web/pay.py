"""Paying the fee: what is to be paid, the way to GOV.UK Pay, and what came of it.

No address here names an invoice or a payment: whose they are, the session says.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime

from litestar import get, post
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fees import govuk_pay, ledger
from fees.agreement import AgreedAlready, agree, live_agreement
from fees.invoice import (
    Fees,
    Invoice,
    Purpose,
    RenewalFees,
    ScrutinyFee,
    fees_of,
    scrutiny_fee,
)
from fees.money import pounds
from fees.payment import (
    Overpayment,
    Owed,
    Receipt,
    go_to_pay,
    is_renewed,
    latest_payment,
    share,
    to_pay,
)
from fees.web.patience import in_time, look_again
from register.account import Account
from register.application import Application, ApplicationState
from register.kit.clock import day_of
from register.kit.pages import page
from register.kit.settings import settings
from register.person import Person
from register.renewal import Renewal
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Database, Form, Session


@get("/pay", access=SIGNED_IN)
async def start(session: Session, act: Act) -> Template:
    today = day_of(act.now)
    owed = await to_pay(session, act.account, today=today)
    if owed is None:
        return page("fees/pay/nothing.html")
    about, asked = await PAGES[owed.purpose](session, owed, act.now)
    if asked and not asked.amount_pence:
        return page("fees/pay/start/let_off.html", application=about)
    name = owed.purpose if owed.may_be_paid(today) else "too_late"
    return page(
        f"fees/pay/start/{name}.html",
        owed=owed,
        today=today,
        about=about,
        fees=asked,
        left=_left(owed, asked),
        instalment=_instalment(owed, asked),
        others=await _approved_too(session, owed, act.account, today=today),
        agreement=await live_agreement(session, act.account.person_id),
    )


Asked = Fees | RenewalFees | ScrutinyFee


def _left(owed: Owed, asked: Asked | None) -> str:
    """Where it is less than all that was asked."""
    less = asked and owed.left_pence not in {None, asked.amount_pence}
    return pounds(owed.left_pence or 0) if less else ""


def _instalment(owed: Owed, asked: Asked | None) -> str:
    if owed.instalments == 1 or not asked:
        return ""
    return pounds(share(owed.left_pence or asked.amount_pence, owed.instalments))


async def _approved_too(
    session: AsyncSession, owed: Owed, account: Account, *, today: date
) -> Sequence[Application]:
    """Beside the application that is paid for: what they cost is known after that."""
    if owed.purpose is not Purpose.APPLICATION:
        return []
    found = await session.scalars(
        select(Application)
        .where(
            Application.account_id == account.id,
            Application.id != owed.about,
            Application.state == ApplicationState.APPROVED,
            Application.pay_by >= today,
        )
        .order_by(Application.pay_by, Application.id)
    )
    return found.all()


async def _application(
    session: AsyncSession, owed: Owed, now: datetime
) -> tuple[Application, Fees | None]:
    application = await session.get_one(Application, owed.about)
    if not owed.may_be_paid(day_of(now)):
        return application, None
    return application, await fees_of(session, application, now=now)


async def _scrutiny(
    session: AsyncSession,
    owed: Owed,
    now: datetime,  # noqa: ARG001 - one shape for all
) -> tuple[Application, ScrutinyFee]:
    application = await session.get_one(Application, owed.about)
    return application, await scrutiny_fee(session, application)


async def _renewal(
    session: AsyncSession,
    owed: Owed,
    now: datetime,  # noqa: ARG001 - one shape for all
) -> tuple[Renewal, RenewalFees | None]:
    return await session.get_one(Renewal, owed.about), owed.renewal_fees


async def _reinstatement(
    session: AsyncSession,
    owed: Owed,
    now: datetime,  # noqa: ARG001 - one shape for all
) -> tuple[Invoice, None]:
    return await session.get_one(Invoice, owed.about), None


PAGES = {
    Purpose.APPLICATION: _application,
    Purpose.SCRUTINY: _scrutiny,
    Purpose.RENEWAL: _renewal,
    Purpose.REINSTATEMENT: _reinstatement,
}
"""What the page shows of each, and what it costs."""


@post("/pay", access=SIGNED_IN)
async def pay(database: Database, act: Act, form: Form) -> Redirect:
    agrees, in_shares = form.get("agree") == "yes", form.get("part") == "instalment"

    async def begin(own: AsyncSession) -> str:
        payer = await own.get_one(Account, act.account.id)
        owed = await to_pay(own, payer, today=day_of(act.now))
        if owed is None:
            return "/pay"
        set_up = ""
        if agrees and owed.purpose is Purpose.RENEWAL:
            with suppress(AgreedAlready):
                set_up = await agree(
                    own, database, govuk_pay.client(), payer, now=act.now
                )
        return await go_to_pay(
            own,
            database,
            govuk_pay.client(),
            owed,
            return_url=f"{settings().public_url}/pay/return",
            now=act.now,
            by=payer,
            in_shares=in_shares,
            set_up_agreement=set_up,
        )

    return _to(await in_time(database, begin, otherwise="") or "/pay/result")


@get("/pay/return", access=SIGNED_IN)
async def come_back(session: Session, database: Database, act: Act) -> Redirect:
    """GOV.UK Pay sends the payer here whatever happened, so nothing is taken from that: the payment is read again.

    It is the one GET that writes. Called again, before its time or by a reader ahead of the payer, it finds what is true.
    """
    payment = await latest_payment(session, act.account)
    if payment is None:
        return _to("/pay")
    if not payment.state.paid:
        await look_again(database, payment.id, now=act.now, by=act.account)
    return _to("/pay/result")


@get("/pay/result", access=SIGNED_IN)
async def result(session: Session, act: Act) -> Template | Redirect:
    payment = await latest_payment(session, act.account)
    if payment is None:
        return _to("/pay")
    invoice = await session.get_one(Invoice, payment.invoice_id)
    await session.refresh(invoice, attribute_names=["renewal"])
    overpaid = await session.scalar(
        select(Overpayment.because).where(Overpayment.payment_id == payment.id)
    )
    return page(
        f"fees/pay/{'overpaid' if overpaid else payment.state}.html",
        payment=payment,
        today=day_of(act.now),
        invoice=invoice,
        application=invoice.application_id
        and await session.get_one(Application, invoice.application_id),
        renewal=invoice.renewal,
        renewed=invoice.renewal is not None
        and await is_renewed(session, invoice.renewal, now=act.now),
        receipt=await session.get(Receipt, invoice.id),
        left=pounds(await ledger.owed_on(session, invoice.id)),
        number=(await session.get_one(Person, invoice.person_id)).number,
        because=overpaid,
        may_try_again=await _may_pay(session, act, invoice),
    )


async def _may_pay(session: AsyncSession, act: Acting, invoice: Invoice) -> bool:
    today = day_of(act.now)
    owed = await to_pay(session, act.account, today=today)
    return owed is not None and owed.may_be_paid(today) and invoice.payable_on(today)


def _to(path: str) -> Redirect:
    return Redirect(path, status_code=HTTP_303_SEE_OTHER)


pages = [start, pay, come_back, result]
