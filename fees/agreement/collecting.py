"""Taking renewal fees by agreement: told of before, taken once all else is done or the last day is near, tried a few times."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, ScalarSelect, Select, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from fees import ledger
from fees.acts import FeesAct, FeesEvent
from fees.agreement.agreement import (
    AgreementState,
    CardAgreement,
    EndedBecause,
    check_soon,
)
from fees.agreement.taking import take_soon
from fees.invoice import Invoice, Purpose, write_to_payer
from fees.money import pounds
from fees.payment import UNSETTLED, Payment, PaymentState, alone, renewable
from register.kit.clock import day_of, start_of
from register.kit.db import Base
from register.kit.jobs import every
from register.kit.post import Silence
from register.kit.settings import settings
from register.process import Process
from register.renewal import Renewal, RenewalStep

AT_ONCE = 200


class CollectionNotice(Base):
    """That somebody was told of the taking of one fee by one agreement: without it nothing is taken."""

    __tablename__ = "collection_notice"

    agreement_id: Mapped[UUID] = mapped_column(
        ForeignKey("card_agreement.id"), primary_key=True
    )
    invoice_id: Mapped[UUID] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]
    given_up_at: Mapped[datetime | None]
    """When the person was asked to pay by card instead."""


def _open(now: datetime) -> Select[Invoice, Renewal, CardAgreement]:
    """Renewals that can be, and whose fee is not paid, of who has agreed and can be written to."""
    return (
        select(Invoice, Renewal, CardAgreement)
        .join(Renewal, Renewal.id == Invoice.renewal_id)
        .join(CardAgreement, CardAgreement.person_id == Invoice.person_id)
        .where(
            Invoice.purpose == Purpose.RENEWAL,
            Renewal.paid_at.is_(None),
            Renewal.finished_at.is_(None),
            renewable(now),
            ~exists().where(Silence.person_id == Invoice.person_id),
        )
        .order_by(Invoice.number)
        .limit(AT_ONCE)
    )


@every(hours=1)
async def announce_collections(session: AsyncSession, now: datetime) -> None:
    """Tell each, once, what will be taken and when at the earliest."""
    told = exists().where(
        CollectionNotice.agreement_id == CardAgreement.id,
        CollectionNotice.invoice_id == Invoice.id,
    )
    waiting = _open(now).where(
        CardAgreement.state == AgreementState.ACTIVE,
        func.coalesce(Renewal.extended_until, Renewal.ends_on) >= day_of(now),
        ~told,
    )
    for invoice, renewal, agreement in (await session.execute(waiting)).all():
        new = await session.scalar(
            insert(CollectionNotice)
            .values(agreement_id=agreement.id, invoice_id=invoice.id, told_at=now)
            .on_conflict_do_nothing()
            .returning(CollectionNotice.invoice_id)
        )
        owed = await ledger.owed_on(session, invoice.id)
        if new is None or not owed:
            continue
        by = Process.begin(session, FeesAct.ANNOUNCE, now=now)
        invoice.tell(
            FeesEvent.COLLECTION_ANNOUNCED,
            by,
            invoice=invoice.reference,
            agreement=agreement.reference,
            pence=owed,
        )
        await write_to_payer(
            session,
            invoice,
            "collection_notice",
            now=now,
            amount=pounds(owed),
            earliest=day_of(now + timedelta(days=settings().agreement_notice_days)),
            renewal=renewal,
        )


@every(hours=1)
async def collect_fees(session: AsyncSession, now: datetime) -> None:
    """Write down what is to be taken; once that is kept, a job asks for it, and asks again with the same key where in doubt."""
    notice = timedelta(days=settings().agreement_notice_days)
    retry = timedelta(days=settings().agreement_retry_days)
    under_way = exists().where(
        Payment.invoice_id == Invoice.id, Payment.state.in_(UNSETTLED)
    )
    lately = exists().where(
        Payment.invoice_id == Invoice.id,
        Payment.taken_by.is_not(None),
        Payment.asked_at > now - retry,
    )
    due = (
        _open(now)
        .join(
            CollectionNotice,
            (CollectionNotice.agreement_id == CardAgreement.id)
            & (CollectionNotice.invoice_id == Invoice.id),
        )
        .where(
            CardAgreement.state == AgreementState.ACTIVE,
            CollectionNotice.told_at <= now - notice,
            CollectionNotice.given_up_at.is_(None),
            func.coalesce(Renewal.extended_until, Renewal.ends_on) >= day_of(now),
            ~under_way,
            ~lately,
            _tries() < settings().agreement_tries,
        )
        .with_for_update(of=CardAgreement, skip_locked=True)
    )
    for invoice, renewal, agreement in (await session.execute(due)).all():
        if _is_time(renewal, now):
            await _take(session, invoice, agreement, now=now)


def _is_time(renewal: Renewal, now: datetime) -> bool:
    """All else is done, or the last day is near: then the money is held for it."""
    if set(renewal.left) == {RenewalStep.PAYMENT}:
        return True
    days = timedelta(days=settings().agreement_collect_days)
    return now >= start_of(renewal.last_day - days)


def _tries() -> ScalarSelect[int]:
    return (
        select(func.count(Payment.id))
        .where(
            Payment.invoice_id == Invoice.id,
            Payment.taken_by.is_not(None),
            Payment.state != PaymentState.NEVER_MADE,
        )
        .scalar_subquery()
    )


async def _take(
    session: AsyncSession, invoice: Invoice, agreement: CardAgreement, *, now: datetime
) -> None:
    if not await alone(session, invoice.renewal_id):
        return  # they are paying it themselves at this moment
    under_way = await session.scalar(
        select(Payment.id).where(
            Payment.invoice_id == invoice.id, Payment.state.in_(UNSETTLED)
        )
    )
    pence = await ledger.owed_on(session, invoice.id)
    if under_way or not pence:
        return
    attempt = 1 + (
        await session.scalar(
            select(func.count(Payment.id)).where(Payment.invoice_id == invoice.id)
        )
        or 0
    )
    payment = Payment(
        id=uuid4(),
        invoice_id=invoice.id,
        attempt=attempt,
        reference=f"{invoice.reference}-{attempt}",
        amount_pence=pence,
        state=PaymentState.ASKING,
        taken_by=agreement.provider_id,
        asked_at=now,
    )
    session.add(payment)
    await session.flush()
    by = Process.begin(session, FeesAct.COLLECT, now=now)
    invoice.tell(FeesEvent.PAYMENT_STARTED, by, payment=payment.reference, pence=pence)
    await take_soon(session, payment.id)
    # It may have ended at GOV.UK Pay alone.
    await check_soon(session, agreement.id)


@every(hours=1)
async def give_up_collections(session: AsyncSession, now: datetime) -> None:
    """Where the card says no for good, or has said no often enough, the person is asked to pay by card."""
    refused = exists().where(
        Payment.invoice_id == Invoice.id,
        Payment.taken_by == CardAgreement.provider_id,
        Payment.can_retry.is_(False),
    )
    under_way = exists().where(
        Payment.invoice_id == Invoice.id, Payment.state.in_(UNSETTLED)
    )
    lost = (
        _open(now)
        .join(
            CollectionNotice,
            (CollectionNotice.agreement_id == CardAgreement.id)
            & (CollectionNotice.invoice_id == Invoice.id),
        )
        .add_columns(CollectionNotice, refused)
        .where(
            CollectionNotice.given_up_at.is_(None),
            ~under_way,
            (CardAgreement.ended_because == EndedBecause.CARD_REFUSED)
            | (CardAgreement.state == AgreementState.ACTIVE)
            & (refused | (_tries() >= settings().agreement_tries)),
        )
    )
    for invoice, renewal, agreement, notice, for_good in (
        await session.execute(lost)
    ).all():
        by = Process.begin(session, FeesAct.GIVE_UP, now=now)
        notice.given_up_at = now
        if for_good and agreement.active:
            agreement.end(EndedBecause.CARD_REFUSED, by=by)
        invoice.tell(
            FeesEvent.COLLECTION_GIVEN_UP,
            by,
            invoice=invoice.reference,
            agreement=agreement.reference,
        )
        await write_to_payer(
            session,
            invoice,
            "collection_failed",
            now=now,
            left=pounds(await ledger.owed_on(session, invoice.id)),
            for_good=not agreement.active,
            renewal=renewal,
        )
