"""An application on hold."""

from tests.leaks.filed import case_at
from tests.leaks.rows import CASE, OFFICERS, UNASSIGNED, case

HOLD = f"{CASE}/hold"


def at(known, row, role):
    wish = row.method == "POST" and row.path == HOLD
    return case_at(known, row, role, "assessed" if wish else "overdue")


ROWS = [
    case("GET", HOLD, *OFFICERS, refused=UNASSIGNED),
    case("POST", HOLD, *OFFICERS, refused=UNASSIGNED),
    case("POST", f"{HOLD}/release", *OFFICERS, refused=UNASSIGNED),
]
SENT = {
    HOLD: {"because": "police", "words": "A call"},
    f"{HOLD}/release": {"words": "No further action"},
}
