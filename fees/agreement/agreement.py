"""Card agreements: made as somebody pays, active once GOV.UK Pay says so, and cancelled there too as soon as they say no."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

import structlog
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    func,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fees import govuk_pay
from fees.acts import FeesAct, FeesEvent
from fees.govuk_pay import (
    Agreement,
    AgreementStatus,
    Declined,
    GovukPay,
    PayFailed,
    TooFast,
    Unreachable,
)
from register.account import Account
from register.kit.db import Base, Sessions, code
from register.kit.errors import Refused
from register.kit.jobs import enqueue, every, job
from register.process import Process

log = structlog.get_logger()

DESCRIPTION = "Renewal fee each year, Children's Homes Workforce Register"
SEARCH_KNOWS_AFTER = timedelta(minutes=2)
SET_UP_WITHIN = timedelta(days=1)
"""The payment that makes it active lives for 90 minutes."""


OVER = frozenset({AgreementStatus.CANCELLED, AgreementStatus.INACTIVE})


class AgreementState(StrEnum):
    ASKING = "asking"
    """We meant to ask GOV.UK Pay for it."""
    CREATED = "created"
    """It waits for the payment that makes it active."""
    ACTIVE = "active"
    ENDED = "ended"


class EndedBecause(StrEnum):
    CANCELLED = "cancelled"
    """By the person."""
    NEVER_ACTIVE = "never_active"
    """The payment that would have made it active did not go through."""
    CARD_REFUSED = "card_refused"
    """The card can be used for it no more."""


class AgreedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("You have agreed already that we take the fee from your card.")


class NotAgreed(Refused):
    def __init__(self) -> None:
        super().__init__("This agreement has ended.")


class CardAgreement(Base):
    """One a person at a time. Nothing of the card is kept."""

    __tablename__ = "card_agreement"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[AgreementState] = mapped_column(
        code(AgreementState, "state"), default=AgreementState.ASKING
    )
    ended_because: Mapped[EndedBecause | None] = mapped_column(
        code(EndedBecause, "ended_because")
    )
    provider_id: Mapped[str | None] = mapped_column(unique=True)
    agreed_at: Mapped[datetime]
    active_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    over_there_at: Mapped[datetime | None]
    """When we knew that GOV.UK Pay takes nothing by it any more."""
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    version: Mapped[int] = mapped_column(default=1)

    process: Mapped[Process] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index(
            "card_agreement_one_a_person",
            "person_id",
            unique=True,
            postgresql_where="ended_at is null",
        ),
        CheckConstraint(
            "(state = 'ended') = (ended_at is not null) and (state = 'ended') = (ended_because is not null)",
            name="ended",
        ),
        CheckConstraint(
            "state in ('asking', 'ended') or provider_id is not null",
            name="provider_id",
        ),
    )

    @property
    def reference(self) -> str:
        return f"AGR-{self.number:07d}"

    @property
    def active(self) -> bool:
        return self.state is AgreementState.ACTIVE

    def created(self, told: Agreement) -> None:
        self.provider_id, self.state = told.agreement_id, AgreementState.CREATED

    def begin(self, *, by: Process) -> None:
        self.state, self.active_at = AgreementState.ACTIVE, by.at
        self._tell(FeesEvent.AGREEMENT_ACTIVE, by)

    def end(self, because: EndedBecause, *, by: Process) -> None:
        """From this moment nothing more is asked for by it; raises NotAgreed."""
        if self.ended_at is not None:
            raise NotAgreed
        self.state, self.ended_at = AgreementState.ENDED, by.at
        self.ended_because = because
        self._tell(FeesEvent.AGREEMENT_ENDED, by, because=because)

    async def cancel(self, session: AsyncSession, *, by: Process) -> None:
        """The person says no; a job says so at GOV.UK Pay. Raises NotAgreed."""
        await session.refresh(self, with_for_update=True)
        self.end(EndedBecause.CANCELLED, by=by)
        await check_soon(session, self.id)

    def _tell(self, event: FeesEvent, by: Process, **facts: str) -> None:
        by.tell(
            event,
            person_id=self.person_id,
            application_id=None,
            agreement=self.reference,
            **facts,
        )


async def live_agreement(
    session: AsyncSession, person_id: UUID | None
) -> CardAgreement | None:
    found: CardAgreement | None = await session.scalar(
        select(CardAgreement).where(
            CardAgreement.person_id == person_id, CardAgreement.ended_at.is_(None)
        )
    )
    return found


async def agree(
    session: AsyncSession,
    database: Sessions,
    pay: GovukPay,
    account: Account,
    *,
    now: datetime,
) -> str:
    """What the payment that follows is to make active, by its number at GOV.UK Pay; empty where that is in doubt.

    Raises AgreedAlready.
    """
    key = func.hashtextextended(f"agree:{account.id}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))
    async with database.begin() as own:
        # Committed before GOV.UK Pay is asked, as a payment is.
        agreement_id, is_new = await _intend(own, account, now=now)
    agreement = await session.get_one(CardAgreement, agreement_id)
    if not is_new:
        return agreement.provider_id or ""
    try:
        told = await pay.create_agreement(
            reference=agreement.reference, description=DESCRIPTION
        )
    except PayFailed as failed:
        log.warning(
            "agreement in doubt",
            agreement=agreement.reference,
            error=type(failed).__name__,
        )
        if isinstance(failed, (Unreachable, Declined)):
            _never(session, agreement, now=now)
        return ""
    agreement.created(told)
    return told.agreement_id


async def _intend(
    session: AsyncSession, account: Account, *, now: datetime
) -> tuple[UUID, bool]:
    before = await live_agreement(session, account.person_id)
    if before and before.active:
        raise AgreedAlready
    if before:
        return before.id, False
    assert account.person_id  # noqa: S101 - who has a renewal to pay is in the register
    process = Process.begin(session, FeesAct.AGREE, now=now, actor=account)
    agreement = CardAgreement(
        id=uuid4(),
        account_id=account.id,
        person_id=account.person_id,
        state=AgreementState.ASKING,
        agreed_at=now,
        process=process,
    )
    session.add(agreement)
    await session.flush()
    agreement._tell(FeesEvent.AGREED, process)  # noqa: SLF001 - its own
    return agreement.id, True


def _never(session: AsyncSession, agreement: CardAgreement, *, now: datetime) -> None:
    by = Process.begin(session, FeesAct.SETTLE_AGREEMENT, now=now)
    agreement.end(EndedBecause.NEVER_ACTIVE, by=by)


async def check_soon(session: AsyncSession, agreement_id: UUID) -> None:
    await enqueue(
        session,
        "check_agreement",
        {"agreement_id": agreement_id},
        key=f"check_agreement:{agreement_id}",
    )


@every(minutes=2)
async def mop_up_agreements(
    session: AsyncSession,
    now: datetime,  # noqa: ARG001 - one shape for all
) -> None:
    """Those that wait, and those that have ended here and perhaps not yet at GOV.UK Pay."""
    waiting = [AgreementState.ASKING, AgreementState.CREATED]
    for agreement_id in await session.scalars(
        select(CardAgreement.id)
        .where(
            or_(
                CardAgreement.state.in_(waiting),
                (CardAgreement.state == AgreementState.ENDED)
                & CardAgreement.over_there_at.is_(None),
            )
        )
        .order_by(CardAgreement.number)
    ):
        await check_soon(session, agreement_id)


@job("check_agreement")
async def check_agreement(
    session: AsyncSession, now: datetime, agreement_id: UUID
) -> None:
    agreement = await session.get_one(CardAgreement, agreement_id, with_for_update=True)
    try:
        await check(session, govuk_pay.client(), agreement, now=now)
    except PayFailed as failed:
        log.warning(
            "agreement not read",
            agreement=agreement.reference,
            error=type(failed).__name__,
        )


async def check(
    session: AsyncSession, pay: GovukPay, agreement: CardAgreement, *, now: datetime
) -> None:
    """Read it again at GOV.UK Pay, and take in or carry out what is left; raises PayFailed."""
    told = await _look(pay, agreement)
    if agreement.state is AgreementState.ENDED:
        await _end_there(pay, agreement, told, now=now)
    elif agreement.active:
        if told and told.status in OVER:
            by = Process.begin(session, FeesAct.SETTLE_AGREEMENT, now=now)
            agreement.end(EndedBecause.CARD_REFUSED, by=by)
    elif told and told.status is AgreementStatus.ACTIVE:
        agreement.created(told)
        by = Process.begin(session, FeesAct.SETTLE_AGREEMENT, now=now)
        agreement.begin(by=by)
    elif told and agreement.state is AgreementState.ASKING:
        agreement.created(told)
    elif now >= agreement.agreed_at + (SET_UP_WITHIN if told else SEARCH_KNOWS_AFTER):
        _never(session, agreement, now=now)


async def _look(pay: GovukPay, agreement: CardAgreement) -> Agreement | None:
    if agreement.provider_id:
        return await pay.agreement(agreement.provider_id)
    found = await pay.agreements_referenced(agreement.reference)
    return max(found, key=lambda one: one.created_date, default=None)


async def _end_there(
    pay: GovukPay, agreement: CardAgreement, told: Agreement | None, *, now: datetime
) -> None:
    """One that was never active takes nothing, unless its payment still goes through: that is waited for."""
    if told and told.status is AgreementStatus.ACTIVE:
        try:
            await pay.cancel_agreement(told.agreement_id)
        except TooFast:
            raise
        except Declined:
            return  # looked at again: by then it says that it is over
        agreement.over_there_at = now
        return
    over = told is None or told.status is not AgreementStatus.CREATED
    if over or now >= agreement.agreed_at + SET_UP_WITHIN:
        agreement.over_there_at = now
