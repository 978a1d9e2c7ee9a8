"""The load test of the last day, with a handful of people and for half a minute."""

import json
from functools import partial
from pathlib import Path

import pytest

from fees.bench import BENCHMARKS
from fees.bench.deadline import running, walking
from register.bench import Place, carry_out
from register.kit.schema import Schema

MIGRATIONS = Path(__file__).parents[3] / "migrations"
PEOPLE = 6


@pytest.mark.long
async def test_everybody_who_has_the_time_is_renewed_and_nothing_is_lost(
    cluster, monkeypatch
):
    monkeypatch.setattr(running, "MINUTES", 0.75)
    monkeypatch.setattr(walking, "THINKS", 0.5)
    place = Place(
        cluster.url("postgres"), partial(Schema, MIGRATIONS), PEOPLE, lambda _: None
    )

    told = await carry_out(BENCHMARKS["deadline"], place)

    figures = json.loads(told.splitlines()[-1])
    assert 1 <= figures["renewed"] == figures["paid"] <= PEOPLE
    assert 1 <= figures["typed"] <= PEOPLE * 2 // 3
    assert figures["words_lost"] == figures["paid_twice"] == figures["overpaid"] == 0
    assert {"p50_ms", "p95_ms", "p99_ms"} <= figures.keys()
