"""Links by which somebody else pays one invoice, without an account: signed, expiring, and good for a few tries only."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fees import ledger
from fees.acts import FeesEvent
from fees.govuk_pay import GovukPay
from fees.invoice import Invoice
from fees.payment import (
    UNSETTLED,
    Payment,
    TooLateToPay,
    buys_nothing,
    go_to_pay_by_link,
)
from register.kit.clock import day_of, end_of
from register.kit.db import Base, Sessions
from register.kit.errors import NotFound, Refused
from register.kit.security import links
from register.kit.settings import settings
from register.process import Process

PURPOSE = "pay_link"


class NothingOwed(Refused):
    def __init__(self, invoice: Invoice) -> None:
        self.invoice = invoice
        super().__init__(f"Nothing is left to pay of invoice {invoice.reference}.")


class Closed(StrEnum):
    PAID = "paid"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """Or another was made in its place."""
    NO_TRIES_LEFT = "no_tries_left"
    NOT_NEEDED = "not_needed"
    """There is nothing left that it would pay for."""


class LinkClosed(Refused):
    """The link was ours, and nobody pays by it any more."""

    def __init__(self, why: Closed) -> None:
        self.why = why
        super().__init__("This link is no longer in use.")


class PayLink(Base):
    """At most one an invoice is in use."""

    __tablename__ = "pay_link"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    invoice_id: Mapped[UUID] = mapped_column(index=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    made_at: Mapped[datetime]
    until: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    process: Mapped[Process] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("tries >= 0", name="tries"),
        CheckConstraint("until > made_at", name="until"),
        Index(
            "pay_link_one_an_invoice",
            "invoice_id",
            unique=True,
            postgresql_where="withdrawn_at is null",
        ),
    )

    @property
    def token(self) -> str:
        return links.sign(PURPOSE, str(self.id), until=self.until)

    @property
    def tries_left(self) -> int:
        return max(0, settings().pay_link_tries - self.tries)

    def withdraw(self, invoice: Invoice, *, by: Process) -> None:
        self.withdrawn_at = by.at
        invoice.tell(FeesEvent.PAY_LINK_WITHDRAWN, by, invoice=invoice.reference)

    async def go_to_pay(
        self,
        session: AsyncSession,
        database: Sessions,
        pay: GovukPay,
        *,
        return_url: str,
        now: datetime,
    ) -> str:
        """One try; raises LinkClosed, BegunByAnother, and what `go_to_pay` raises."""
        await session.refresh(self, with_for_update=True)
        invoice = await invoice_of(session, self)
        if why := await closed(session, self, invoice, now=now):
            raise LinkClosed(why)
        self.tries += 1
        return await go_to_pay_by_link(
            session,
            database,
            pay,
            invoice,
            link_id=self.id,
            return_url=return_url,
            now=now,
        )


async def make_link(session: AsyncSession, invoice: Invoice, *, by: Process) -> PayLink:
    """In place of any that was made before; raises NothingOwed or TooLateToPay."""
    await ledger.lock_invoice(session, invoice.id)
    if await ledger.owed_on(session, invoice.id) < 1 or await buys_nothing(
        session, invoice, now=by.at
    ):
        raise NothingOwed(invoice)
    await session.refresh(invoice, attribute_names=["renewal"])
    if not invoice.payable_on(day_of(by.at)):
        raise TooLateToPay(invoice)
    until = by.at + timedelta(days=settings().pay_link_days)
    if not invoice.payable_on(day_of(until)):
        until = end_of(invoice.last_day)
    before = await link_of(session, invoice)
    if before:
        before.withdraw(invoice, by=by)
        await session.flush()
    link = PayLink(
        id=uuid4(),
        invoice_id=invoice.id,
        process=by,
        made_at=by.at,
        # A token knows whole seconds.
        until=until.replace(microsecond=0),
    )
    session.add(link)
    await session.flush()
    invoice.tell(FeesEvent.PAY_LINK_MADE, by, invoice=invoice.reference)
    return link


async def link_of(session: AsyncSession, invoice: Invoice) -> PayLink | None:
    """The one that was not withdrawn, whether or not it can still be used."""
    found: PayLink | None = await session.scalar(
        select(PayLink).where(
            PayLink.invoice_id == invoice.id, PayLink.withdrawn_at.is_(None)
        )
    )
    return found


async def live_link(
    session: AsyncSession, invoice: Invoice, *, now: datetime
) -> PayLink | None:
    found = await link_of(session, invoice)
    if found is None or now >= found.until:
        return None
    if await closed(session, found, invoice, now=now):
        return None
    return found


async def link_in(session: AsyncSession, token: str, *, now: datetime) -> PayLink:
    """Raises NotFound for what we never signed, LinkClosed where its time has passed."""
    try:
        link_id = UUID(links.read(PURPOSE, token, now=now))
    except links.LinkExpired:
        raise LinkClosed(Closed.EXPIRED) from None
    found = await session.get(PayLink, link_id)
    if found is None:
        raise NotFound
    return found


async def invoice_of(session: AsyncSession, link: PayLink) -> Invoice:
    """Raises NotFound once the invoice is not kept any more."""
    invoice = await session.get(Invoice, link.invoice_id)
    if invoice is None:
        raise NotFound
    await session.refresh(invoice, attribute_names=["renewal"])
    return invoice


async def closed(
    session: AsyncSession, link: PayLink, invoice: Invoice, *, now: datetime
) -> Closed | None:
    """Whoever has paid it, and by whatever way."""
    if await ledger.owed_on(session, invoice.id) < 1:
        return Closed.PAID
    if link.withdrawn_at is not None:
        return Closed.WITHDRAWN
    if await buys_nothing(session, invoice, now=now):
        return Closed.NOT_NEEDED
    if not link.tries_left:
        return Closed.NO_TRIES_LEFT
    return None


async def latest_try(session: AsyncSession, link: PayLink) -> Payment | None:
    """The newest that was begun by it."""
    found: Payment | None = await session.scalar(
        select(Payment)
        .where(Payment.link_id == link.id)
        .order_by(Payment.attempt.desc())
        .limit(1)
    )
    return found


async def begun_otherwise(session: AsyncSession, link: PayLink) -> bool:
    """Whether a payment of the invoice is open that was not begun by it."""
    found = await session.scalar(
        select(Payment.id).where(
            Payment.invoice_id == link.invoice_id,
            Payment.state.in_(UNSETTLED),
            Payment.link_id.is_distinct_from(link.id),
        )
    )
    return found is not None
