"""What may be done with a condition that stands, and the lines of history that it leaves."""

from enum import StrEnum


class ConditionAct(StrEnum):
    PROPOSE = "condition:propose"
    APPROVE = "condition:approve"
    RETURN = "condition:return"
    RESUME = "condition:resume"
    SEND = "condition:send_evidence"
    REMIND = "condition:remind"


class ConditionEvent(StrEnum):
    PAUSED = "condition:paused"
    RESUMED = "condition:resumed"
    EXTENDED = "condition:extended"
    DISCHARGED = "condition:discharged"
    EVIDENCE_SENT = "condition:evidence_sent"
    REMINDED = "condition:reminded"
