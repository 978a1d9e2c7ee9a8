"""Receipts and statements as papers."""

from fees.papers.statement import Statement
from fees.payment.standing import Record
from register.kit import paper


def receipt_html(record: Record) -> str:
    """Of an invoice that is paid; its own time is that of the last thing that it tells of."""
    receipt = record.standing.receipt
    assert receipt  # noqa: S101 - the page asks for it first
    moments = [receipt.paid_at, *(note.given_at for note in record.credit_notes)]
    return paper.html_of(
        "fees/papers/receipt.html", made_at=max(moments), record=record
    )


def statement_html(statement: Statement, *, name: str) -> str:
    """Its own time is that of the last thing that it tells of."""
    return paper.html_of(
        "fees/papers/statement.html",
        made_at=statement.last,
        statement=statement,
        name=name,
    )
