"""Figures of the cases of which somebody who answers for them may know, as a page and as an open CSV file."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, Self

from litestar import Response, get
from litestar.response import Template

from fitness.case import ClosedBecause, Stage
from fitness.investigation.allegation import Ground
from fitness.order import Measure
from fitness.statistics import (
    Age,
    Caseload,
    Cut,
    Flow,
    Load,
    Outcomes,
    Stay,
    caseload,
    flow,
    outcomes,
    stays,
    workload,
)
from fitness.web.cases.listing import AT
from fitness.web.cases.opened import READERS_OF_READING, enter
from register.kit.chart import PALETTE, Chart, Series, stacked
from register.kit.clock import LONDON, day_of
from register.kit.pages import page
from register.web.needs import Act, Acting

FIGURES = f"{AT}/figures"
OPEN = [stage for stage in Stage if stage is not Stage.CLOSED]
COLOURS = dict(zip(Age, PALETTE, strict=True))
OPENED, CLOSED = PALETTE[0], PALETTE[3]
A_QUARTER = 3
HEADINGS = ("as_at", "figure", "of", "by", "value")


@dataclass(frozen=True)
class Figures:
    caseload: Caseload
    flow: Sequence[Flow]
    stays: Sequence[Stay]
    outcomes: Outcomes
    workload: Sequence[Load]

    @classmethod
    async def of(cls, act: Acting) -> Self:
        await enter(act)
        of = act.session, act.account
        today = day_of(act.now)
        return cls(
            await caseload(*of, today=today),
            await flow(*of, today=today),
            await stays(*of, today=today),
            await outcomes(*of, today=today),
            await workload(*of, today=today),
        )

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Each as its figure, of what, by what, and how much."""
        for (stage, age), count in self.caseload.items():
            yield "open_cases", stage, age, count
        for month in self.flow:
            yield "opened", f"{month.month:%Y-%m}", "", month.opened
            yield "closed", f"{month.month:%Y-%m}", "", month.closed
        for stay in self.stays:
            yield "left_stage", stay.stage, "", stay.left
            yield "median_days", stay.stage, "", stay.median
            yield "ninetieth_percentile_days", stay.stage, "", stay.ninetieth
            if stay.least_target is not None:
                yield "target_days", stay.stage, "least", stay.least_target
                yield "target_days", stay.stage, "most", stay.most_target
                yield "within_target", stay.stage, "", stay.within
        for figure, counts in (
            ("closed_because", self.outcomes.ends),
            ("ordered", self.outcomes.measures),
        ):
            for (cut, code, what), count in counts.items():
                yield f"{figure}_by_{cut}", code or "none", what, count
        for load in self.workload:
            yield "cases_of", load.name, "", load.cases
            yield "late_of", load.name, "", load.late
            yield "due_of", load.name, "", load.due


@get(FIGURES, access=READERS_OF_READING)
async def shown(act: Act) -> Template:
    found = await Figures.of(act)
    return page(
        "fitness/cases/figures.html",
        now=act.now,
        found=found,
        stages=OPEN,
        ages=list(Age),
        colours=COLOURS,
        opened_colour=OPENED,
        closed_colour=CLOSED,
        caseload_chart=_chart_of_caseload(found.caseload),
        flow_chart=_chart_of_flow(found.flow),
        tables=list(_tables(found.outcomes)),
    )


def _chart_of_caseload(counts: Caseload) -> Chart:
    return stacked(
        OPEN,
        [
            Series(COLOURS[age], [counts.get((stage, age), 0) for stage in OPEN])
            for age in Age
        ],
    )


def _chart_of_flow(months: Sequence[Flow]) -> Chart:
    """What was closed hangs below the line. There is room for the name of one month in a quarter."""
    return stacked(
        ["" if n % A_QUARTER else f"{one.month:%b %y}" for n, one in enumerate(months)],
        [
            Series(OPENED, [one.opened for one in months]),
            Series(CLOSED, [-one.closed for one in months]),
        ],
        written=lambda amount: str(abs(amount)),
    )


@dataclass(frozen=True)
class Table:
    """What came of cases, under each ground or each standard; only what there is."""

    figure: str
    cut: Cut
    heads: Sequence[str]
    rows: Sequence[tuple[str | None, Sequence[int]]]


def _tables(found: Outcomes) -> Iterator[Table]:
    figures: tuple[tuple[str, Any, Any], ...] = (
        ("ends", found.ends, ClosedBecause),
        ("measures", found.measures, Measure),
    )
    for figure, counts, whats in figures:
        for cut in Cut:
            there = [key for key in counts if key[0] is cut]
            heads = [one for one in whats if any(key[2] == one for key in there)]
            codes = sorted({key[1] for key in there}, key=_place)
            rows = [
                (code, [counts.get((cut, code, head), 0) for head in heads])
                for code in codes
            ]
            yield Table(figure, cut, heads, rows)


def _place(code: str | None) -> tuple[bool, int, str]:
    """Grounds in their own order, standards by number (R9, R10), and last what was alleged under none."""
    grounds = list(Ground)
    place = grounds.index(Ground(code)) if code in grounds else len(code or "")
    return code is None, place, code or ""


@get(f"{FIGURES}.csv", access=READERS_OF_READING)
async def file(act: Act) -> Response[str]:
    written = StringIO()
    rows = csv.writer(written)
    rows.writerow(HEADINGS)
    as_at = act.now.astimezone(LONDON).isoformat(timespec="seconds")
    rows.writerows((as_at, *row) for row in (await Figures.of(act)).rows())
    return Response(
        written.getvalue(),
        media_type="text/csv; charset=utf-8; header=present",
        headers={"Content-Disposition": 'attachment; filename="cases.csv"'},
    )


pages = [shown, file]
