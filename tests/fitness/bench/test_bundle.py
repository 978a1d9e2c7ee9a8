"""A bundle as the benchmark builds it: in the time and memory that are promised, sound, and without what is withheld."""

import json
from functools import partial
from pathlib import Path

import pytest

from fitness.bench import BENCHMARKS
from register.bench import Place, carry_out
from register.kit.schema import Schema

MIGRATIONS = Path(__file__).parents[3] / "migrations"
GIGABYTE = 1024**3


async def figures_of(cluster, pages):
    """The benchmark fails where it was not built, is no sound file, or holds what is withheld."""
    place = Place(
        cluster.url("postgres"), partial(Schema, MIGRATIONS), pages, lambda _: None
    )
    told = await carry_out(BENCHMARKS["bundle"], place)
    return json.loads(told.splitlines()[-1])


async def test_it_prints_what_a_bundle_took_and_not_what_its_own_process_did(cluster):
    held = b"-" * GIGABYTE

    figures = await figures_of(cluster, 84)

    assert figures["peak_mb"] * 1024**2 < len(held)
    assert figures["pages"] == 83
    assert figures["withheld"] == 9
    assert {"seconds", "cpu_seconds", "peak_mb", "mb"} <= figures.keys()


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_two_thousand_pages_are_bound_in_two_minutes_and_a_gigabyte(
    cluster, record_property
):
    figures = await figures_of(cluster, 2000)

    record_property("bundle", json.dumps(figures))
    assert figures["pages"] == 2000
    assert figures["seconds"] <= 120
    assert figures["peak_mb"] <= 1024
