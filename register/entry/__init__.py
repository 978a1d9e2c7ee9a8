"""Entries in the register: dated facts, the status they give, and what the public sees of them."""

from register.entry.changes import Change, Changed, changes_between
from register.entry.citation import Citation, citations_of, cited_at
from register.entry.entry import (
    FACTS,
    AlreadyEntered,
    EndedAlready,
    EndsAsItBegins,
    Entry,
    EntryEvent,
    EntryHeld,
    Move,
    NewCondition,
    NotHeld,
    NotPossible,
    RenewedAlready,
)
from register.entry.facts import (
    ConditionKind,
    LapseReason,
    OrderKind,
    RemovalReason,
    WarningKind,
)
from register.entry.known import known_at, superseded_facts
from register.entry.parts import parts_of
from register.entry.projection import (
    EntryProjection,
    project,
    project_many,
    public_words,
    row_at,
    rows_at,
    rules_at,
    tokens_of,
)
from register.entry.shown import (
    A_MOMENT,
    Period,
    Restriction,
    Shown,
    restrictions_at,
    shown_at,
    told,
)
from register.entry.status import Facts, Status, status_at
from register.entry.twin import status_in_sql

__all__ = [
    "A_MOMENT",
    "FACTS",
    "AlreadyEntered",
    "Change",
    "Changed",
    "Citation",
    "ConditionKind",
    "EndedAlready",
    "EndsAsItBegins",
    "Entry",
    "EntryEvent",
    "EntryHeld",
    "EntryProjection",
    "Facts",
    "LapseReason",
    "Move",
    "NewCondition",
    "NotHeld",
    "NotPossible",
    "OrderKind",
    "Period",
    "RemovalReason",
    "RenewedAlready",
    "Restriction",
    "Shown",
    "Status",
    "WarningKind",
    "changes_between",
    "citations_of",
    "cited_at",
    "known_at",
    "parts_of",
    "project",
    "project_many",
    "public_words",
    "restrictions_at",
    "row_at",
    "rows_at",
    "rules_at",
    "shown_at",
    "status_at",
    "status_in_sql",
    "superseded_facts",
    "tokens_of",
    "told",
]
