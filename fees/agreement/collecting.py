"""Taking renewal fees by agreement: told of before, taken once all else is done or the last day is near, tried a few times.

Each of the three works is done batch by batch, each behind the last of the one before; what was done is not found again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVarTuple
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    Exists,
    ForeignKey,
    Row,
    ScalarSelect,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
)
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
from fees.ledger import AccountCode, Posting
from fees.money import pounds
from fees.payment import UNSETTLED, Payment, PaymentState, alone, renewable
from register.kit.clock import day_of
from register.kit.db import Base, among
from register.kit.jobs import START, enqueue, every, go_on, job
from register.kit.post import Silence
from register.kit.settings import settings
from register.process import Process
from register.renewal import Renewal, RenewalStep
from register.renewal.renewal import COLUMNS

AT_ONCE, LOOKED_AT = 200, 1_000
Ts = TypeVarTuple("Ts")


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


def _owed() -> ScalarSelect[int]:
    return (
        select(func.coalesce(func.sum(Posting.pence), 0))
        .where(
            Posting.invoice_id == Invoice.id, Posting.account == AccountCode.RECEIVABLE
        )
        .scalar_subquery()
    )


def _open(now: datetime) -> Select[Invoice, Renewal, CardAgreement]:
    """Who have agreed, can renew, have not paid and can be written to: by their agreements, in order."""
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
            _owed() > 0,
        )
        .order_by(CardAgreement.id)
        # Whom somebody is at work on waits for the next run.
        .with_for_update(of=CardAgreement, skip_locked=True)
    )


async def _next(
    session: AsyncSession, wanted: Select[*Ts], *, at_once: int, after: UUID
) -> Sequence[Row[*Ts]]:
    """Those of the next few agreements of which there are any: no plan that is asked for all of it looks at a few only."""
    while some := await _some(session, after=after):
        among_them = wanted.where(among(CardAgreement.id, some)).limit(at_once)
        rows = await session.execute(among_them)
        if found := rows.all():
            return found
        after = some[-1]
    return []


async def _some(session: AsyncSession, *, after: UUID) -> Sequence[UUID]:
    ids = await session.scalars(
        select(CardAgreement.id)
        .where(
            CardAgreement.id > after,
            CardAgreement.ended_at.is_(None)
            | (CardAgreement.ended_because == EndedBecause.CARD_REFUSED),
        )
        .order_by(CardAgreement.id)
        .limit(LOOKED_AT)
    )
    return ids.all()


@every(hours=1)
async def begin_to_announce(session: AsyncSession, now: datetime) -> None:  # noqa: ARG001 - each job is handed the moment
    """Through the queue, batch by batch, so that a worker that dies loses no more than one."""
    await enqueue(session, "announce_some", {"after": START}, key="announce_some")


@job("announce_some")
async def announce_some(session: AsyncSession, now: datetime, after: UUID) -> None:
    told = await announce_collections(session, now, after=after)
    await go_on(session, "announce_some", told, after=after)


async def announce_collections(
    session: AsyncSession,
    now: datetime,
    at_once: int = AT_ONCE,
    *,
    after: UUID = START,
) -> Sequence[UUID]:
    """Tell each of the next, once, what will be taken and when at the earliest: their agreements, in order."""
    told = exists().where(
        CollectionNotice.agreement_id == CardAgreement.id,
        CollectionNotice.invoice_id == Invoice.id,
    )
    waiting = _open(now).where(
        CardAgreement.state == AgreementState.ACTIVE,
        Renewal.last_day >= day_of(now),
        ~told,
    )
    found = await _next(session, waiting, at_once=at_once, after=after)
    for invoice, renewal, agreement in found:
        await _announce(session, invoice, renewal, agreement, now=now)
    return [agreement.id for _, _, agreement in found]


async def _announce(
    session: AsyncSession,
    invoice: Invoice,
    renewal: Renewal,
    agreement: CardAgreement,
    *,
    now: datetime,
) -> None:
    new = await session.scalar(
        insert(CollectionNotice)
        .values(agreement_id=agreement.id, invoice_id=invoice.id, told_at=now)
        .on_conflict_do_nothing()
        .returning(CollectionNotice.invoice_id)
    )
    if new is None:
        return
    owed = await ledger.owed_on(session, invoice.id)
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
async def begin_to_collect(session: AsyncSession, now: datetime) -> None:  # noqa: ARG001 - each job is handed the moment
    await enqueue(session, "collect_some", {"after": START}, key="collect_some")


@job("collect_some")
async def collect_some(session: AsyncSession, now: datetime, after: UUID) -> None:
    collected = await collect_fees(session, now, after=after)
    await go_on(session, "collect_some", collected, after=after)


async def collect_fees(
    session: AsyncSession,
    now: datetime,
    at_once: int = AT_ONCE,
    *,
    after: UUID = START,
) -> Sequence[UUID]:
    """Write down what is to be taken of the next: their agreements, in order.

    Once that is kept, a job for each asks for it, and asks again with the same key where in doubt.
    """
    due = _due(now)
    while found := await _next(session, due, at_once=at_once, after=after):
        taken = [
            await _take(session, invoice, agreement, now=now)
            for invoice, _, agreement in found
        ]
        ids = [agreement.id for _, _, agreement in found]
        if any(taken):
            return ids
        after = ids[-1]
    return []


def _due(now: datetime) -> Select[Invoice, Renewal, CardAgreement]:
    notice = timedelta(days=settings().agreement_notice_days)
    retry = timedelta(days=settings().agreement_retry_days)
    lately = exists().where(
        Payment.invoice_id == Invoice.id,
        Payment.taken_by.is_not(None),
        Payment.asked_at > now - retry,
    )
    return (
        _open(now)
        .join(CollectionNotice, _of_that_fee())
        .where(
            CardAgreement.state == AgreementState.ACTIVE,
            CollectionNotice.told_at <= now - notice,
            CollectionNotice.given_up_at.is_(None),
            Renewal.last_day >= day_of(now),
            _is_time(now),
            ~_under_way(),
            ~lately,
            _tries() < settings().agreement_tries,
        )
    )


def _of_that_fee() -> ColumnElement[bool]:
    return and_(
        CollectionNotice.agreement_id == CardAgreement.id,
        CollectionNotice.invoice_id == Invoice.id,
    )


def _is_time(now: datetime) -> ColumnElement[bool]:
    """All else is done, or the last day is near: then the money is held for it."""
    rest = [
        getattr(Renewal, COLUMNS[step]).is_not(None)
        for step in RenewalStep
        if step is not RenewalStep.PAYMENT
    ]
    near = day_of(now) + timedelta(days=settings().agreement_collect_days)
    return or_(Renewal.only_pays, and_(*rest), Renewal.last_day <= near)


def _under_way() -> Exists:
    return exists().where(
        Payment.invoice_id == Invoice.id, Payment.state.in_(UNSETTLED)
    )


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
) -> bool:
    """Whether it is to be: not where they are paying it themselves at this moment."""
    if not await alone(session, invoice.renewal_id):
        return False
    under_way = await session.scalar(
        select(Payment.id).where(
            Payment.invoice_id == invoice.id, Payment.state.in_(UNSETTLED)
        )
    )
    pence = await ledger.owed_on(session, invoice.id)
    if under_way or not pence:
        return False
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
    return True


@every(hours=1)
async def begin_to_give_up(session: AsyncSession, now: datetime) -> None:  # noqa: ARG001 - each job is handed the moment
    await enqueue(session, "give_up_some", {"after": START}, key="give_up_some")


@job("give_up_some")
async def give_up_some(session: AsyncSession, now: datetime, after: UUID) -> None:
    given_up = await give_up_collections(session, now, after=after)
    await go_on(session, "give_up_some", given_up, after=after)


async def give_up_collections(
    session: AsyncSession,
    now: datetime,
    at_once: int = AT_ONCE,
    *,
    after: UUID = START,
) -> Sequence[UUID]:
    """Where the card says no for good, or has said no often enough, the person is asked to pay by card: the next of them."""
    refused = exists().where(
        Payment.invoice_id == Invoice.id,
        Payment.taken_by == CardAgreement.provider_id,
        Payment.can_retry.is_(False),
    )
    lost = (
        _open(now)
        .join(CollectionNotice, _of_that_fee())
        .add_columns(CollectionNotice, refused)
        .where(
            CollectionNotice.given_up_at.is_(None),
            ~_under_way(),
            (CardAgreement.ended_because == EndedBecause.CARD_REFUSED)
            | (CardAgreement.state == AgreementState.ACTIVE)
            & (refused | (_tries() >= settings().agreement_tries)),
        )
    )
    found = await _next(session, lost, at_once=at_once, after=after)
    for invoice, renewal, agreement, notice, for_good in found:
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
    return [agreement.id for _, _, agreement, _, _ in found]
