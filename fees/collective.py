"""Collective invoices: what an organisation takes over of its staff's renewal invoices, to be paid at once.

Nothing new is owed by one: each line is a person's own invoice, which stays theirs and is in the ledger already. So raising one
posts nothing; its money is posted as it comes, share by share, to those invoices.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Identity,
    Index,
    Select,
    exists,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    Mapped,
    contains_eager,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)

from fees import ledger
from fees.acts import FeesEvent
from fees.invoice import Invoice, Purpose
from fees.ledger import AccountCode, Posting
from fees.money import pounds
from register.entry import EntryProjection
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.post import post
from register.organisation import (
    Organisation,
    leads_of,
    posts_held,
)
from register.person import Person
from register.process import Process
from register.published import PublishedPerson, fresh
from register.renewal import Renewal

MOST = 200
"""As many people as one invoice may have."""


class LeftOut(StrEnum):
    """Why a share of what came paid for nobody."""

    PAID_ALREADY = "paid_already"
    """By themselves, or by another."""
    LATE = "late"
    NOT_RENEWED = "not_renewed"
    TOO_LITTLE = "too_little"
    """What was left of the money was less than the share."""
    NOTHING_OWED = "nothing_owed"
    """All of it had been credited."""


class NobodyTaken(Refused):
    def __init__(self) -> None:
        super().__init__("Choose somebody whose fee you pay.")


class NotToBeTaken(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Somebody you chose has paid meanwhile, or is on another invoice of yours. Look at the list again."
        )


class CancelledAlready(Refused):
    def __init__(self, invoice: "CollectiveInvoice") -> None:
        self.invoice = invoice
        super().__init__(f"Invoice {invoice.reference} is cancelled.")


class CollectiveInvoice(Base):
    """Its number counts up and may have gaps; of all that it says only that it is cancelled may change."""

    __tablename__ = "collective_invoice"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    raised_at: Mapped[datetime]
    pay_by: Mapped[date]
    """The last day on which all of its people's fees may be paid."""
    amount_pence: Mapped[int]
    cancelled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    process: Mapped[Process] = relationship(lazy="raise")
    lines: Mapped[list["CollectiveLine"]] = relationship(
        lazy="raise", order_by="CollectiveLine.position", back_populates="collective"
    )

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (CheckConstraint("amount_pence > 0", name="amount_pence"),)

    @classmethod
    async def take_over(
        cls,
        session: AsyncSession,
        organisation: Organisation,
        invoice_ids: Collection[UUID],
        *,
        by: Process,
    ) -> Self:
        """Raises NobodyTaken, NotToBeTaken or NotOpen."""
        organisation.must_be_open()
        if not invoice_ids:
            raise NobodyTaken
        # Two leads at once meet here, and the second finds the lines of the first.
        for invoice_id in sorted(invoice_ids):
            await ledger.lock_invoice(session, invoice_id)
        offered = {
            one.invoice.id: one
            for one in await offers(session, organisation, now=by.at)
        }
        if not set(invoice_ids) <= offered.keys():
            raise NotToBeTaken
        taken = [one for one in offered.values() if one.invoice.id in set(invoice_ids)]
        raised = cls(
            id=uuid4(),
            organisation_id=organisation.id,
            organisation=organisation,
            process=by,
            raised_at=by.at,
            pay_by=min(one.invoice.last_day for one in taken),
            amount_pence=sum(one.left_pence for one in taken),
            lines=[
                CollectiveLine(
                    position=position,
                    invoice_id=one.invoice.id,
                    amount_pence=one.left_pence,
                )
                for position, one in enumerate(taken, 1)
            ],
        )
        session.add(raised)
        await session.flush()
        for one in taken:
            one.invoice.tell(
                FeesEvent.TAKEN_OVER,
                by,
                invoice=one.invoice.reference,
                collective=raised.reference,
                pence=one.left_pence,
            )
        await raised.write(session, "collective_invoice", now=by.at)
        return raised

    @property
    def reference(self) -> str:
        return f"COL-{self.number:07d}"

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)

    def cancel(self, *, by: Process) -> None:
        """Its people owe their fees as before; raises CancelledAlready."""
        self.must_stand()
        self.cancelled_at = by.at
        self.tell(FeesEvent.COLLECTIVE_CANCELLED, by, invoice=self.reference)

    def must_stand(self) -> None:
        if self.cancelled_at is not None:
            raise CancelledAlready(self)

    async def due_pence(self, session: AsyncSession) -> int:
        """Who has paid meanwhile is left out."""
        if self.cancelled_at is not None:
            return 0
        shares = (
            select(func.least(CollectiveLine.amount_pence, _left(CollectiveLine)))
            .where(CollectiveLine.collective_id == self.id)
            .subquery()
        )
        return int(
            await session.scalar(
                select(func.coalesce(func.sum(shares.c[0]), 0)).where(shares.c[0] > 0)
            )
            or 0
        )

    def tell(self, event: FeesEvent, by: Process, **facts: Any) -> None:
        by.tell(event, organisation=self.organisation_id, **facts)

    async def write(
        self,
        session: AsyncSession,
        letter: str,
        *,
        now: datetime,
        key: UUID | None = None,
        **context: object,
    ) -> None:
        """To whoever leads the organisation by then; to each once for `key`."""
        for lead in await leads_of(session, self.organisation_id):
            await post(
                session,
                to=lead.account.email,
                letter=f"fees/{letter}",
                context={"invoice": self, **context},
                key=f"fees/{letter}:{key or self.id}:{lead.id}",
                now=now,
            )


