"""What is done with a docket; its lines of history stand with those of the case."""

from enum import StrEnum


class DocketAct(StrEnum):
    """The processes. As those of a case, they tell nothing of a person."""

    ADD = "case:add_document"
    SET_LEVEL = "case:set_level"
    TAKE_OUT = "case:take_out_document"
    REDACT = "case:redact"
    ACKNOWLEDGE = "case:acknowledge_redaction"
    RETURN = "case:return_redaction"
    BUILD = "case:build_bundle"
