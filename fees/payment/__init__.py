"""Payments by card: tries, receipts, and what is to be given back."""

from fees.payment.mop_up import (
    PayNotice,
    check_payment,
    close_unpaid,
    hear,
    mop_up_payments,
    remind_unpaid,
)
from fees.payment.paying import TooLateToPay, check, go_to_pay, latest_payment, to_pay
from fees.payment.payment import OverpaidBecause, Overpayment, Payment, Receipt, Told
from fees.payment.state import MOVES, UNSETTLED, PaymentState

__all__ = [
    "MOVES",
    "UNSETTLED",
    "OverpaidBecause",
    "Overpayment",
    "PayNotice",
    "Payment",
    "PaymentState",
    "Receipt",
    "Told",
    "TooLateToPay",
    "check",
    "check_payment",
    "close_unpaid",
    "go_to_pay",
    "hear",
    "latest_payment",
    "mop_up_payments",
    "remind_unpaid",
    "to_pay",
]
