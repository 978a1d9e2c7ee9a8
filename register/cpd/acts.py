"""What may be done with somebody's learning, and the lines of history that it leaves."""

from enum import StrEnum


class LearningAct(StrEnum):
    WRITE = "learning:write"
    REMOVE = "learning:remove"
    SEND_DOCUMENT = "learning:send_document"
    REMOVE_DOCUMENT = "learning:remove_document"
    ASK_PEER = "learning:ask_peer"
    TAKE_BACK_PEER = "learning:take_back_peer"
    REFLECT = "learning:reflect"
    DECLINE = "learning:decline_to_reflect"
    REMIND_PEER = "learning:remind_peer"
    EXPIRE_PEER = "learning:expire_peer"
    ASK_FOR_LESS = "learning:ask_for_less"
    GRANT_LESS = "learning:grant_less"
    TURN_DOWN_LESS = "learning:turn_down_less"
    ERASE = "learning:erase"


class LearningEvent(StrEnum):
    WRITTEN = "learning:written"
    REMOVED = "learning:removed"
    DOCUMENT_SENT = "learning:document_sent"
    DOCUMENT_REMOVED = "learning:document_removed"
    SUBMITTED = "learning:submitted"
    LESS_ASKED = "learning:less_asked"
    LESS_GRANTED = "learning:less_granted"
    LESS_TURNED_DOWN = "learning:less_turned_down"
    ERASED = "learning:erased"
