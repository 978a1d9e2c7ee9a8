"""What payers take away as PDF: the receipt of an invoice, and what they paid in a tax year."""

from fees.papers.printing import receipt_html, statement_html
from fees.papers.statement import Paid, Payer, Statement, statement, years_paid_in

__all__ = [
    "Paid",
    "Payer",
    "Statement",
    "receipt_html",
    "statement",
    "statement_html",
    "years_paid_in",
]
