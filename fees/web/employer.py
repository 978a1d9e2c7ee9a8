"""An employer pays for its staff: whose fee it takes over, the one invoice for it, and the way to GOV.UK Pay."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from fees import govuk_pay
from fees.acts import FeesAct
from fees.collective import (
    CollectiveInvoice,
    Offer,
    collective_numbered,
    collectives_of,
    offers,
    taken_of,
)
from fees.money import pounds
from fees.payment import (
    cancel_collective,
    go_to_pay_together,
    latest_payment_together,
    payments_together,
)
from fees.web.patience import in_time, look_again
from register.account import Account
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.kit.settings import settings
from register.organisation import OrganisationUser
from register.web.employer.acting import acting_lead
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Database, Form, Visit

LIST = "/employer/fees"
ONE = f"{LIST}/{{reference:str}}"


class TakeOverForm(forms.Form):
    who = forms.Checkboxes(
        "Whose renewal fee do you pay?", what="whose renewal fee you pay"
    )


@get(LIST, access=SIGNED_IN)
async def listed(act: Act) -> Template:
    lead = await acting_lead(act)
    found = await offers(act.session, lead.organisation, now=act.now)
    return await _list_page(act, lead, found, _form(found))


@post(LIST, access=SIGNED_IN)
async def take_over(act: Act, form: Form, visit: Visit) -> Redirect | Template:
    lead = await acting_lead(act)
    found = await offers(act.session, lead.organisation, now=act.now)
    answers = _form(found, form)
    if not answers.validate():
        return await _list_page(act, lead, found, answers)
    chosen = [
        one.invoice.id for one in found if one.invoice.reference in answers.who.data
    ]
    by = act.process(FeesAct.TAKE_OVER)
    raised = await CollectiveInvoice.take_over(
        act.session, lead.organisation, chosen, by=by
    )
    visit.flash(f"Invoice {raised.reference} is ready to be paid")
    return _to(f"{LIST}/{raised.reference}")


@get(ONE, access=SIGNED_IN)
async def one(act: Act, reference: FromPath[str]) -> Template:
    invoice = await _own(act, reference)
    due = await invoice.due_pence(act.session)
    payments = await payments_together(act.session, invoice)
    return page(
        "fees/employer/invoice.html",
        invoice=invoice,
        taken=await taken_of(act.session, invoice, now=act.now),
        payments=payments,
        due=pounds(due) if due else "",
        may_pay=bool(due) and day_of(act.now) <= invoice.pay_by,
        under_way=any(payment.state.unsettled for payment in payments),
    )


@post(f"{ONE}/payment", access=SIGNED_IN)
async def pay(act: Act, database: Database, reference: FromPath[str]) -> Redirect:
    invoice = await _own(act, reference)

    async def begin(own: AsyncSession) -> str:
        return await go_to_pay_together(
            own,
            database,
            govuk_pay.client(),
            invoice.id,
            return_url=f"{settings().public_url}{LIST}/return",
            now=act.now,
            by=await own.get_one(Account, act.account.id),
        )

    card_page = await in_time(database, begin, otherwise="")
    return _to(card_page or f"{LIST}/{invoice.reference}")


@get(f"{LIST}/return", access=SIGNED_IN)
async def come_back(act: Act, database: Database) -> Redirect:
    """As `/pay/return`: nothing is taken from being sent here, the payment is read again."""
    lead = await acting_lead(act)
    payment = await latest_payment_together(act.session, lead.organisation_id)
    if payment is None:
        return _to(LIST)
    if not payment.state.paid:
        await look_again(database, payment.id, now=act.now, by=act.account)
    bill = await payment.bill(act.session)
    return _to(f"{LIST}/{bill.reference}")


@post(f"{ONE}/cancellation", access=SIGNED_IN)
async def cancel(act: Act, visit: Visit, reference: FromPath[str]) -> Redirect:
    invoice = await _own(act, reference)
    by = act.process(FeesAct.CANCEL_COLLECTIVE)
    await cancel_collective(act.session, invoice, by=by)
    visit.flash(f"Invoice {invoice.reference} is cancelled")
    return _to(LIST)


async def _own(act: Acting, reference: str) -> CollectiveInvoice:
    """Of the lead's own organisation; raises NotFound."""
    lead = await acting_lead(act)
    return await collective_numbered(
        act.session, reference, organisation_id=lead.organisation_id
    )


def _form(found: list[Offer], sent: Form | None = None) -> TakeOverForm:
    form = TakeOverForm(sent)
    form.who.choices = [(one.invoice.reference, one.person.name) for one in found]
    return form


async def _list_page(
    act: Acting, lead: OrganisationUser, found: list[Offer], form: TakeOverForm
) -> Template:
    return page(
        "fees/employer/all.html",
        organisation=lead.organisation,
        offers=found,
        total=pounds(sum(one.left_pence for one in found)),
        invoices=await collectives_of(act.session, lead.organisation_id),
        form=form,
    )


def _to(path: str) -> Redirect:
    return Redirect(path, status_code=303)


pages = [listed, take_over, one, pay, come_back, cancel]
