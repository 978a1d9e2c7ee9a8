"""What somebody may pay now: the most pressing first."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Self
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from fees import ledger
from fees.invoice import (
    Invoice,
    InvoiceLine,
    NothingToPay,
    Purpose,
    RenewalFees,
    renewal_fees,
    scrutiny_fee,
)
from fees.payment.receipt import Receipt
from fees.payment.renewable import renewable
from fees.scale import FeeKind, FeeScale
from register.account import Account
from register.application import Application, ApplicationState
from register.entry import A_MOMENT
from register.kit.clock import end_of
from register.renewal import Renewal


@dataclass(frozen=True)
class Owed:
    """Something to pay, whether or not its invoice has been raised."""

    purpose: Purpose
    about: UUID
    """The application, the renewal, or the invoice of what was finished late."""
    pay_by: date
    left_pence: int | None = field(default=None, compare=False)
    """Of its invoice, where there is one and less is left than it asked for."""
    instalments: int = field(default=1, compare=False)
    """In how many shares the rest may still be paid."""
    renewal_fees: RenewalFees | None = field(default=None, compare=False)
    """Of a renewal: what it costs."""

    @classmethod
    def for_application(cls, application: Application) -> Self:
        assert application.pay_by  # noqa: S101 - approved
        return cls(Purpose.APPLICATION, application.id, application.pay_by)

    def may_be_paid(self, today: date) -> bool:
        return self.purpose is Purpose.SCRUTINY or today <= self.pay_by


async def to_pay(
    session: AsyncSession, account: Account, *, today: date
) -> Owed | None:
    """An application before its scrutiny, that before a renewal, and what can still be paid before what cannot."""
    owed = [
        *await _applications(session, account),
        *await _scrutinies(session, account),
        *await _renewals(session, account, today),
        *await _reinstatements(session, account),
    ]
    owed.sort(key=lambda one: not one.may_be_paid(today))  # keeps their order otherwise
    return await _with_what_is_left(session, owed[0], today=today) if owed else None


async def _with_what_is_left(session: AsyncSession, owed: Owed, *, today: date) -> Owed:
    about = {
        Purpose.APPLICATION: (Invoice.application_id == owed.about)
        & (Invoice.purpose == Purpose.APPLICATION)
        & (Invoice.pay_by == owed.pay_by),
        Purpose.SCRUTINY: (Invoice.application_id == owed.about)
        & (Invoice.purpose == Purpose.SCRUTINY),
        Purpose.RENEWAL: (Invoice.renewal_id == owed.about)
        & (Invoice.purpose == Purpose.RENEWAL),
        Purpose.REINSTATEMENT: Invoice.id == owed.about,
    }
    invoice = await session.scalar(
        select(Invoice)
        .where(about[owed.purpose])
        .order_by(Invoice.number.desc())
        .limit(1)
    )
    if invoice is None:
        shares = await shares_of_renewal(session, owed)
        return replace(owed, instalments=shares)
    left = ledger.asked_on if owed.may_be_paid(today) else ledger.owed_on
    return replace(
        owed,
        left_pence=await left(session, invoice.id),
        instalments=await shares_left(session, invoice.id),
    )


async def shares_of_renewal(session: AsyncSession, owed: Owed) -> int:
    """Before there is an invoice: as the prices say that it would be raised by."""
    if owed.renewal_fees is None:
        return 1
    renewal = await session.get_one(Renewal, owed.about)
    plans = []
    for fee in owed.renewal_fees.each:
        scale = await FeeScale.on(
            session, FeeKind.RENEWAL, fee.part, renewal.ends_on + timedelta(days=1)
        )
        plans.append(len(scale.instalments))
    return max(1, min(plans))


async def shares_left(session: AsyncSession, invoice_id: UUID) -> int:
    """How many equal payments the scale still allows; the last of them is all that is left."""
    plans = await session.scalars(
        select(FeeScale.instalments)
        .join(InvoiceLine, InvoiceLine.fee_scale_id == FeeScale.id)
        .where(InvoiceLine.invoice_id == invoice_id)
    )
    allowed = min((len(plan) for plan in plans), default=0)
    return max(1, allowed - len(await ledger.allocated_to(session, invoice_id)))


def share(left_pence: int, shares: int) -> int:
    """The next instalment: what cannot be shared is paid first."""
    return -(-left_pence // shares)


async def _applications(session: AsyncSession, account: Account) -> list[Owed]:
    found = await session.scalars(
        select(Application)
        .where(
            Application.account_id == account.id,
            Application.state == ApplicationState.APPROVED,
        )
        .order_by(Application.pay_by, Application.id)
        .limit(1)
    )
    return [Owed.for_application(application) for application in found]


async def _scrutinies(session: AsyncSession, account: Account) -> list[Owed]:
    found = await session.scalars(
        select(Application)
        .where(Application.account_id == account.id, Application.scrutiny_waits)
        .order_by(Application.scrutiny_asked_at, Application.id)
    )
    owed = []
    for application in found.all():
        fee = await scrutiny_fee(session, application)
        if fee.amount_pence:
            owed.append(Owed(Purpose.SCRUTINY, application.id, fee.pay_by))
    return owed


async def _renewals(session: AsyncSession, account: Account, today: date) -> list[Owed]:
    found = await session.scalars(
        select(Renewal)
        .where(
            Renewal.person_id == account.person_id,
            Renewal.finished_at.is_(None),
            Renewal.paid_at.is_(None),
            # Whoever leaves on the day has left it.
            renewable(end_of(today) - A_MOMENT),
        )
        .order_by(Renewal.ends_on.desc())
        .limit(1)
    )
    owed = []
    for renewal in found.all():
        try:
            fees = await renewal_fees(session, renewal)
        except NothingToPay:
            continue
        if fees.amount_pence:
            owed.append(
                Owed(Purpose.RENEWAL, renewal.id, fees.pay_by, renewal_fees=fees)
            )
    return owed


async def _reinstatements(session: AsyncSession, account: Account) -> list[Owed]:
    found = await session.scalars(
        select(Invoice)
        .where(
            Invoice.account_id == account.id,
            Invoice.purpose == Purpose.REINSTATEMENT,
            ~exists().where(Receipt.invoice_id == Invoice.id),
        )
        .order_by(Invoice.pay_by)
    )
    return [Owed(Purpose.REINSTATEMENT, one.id, one.pay_by) for one in found]
