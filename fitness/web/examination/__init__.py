"""Examinations: as the case examiners have them, and as our other staff bring them about."""

from fitness.web.examination import (
    deciding,
    one,
    proposing,
    reporting,
    viewing,
)

pages = [
    *one.pages,
    *viewing.pages,
    *deciding.pages,
    *reporting.pages,
    *proposing.pages,
]
