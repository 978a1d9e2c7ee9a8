"""Invoices: of applications, of scrutinies, of renewals, and of what was finished late."""

from fees.invoice.invoice import (
    Invoice,
    InvoiceLine,
    NothingToPay,
    Purpose,
    invoice_reference,
    read_invoice_reference,
    write_to_payer,
)
from fees.invoice.of_application import Fees, bill, fees_of, raise_due
from fees.invoice.of_renewal import (
    RenewalFees,
    bill_next_renewals,
    bill_reinstatements,
    bill_renewal,
    renewal_fees,
)
from fees.invoice.of_scrutiny import (
    ScrutinyFee,
    bill_scrutiny,
    raise_scrutinies,
    scrutiny_fee,
)

__all__ = [
    "Fees",
    "Invoice",
    "InvoiceLine",
    "NothingToPay",
    "Purpose",
    "RenewalFees",
    "ScrutinyFee",
    "bill",
    "bill_next_renewals",
    "bill_reinstatements",
    "bill_renewal",
    "bill_scrutiny",
    "fees_of",
    "invoice_reference",
    "raise_due",
    "raise_scrutinies",
    "read_invoice_reference",
    "renewal_fees",
    "scrutiny_fee",
    "write_to_payer",
]
