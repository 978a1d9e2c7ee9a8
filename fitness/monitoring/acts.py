"""What is done to see that an order is kept."""

from enum import StrEnum


class MonitoringAct(StrEnum):
    NAME_REPORTER = "monitoring:name_reporter"
    END_REPORTER = "monitoring:end_reporter"
    SET_CHECK_IN = "monitoring:set_check_in"
    REMIND = "monitoring:remind"
    ANSWER = "monitoring:answer"
    JUDGE = "monitoring:judge"
    BRING_FORWARD = "monitoring:bring_forward"
    ASK_EARLY_REVIEW = "monitoring:ask_early_review"
    ANSWER_EARLY_REVIEW = "monitoring:answer_early_review"
