"""The annual run beside plain SQL: both write the same, or nothing is told of their times."""

import json
from functools import partial
from pathlib import Path

from fees.bench import BENCHMARKS
from register.bench import Place, carry_out
from register.kit.schema import Schema

MIGRATIONS = Path(__file__).parents[3] / "migrations"
REGISTRANTS = 200


async def test_it_prints_each_step_and_the_figures_and_that_both_sides_wrote_the_same(
    cluster,
):
    place = Place(
        cluster.url("postgres"),
        partial(Schema, MIGRATIONS),
        REGISTRANTS,
        lambda _: None,
    )

    told = await carry_out(BENCHMARKS["annual"], place)

    headings, *lines = told.splitlines()
    figures = json.loads(lines[-1])
    assert headings.split()[0] == "step"
    assert [line.split()[0] for line in lines[:6]] == [
        "open",
        "bill",
        "remind",
        "notice",
        "lapse",
        "all",
    ]
    (wrote,) = (line for line in lines if line.startswith("Both wrote: "))
    assert f"renewal {REGISTRANTS}," in wrote
    assert f"lapsed shown {REGISTRANTS}," in wrote
    assert figures["registrants"] == REGISTRANTS
    assert {"seconds", "sql_seconds", "peak_mb"} <= figures.keys()
