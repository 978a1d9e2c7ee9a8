"""Income: what was asked for less what was taken back, by part, kind of fee and the month in which it was posted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from fees.ledger import AccountCode, LedgerEntry, Posting
from fees.scale import FeeKind
from register.kit.clock import months_after, start_of
from register.part import Part


@dataclass(frozen=True)
class Income:
    month: date
    part: Part
    kind: FeeKind
    pence: int


async def income(
    session: AsyncSession, *, since: date | None = None, until: date
) -> Sequence[Income]:
    """Of the months from `since`, or all before, to that of `until`; a month is London's."""
    month = func.date(
        func.date_trunc("month", func.timezone("Europe/London", LedgerEntry.at))
    )
    found = (
        select(month, Posting.part, Posting.fee_kind, -func.sum(Posting.pence))
        .join(Posting.entry)
        .where(
            Posting.account == AccountCode.INCOME,
            LedgerEntry.at < start_of(months_after(until.replace(day=1), 1)),
        )
        .group_by(month, Posting.part, Posting.fee_kind)
    )
    if since:
        found = found.where(LedgerEntry.at >= start_of(since.replace(day=1)))
    kinds = list(FeeKind)
    rows = [
        Income(day, part, kind, int(pence))
        for day, part, kind, pence in await session.execute(found)
        if part and kind
    ]
    return sorted(
        rows, key=lambda one: (one.month, one.part.position, kinds.index(one.kind))
    )
