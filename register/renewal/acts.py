"""What is done about renewals, and the lines of history that it leaves."""

from enum import StrEnum


class RenewalAct(StrEnum):
    OPEN = "renewal:open"
    CONFIRM = "renewal:confirm"
    ASK_FOR_TIME = "renewal:ask_for_time"
    WITHDRAW_TIME = "renewal:withdraw_time"
    PROPOSE_TIME = "renewal:propose_time"
    RETURN_TIME = "renewal:return_time"
    DECIDE_TIME = "renewal:decide_time"
    SETTLE_DECLARATION = "renewal:settle_declaration"
    ERASE_DECLARATIONS = "renewal:erase_declarations"
    NOTICE = "renewal:notice"
    PROPOSE_LAPSES = "renewal:propose_lapses"
    RETURN_LAPSES = "renewal:return_lapses"
    RELEASE_LAPSES = "renewal:release_lapses"
    LAPSE = "renewal:lapse"
    TAKE_LIST = "renewal:take_list"


class RenewalEvent(StrEnum):
    OPENED = "renewal:opened"
    CONFIRMED = "renewal:confirmed"
    REOPENED = "renewal:reopened"
    POST_CONFIRMED = "renewal:post_confirmed"
    PAID = "renewal:paid"
    FINISHED = "renewal:finished"
    TIME_ASKED = "renewal:time_asked"
    TIME_WITHDRAWN = "renewal:time_withdrawn"
    EXTENDED = "renewal:extended"
    TIME_REFUSED = "renewal:time_refused"
    DECLARATION_SETTLED = "renewal:declaration_settled"
    DECLARATIONS_ERASED = "renewal:declarations_erased"
    NOTICED = "renewal:noticed"
    RELEASED = "renewal:lapses_released"
    CURED = "renewal:cured"
    LAPSE_UNDONE = "renewal:lapse_undone"
    LIST_TAKEN = "renewal:list_taken"
