"""Conditions of registration after they are set: their clocks, what is sent for them, and how they end."""

from register.condition.acts import ConditionAct, ConditionEvent
from register.condition.carrying import carry_over
from register.condition.clock import (
    AlreadyPaused,
    BeforeTheClock,
    ClockPause,
    DueAlready,
    NotPaused,
    OutOfOrder,
    PausedThen,
    PauseReason,
    Standing,
    resume,
    standing_of,
    standings_of,
)
from register.condition.due import ConditionDue, DuePage, conditions_due, due_of_others
from register.condition.evidence import ConditionEvidence, evidence_of, send
from register.condition.proposing import (
    Award,
    NotLater,
    letter_before,
    propose_discharge,
    propose_extension,
    propose_pause,
)

__all__ = [
    "AlreadyPaused",
    "Award",
    "BeforeTheClock",
    "ClockPause",
    "ConditionAct",
    "ConditionDue",
    "ConditionEvent",
    "ConditionEvidence",
    "DueAlready",
    "DuePage",
    "NotLater",
    "NotPaused",
    "OutOfOrder",
    "PauseReason",
    "PausedThen",
    "Standing",
    "carry_over",
    "conditions_due",
    "due_of_others",
    "evidence_of",
    "letter_before",
    "propose_discharge",
    "propose_extension",
    "propose_pause",
    "resume",
    "send",
    "standing_of",
    "standings_of",
]
