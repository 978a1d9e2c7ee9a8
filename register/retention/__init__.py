"""Retention: how long what was told us is kept, what is erased next, and a record of what was."""

from register.retention.due import Due, Kind, due_by
from register.retention.erasing import Erasure, erase, erase_what_is_due, erasures
from register.retention.keeping import (
    KeptLonger,
    RetentionAct,
    RetentionEvent,
    keep_longer,
    kept_longer,
    let_go,
)

__all__ = [
    "Due",
    "Erasure",
    "KeptLonger",
    "Kind",
    "RetentionAct",
    "RetentionEvent",
    "due_by",
    "erase",
    "erase_what_is_due",
    "erasures",
    "keep_longer",
    "kept_longer",
    "let_go",
]
