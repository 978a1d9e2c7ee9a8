"""The ledger: every movement of money as an entry whose postings come to nothing. Rows are added, never changed.

Pence are signed: what an account gets is above nothing, what it gives is below. What somebody still owes on an invoice is the
balance of `receivable` for it; what came and pays for nothing is `unallocated`, below nothing, for its payment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Identity,
    Index,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fees.money import pounds
from fees.scale import FeeKind
from register.kit.db import Base, code
from register.part import Part
from register.process import Process


class AccountKind(StrEnum):
    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"


class AccountCode(StrEnum):
    """The accounts that this program posts to. There may be more: an account is a row."""

    CARD_CLEARING = "card_clearing"
    """At the payment provider, on its way to the bank."""
    BANK = "bank"
    RECEIVABLE = "receivable"
    INCOME = "income"
    UNALLOCATED = "unallocated"
    """Came, and pays for nothing."""
    REFUNDS_PAYABLE = "refunds_payable"
    """On its way back to the payer."""
    WRITTEN_OFF = "written_off"
    PROVIDER_FEES = "provider_fees"
    """What the payment provider keeps."""
    UNIDENTIFIED = "unidentified"
    """Came by the provider, of a payment that we do not know."""


class EntryKind(StrEnum):
    INVOICE_RAISED = "invoice_raised"
    CREDITED = "credited"
    PAYMENT_RECEIVED = "payment_received"
    ALLOCATED = "allocated"
    RELEASED = "released"
    """What had paid for something pays for it no more."""
    REVERSED = "reversed"
    """Money that was recorded is not there after all."""
    WRITTEN_OFF = "written_off"
    RECOVERED = "recovered"
    """What was written off came after all."""
    REFUND_ASKED = "refund_asked"
    REFUND_SUCCEEDED = "refund_succeeded"
    REFUND_FAILED = "refund_failed"
    SETTLED = "settled"
    """The provider has paid it out to the bank."""
    IDENTIFIED = "identified"
    """What came unidentified is of a payment that we know by now."""
    REALLOCATED = "reallocated"
    """A finance officer lets what paid for nothing pay for an invoice."""


class Unbalanced(Exception):
    """An entry whose postings do not come to nothing: a bug, stopped before the database would."""


class OverAllocated(Exception):
    """More than is owed, or more than came: a bug, stopped before it is kept for ever."""


class LedgerAccount(Base):
    __tablename__ = "ledger_account"

    kind: Mapped[AccountKind] = mapped_column(code(AccountKind, "kind"))
    code: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]


class LedgerEntry(Base):
    """What happened, once; the database refuses it twice where it can happen only once."""

    __tablename__ = "ledger_entry"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    kind: Mapped[EntryKind] = mapped_column(code(EntryKind, "kind"))
    at: Mapped[datetime] = mapped_column(index=True)
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    invoice_id: Mapped[UUID | None]
    payment_id: Mapped[UUID | None]
    """A card payment, or other money."""

    process: Mapped[Process] = relationship(lazy="raise")
    postings: Mapped[list["Posting"]] = relationship(
        lazy="raise", back_populates="entry", order_by="Posting.id"
    )

    __table_args__ = (
        Index(
            "ledger_entry_raised_once",
            "invoice_id",
            unique=True,
            postgresql_where="kind = 'invoice_raised'",
        ),
        Index(
            "ledger_entry_received_once",
            "payment_id",
            unique=True,
            postgresql_where="kind = 'payment_received'",
        ),
        Index(
            "ledger_entry_allocated_once",
            "payment_id",
            "invoice_id",
            unique=True,
            postgresql_where="kind = 'allocated'",
        ),
        Index(None, "invoice_id", "kind"),
        Index(None, "payment_id", "kind"),
    )


class Posting(Base):
    __tablename__ = "posting"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entry.id"), index=True)
    account: Mapped[str] = mapped_column(ForeignKey("ledger_account.code"))
    pence: Mapped[int]
    invoice_id: Mapped[UUID | None]
    payment_id: Mapped[UUID | None]
    part: Mapped[Part | None] = mapped_column(code(Part, "part"))
    fee_kind: Mapped[FeeKind | None] = mapped_column(code(FeeKind, "fee_kind"))

    entry: Mapped[LedgerEntry] = relationship(lazy="raise", back_populates="postings")

    __table_args__ = (
        CheckConstraint("pence <> 0", name="pence"),
        CheckConstraint(
            "account <> 'receivable' or invoice_id is not null", name="receivable"
        ),
        CheckConstraint(
            "account not in ('unallocated', 'card_clearing', 'refunds_payable') or payment_id is not null",
            name="payment",
        ),
        CheckConstraint(
            "account <> 'income' or (part is not null and fee_kind is not null)",
            name="income",
        ),
        Index(None, "invoice_id", "account", postgresql_include=["pence"]),
        Index(None, "payment_id", "account", postgresql_include=["pence"]),
        Index(None, "account", "part", "fee_kind"),
    )

    @property
    def amount(self) -> str:
        return pounds(self.pence)


@dataclass(frozen=True)
class Post:
    """One line of an entry that is about to be made."""

    account: str
    pence: int
    invoice_id: UUID | None = None
    payment_id: UUID | None = None
    part: Part | None = None
    fee_kind: FeeKind | None = None


async def enter(
    session: AsyncSession,
    kind: EntryKind,
    posts: Sequence[Post],
    *,
    by: Process,
    invoice_id: UUID | None = None,
    payment_id: UUID | None = None,
) -> LedgerEntry:
    """Make an entry; raises Unbalanced."""
    entry = entry_of(kind, posts, by=by, invoice_id=invoice_id, payment_id=payment_id)
    session.add(entry)
    await session.flush()
    return entry


def entry_of(
    kind: EntryKind,
    posts: Sequence[Post],
    *,
    by: Process,
    invoice_id: UUID | None = None,
    payment_id: UUID | None = None,
) -> LedgerEntry:
    """To be added; raises Unbalanced."""
    if sum(post.pence for post in posts):
        raise Unbalanced(kind)
    return LedgerEntry(
        id=uuid4(),
        kind=kind,
        at=by.at,
        process=by,
        invoice_id=invoice_id,
        payment_id=payment_id,
        postings=[
            Posting(
                account=post.account,
                pence=post.pence,
                invoice_id=post.invoice_id,
                payment_id=post.payment_id,
                part=post.part,
                fee_kind=post.fee_kind,
            )
            for post in posts
            if post.pence
        ],
    )


async def move(
    session: AsyncSession,
    kind: EntryKind,
    pence: int,
    *,
    giver: AccountCode,
    taker: AccountCode,
    by: Process,
    invoice_id: UUID | None = None,
    payment_id: UUID | None = None,
) -> LedgerEntry:
    """An entry of two lines; each names the invoice and the payment as far as they are given."""
    return await enter(
        session,
        kind,
        [
            Post(taker, pence, invoice_id, payment_id),
            Post(giver, -pence, invoice_id, payment_id),
        ],
        by=by,
        invoice_id=invoice_id,
        payment_id=payment_id,
    )


async def balance(session: AsyncSession, account: str) -> int:
    return await _sum(session, Posting.account == account)


async def owed_on(session: AsyncSession, invoice_id: UUID) -> int:
    """What is still to be paid on an invoice."""
    return await _sum(
        session,
        Posting.account == AccountCode.RECEIVABLE,
        Posting.invoice_id == invoice_id,
    )


async def unallocated_of(session: AsyncSession, payment_id: UUID) -> int:
    """How much of a payment pays for nothing and has not been asked back."""
    return -await _sum(
        session,
        Posting.account == AccountCode.UNALLOCATED,
        Posting.payment_id == payment_id,
    )


async def allocated_to(session: AsyncSession, invoice_id: UUID) -> dict[UUID, int]:
    """What each payment pays of an invoice, the last first."""
    rows = await session.execute(
        select(Posting.payment_id, -func.sum(Posting.pence))
        .where(
            Posting.account == AccountCode.RECEIVABLE,
            Posting.invoice_id == invoice_id,
            Posting.payment_id.is_not(None),
        )
        .group_by(Posting.payment_id)
        .having(func.sum(Posting.pence) < 0)
        .order_by(func.max(Posting.id).desc())
    )
    return {payment_id: int(pence) for payment_id, pence in rows if payment_id}


async def allocated_from(session: AsyncSession, payment_id: UUID) -> dict[UUID, int]:
    """What one payment pays of each invoice."""
    paid = -func.sum(Posting.pence)
    rows = await session.execute(
        select(Posting.invoice_id, paid)
        .where(
            Posting.account == AccountCode.RECEIVABLE, Posting.payment_id == payment_id
        )
        .group_by(Posting.invoice_id)
        .having(paid > 0)
    )
    return {invoice_id: int(pence) for invoice_id, pence in rows if invoice_id}


async def ever_paid_by(session: AsyncSession, payment_id: UUID) -> Sequence[UUID]:
    """The invoices that a payment pays for or has paid for, whatever was taken out of them again."""
    found = await session.scalars(
        select(Posting.invoice_id)
        .where(
            Posting.account == AccountCode.RECEIVABLE, Posting.payment_id == payment_id
        )
        .distinct()
    )
    return [invoice_id for invoice_id in found if invoice_id]


async def _sum(session: AsyncSession, *where: ColumnElement[bool]) -> int:
    return int(
        await session.scalar(
            select(func.coalesce(func.sum(Posting.pence), 0)).where(*where)
        )
        or 0
    )


async def lock_invoice(session: AsyncSession, invoice_id: UUID) -> None:
    """Who pays, credits and writes off one invoice take turns, until their transactions end."""
    key = func.hashtextextended(f"invoice:{invoice_id}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def lock_payment(session: AsyncSession, payment_id: UUID) -> None:
    """Who gives one payment back take turns."""
    key = func.hashtextextended(f"payment:{payment_id}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def receive(
    session: AsyncSession,
    payment_id: UUID,
    pence: int,
    *,
    by: Process,
    held_in: AccountCode = AccountCode.CARD_CLEARING,
) -> None:
    """Money has come. What it pays for is another entry."""
    await move(
        session,
        EntryKind.PAYMENT_RECEIVED,
        pence,
        giver=AccountCode.UNALLOCATED,
        taker=held_in,
        payment_id=payment_id,
        by=by,
    )


async def allocate(
    session: AsyncSession,
    invoice_id: UUID,
    payment_id: UUID,
    pence: int,
    *,
    by: Process,
) -> None:
    """Raises OverAllocated."""
    owed = await owed_on(session, invoice_id)
    free = await unallocated_of(session, payment_id)
    if not 0 < pence <= min(owed, free):
        raise OverAllocated
    await move(
        session,
        EntryKind.ALLOCATED,
        pence,
        giver=AccountCode.RECEIVABLE,
        taker=AccountCode.UNALLOCATED,
        invoice_id=invoice_id,
        payment_id=payment_id,
        by=by,
    )


async def release(
    session: AsyncSession, invoice_id: UUID, pence: int, *, by: Process
) -> None:
    """Take that much of what was paid for an invoice out of it again, the last payment first; raises OverAllocated."""
    for payment_id, paid in (await allocated_to(session, invoice_id)).items():
        part = min(pence, paid)
        if part:
            await move(
                session,
                EntryKind.RELEASED,
                part,
                giver=AccountCode.UNALLOCATED,
                taker=AccountCode.RECEIVABLE,
                invoice_id=invoice_id,
                payment_id=payment_id,
                by=by,
            )
        pence -= part
    if pence:
        raise OverAllocated


async def write_off(session: AsyncSession, invoice_id: UUID, *, by: Process) -> int:
    """Nobody will pay what is left; how much that was."""
    await lock_invoice(session, invoice_id)
    owed = await owed_on(session, invoice_id)
    if owed:
        await move(
            session,
            EntryKind.WRITTEN_OFF,
            owed,
            giver=AccountCode.RECEIVABLE,
            taker=AccountCode.WRITTEN_OFF,
            invoice_id=invoice_id,
            by=by,
        )
    return owed


async def written_off_on(session: AsyncSession, invoice_id: UUID) -> int:
    return await _sum(
        session,
        Posting.account == AccountCode.WRITTEN_OFF,
        Posting.invoice_id == invoice_id,
    )


async def asked_on(session: AsyncSession, invoice_id: UUID) -> int:
    """What is owed on it, or is owed again as somebody pays: what was written off."""
    owed = await owed_on(session, invoice_id)
    return owed + await written_off_on(session, invoice_id)


async def recover(session: AsyncSession, invoice_id: UUID, *, by: Process) -> None:
    """It is paid after all, as it was heard of late or there is more time now: what was written off is owed again."""
    lost = await written_off_on(session, invoice_id)
    if lost:
        await move(
            session,
            EntryKind.RECOVERED,
            lost,
            giver=AccountCode.WRITTEN_OFF,
            taker=AccountCode.RECEIVABLE,
            invoice_id=invoice_id,
            by=by,
        )
