"""Reconciliation: what the payment provider says that it paid out, against the ledger; and money that pays for nothing."""

from fees.reconciliation.file import COLUMNS, TEMPLATE, read_settlement
from fees.reconciliation.settlement import (
    RowState,
    Settlement,
    SettlementRow,
    settlement_reference,
)
from fees.reconciliation.taking_in import TakenIn, rows_of, take_in
from fees.reconciliation.waiting import (
    Receipt,
    Unallocated,
    UnallocatedPage,
    identify,
    known_by_now,
    receipt_numbered,
    unallocated,
)

__all__ = [
    "COLUMNS",
    "TEMPLATE",
    "Receipt",
    "RowState",
    "Settlement",
    "SettlementRow",
    "TakenIn",
    "Unallocated",
    "UnallocatedPage",
    "identify",
    "known_by_now",
    "read_settlement",
    "receipt_numbered",
    "rows_of",
    "settlement_reference",
    "take_in",
    "unallocated",
]
