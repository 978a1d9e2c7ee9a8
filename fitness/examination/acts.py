"""What is done while case examiners have a case; its lines of history stand with those of the case."""

from enum import StrEnum


class ExaminationAct(StrEnum):
    """The processes. As those of a case, they tell nothing of a person."""

    REPORT = "examination:report"
    APPOINT = "examination:appoint"
    VIEW = "examination:view"
    DRAFT = "examination:draft"
    CONFIRM = "examination:confirm"
    ANSWER = "examination:answer"
    """A proposal, by the registrant."""
    RECORD_ANSWER = "examination:record_answer"
    """That came on paper, by one of us."""
    CHECK_ANSWER = "examination:check_answer"
    """By another."""
    SERVE = "examination:serve"
    """A proposal, again."""
    REMIND = "examination:remind"
    """Of a proposal that is not answered."""
    EXPIRE = "examination:expire"
