"""What is done about fees, and the lines of history that it leaves."""

from enum import StrEnum


class FeesAct(StrEnum):
    """The processes of fees."""

    RAISE_INVOICE = "raise_invoice"
    REMIND = "remind_of_fee"
    START_PAYMENT = "start_payment"
    SETTLE_PAYMENT = "settle_payment"
    """GOV.UK Pay was asked, and what it says is new."""


class FeesEvent(StrEnum):
    INVOICE_RAISED = "invoice_raised"
    REMINDED = "fee_reminded"
    PAYMENT_STARTED = "payment_started"
    PAYMENT_SUCCEEDED = "payment_succeeded"
    PAYMENT_ENDED = "payment_ended"
    """Without money."""
    FEE_PAID = "fee_paid"
    OVERPAID = "overpaid"
    """Money came that pays for nothing, and is to be given back."""
