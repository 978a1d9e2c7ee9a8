"""The sheet on which an employer sees whom they must tell, why, and when they did; nothing else that was told is on it."""

from collections.abc import Sequence
from datetime import datetime

from fitness.concern.telling import ConcernDuty
from register.kit import paper


def sheet_html(reference: str, rows: Sequence[ConcernDuty], *, now: datetime) -> str:
    """As it stood on the day on which it was printed."""
    return paper.html_of(
        "fitness/concerns/papers/sheet.html",
        made_at=now,
        reference=reference,
        rows=rows,
        now=now,
    )
