"""The random audit of learning: a draw to repeat, assessors who do not know whose learning it is, and what follows."""

from register.cpd.audit.acts import AuditAct, AuditEvent
from register.cpd.audit.assessing import (
    assess,
    assessors_for,
    assign,
    give_back,
    given_to,
    to_assess,
)
from register.cpd.audit.audit import LearningAudit, audit_of, audits
from register.cpd.audit.case import (
    AuditCase,
    CaseState,
    Finding,
    Work,
    awaited_since,
    own_cases,
    request_of,
    told_of,
    words_of,
    work_on,
)
from register.cpd.audit.conditional import about, of_learning, propose_condition
from register.cpd.audit.drawing import propose_draw
from register.cpd.audit.redacting import Seen, seen_by_assessors
from register.cpd.audit.results import (
    Results,
    case_for,
    cases_of,
    published,
    results_of,
)

__all__ = [
    "AuditAct",
    "AuditCase",
    "AuditEvent",
    "CaseState",
    "Finding",
    "LearningAudit",
    "Results",
    "Seen",
    "Work",
    "about",
    "assess",
    "assessors_for",
    "assign",
    "audit_of",
    "audits",
    "awaited_since",
    "case_for",
    "cases_of",
    "give_back",
    "given_to",
    "of_learning",
    "own_cases",
    "propose_condition",
    "propose_draw",
    "published",
    "request_of",
    "results_of",
    "seen_by_assessors",
    "to_assess",
    "told_of",
    "words_of",
    "work_on",
]
