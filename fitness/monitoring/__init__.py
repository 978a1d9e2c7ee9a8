"""How an order is kept: who reports on it, what is to be shown by when, and what follows where it is not."""

from fitness.monitoring.acts import MonitoringAct
from fitness.monitoring.check_in import (
    CheckIn,
    CheckInAnswer,
    Judged,
    JudgedAlready,
    NotByThen,
    NotChecked,
    NothingCame,
    check_in_of,
    check_ins_of,
)
from fitness.monitoring.early_review import (
    AnsweredAlready,
    AskedAlready,
    EarlyReview,
    early_reviews_of,
)
from fitness.monitoring.reminding import remind_of_check_ins
from fitness.monitoring.reporter import (
    Reporter,
    ReportsNoMore,
    Standing,
    reporters_of,
)
from fitness.monitoring.review import (
    Because,
    NotEarlier,
    NotReviewed,
    bring_forward,
    must_be_reviewed,
)

__all__ = [
    "AnsweredAlready",
    "AskedAlready",
    "Because",
    "CheckIn",
    "CheckInAnswer",
    "EarlyReview",
    "Judged",
    "JudgedAlready",
    "MonitoringAct",
    "NotByThen",
    "NotChecked",
    "NotEarlier",
    "NotReviewed",
    "NothingCame",
    "Reporter",
    "ReportsNoMore",
    "Standing",
    "bring_forward",
    "check_in_of",
    "check_ins_of",
    "early_reviews_of",
    "must_be_reviewed",
    "remind_of_check_ins",
    "reporters_of",
]
