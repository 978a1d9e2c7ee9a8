"""What a renewal costs, and the invoices of everybody's: one a person, by statements over a batch at a time."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    ColumnElement,
    Exists,
    Insert,
    Integer,
    Select,
    String,
    Subquery,
    Uuid,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert as insert_or_ignore
from sqlalchemy.ext.asyncio import AsyncSession

from fees.acts import FeesAct, FeesEvent
from fees.invoice.invoice import (
    Invoice,
    InvoiceLine,
    NothingToPay,
    Purpose,
    write_to_payer,
)
from fees.invoice.posting import post_raised
from fees.money import pounds
from fees.scale import Discount, DiscountFor, FeeKind, FeeScale
from register.account import Account
from register.entry import Entry
from register.entry.facts import Registration
from register.kit.clock import (
    LONDON,
    day_of,
    end_of,
    start_of,
    working_days_after,
)
from register.kit.db import among
from register.kit.jobs import START, enqueue, every, go_on, job
from register.part import Part
from register.process import Event, Process
from register.renewal import Renewal
from register.rule_set import RuleSet

AT_ONCE = 5_000
AT_ONCE_ONE_BY_ONE = 200
RENEWAL = "your renewal"
POSITIONS = {part: part.position for part in Part}


@dataclass(frozen=True)
class RenewalFee:
    """What is asked for one part, before or without an invoice."""

    part: Part
    amount_pence: int

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)


@dataclass(frozen=True)
class RenewalFees:
    each: Sequence[RenewalFee]
    pay_by: date
    until: date

    @property
    def amount_pence(self) -> int:
        return sum(fee.amount_pence for fee in self.each)

    @property
    def amount(self) -> str:
        return pounds(self.amount_pence)


async def renewal_fees(session: AsyncSession, renewal: Renewal) -> RenewalFees:
    """What the renewal costs: as its invoice says once there is one, else by the scale; raises NothingToPay."""
    invoice = await _invoice_of(session, renewal.id)
    rows = (
        select(FeeScale.part, InvoiceLine.amount_pence)
        .join(InvoiceLine.scale)
        .where(InvoiceLine.invoice_id == invoice.id)
        .order_by(InvoiceLine.position)
        if invoice
        else _ordered(lines([renewal.id], renewal.ends_on))
    )
    each = [RenewalFee(*row) for row in await session.execute(rows)]
    if not each:
        raise NothingToPay(RENEWAL)
    rule_set = await session.get_one(RuleSet, renewal.rule_set_id)
    return RenewalFees(
        each, rule_set.rules.cure_ends(renewal.last_day), renewal.until_on
    )


def _ordered(asked: Subquery) -> Select[Part, int]:
    return select(asked.c.part, asked.c.amount_pence).order_by(asked.c.position)


async def bill_renewal(
    session: AsyncSession,
    renewal: Renewal,
    *,
    now: datetime,
    by: Account | None = None,
) -> Invoice:
    """The one invoice of a renewal, for whoever asks first; raises NothingToPay."""
    await renewal.must_be_open(session, at=now)
    if renewal.paid_at is not None:
        raise NothingToPay(RENEWAL)
    await _bill(session, [renewal.id], renewal.ends_on, now=now, by=by)
    invoice = await _invoice_of(session, renewal.id)
    if invoice is None:
        raise NothingToPay(RENEWAL)
    return invoice


async def _invoice_of(session: AsyncSession, renewal_id: UUID) -> Invoice | None:
    found: Invoice | None = await session.scalar(
        select(Invoice).where(
            Invoice.renewal_id == renewal_id, Invoice.purpose == Purpose.RENEWAL
        )
    )
    return found


@every(minutes=5)
async def begin_to_bill(session: AsyncSession, now: datetime) -> None:  # noqa: ARG001 - each job is handed the moment
    """Through the queue, batch by batch, so that a worker that dies loses no more than one."""
    await enqueue(session, "bill_some", {"after": START}, key="bill_some")


@job("bill_some")
async def bill_some(session: AsyncSession, now: datetime, after: UUID) -> None:
    billed = await bill_next_renewals(session, now=now, after=after)
    await go_on(session, "bill_some", billed, after=after)


async def bill_next_renewals(
    session: AsyncSession,
    *,
    now: datetime,
    at_once: int = AT_ONCE,
    after: UUID = START,
) -> Sequence[UUID]:
    """The next that have been billed, or need pay nothing, in order."""
    async for ends_on in _periods_to_bill(session):
        unbilled = _unbilled(ends_on, day_of(now), after=after)
        ids = (await session.scalars(unbilled.limit(at_once))).all()
        if ids:
            await _bill(session, ids, ends_on, now=now, by=None)
            await _let_off(session, ids, now=now)
            return ids
    return []


async def _periods_to_bill(session: AsyncSession) -> AsyncIterator[date]:
    """One after the other: to ask for all at once reads every renewal that is not finished."""
    found: date | None = date.min
    while found := await session.scalar(
        select(func.min(Renewal.ends_on)).where(
            Renewal.finished_at.is_(None), Renewal.ends_on > found
        )
    ):
        yield found


def _unbilled(ends_on: date, today: date, *, after: UUID) -> Select[UUID]:
    """Open renewals of people who can be asked, where there is a price: what cannot be billed stands in nobody's way."""
    return (
        select(Renewal.id)
        .join(Account, Account.person_id == Renewal.person_id)
        .join(RuleSet, RuleSet.id == Renewal.rule_set_id)
        .where(
            Renewal.ends_on == ends_on,
            Renewal.id > after,
            Renewal.finished_at.is_(None),
            Renewal.paid_at.is_(None),
            Account.may_be_used(),
            Renewal.last_day + RuleSet.data["renewal_cure_days"].as_integer() >= today,
            ~_billed().where(Invoice.renewal_id > after),
            _priced(ends_on),
        )
        .order_by(Renewal.id)
        # Whom somebody is at work on waits for the next run.
        .with_for_update(of=Renewal, skip_locked=True)
    )


