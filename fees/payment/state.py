"""The states of a payment, and the one table of what may follow what."""

from enum import StrEnum

from fees.govuk_pay import Reason, State, Status


class PaymentState(StrEnum):
    ASKING = "asking"
    """We meant to ask GOV.UK Pay for it. Whether it exists there is not known yet."""
    OPEN = "open"
    """GOV.UK Pay has it and waits for the payer."""
    PAID = "paid"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"
    """Something went wrong at GOV.UK Pay or behind it; no money was taken."""
    NEVER_MADE = "never_made"
    """GOV.UK Pay does not have it."""

    @property
    def unsettled(self) -> bool:
        """Whether its end is still to come."""
        return self in UNSETTLED

    @property
    def paid(self) -> bool:
        return self is PaymentState.PAID

    def may_become(self, other: "PaymentState") -> bool:
        return other in MOVES[self]

    @classmethod
    def told(cls, state: State) -> "PaymentState":
        """Our word for what GOV.UK Pay says."""
        if state.status is Status.FAILED:
            return ENDS.get(state.code, cls.FAILED)
        return STATES[state.status]


UNSETTLED = frozenset({PaymentState.ASKING, PaymentState.OPEN})
STATES = {
    Status.CREATED: PaymentState.OPEN,
    Status.STARTED: PaymentState.OPEN,
    Status.SUBMITTED: PaymentState.OPEN,
    Status.CAPTURABLE: PaymentState.OPEN,
    Status.SUCCESS: PaymentState.PAID,
    Status.CANCELLED: PaymentState.CANCELLED,
    Status.ERROR: PaymentState.FAILED,
}
ENDS: dict[str, PaymentState] = {
    Reason.DECLINED: PaymentState.DECLINED,
    Reason.EXPIRED: PaymentState.EXPIRED,
    Reason.CANCELLED_BY_PAYER: PaymentState.CANCELLED,
    Reason.CANCELLED_BY_SERVICE: PaymentState.CANCELLED,
}

WITHOUT_MONEY = frozenset(
    {
        PaymentState.DECLINED,
        PaymentState.CANCELLED,
        PaymentState.EXPIRED,
        PaymentState.FAILED,
    }
)
MOVES: dict[PaymentState, frozenset[PaymentState]] = {
    PaymentState.ASKING: WITHOUT_MONEY
    | {PaymentState.OPEN, PaymentState.PAID, PaymentState.NEVER_MADE},
    PaymentState.OPEN: WITHOUT_MONEY | {PaymentState.PAID},
    PaymentState.NEVER_MADE: WITHOUT_MONEY | {PaymentState.PAID},
    **{state: frozenset({PaymentState.PAID}) for state in WITHOUT_MONEY},
    PaymentState.PAID: frozenset(),
}
"""Whatever we believed before, money that was taken is taken; and nothing takes it back but a refund."""
