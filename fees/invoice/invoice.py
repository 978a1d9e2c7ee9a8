"""Invoices: what is owed, by whom, for what and by when. A row never changes; that it is paid is a receipt."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    cast,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fees.acts import FeesEvent
from fees.money import pounds
from fees.scale import FeeScale
from register.account import Account
from register.application import Application
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.kit.post import post
from register.person import Person
from register.process import Fact, Process
from register.renewal import Renewal


class Purpose(StrEnum):
    """What the money buys, if it comes in time."""

    APPLICATION = "application"
    """The entry that an approved application asks for."""
    SCRUTINY = "scrutiny"
    """That what an applicant has from abroad is looked into."""
    RENEWAL = "renewal"
    """One step of a renewal: alone it renews nobody."""
    REINSTATEMENT = "reinstatement"
    """Nothing more: the renewal was finished late, and that costs something."""


class OffBecause(StrEnum):
    """Why a line asks for less than the scale says."""

    FIRST_YEAR = "first_year"
    OTHER_PART = "other_part"
    """They are in another part, and what that costs for the same time is taken off."""


class NothingToPay(Refused):
    def __init__(self, what: str) -> None:
        super().__init__(f"There is no fee to pay for {what} now.")


class Invoice(Base):
    """A fee for one application, its scrutiny or one renewal. Its number counts up and may have gaps."""

    __tablename__ = "invoice"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    purpose: Mapped[Purpose] = mapped_column(code(Purpose, "purpose"))
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("application.id"))
    renewal_id: Mapped[UUID | None] = mapped_column(ForeignKey("renewal.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    """Who is asked to pay it."""
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"), index=True)
    raised_at: Mapped[datetime]
    pay_by: Mapped[date]
    """The last day on which it may be paid, as it was asked for."""
    covers_until: Mapped[date | None]
    """The last day of the registration year that it pays for: paid later, it would pay for a year that is over."""
    amount_pence: Mapped[int]

    application: Mapped[Application | None] = relationship(lazy="raise")
    renewal: Mapped[Renewal | None] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise")
    lines: Mapped[list["InvoiceLine"]] = relationship(
        lazy="raise", order_by="InvoiceLine.position", back_populates="invoice"
    )

    __table_args__ = (
        # Approved again after a reversal, the same year is billed again.
        UniqueConstraint("application_id", "covers_until", "pay_by"),
        Index(
            "invoice_one_a_renewal",
            "renewal_id",
            "purpose",
            unique=True,
            postgresql_where="renewal_id is not null",
        ),
        Index(
            "invoice_one_scrutiny",
            "application_id",
            unique=True,
            postgresql_where="purpose = 'scrutiny'",
        ),
        CheckConstraint("amount_pence > 0", name="amount_pence"),
        CheckConstraint(
            "(purpose in ('application', 'scrutiny')) = (application_id is not null)"
            " and num_nonnulls(application_id, renewal_id) = 1",
            name="what_for",
        ),
        CheckConstraint(
            "(purpose = 'scrutiny') = (covers_until is null)", name="covers_until"
        ),
    )

    @property
    def reference(self) -> str:
        return invoice_reference(self.number)

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)

    @hybrid_property
    def last_day(self) -> date:
        """On which it may be paid: who has more time to renew has it for the fee too."""
        if self.purpose is not Purpose.RENEWAL:
            return self.pay_by
        assert self.renewal is not None  # noqa: S101 - what it is for
        return self.pay_by + self.renewal.more_time

    @last_day.inplace.expression
    @classmethod
    def _last_day_in_sql(cls) -> ColumnElement[date]:
        more = (
            select(Renewal.last_day - Renewal.ends_on)
            .where(Renewal.id == cls.renewal_id, cls.purpose == Purpose.RENEWAL)
            .correlate(cls)
            .scalar_subquery()
        )
        return cast(cls.pay_by + func.coalesce(more, 0), Date)

    def payable_on(self, day: date) -> bool:
        """What waits for a scrutiny waits for its fee too, however long that takes."""
        return self.purpose is Purpose.SCRUTINY or day <= self.last_day

    @classmethod
    def is_payable_on(cls, day: date) -> ColumnElement[bool]:
        """The same, for the database."""
        return (cls.purpose == Purpose.SCRUTINY) | (cls.last_day >= day)

    def tell(self, event: FeesEvent, by: Process, **facts: Fact) -> None:
        about: dict[str, Fact] = {"renewal": self.renewal_id} if self.renewal_id else {}
        by.tell(
            event,
            person_id=self.person_id,
            application_id=self.application_id,
            **about,
            **facts,
        )


class InvoiceLine(Base):
    __tablename__ = "invoice_line"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"))
    position: Mapped[int]
    fee_scale_id: Mapped[UUID] = mapped_column(ForeignKey("fee_scale.id"))
    months: Mapped[int | None]
    """Of the year; None where the fee is not shared out by months."""
    amount_pence: Mapped[int]
    """To pay, with what is less taken off."""
    off_pence: Mapped[int] = mapped_column(default=0)
    off_because: Mapped[OffBecause | None] = mapped_column(
        code(OffBecause, "off_because")
    )

    invoice: Mapped[Invoice] = relationship(lazy="raise", back_populates="lines")
    scale: Mapped[FeeScale] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("invoice_id", "position"),
        CheckConstraint("amount_pence >= 0", name="amount_pence"),
        CheckConstraint("months between 1 and 12", name="months"),
        CheckConstraint(
            "off_pence >= 0 and (off_pence > 0) = (off_because is not null)",
            name="off",
        ),
    )

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)

    @property
    def off(self) -> str:
        return pounds(self.off_pence)


def invoice_reference(number: int) -> str:
    """INV-0000123, on letters, receipts and bank statements."""
    return f"INV-{number:07d}"


def read_invoice_reference(typed: str) -> int | None:
    digits = typed.upper().removeprefix("INV-")
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= 12
    return int(digits) if is_number else None


async def write_to_payer(
    session: AsyncSession,
    invoice: Invoice,
    letter: str,
    *,
    now: datetime,
    key: UUID | None = None,
    **context: object,
) -> None:
    """Post one of the letters about an invoice; each once for `key`."""
    account = await session.get_one(Account, invoice.account_id)
    # Whose last day it is, a renewal says.
    await session.refresh(invoice, attribute_names=["renewal"])
    await post(
        session,
        to=account.email,
        letter=f"fees/{letter}",
        context={"invoice": invoice, "today": day_of(now), **context},
        key=f"fees/{letter}:{key or invoice.id}",
        person_id=invoice.person_id,
        application_id=invoice.application_id,
        now=now,
    )
