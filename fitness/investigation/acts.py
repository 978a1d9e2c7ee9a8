"""What is done in an investigation; its lines of history stand with those of the case."""

from enum import StrEnum


class InvestigationAct(StrEnum):
    """The processes. As those of a case, they tell nothing of a person."""

    PLAN = "case:plan"
    ALLEGE = "case:allege"
    LOG_EVIDENCE = "case:log_evidence"
    NAME_WITNESS = "case:name_witness"
    ASK = "case:ask"
    LOG_PROCEEDING = "case:log_proceeding"
    HOLD = "case:hold"
    SERVE = "case:serve"
    DROP = "case:drop"
    """A notice that is not to be served any more."""
    DISCLOSE = "case:disclose"
    GIVE_TIME = "case:give_time"
    COMMENT = "case:comment"
    RECORD_COMMENT = "case:record_comment"
    """Of what came by post, by one of us."""