class CollectiveLine(Base):
    """One person's own invoice, referred to by its number for as long as it is kept."""

    __tablename__ = "collective_line"

    collective_id: Mapped[UUID] = mapped_column(
        ForeignKey("collective_invoice.id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(index=True)
    amount_pence: Mapped[int]
    """What was left of it when it was taken over."""

    collective: Mapped[CollectiveInvoice] = relationship(
        lazy="raise", back_populates="lines"
    )

    __table_args__ = (
        Index("collective_line_once", "collective_id", "invoice_id", unique=True),
        CheckConstraint("amount_pence > 0", name="amount_pence"),
    )

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)


class CollectiveShare(Base):
    """What became of one line as money came: paid, or left out and why. Rows are only added."""

    __tablename__ = "collective_share"

    payment_id: Mapped[UUID] = mapped_column(primary_key=True)
    """As the ledger calls the money."""
    invoice_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    collective_id: Mapped[UUID] = mapped_column(
        ForeignKey("collective_invoice.id"), primary_key=True, index=True
    )
    pence: Mapped[int]
    left_out: Mapped[LeftOut | None] = mapped_column(code(LeftOut, "left_out"))
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    __table_args__ = (
        CheckConstraint(
            "pence >= 0 and (pence = 0) = (left_out is not null)", name="pence"
        ),
    )

    @property
    def amount(self) -> str:
        return pounds(self.pence)


@dataclass(frozen=True)
class Offer:
    """An invoice that the organisation may take over, and whose it is as the public knows them."""

    invoice: Invoice
    person: PublishedPerson
    left_pence: int

    @property
    def left(self) -> str:
        return pounds(self.left_pence)


async def offers(
    session: AsyncSession, organisation: Organisation, *, now: datetime
) -> list[Offer]:
    """By name: the published staff who hold a post there now, and whose renewal fee nobody has paid or taken over."""
    rows = await session.execute(_to_offer(organisation, now))
    found = [(invoice, int(left)) for invoice, left in rows]
    people = await _shown(session, {one.person_id for one, _ in found}, now=now)
    return [
        Offer(invoice, people[invoice.person_id], left)
        for invoice, left in found
        if invoice.person_id in people
    ]


def _to_offer(organisation: Organisation, now: datetime) -> Select[Invoice, int]:
    left = _left(Invoice)
    taken = exists().where(
        CollectiveLine.invoice_id == Invoice.id,
        CollectiveLine.collective_id == CollectiveInvoice.id,
        CollectiveInvoice.cancelled_at.is_(None),
        ~exists().where(
            CollectiveShare.collective_id == CollectiveInvoice.id,
            CollectiveShare.invoice_id == Invoice.id,
        ),
    )
    return (
        select(Invoice, left)
        .join(Renewal, Renewal.id == Invoice.renewal_id)
        .join(Person, Person.id == Invoice.person_id)
        .where(
            Invoice.purpose == Purpose.RENEWAL,
            Invoice.is_payable_on(day_of(now)),
            Invoice.person_id.in_(posts_held(organisation, now)),
            Renewal.paid_at.is_(None),
            Renewal.finished_at.is_(None),
            left > 0,
            ~taken,
        )
        .options(contains_eager(Invoice.renewal))
        .order_by(Person.name_key, Invoice.number)
        .limit(MOST)
    )


def _left(of: type[Invoice] | type[CollectiveLine]) -> ColumnElement[int]:
    invoice_id = Invoice.id if of is Invoice else CollectiveLine.invoice_id
    return (
        select(func.coalesce(func.sum(Posting.pence), 0))
        .where(
            Posting.invoice_id == invoice_id,
            Posting.account == AccountCode.RECEIVABLE,
        )
        .scalar_subquery()
    )


async def _shown(
    session: AsyncSession, person_ids: Collection[UUID], *, now: datetime
) -> dict[UUID, PublishedPerson]:
    rows = await session.scalars(
        select(EntryProjection).where(EntryProjection.person_id.in_(person_ids))
    )
    shown: dict[UUID, list[EntryProjection]] = {}
    for row in await fresh(session, rows.all(), now=now):
        if row.published:
            shown.setdefault(row.person_id, []).append(row)
    return {
        person_id: PublishedPerson.of(entries) for person_id, entries in shown.items()
    }


@dataclass(frozen=True)
class Taken:
    """A line as it stands. Whom the public is not shown any more has no name here either."""

    line: CollectiveLine
    reference: str
    """Of the person's own invoice; empty once that is not kept any more."""
    person: PublishedPerson | None
    left_pence: int
    share: CollectiveShare | None

    @property
    def left_out(self) -> bool:
        return not self.left_pence and (self.share is None or not self.share.pence)


async def taken_of(
    session: AsyncSession, collective: CollectiveInvoice, *, now: datetime
) -> list[Taken]:
    rows = (
        await session.execute(
            select(CollectiveLine, Invoice, _left(CollectiveLine))
            .outerjoin(Invoice, Invoice.id == CollectiveLine.invoice_id)
            .where(CollectiveLine.collective_id == collective.id)
            .order_by(CollectiveLine.position)
        )
    ).all()
    people = await _shown(
        session, {invoice.person_id for _, invoice, _ in rows if invoice}, now=now
    )
    shares: dict[UUID, CollectiveShare] = {}
    for share in await shares_of(session, collective):
        if share.pence or share.invoice_id not in shares:
            shares[share.invoice_id] = share
    return [
        Taken(
            line,
            invoice.reference if invoice else "",
            people.get(invoice.person_id) if invoice else None,
            int(left),
            shares.get(line.invoice_id),
        )
        for line, invoice, left in rows
    ]


async def shares_of(
    session: AsyncSession, collective: CollectiveInvoice
) -> Sequence[CollectiveShare]:
    found = await session.scalars(
        select(CollectiveShare).where(CollectiveShare.collective_id == collective.id)
    )
    return found.all()


async def invoices_of(
    session: AsyncSession, bill: Invoice | CollectiveInvoice
) -> Sequence[UUID]:
    """The one itself, or those of an employer's people."""
    if isinstance(bill, Invoice):
        return [bill.id]
    found = await session.scalars(
        select(CollectiveLine.invoice_id).where(CollectiveLine.collective_id == bill.id)
    )
    return found.all()


async def shared_before(
    session: AsyncSession, collective: CollectiveInvoice, payment_id: UUID
) -> bool:
    return bool(
        await session.scalar(
            select(
                exists().where(
                    CollectiveShare.collective_id == collective.id,
                    CollectiveShare.payment_id == payment_id,
                )
            )
        )
    )


async def collectives_of(
    session: AsyncSession, organisation_id: UUID | None = None
) -> Sequence[CollectiveInvoice]:
    """The newest first: of one organisation, or of all."""
    found = (
        select(CollectiveInvoice)
        .options(
            joinedload(CollectiveInvoice.organisation).joinedload(Organisation.provider)
        )
        .order_by(CollectiveInvoice.number.desc())
        .limit(MOST)
    )
    if organisation_id:
        found = found.where(CollectiveInvoice.organisation_id == organisation_id)
    return (await session.scalars(found)).all()


async def collective_numbered(
    session: AsyncSession,
    reference: str,
    *,
    organisation_id: UUID | None = None,
) -> CollectiveInvoice:
    """The organisation's own where one is given; raises NotFound."""
    digits = reference.upper().removeprefix("COL-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 12):
        raise NotFound
    found = (
        select(CollectiveInvoice)
        .where(CollectiveInvoice.number == int(digits))
        .options(
            joinedload(CollectiveInvoice.organisation).joinedload(
                Organisation.provider
            ),
            selectinload(CollectiveInvoice.lines),
        )
    )
    if organisation_id:
        found = found.where(CollectiveInvoice.organisation_id == organisation_id)
    collective: CollectiveInvoice | None = await session.scalar(found)
    if collective is None:
        raise NotFound
    return collective
