"""Credit notes: an invoice, or a line of it, taken back in whole or in part. The invoice itself stays as it was raised."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from fees import ledger
from fees.acts import FeesEvent
from fees.invoice import Invoice, InvoiceLine, Purpose, write_to_payer
from fees.ledger import AccountCode, EntryKind, Post
from fees.money import pounds
from fees.own_money import must_not_be_own
from fees.scale import DiscountFor
from register.account import Account
from register.application import Application
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.process import Process
from register.proposal import Proposal, ProposalKind, carries_out
from register.rule_set import RuleSet


class CreditReason(StrEnum):
    LOW_INCOME = "low_income"
    RAISED_IN_ERROR = "raised_in_error"
    APPROVAL_TAKEN_BACK = "approval_taken_back"
    WRONG_PART = "wrong_part"
    LEFT_EARLY = "left_early"
    """They left the register soon after they had paid."""
    WAIVED = "waived"
    """It need not be paid."""
    PAID_IN_PART = "paid_in_part"
    """Too little came in time, and is to go back."""
    GOODWILL = "goodwill"


class MoreThanIsLeft(Refused):
    def __init__(self, left: int) -> None:
        self.left = left
        super().__init__(
            f"Enter an amount: {pounds(left)} of this can still be credited."
        )


class NoLowIncomeDiscount(Refused):
    def __init__(self) -> None:
        super().__init__("No discount for a low income is set for this fee.")


class NothingWouldBeLeft(Refused):
    """A payment is what the register waits for, and nothing can be paid of nothing."""

    def __init__(self) -> None:
        super().__init__(
            "This invoice waits to be paid, so at least a penny of it has to stay."
        )


class SecondPersonNeeded(Refused):
    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(
            f"More than {pounds(limit)} needs a second finance officer: propose it instead."
        )


class CreditNote(Base):
    """The database refuses to change or delete one. Its number counts up and may have gaps."""

    __tablename__ = "credit_note"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    reason: Mapped[CreditReason] = mapped_column(code(CreditReason, "reason"))
    amount_pence: Mapped[int]
    given_at: Mapped[datetime]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    process: Mapped[Process] = relationship(lazy="raise")
    lines: Mapped[list["CreditNoteLine"]] = relationship(lazy="raise")

    __table_args__ = (CheckConstraint("amount_pence > 0", name="amount_pence"),)

    @property
    def reference(self) -> str:
        return f"CRN-{self.number:07d}"

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)


class CreditNoteLine(Base):
    __tablename__ = "credit_note_line"

    credit_note_id: Mapped[UUID] = mapped_column(
        ForeignKey("credit_note.id"), primary_key=True
    )
    invoice_line_id: Mapped[UUID] = mapped_column(
        ForeignKey("invoice_line.id"), primary_key=True
    )
    amount_pence: Mapped[int]

    __table_args__ = (CheckConstraint("amount_pence > 0", name="amount_pence"),)


def about(invoice: Invoice) -> str:
    """As a proposal names it."""
    return f"credit:{invoice.number}"


async def limit_of(session: AsyncSession, invoice: Invoice, *, now: datetime) -> int:
    """What one finance officer may still give alone: many small ones are not a way around the second."""
    limit = await alone_pence(session, invoice, now=now)
    return max(0, limit - await credited_of(session, invoice.id))


async def alone_pence(session: AsyncSession, invoice: Invoice, *, now: datetime) -> int:
    """What the rules let one finance officer give back of such an invoice."""
    line = (await _lines(session, invoice))[0]
    rule_set = await RuleSet.on(session, line.scale.part, day_of(now))
    return rule_set.rules.refund_alone_pence


async def low_income_off(session: AsyncSession, invoice: Invoice) -> int:
    """What somebody with a low income pays less of it; raises NoLowIncomeDiscount."""
    off = 0
    for line in await _lines(session, invoice):
        discount = line.scale.discount(DiscountFor.LOW_INCOME)
        off += discount.off(line.amount_pence) if discount else 0
    if not off:
        raise NoLowIncomeDiscount
    return off


async def credit(
    session: AsyncSession,
    invoice: Invoice,
    pence: int,
    *,
    reason: CreditReason,
    waits: bool,
    by: Process,
) -> CreditNote:
    """One officer alone; raises AboutYourself, SecondPersonNeeded, MoreThanIsLeft or NothingWouldBeLeft."""
    # Two at once would each find the whole limit left.
    await ledger.lock_invoice(session, invoice.id)
    limit = await limit_of(session, invoice, now=by.at)
    if pence > limit:
        raise SecondPersonNeeded(limit)
    return await _give(session, invoice, pence, reason=reason, waits=waits, by=by)


async def propose(
    session: AsyncSession,
    invoice: Invoice,
    pence: int,
    *,
    reason: CreditReason,
    waits: bool,
    proposer: Account,
    by: Process,
) -> Proposal:
    """Raises what `credit` raises, but for SecondPersonNeeded; or AlreadyProposed."""
    await must_not_be_own(session, [invoice.id], by.actor_id)
    await must_be_possible(session, invoice, pence, waits=waits)
    return await Proposal.make(
        session,
        ProposalKind.CREDIT,
        about=about(invoice),
        person_id=invoice.person_id,
        data={
            "invoice": str(invoice.id),
            "pence": pence,
            "reason": reason,
            "waits": waits,
        },
        touched=[],
        proposer=proposer,
        by=by,
    )


@carries_out(ProposalKind.CREDIT)
async def give_proposed(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    data = proposal.data
    await _give(
        session,
        await session.get_one(Invoice, UUID(data["invoice"])),
        data["pence"],
        reason=CreditReason(data["reason"]),
        waits=data["waits"],
        by=by,
    )


async def _give(
    session: AsyncSession,
    invoice: Invoice,
    pence: int,
    *,
    reason: CreditReason,
    waits: bool,
    by: Process,
) -> CreditNote:
    await must_not_be_own(session, [invoice.id], by.actor_id)
    await ledger.lock_invoice(session, invoice.id)
    await must_be_possible(session, invoice, pence, waits=waits)
    shares = await _shares(session, invoice, pence)
    note = CreditNote(
        id=uuid4(),
        invoice_id=invoice.id,
        reason=reason,
        amount_pence=pence,
        given_at=by.at,
        process=by,
        lines=[
            CreditNoteLine(invoice_line_id=line.id, amount_pence=share)
            for line, share in shares
        ],
    )
    session.add(note)
    await session.flush()
    await _post(session, invoice, pence, shares, by=by)
    waived = await _waive(session, invoice, by=by)
    invoice.tell(
        FeesEvent.CREDITED,
        by,
        invoice=invoice.reference,
        credit_note=note.reference,
        pence=pence,
        because=reason,
    )
    await write_to_payer(
        session,
        invoice,
        "credit_note",
        now=by.at,
        key=note.id,
        note=note,
        waived=waived,
    )
    return note


async def _waive(session: AsyncSession, invoice: Invoice, *, by: Process) -> bool:
    """A scrutiny waits no more for a fee of which nothing is owed."""
    if invoice.purpose is not Purpose.SCRUTINY:
        return False
    application = await session.get_one(Application, invoice.application_id)
    if await ledger.owed_on(session, invoice.id) or not application.scrutiny_waits:
        return False
    await application.clear_scrutiny(session, by=by)
    return True


async def _post(
    session: AsyncSession,
    invoice: Invoice,
    pence: int,
    shares: Sequence[tuple[InvoiceLine, int]],
    *,
    by: Process,
) -> None:
    """What was paid already is released first, and is then to be given back; what was written off is owed again first."""
    owed = await ledger.owed_on(session, invoice.id)
    if owed < pence:
        await ledger.recover(session, invoice.id, by=by)
        owed = await ledger.owed_on(session, invoice.id)
    if owed < pence:
        await ledger.release(session, invoice.id, pence - owed, by=by)
    await ledger.enter(
        session,
        EntryKind.CREDITED,
        [
            Post(AccountCode.RECEIVABLE, -pence, invoice.id),
            *(
                Post(
                    AccountCode.INCOME,
                    share,
                    invoice.id,
                    part=line.scale.part,
                    fee_kind=line.scale.kind,
                )
                for line, share in shares
            ),
        ],
        by=by,
        invoice_id=invoice.id,
    )


async def must_be_possible(
    session: AsyncSession, invoice: Invoice, pence: int, *, waits: bool
) -> None:
    left = invoice.amount_pence - await credited_of(session, invoice.id)
    if not 0 < pence <= left:
        raise MoreThanIsLeft(left)
    owed = await ledger.owed_on(session, invoice.id)
    waived = invoice.purpose is Purpose.SCRUTINY and pence == owed == left
    if waits and pence >= owed and not waived:
        raise NothingWouldBeLeft


async def _shares(
    session: AsyncSession, invoice: Invoice, pence: int
) -> list[tuple[InvoiceLine, int]]:
    """How the credit falls on the lines: on the last first, on each no more than it asked for."""
    rows = await session.execute(
        select(CreditNoteLine.invoice_line_id, func.sum(CreditNoteLine.amount_pence))
        .join(CreditNote, CreditNote.id == CreditNoteLine.credit_note_id)
        .where(CreditNote.invoice_id == invoice.id)
        .group_by(CreditNoteLine.invoice_line_id)
    )
    gone = {line_id: int(credited) for line_id, credited in rows}
    shares = []
    for line in reversed(await _lines(session, invoice)):
        share = min(pence, line.amount_pence - gone.get(line.id, 0))
        pence -= share
        if share:
            shares.append((line, share))
    return shares


async def _lines(session: AsyncSession, invoice: Invoice) -> Sequence[InvoiceLine]:
    found = await session.scalars(
        select(InvoiceLine)
        .where(InvoiceLine.invoice_id == invoice.id)
        .options(selectinload(InvoiceLine.scale))
        .order_by(InvoiceLine.position)
    )
    return found.all()


async def credited_of(session: AsyncSession, invoice_id: UUID) -> int:
    return int(
        await session.scalar(
            select(func.coalesce(func.sum(CreditNote.amount_pence), 0)).where(
                CreditNote.invoice_id == invoice_id
            )
        )
        or 0
    )


async def credit_notes_of(
    session: AsyncSession, invoice_id: UUID
) -> Sequence[CreditNote]:
    found = await session.scalars(
        select(CreditNote)
        .where(CreditNote.invoice_id == invoice_id)
        .order_by(CreditNote.number)
    )
    return found.all()
