"""What is done about an appeal or a decision that was ours to undo, and the lines of history that it leaves."""

from enum import StrEnum


class AppealAct(StrEnum):
    LODGE = "appeal:lodge"
    SEND_DOCUMENT = "appeal:send_document"
    WITHDRAW = "appeal:withdraw"
    ACCEPT_LATE = "appeal:accept_late"
    TURN_AWAY = "appeal:turn_away"
    ACKNOWLEDGE = "appeal:acknowledge"
    LIST = "appeal:list"
    RECONSIDER = "appeal:reconsider"
    PROPOSE = "appeal:propose"
    RETURN = "appeal:return"
    DECIDE = "appeal:decide"


class AppealEvent(StrEnum):
    LODGED = "appeal:lodged"
    DOCUMENT_SENT = "appeal:document_sent"
    WITHDRAWN = "appeal:withdrawn"
    ACCEPTED_LATE = "appeal:accepted_late"
    TURNED_AWAY = "appeal:turned_away"
    ACKNOWLEDGED = "appeal:acknowledged"
    LISTED = "appeal:listed"
    DECIDED = "appeal:decided"


class ReversalAct(StrEnum):
    PROPOSE = "reversal:propose"
    RETURN = "reversal:return"
    APPROVE = "reversal:approve"
