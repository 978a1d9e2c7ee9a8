"""Receipts: that an invoice is paid. No row, not paid."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fees.invoice import Invoice
from register.kit.db import Base, code
from register.process import Process


class PaidBy(StrEnum):
    """How what came last for it came."""

    CARD = "card"
    TRANSFER = "transfer"
    CHEQUE = "cheque"
    EMPLOYER = "employer"
    """As a share of all that an employer paid at once."""


class Receipt(Base):
    """An invoice is paid, once: this is the payment after which nothing was owed. No row, not paid."""

    __tablename__ = "receipt"

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), primary_key=True)
    application_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("application.id"), unique=True
    )
    """So that no application is paid for twice."""
    payment_id: Mapped[UUID] = mapped_column(index=True)
    """What came last for it: a card payment, or other money. One of an employer may pay many."""
    paid_by: Mapped[PaidBy] = mapped_column(
        code(PaidBy, "paid_by"), default=PaidBy.CARD
    )
    paid_at: Mapped[datetime]
    """When the payer confirmed it, not when we heard of it."""
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    invoice: Mapped[Invoice] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise")


async def receipt_of(session: AsyncSession, invoice: Invoice) -> Receipt | None:
    return await session.get(Receipt, invoice.id)
