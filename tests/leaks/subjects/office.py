"""What the office knows of itself: where to begin, figures, and whether the register agrees with itself."""

from tests.leaks.rows import (
    ADJUDICATOR,
    ADMIN,
    AUDITOR,
    CASE_EXAMINER,
    FINANCE,
    HEARINGS_OFFICER,
    INVESTIGATOR,
    LEGAL_ADVISER,
    READERS,
    REGISTRAR,
    WATCH_READERS,
    work,
)

ROWS = [
    work(
        "GET",
        "/staff",
        *READERS,
        FINANCE,
        ADMIN,
        ADJUDICATOR,
        INVESTIGATOR,
        CASE_EXAMINER,
        HEARINGS_OFFICER,
        LEGAL_ADVISER,
    ),
    work("GET", "/staff/statistics", *WATCH_READERS),
    work("GET", "/staff/statistics/figures.csv", *WATCH_READERS),
    work("GET", "/staff/self-check", REGISTRAR, ADMIN, AUDITOR),
    work("GET", "/staff/renewals/reminders", *WATCH_READERS, ADMIN),
]
