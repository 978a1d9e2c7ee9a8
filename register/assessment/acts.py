"""What staff do with an application, and the lines of history that it leaves."""

from enum import StrEnum


class AssessmentAct(StrEnum):
    ASSIGN = "assign_application"
    CHECK = "check_section"
    READ = "read_restricted_section"
    JUDGE = "judge_qualification"
    SCRUTINISE = "scrutinise_qualification"
    SIGN_PORTFOLIO = "sign_portfolio"
    RECOMMEND = "recommend_on_portfolio"
    CONFIRM = "confirm_qualification"
    RETURN_VERDICT = "return_qualification"
    CERTIFY = "certify_status_elsewhere"
    NOTE = "note_on_application"
    ASK = "ask_for_more"
    REMIND = "remind_of_request"
    GO_ON = "go_on_without_answer"
    ASK_REFEREE_AGAIN = "ask_referee_again"
    GO_ON_WITHOUT_REFERENCE = "go_on_without_reference"
    ASK_ENDORSER_AGAIN = "ask_endorser_again"
    GO_ON_WITHOUT_ENDORSEMENT = "go_on_without_endorsement"
    SEND_TO_REVIEW = "send_to_suitability_review"
    REVIEW = "review_suitability"
    HOLD = "hold_application"
    RELEASE = "release_application"
    PROPOSE = "propose_decision_on_application"
    APPROVE = "approve_decision_on_application"
    RETURN = "return_decision_on_application"
    PROPOSE_REOPENING = "propose_to_take_back_approval"


class AssessmentEvent(StrEnum):
    ASSIGNED = "application_assigned"
    SECTION_CHECKED = "section_checked"
    QUALIFICATION_JUDGED = "qualification_judged"
    QUALIFICATION_SCRUTINISED = "qualification_scrutinised"
    PORTFOLIO_SIGNED = "portfolio_signed"
    QUALIFICATION_CONFIRMED = "qualification_confirmed"
    STATUS_CERTIFIED = "status_elsewhere_certified"
    RESTRICTED_READ = "restricted_section_read"
    NOTED = "application_noted"
    ENDORSEMENT_WAIVED = "endorsement_waived"
    PUT_ON_HOLD = "application_put_on_hold"
    RELEASED = "application_released"


class ReadingAct(StrEnum):
    RELEASE = "reading:release"


class ReadingEvent(StrEnum):
    """Of who opens much of what is restricted."""

    WARNED = "reading:warned"
    LOCKED = "reading:locked"
    RELEASED = "reading:released"
