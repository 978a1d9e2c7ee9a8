"""Statistics of applications, as a page and as an open CSV file with their definitions; and what everybody reads."""

import csv
from collections.abc import Sequence
from datetime import date
from io import StringIO

from litestar import Response, get
from litestar.response import Template

from register.assessment import Figure, Measure, statistics
from register.assessment.statistics import FEWEST
from register.kit.clock import LONDON
from register.kit.pages import page
from register.kit.security.limits import MINUTE, ProcessLimit, Rate
from register.part import Part
from register.public_statistics import chapters
from register.web.casework import STATISTICIANS
from register.web.guards import PUBLIC
from register.web.needs import Act, Moment, Network, Session

ADDRESS = "/staff/statistics"
LOOKS = ProcessLimit(Rate(60, MINUTE))
DURATION = "Working days from sending to a decision of the month, less those spent waiting for the applicant"
DEFINITIONS = {
    Measure.RECEIVED: "Applications sent in the month",
    Measure.APPROVED: "Decisions of the month to enter the applicant, paid or not",
    Measure.REFUSED: "Decisions of the month to refuse",
    Measure.WITHDRAWN: "Applications withdrawn in the month before a decision",
    Measure.MEDIAN: f"{DURATION}: half took no more",
    Measure.NINETIETH: f"{DURATION}: nine in ten took no more",
    Measure.WITHIN_TARGET: "Decisions of the month, in a hundred, that took no more than the target of their rules",
    Measure.OPEN_TO_5: "Applications that wait for a decision, for up to 5 working days",
    Measure.OPEN_TO_10: "Applications that wait for a decision, for 6 to 10 working days",
    Measure.OPEN_TO_20: "Applications that wait for a decision, for 11 to 20 working days",
    Measure.OPEN_TO_40: "Applications that wait for a decision, for 21 to 40 working days",
    Measure.OPEN_OVER_40: "Applications that wait for a decision, for more than 40 working days",
}
HEADINGS = ("as_at", "part", "month", "measure", "value", "note", "definition")
SUPPRESSED = "not shown: it would tell of fewer than 5"


@get(ADDRESS, access=STATISTICIANS)
async def shown(session: Session, act: Act) -> Template:
    found = await statistics(session, now=act.now)
    return page(
        "register/statistics/figures.html",
        now=act.now,
        parts=[(part, _of(part, found)) for part in Part if _of(part, found)],
        months=[measure for measure in Measure if measure.of_a_month],
        bands=[measure for measure in Measure if not measure.of_a_month],
        definitions=DEFINITIONS,
    )


def _of(
    part: Part, found: Sequence[Figure]
) -> dict[date | None, dict[Measure, int | None]]:
    """The figures of one part, by month; under None what is open now."""
    figures: dict[date | None, dict[Measure, int | None]] = {}
    for figure in found:
        if figure.part is part:
            figures.setdefault(figure.month, {})[figure.measure] = figure.value
    return figures


@get(ADDRESS + "/figures.csv", access=STATISTICIANS)
async def file(session: Session, act: Act) -> Response[str]:
    written = StringIO()
    rows = csv.writer(written)
    rows.writerow(HEADINGS)
    as_at = act.now.astimezone(LONDON).isoformat(timespec="seconds")
    for one in await statistics(session, now=act.now):
        month = f"{one.month:%Y-%m}" if one.month else ""
        hidden = one.value is None
        value, note = ("", SUPPRESSED) if hidden else (one.value, "")
        said = DEFINITIONS[one.measure]
        rows.writerow([as_at, one.part, month, one.measure, value, note, said])
    return Response(
        written.getvalue(),
        media_type="text/csv; charset=utf-8; header=present",
        headers={"Content-Disposition": 'attachment; filename="statistics.csv"'},
    )


@get("/statistics", access=PUBLIC)
async def for_everybody(session: Session, network: Network, now: Moment) -> Template:
    """Counted anew for each visitor, so nobody comes too often."""
    LOOKS.hit(network)
    return page(
        "register/statistics/public.html",
        chapters=await chapters(session, now=now),
        fewest=FEWEST,
    )


pages = [shown, file, for_everybody]