def _billed() -> Exists:
    return exists().where(
        Invoice.renewal_id == Renewal.id, Invoice.purpose == Purpose.RENEWAL
    )


def _priced(ends_on: date) -> ColumnElement[bool]:
    return (
        exists()
        .where(Entry.person_id == Renewal.person_id)
        .where(Registration.entry_id == Entry.id, FeeScale.part == Entry.part)
        .where(*_renewed_then(ends_on))
    )


def _renewed_then(ends_on: date) -> tuple[ColumnElement[bool], ...]:
    """Registered on the last day, at the price of the first day of the year that follows."""
    return (
        Registration.until_on == ends_on,
        Registration.valid.contains(start_of(ends_on)),
        FeeScale.kind == FeeKind.RENEWAL,
        FeeScale.valid.contains(end_of(ends_on)),
    )


def lines(ids: Sequence[UUID], ends_on: date) -> Subquery:
    """What each renewal is billed for: the dearest of the parts held, and every part that the scale bills by itself."""
    part = case(POSITIONS, value=Entry.part, else_=len(POSITIONS))
    gross = FeeScale.amount_pence
    off = case(
        (Discount.per_cent > 0, gross - gross * (100 - Discount.per_cent) // 100),
        (Discount.pence > 0, func.least(Discount.pence, gross)),
        else_=0,
    )
    held = (
        select(
            Renewal.id.label("renewal_id"),
            Entry.part,
            part.label("place"),
            FeeScale.id.label("fee_scale_id"),
            (gross - off).label("amount_pence"),
            off.label("off_pence"),
            case((off > 0, DiscountFor.FIRST_YEAR.value)).label("off_because"),
            FeeScale.each_part,
            func.row_number()
            .over(
                partition_by=(Renewal.id, FeeScale.each_part),
                order_by=((gross - off).desc(), part),
            )
            .label("rank"),
        )
        .join(Entry, Entry.person_id == Renewal.person_id)
        .join(Registration, Registration.entry_id == Entry.id)
        .join(FeeScale, FeeScale.part == Entry.part)
        .outerjoin(
            Discount,
            (Discount.fee_scale_id == FeeScale.id)
            & (Discount.because == DiscountFor.FIRST_YEAR)
            & Renewal.only_pays,
        )
        .where(among(Renewal.id, ids), *_renewed_then(ends_on))
        .subquery()
    )
    return (
        select(
            held.c.renewal_id,
            held.c.part,
            held.c.fee_scale_id,
            held.c.amount_pence,
            held.c.off_pence,
            held.c.off_because,
            func.row_number()
            .over(partition_by=held.c.renewal_id, order_by=held.c.place)
            .label("position"),
        )
        .where(or_(held.c.each_part, held.c.rank == 1))
        .subquery()
    )


async def _bill(
    session: AsyncSession,
    ids: Sequence[UUID],
    ends_on: date,
    *,
    now: datetime,
    by: Account | None,
) -> None:
    """Invoices, their lines and their history, in as many statements for one as for thousands; no letter."""
    process = Process.begin(session, FeesAct.RAISE_INVOICE, now=now, actor=by)
    await session.flush()
    asked = lines(ids, ends_on)
    await session.execute(_invoices(asked, ids, process))
    await session.execute(_lines(asked, process))
    await session.execute(_events(process))
    await post_raised(session, process)


def _invoices(asked: Subquery, ids: Sequence[UUID], process: Process) -> Insert:
    cure_days = RuleSet.data["renewal_cure_days"].as_integer()
    owed = (
        select(asked.c.renewal_id, func.sum(asked.c.amount_pence).label("pence"))
        .group_by(asked.c.renewal_id)
        .having(func.sum(asked.c.amount_pence) > 0)
        .subquery()
    )
    values = (
        select(
            func.gen_random_uuid(),
            literal(Purpose.RENEWAL.value),
            Renewal.id,
            Renewal.person_id,
            Account.id,
            cast(literal(process.id), Uuid),
            literal(process.at),
            Renewal.ends_on + cast(cure_days, Integer),
            Renewal.until_on,
            cast(owed.c.pence, BigInteger),
        )
        .join(owed, owed.c.renewal_id == Renewal.id)
        .join(Account, Account.person_id == Renewal.person_id)
        .join(RuleSet, RuleSet.id == Renewal.rule_set_id)
        .where(among(Renewal.id, ids))
    )
    columns = (
        "id",
        "purpose",
        "renewal_id",
        "person_id",
        "account_id",
        "process_id",
        "raised_at",
        "pay_by",
        "covers_until",
        "amount_pence",
    )
    # The job and the payer's click may meet here: one invoice comes of it.
    return (
        insert_or_ignore(Invoice)
        .from_select(columns, values)
        .on_conflict_do_nothing(
            index_elements=["renewal_id", "purpose"],
            index_where=Invoice.renewal_id.is_not(None),
        )
    )


def _lines(asked: Subquery, process: Process) -> Insert:
    values = (
        select(
            func.gen_random_uuid(),
            Invoice.id,
            asked.c.position,
            asked.c.fee_scale_id,
            asked.c.amount_pence,
            asked.c.off_pence,
            asked.c.off_because,
        )
        .join(asked, asked.c.renewal_id == Invoice.renewal_id)
        .where(Invoice.process_id == process.id)
    )
    columns = (
        "id",
        "invoice_id",
        "position",
        "fee_scale_id",
        "amount_pence",
        "off_pence",
        "off_because",
    )
    return insert(InvoiceLine).from_select(columns, values)


def _events(process: Process) -> Insert:
    values = select(
        Invoice.process_id,
        literal(FeesEvent.INVOICE_RAISED.value),
        Invoice.raised_at,
        Invoice.person_id,
        func.jsonb_build_object(
            "invoice",
            literal("INV-") + func.lpad(cast(Invoice.number, String), 7, "0"),
            "renewal",
            Invoice.renewal_id,
            "pence",
            Invoice.amount_pence,
            "pay_by",
            Invoice.pay_by,
        ),
    ).where(Invoice.process_id == process.id)
    columns = ("process_id", "kind", "at", "person_id", "data")
    return insert(Event).from_select(columns, values)


async def _let_off(
    session: AsyncSession, ids: Sequence[UUID], *, now: datetime
) -> None:
    """Whom the scale asks nothing of has paid: no payment would ever tell the renewal so."""
    free = select(Renewal).where(among(Renewal.id, ids), ~_billed())
    for renewal in (await session.scalars(free)).all():
        process = Process.begin(session, FeesAct.RAISE_INVOICE, now=now)
        await renewal.paid(session, at=now, by=process)


@every(hours=1)
async def bill_reinstatements(session: AsyncSession, now: datetime) -> None:
    """A further invoice for each who finished after their own last day, where that costs something."""
    billed = exists().where(
        Invoice.renewal_id == Renewal.id, Invoice.purpose == Purpose.REINSTATEMENT
    )
    late = (
        select(Renewal, FeeScale, RuleSet, Account.id)
        .join(RuleSet, RuleSet.id == Renewal.rule_set_id)
        .join(Account, Account.person_id == Renewal.person_id)
        .join(FeeScale, FeeScale.part == RuleSet.part)
        .where(
            Renewal.until_on >= day_of(now),
            Renewal.finished_at >= func.timezone(LONDON.key, _midnight_after_last()),
            FeeScale.kind == FeeKind.LATE_REINSTATEMENT,
            FeeScale.valid.contains(Renewal.finished_at),
            FeeScale.amount_pence > 0,
            Account.may_be_used(),
            ~billed,
        )
        .limit(AT_ONCE_ONE_BY_ONE)
        .with_for_update(of=Renewal, skip_locked=True)
    )
    for renewal, scale, rule_set, account_id in (await session.execute(late)).all():
        window = rule_set.rules.payment_window_working_days
        process = Process.begin(session, FeesAct.RAISE_INVOICE, now=now)
        invoice = Invoice(
            purpose=Purpose.REINSTATEMENT,
            renewal_id=renewal.id,
            person_id=renewal.person_id,
            account_id=account_id,
            process=process,
            raised_at=now,
            pay_by=working_days_after(day_of(now), window),
            covers_until=renewal.until_on,
            amount_pence=scale.amount_pence,
            lines=[
                InvoiceLine(
                    position=1,
                    fee_scale_id=scale.id,
                    amount_pence=scale.amount_pence,
                )
            ],
        )
        session.add(invoice)
        await post_raised(session, process)
        invoice.tell(
            FeesEvent.INVOICE_RAISED,
            process,
            invoice=invoice.reference,
            pence=invoice.amount_pence,
            pay_by=invoice.pay_by,
        )
        await write_to_payer(
            session, invoice, "reinstatement", now=now, renewal=renewal
        )


def _midnight_after_last() -> ColumnElement[datetime]:
    return cast(Renewal.last_day + cast(literal(1), Integer), TIMESTAMP(timezone=False))
