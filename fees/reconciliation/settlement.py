"""A settlement file as it was taken in: each of its rows, and what the ledger had to say of it. Rows never change."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fees.money import pounds
from register.kit.db import Base, code
from register.process import Process


class RowState(StrEnum):
    MATCHED = "matched"
    OVER = "over"
    """More than the ledger says."""
    UNDER = "under"
    UNIDENTIFIED = "unidentified"
    """Of a payment that we do not know, or of which no money came as far as we know."""


class Settlement(Base):
    """One file. Its number counts up and may have gaps."""

    __tablename__ = "settlement"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    sha256: Mapped[bytes] = mapped_column(unique=True)
    taken_in_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    process: Mapped[Process] = relationship(lazy="raise")

    @property
    def reference(self) -> str:
        return settlement_reference(self.number)


class SettlementRow(Base):
    """Payments are named by id without a key: they are erased after some years, and this is not."""

    __tablename__ = "settlement_row"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    settlement_id: Mapped[UUID] = mapped_column(ForeignKey("settlement.id"))
    line: Mapped[int]
    provider_id: Mapped[str]
    reference: Mapped[str]
    gross_pence: Mapped[int]
    """Below nothing: it went back to the payer."""
    fee_pence: Mapped[int]
    net_pence: Mapped[int]
    settled_on: Mapped[date]
    nth: Mapped[int]
    """Which of the rows that say the same."""
    state: Mapped[RowState] = mapped_column(code(RowState, "state"))
    expected_pence: Mapped[int | None]
    payment_id: Mapped[UUID | None] = mapped_column(index=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entry.id"))

    __table_args__ = (
        UniqueConstraint("provider_id", "settled_on", "gross_pence", "nth"),
        UniqueConstraint("settlement_id", "line"),
        CheckConstraint("gross_pence <> 0", name="gross_pence"),
        CheckConstraint("net_pence = gross_pence - fee_pence", name="net_pence"),
        CheckConstraint(
            "(state = 'unidentified') = (payment_id is null) and (payment_id is null) = (expected_pence is null)",
            name="known",
        ),
        CheckConstraint(
            "(state = 'matched') = (expected_pence is not distinct from gross_pence)",
            name="matched",
        ),
        Index(
            "settlement_row_unidentified",
            "provider_id",
            postgresql_where="state = 'unidentified'",
        ),
    )

    @property
    def gross(self) -> str:
        return pounds(self.gross_pence)

    @property
    def fee(self) -> str:
        return pounds(self.fee_pence)

    @property
    def net(self) -> str:
        return pounds(self.net_pence)

    @property
    def expected(self) -> str:
        return "" if self.expected_pence is None else pounds(self.expected_pence)


class SettlementIdentified(Base):
    """A row that was unidentified is of that payment after all."""

    __tablename__ = "settlement_identified"

    row_id: Mapped[UUID] = mapped_column(
        ForeignKey("settlement_row.id"), primary_key=True
    )
    payment_id: Mapped[UUID]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    process: Mapped[Process] = relationship(lazy="raise")


def settlement_reference(number: int) -> str:
    return f"SET-{number:07d}"
