"""Payments by card: tries, receipts, and what is to be given back."""

from fees.payment.counting import Came, Counted, count
from fees.payment.mop_up import (
    PayNotice,
    check_payment,
    close_unpaid,
    hear,
    mop_up_payments,
    remind_unpaid,
    write_off_unpaid,
)
from fees.payment.owed import Owed, share, to_pay
from fees.payment.paying import (
    BegunByAnother,
    PaymentUnderWay,
    TooLateToPay,
    alone,
    cancel_collective,
    check,
    go_to_pay,
    go_to_pay_by_link,
    go_to_pay_together,
    latest_payment,
    latest_payment_together,
    payments_together,
    take,
)
from fees.payment.payment import (
    Bill,
    CannotPayFor,
    NotThatMuchLeft,
    Overpayment,
    Payment,
    Told,
)
from fees.payment.purposes import OverpaidBecause
from fees.payment.receipt import PaidBy, Receipt
from fees.payment.renewable import buys_nothing, is_renewed, renewable
from fees.payment.sharing import counts_from, share_out
from fees.payment.state import MOVES, UNSETTLED, PaymentState

__all__ = [
    "MOVES",
    "UNSETTLED",
    "BegunByAnother",
    "Bill",
    "Came",
    "CannotPayFor",
    "Counted",
    "NotThatMuchLeft",
    "OverpaidBecause",
    "Overpayment",
    "Owed",
    "PaidBy",
    "PayNotice",
    "Payment",
    "PaymentState",
    "PaymentUnderWay",
    "Receipt",
    "Told",
    "TooLateToPay",
    "alone",
    "buys_nothing",
    "cancel_collective",
    "check",
    "check_payment",
    "close_unpaid",
    "count",
    "counts_from",
    "go_to_pay",
    "go_to_pay_by_link",
    "go_to_pay_together",
    "hear",
    "is_renewed",
    "latest_payment",
    "latest_payment_together",
    "mop_up_payments",
    "payments_together",
    "remind_unpaid",
    "renewable",
    "share",
    "share_out",
    "take",
    "to_pay",
    "write_off_unpaid",
]
