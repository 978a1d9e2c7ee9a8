"""Retention: how long what was told us is kept, what is erased next, and a record of what was."""

from register.retention.due import Due, Kind, due_by
from register.retention.erasing import Erasure, erase, erase_what_is_due, erasures
from register.retention.forgetting import (
    Soon,
    forget_what_is_over,
    forgets,
    longest,
    over_soon,
)
from register.retention.keeping import (
    KeptLonger,
    RetentionAct,
    RetentionEvent,
    keep_longer,
    kept_longer,
    let_go,
)
from register.retention.written import forget_letters, forget_threads

__all__ = [
    "Due",
    "Erasure",
    "KeptLonger",
    "Kind",
    "RetentionAct",
    "RetentionEvent",
    "Soon",
    "due_by",
    "erase",
    "erase_what_is_due",
    "erasures",
    "forget_letters",
    "forget_threads",
    "forget_what_is_over",
    "forgets",
    "keep_longer",
    "kept_longer",
    "let_go",
    "longest",
    "over_soon",
]
