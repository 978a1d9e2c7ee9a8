"""What is done about somebody's particulars, and the lines of history that it leaves."""

from enum import StrEnum


class ParticularsAct(StrEnum):
    ASK = "particulars:ask"
    WITHDRAW = "particulars:withdraw"
    PROPOSE = "particulars:propose"
    RETURN = "particulars:return"
    MAKE = "particulars:make"
    TURN_DOWN = "particulars:turn_down"


class ParticularsEvent(StrEnum):
    ASKED = "particulars:asked"
    WITHDRAWN = "particulars:withdrawn"
    MADE = "particulars:made"
    TURNED_DOWN = "particulars:turned_down"
