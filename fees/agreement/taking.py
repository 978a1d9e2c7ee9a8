"""Asking for what is to be taken by agreement: again and again with the same key, for as long as it may still be taken."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fees import govuk_pay, ledger
from fees.agreement.agreement import AgreementState, CardAgreement
from fees.govuk_pay import PayFailed
from fees.invoice import Invoice
from fees.payment import UNSETTLED, Payment, alone, check, renewable, take
from register.kit.clock import day_of
from register.kit.jobs import enqueue, every, job
from register.renewal import Renewal

log = structlog.get_logger()


async def take_soon(session: AsyncSession, payment_id: UUID) -> None:
    await enqueue(
        session,
        "take_payment",
        {"payment_id": payment_id},
        key=f"take_payment:{payment_id}",
    )


@every(minutes=2)
async def go_on_taking(
    session: AsyncSession,
    now: datetime,  # noqa: ARG001 - one shape for all
) -> None:
    """Whatever became of the work, and whenever GOV.UK Pay answers again."""
    for payment_id in await session.scalars(
        select(Payment.id).where(Payment.to_be_taken).order_by(Payment.asked_at)
    ):
        await take_soon(session, payment_id)


@job("take_payment")
async def take_payment(session: AsyncSession, now: datetime, payment_id: UUID) -> None:
    """Look for it, and only where it is not there and may still be taken, ask."""
    # Two at once: one might let it go while the other asks.
    if not await alone(session, payment_id):
        return
    payment = await session.get_one(Payment, payment_id)
    pay = govuk_pay.client()
    try:
        found = await check(session, pay, payment, now=now)
        if found or not payment.to_be_taken:
            return
        if await _may_be_taken(session, payment, now=now):
            await take(session, pay, payment, now=now)
        else:
            await payment.let_go(session, now=now)
    except PayFailed as failed:
        # No failure of ours that staff should see: it is asked for again.
        log.warning(
            "payment not taken", payment=payment.reference, error=type(failed).__name__
        )


async def _may_be_taken(
    session: AsyncSession, payment: Payment, *, now: datetime
) -> bool:
    """The agreement stands, the last day is not over, there is something to renew, and so much is still owed."""
    found = await session.scalar(
        select(Invoice.id)
        .join(Renewal, Renewal.id == Invoice.renewal_id)
        .join(CardAgreement, CardAgreement.person_id == Invoice.person_id)
        .where(
            Invoice.id == payment.invoice_id,
            CardAgreement.provider_id == payment.taken_by,
            CardAgreement.state == AgreementState.ACTIVE,
            Renewal.last_day >= day_of(now),
            renewable(now),
        )
    )
    return found is not None and payment.amount_pence <= await ledger.owed_on(
        session, found
    )


async def being_taken(
    session: AsyncSession, agreement: CardAgreement
) -> Payment | None:
    """What was begun by it and may still go through, even where the agreement has ended since."""
    found: Payment | None = await session.scalar(
        select(Payment).where(
            Payment.taken_by.is_not(None),
            Payment.taken_by == agreement.provider_id,
            Payment.state.in_(UNSETTLED),
        )
    )
    return found
