"""Panels: who may decide, what keeps them from it, and when they can come."""

from fitness.panel.conflict import Candidate, Clash, Matter, Tie, clashes
from fitness.panel.decider import (
    DECIDING,
    Backwards,
    Decider,
    DeclaredInterest,
    FreeDays,
    LayChairs,
    PanelAct,
    Side,
    TakenBack,
    decider_with,
    deciders,
    free_days_of,
    interests_of,
)
from fitness.panel.tie import tie_to, worked

__all__ = [
    "DECIDING",
    "Backwards",
    "Candidate",
    "Clash",
    "Decider",
    "DeclaredInterest",
    "FreeDays",
    "LayChairs",
    "Matter",
    "PanelAct",
    "Side",
    "TakenBack",
    "Tie",
    "clashes",
    "decider_with",
    "deciders",
    "free_days_of",
    "interests_of",
    "tie_to",
    "worked",
]
