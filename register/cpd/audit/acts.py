"""What may be done in an audit of learning, and the lines of history that it leaves."""

from enum import StrEnum


class AuditAct(StrEnum):
    ANNOUNCE = "audit:announce"
    PROPOSE = "audit:propose"
    RETURN = "audit:return"
    DRAW = "audit:draw"
    ASSIGN = "audit:assign"
    GIVE_BACK = "audit:give_back"
    SET_ASIDE = "audit:set_aside"
    ASSESS = "audit:assess"
    ANSWER = "audit:answer"
    REMIND = "audit:remind"
    EXPIRE = "audit:expire"
    RENEW_CONDITIONALLY = "audit:renew_conditionally"


class AuditEvent(StrEnum):
    ANNOUNCED = "audit:announced"
    DRAWN = "audit:drawn"
    SELECTED = "audit:selected"
    ASSIGNED = "audit:assigned"
    GIVEN_BACK = "audit:given_back"
    FOUND = "audit:found"
    SETTLED = "audit:settled"
    CONDITION_SET = "audit:condition_set"
