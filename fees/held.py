"""What fees hold about somebody who asks for a copy: what they were asked to pay, paid or tried to, and got back."""

from datetime import datetime

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from fees.agreement import CardAgreement
from fees.collective import CollectiveInvoice, CollectiveLine, CollectiveShare
from fees.credit_note import CreditNote
from fees.invoice import Invoice
from fees.ledger import AccountCode, Posting
from fees.money import pounds
from fees.other_money import MoneyReversal, OtherMoney
from fees.pay_link import PayLink
from fees.payment import Payment
from fees.refund import Refund
from register.account import Account
from register.data_copy import Shelf, holds


@holds
async def about_fees(
    session: AsyncSession,
    account: Account,
    now: datetime,  # noqa: ARG001 - one shape for all
) -> list[Shelf]:
    own = Invoice.account_id == account.id
    invoices = await session.scalars(select(Invoice).where(own).order_by(Invoice.id))
    payments = await session.scalars(
        select(Payment)
        .join(Invoice, Payment.invoice_id == Invoice.id)
        .where(own)
        .order_by(Payment.asked_at)
    )
    notes = await session.execute(
        select(CreditNote, Invoice)
        .join(Invoice, CreditNote.invoice_id == Invoice.id)
        .where(own)
        .order_by(CreditNote.number)
    )
    refunds = await session.execute(
        select(Refund, Payment)
        .join(Refund.payment)
        .join(Invoice, Payment.invoice_id == Invoice.id)
        .where(own)
        .order_by(Refund.number)
    )
    shares = await session.execute(
        select(CollectiveLine, CollectiveInvoice, Invoice, CollectiveShare)
        .join(CollectiveLine.collective)
        .join(Invoice, Invoice.id == CollectiveLine.invoice_id)
        .outerjoin(
            CollectiveShare,
            (CollectiveShare.collective_id == CollectiveLine.collective_id)
            & (CollectiveShare.invoice_id == CollectiveLine.invoice_id),
        )
        .where(own)
        .order_by(CollectiveInvoice.number)
    )
    links = await session.execute(
        select(PayLink, Invoice)
        .join(Invoice, Invoice.id == PayLink.invoice_id)
        .where(own)
        .order_by(PayLink.made_at)
    )
    agreements = await session.scalars(
        select(CardAgreement)
        .where(CardAgreement.account_id == account.id)
        .order_by(CardAgreement.number)
    )
    return [
        Shelf(
            "card agreements",
            [
                {
                    "reference": one.reference,
                    "state": one.state,
                    "agreed at": one.agreed_at,
                    "ended at": one.ended_at,
                    "ended because": one.ended_because,
                }
                for one in agreements
            ],
        ),
        Shelf(
            "taken over by an employer",
            [
                {
                    "invoice": invoice.reference,
                    "invoice of the employer": collective.reference,
                    "taken over at": collective.raised_at,
                    "amount": line.amount,
                    "cancelled at": collective.cancelled_at,
                    "paid": share.amount if share else None,
                    "left out because": share.left_out if share else None,
                }
                for line, collective, invoice, share in shares
            ],
        ),
        Shelf("bank transfers and cheques", await _other_money(session, own)),
        Shelf(
            "links to pay",
            [
                {
                    "invoice": invoice.reference,
                    "made at": link.made_at,
                    "until": link.until,
                    "tries": link.tries,
                    "withdrawn at": link.withdrawn_at,
                }
                for link, invoice in links
            ],
        ),
        Shelf(
            "invoices",
            [
                {
                    "reference": one.reference,
                    "for": one.purpose,
                    "raised at": one.raised_at,
                    "amount": one.amount,
                    "pay by": one.pay_by,
                    "covers until": one.covers_until,
                }
                for one in invoices
            ],
        ),
        Shelf(
            "payments",
            [
                {
                    "reference": one.reference,
                    "amount": one.amount,
                    "state": one.state,
                    "asked at": one.asked_at,
                    "succeeded at": one.succeeded_at,
                }
                for one in payments
            ],
        ),
        Shelf(
            "credit notes",
            [
                {
                    "reference": note.reference,
                    "invoice": invoice.reference,
                    "amount": note.amount,
                    "because": note.reason,
                    "given at": note.given_at,
                }
                for note, invoice in notes
            ],
        ),
        Shelf(
            "refunds",
            [
                {
                    "reference": refund.reference,
                    "payment": payment.reference,
                    "amount": refund.amount,
                    "state": refund.state,
                    "asked at": refund.asked_at,
                    "ended at": refund.ended_at,
                }
                for refund, payment in refunds
            ],
        ),
    ]


async def _other_money(
    session: AsyncSession, own: ColumnElement[bool]
) -> list[dict[str, object]]:
    """What pays or paid their invoices: what an employer sent is told as what became of its own."""
    most = func.sum(case((Posting.pence < 0, -Posting.pence), else_=0))
    taken_out = func.sum(case((Posting.pence > 0, Posting.pence), else_=0))
    rows = await session.execute(
        select(OtherMoney, Invoice, most, taken_out, MoneyReversal.reversed_at)
        .join(Posting, Posting.payment_id == OtherMoney.id)
        .join(Invoice, Invoice.id == Posting.invoice_id)
        .outerjoin(MoneyReversal, MoneyReversal.money_id == OtherMoney.id)
        .where(
            own,
            Posting.account == AccountCode.RECEIVABLE,
            ~exists().where(
                CollectiveShare.payment_id == OtherMoney.id,
                CollectiveShare.invoice_id == Invoice.id,
            ),
        )
        .group_by(OtherMoney.id, Invoice.id, MoneyReversal.reversed_at)
        .order_by(OtherMoney.number, Invoice.number)
    )
    return [
        {
            "reference": money.reference,
            "invoice": invoice.reference,
            "came as": money.kind,
            "came on": money.came_on,
            "paid of the invoice": pounds(int(paid)),
            "taken out again": pounds(int(back)),
            "reversed at": reversed_at,
        }
        for money, invoice, paid, back, reversed_at in rows
    ]
