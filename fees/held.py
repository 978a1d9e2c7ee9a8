"""What fees hold about somebody who asks for a copy: what they were asked to pay, and each payment they made or tried to."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fees.invoice import Invoice
from fees.payment import Payment
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
    return [
        Shelf(
            "invoices",
            [
                {
                    "reference": one.reference,
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
    ]
