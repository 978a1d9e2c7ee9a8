"""Aged debt: what is still owed, by how late it is and by the part of the register that it was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import case, exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from fees.credit_note import CreditNote, CreditNoteLine
from fees.invoice import Invoice, InvoiceLine
from fees.ledger import AccountCode, EntryKind, LedgerEntry, Posting
from fees.money import pounds
from fees.payment import Receipt
from fees.scale import FeeScale
from register.part import Part


class Age(StrEnum):
    """In days after the last day to pay."""

    NOT_DUE = "not_due"
    TO_30 = "1_to_30"
    TO_60 = "31_to_60"
    TO_90 = "61_to_90"
    OVER_90 = "over_90"


UP_TO = {Age.NOT_DUE: 0, Age.TO_30: 30, Age.TO_60: 60, Age.TO_90: 90}
"""The last of its days; what is later than all is over 90."""


@dataclass(frozen=True)
class Debt:
    part: Part
    age: Age
    invoices: int
    pence: int

    @property
    def amount(self) -> str:
        return pounds(self.pence)


async def aged_debt(session: AsyncSession, *, today: date) -> Sequence[Debt]:
    """What was paid or taken back of an invoice with several lines counts as its ledger does: paid first lines first."""
    owed = (
        select(Posting.invoice_id, func.sum(Posting.pence).label("pence"))
        .where(
            Posting.account == AccountCode.RECEIVABLE,
            # Of what is paid, by far the most, nothing is owed but where what had paid it was taken out again.
            ~exists().where(
                Receipt.invoice_id == Posting.invoice_id,
                ~exists().where(
                    LedgerEntry.invoice_id == Receipt.invoice_id,
                    LedgerEntry.kind == EntryKind.RELEASED,
                ),
            ),
        )
        .group_by(Posting.invoice_id)
        .having(func.sum(Posting.pence) > 0)
        .subquery()
    )
    credited = (
        select(func.coalesce(func.sum(CreditNoteLine.amount_pence), 0))
        .join(CreditNote, CreditNote.id == CreditNoteLine.credit_note_id)
        .where(CreditNoteLine.invoice_line_id == InvoiceLine.id)
        .scalar_subquery()
    )
    net = InvoiceLine.amount_pence - credited
    below = func.coalesce(
        func.sum(net).over(
            partition_by=InvoiceLine.invoice_id,
            order_by=InvoiceLine.position.desc(),
            rows=(None, -1),
        ),
        0,
    )
    late = literal(today) - Invoice.last_day
    lines = (
        select(
            FeeScale.part,
            Invoice.id,
            case(
                *((late <= days, age.value) for age, days in UP_TO.items()),
                else_=Age.OVER_90.value,
            ).label("age"),
            func.least(net, func.greatest(0, owed.c.pence - below)).label("pence"),
        )
        .join(owed, owed.c.invoice_id == Invoice.id)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .join(FeeScale, FeeScale.id == InvoiceLine.fee_scale_id)
        .subquery()
    )
    rows = await session.execute(
        select(
            lines.c.part,
            lines.c.age,
            func.count(lines.c.id.distinct()),
            func.sum(lines.c.pence),
        )
        .where(lines.c.pence > 0)
        .group_by(lines.c.part, lines.c.age)
    )
    ages = list(Age)
    found = [
        Debt(Part(part), Age(age), count, int(pence))
        for part, age, count, pence in rows
    ]
    return sorted(found, key=lambda one: (one.part.position, ages.index(one.age)))
