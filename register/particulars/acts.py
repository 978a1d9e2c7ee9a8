"""What is done about somebody's particulars, and the lines of history that it leaves."""

from enum import StrEnum


class ParticularsAct(StrEnum):
    ASK = "particulars:ask"
    WITHDRAW = "particulars:withdraw"
    PROPOSE = "particulars:propose"
    RETURN = "particulars:return"
    MAKE = "particulars:make"
    TURN_DOWN = "particulars:turn_down"
    CHANGE_CONTACT = "particulars:change_contact"
    RECORD_ADDRESS = "particulars:record_address"
    BEGIN_POST = "particulars:begin_post"
    END_POST = "particulars:end_post"


class ParticularsEvent(StrEnum):
    ASKED = "particulars:asked"
    WITHDRAWN = "particulars:withdrawn"
    MADE = "particulars:made"
    TURNED_DOWN = "particulars:turned_down"
    CONTACT_CHANGED = "particulars:contact_changed"
    POST_BEGUN = "particulars:post_begun"
    POST_ENDED = "particulars:post_ended"
