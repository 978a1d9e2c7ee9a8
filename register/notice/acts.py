"""What may be done with a notice, and the lines of history that it leaves."""

from enum import StrEnum


class NoticeAct(StrEnum):
    PROPOSE = "notice:propose"
    APPROVE = "notice:approve"
    RETURN = "notice:return"
    ANSWER = "notice:answer"
    SAY_NOTHING = "notice:say_nothing"
    SEND = "notice:send_document"
    REMIND = "notice:remind"
    EXPIRE = "notice:expire"
    DROP = "notice:drop"
    SERVE_BY_POST = "notice:serve_by_post"
    RECORD = "notice:record_answer"
    """That came by post."""


class NoticeEvent(StrEnum):
    SERVED = "notice:served"
    ANSWERED = "notice:answered"
    DOCUMENT_SENT = "notice:document_sent"
    ENDED = "notice:ended"
