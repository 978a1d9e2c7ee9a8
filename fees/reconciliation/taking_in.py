"""Taking a settlement file in: each row against what the ledger says is still to come of its payment, and posted at once."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from fees.acts import FeesEvent
from fees.ledger import AccountCode, EntryKind, LedgerEntry, Post, Posting, entry_of
from fees.payment import Payment
from fees.reconciliation.file import Told
from fees.reconciliation.settlement import (
    RowState,
    Settlement,
    SettlementIdentified,
    SettlementRow,
)
from register.process import Process

AT_ONCE = 1_000
One = TypeVar("One")


@dataclass(frozen=True)
class TakenIn:
    """`settlement` is None where nothing of the file was new."""

    settlement: Settlement | None
    new: int
    same: int


@dataclass
class Outstanding:
    """What the provider has still to pay out of one payment, and what of its refunds it has still to take back."""

    payment_id: UUID
    pence: int = 0
    refunds: Counter[int] = field(default_factory=Counter)
    """How many of each amount."""

    def expected(self, gross: int) -> int:
        """What the ledger says instead of `gross`, and takes it as come."""
        if gross > 0:
            expected, self.pence = self.pence, self.pence - gross
            return expected
        if self.refunds[-gross]:
            self.refunds[-gross] -= 1
            return gross
        if self.pence < 0:
            # More had come than was paid: it is taken back.
            expected, self.pence = self.pence, self.pence - gross
            return expected
        left = [pence for pence, count in self.refunds.items() if count > 0]
        if not left:
            return 0
        nearest = min(left, key=lambda pence: (abs(pence + gross), pence))
        self.refunds[nearest] -= 1
        return -nearest


async def take_in(
    session: AsyncSession, raw: bytes, rows: Sequence[Told], *, by: Process
) -> TakenIn:
    """What was taken in before, in this file or another, is not taken in again."""
    await session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended("settlement", 0)))
    )
    known = await _known(session, rows)
    new = [row for row in rows if row.key not in known]
    same = len(rows) - len(new)
    if not new:
        return TakenIn(None, 0, same)
    settlement = Settlement(
        id=uuid4(),
        sha256=hashlib.sha256(raw).digest(),
        taken_in_at=by.at,
        process=by,
    )
    session.add(settlement)
    outstanding = await outstanding_of(session, {row.provider_id for row in new})
    for some in _by_thousands(new):
        entries = [_enter(settlement, row, outstanding, by) for row in some]
        session.add_all(entry for entry, _ in entries)
        await session.flush()
        session.add_all(kept for _, kept in entries)
        await session.flush()
    by.tell(FeesEvent.SETTLED, settlement=settlement.reference, rows=len(new))
    return TakenIn(settlement, len(new), same)


def _by_thousands(rows: Sequence[One]) -> Iterator[Sequence[One]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


async def _known(
    session: AsyncSession, rows: Sequence[Told]
) -> set[tuple[str, date, int, int]]:
    columns = (
        SettlementRow.provider_id,
        SettlementRow.settled_on,
        SettlementRow.gross_pence,
        SettlementRow.nth,
    )
    known: set[tuple[str, date, int, int]] = set()
    for some in _by_thousands(rows):
        keys = [row.key for row in some]
        found = await session.execute(
            select(*columns).where(tuple_(*columns).in_(keys))
        )
        known.update((one, day, gross, nth) for one, day, gross, nth in found)
    return known


def _enter(
    settlement: Settlement,
    row: Told,
    outstanding: dict[str, Outstanding],
    by: Process,
) -> tuple[LedgerEntry, SettlementRow]:
    ours = outstanding.get(row.provider_id)
    expected = ours.expected(row.gross_pence) if ours else None
    payment_id = ours.payment_id if ours else None
    # A difference stays in the clearing account, as what is still to come of the payment or has come too much.
    of = AccountCode.CARD_CLEARING if ours else AccountCode.UNIDENTIFIED
    entry = entry_of(
        EntryKind.SETTLED,
        [
            Post(AccountCode.BANK, row.net_pence),
            Post(AccountCode.PROVIDER_FEES, row.fee_pence),
            Post(of, -row.gross_pence, payment_id=payment_id),
        ],
        by=by,
        payment_id=payment_id,
    )
    return entry, SettlementRow(
        settlement_id=settlement.id,
        line=row.line,
        provider_id=row.provider_id,
        reference=row.reference,
        gross_pence=row.gross_pence,
        fee_pence=row.fee_pence,
        net_pence=row.net_pence,
        settled_on=row.settled_on,
        nth=row.nth,
        state=_state(row.gross_pence, expected),
        expected_pence=expected,
        payment_id=payment_id,
        entry_id=entry.id,
    )


def _state(gross: int, expected: int | None) -> RowState:
    if expected is None:
        return RowState.UNIDENTIFIED
    if gross == expected:
        return RowState.MATCHED
    more = gross > expected if gross > 0 else gross < expected
    return RowState.OVER if more else RowState.UNDER


async def outstanding_of(
    session: AsyncSession, provider_ids: Iterable[str]
) -> dict[str, Outstanding]:
    """By GOV.UK Pay's numbers of those payments of which money came."""
    found: dict[str, Outstanding] = {}
    for some in _by_thousands(sorted(provider_ids)):
        rows = await session.execute(
            select(Payment.provider_id, Payment.id)
            .join(LedgerEntry, LedgerEntry.payment_id == Payment.id)
            .where(
                LedgerEntry.kind == EntryKind.PAYMENT_RECEIVED,
                Payment.provider_id.in_(some),
            )
        )
        ours = {
            number: Outstanding(payment_id) for number, payment_id in rows if number
        }
        await _count(session, {one.payment_id: one for one in ours.values()})
        found |= ours
    return found


async def _count(session: AsyncSession, ours: dict[UUID, Outstanding]) -> None:
    """Received less what was settled; refunded less what was taken back."""
    moved = await session.execute(
        select(Posting.payment_id, LedgerEntry.kind, Posting.pence)
        .join(Posting.entry)
        .where(
            Posting.payment_id.in_(ours), Posting.account == AccountCode.CARD_CLEARING
        )
    )
    back: dict[UUID, list[int]] = defaultdict(list)
    for payment_id, kind, pence in moved:
        assert payment_id  # noqa: S101 - of the clearing account
        if kind is EntryKind.REFUND_SUCCEEDED:
            ours[payment_id].refunds[-pence] += 1
        elif kind is EntryKind.SETTLED and pence > 0:
            back[payment_id].append(pence)
        else:
            ours[payment_id].pence += pence
    for payment_id, taken in back.items():
        for pence in taken:
            ours[payment_id].expected(-pence)


async def rows_of(
    session: AsyncSession,
    settlement_id: UUID,
    *,
    state: RowState | None,
    after: int,
    most: int,
) -> Sequence[tuple[SettlementRow, UUID | None]]:
    """In the order of the file, each with the payment that an unidentified one turned out to be."""
    found = (
        select(SettlementRow, SettlementIdentified.payment_id)
        .outerjoin(
            SettlementIdentified, SettlementIdentified.row_id == SettlementRow.id
        )
        .where(SettlementRow.settlement_id == settlement_id, SettlementRow.line > after)
        .order_by(SettlementRow.line)
        .limit(most)
    )
    if state:
        found = found.where(SettlementRow.state == state)
    rows = await session.execute(found)
    return [(row, payment_id) for row, payment_id in rows]
