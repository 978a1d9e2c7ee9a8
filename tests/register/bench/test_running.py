"""A benchmark as a command prints it, in a database of its own."""

import json
from functools import partial
from pathlib import Path

from sqlalchemy import text

from register.bench import BENCHMARKS, Place, carry_out
from register.kit.db import engine_of
from register.kit.schema import Schema

MIGRATIONS = Path(__file__).parents[3] / "migrations"


async def databases(cluster):
    engine = engine_of(cluster.url("postgres"), server_settings={})
    async with engine.connect() as connection:
        names = await connection.scalars(text("select datname from pg_database"))
    await engine.dispose()
    return set(names)


async def test_it_prints_a_table_and_last_a_line_of_json_and_leaves_nothing(cluster):
    place = Place(
        cluster.url("postgres"), partial(Schema, MIGRATIONS), 50, lambda _: None
    )

    told = await carry_out(BENCHMARKS["matching"], place)

    *table, last = told.splitlines()
    figures = json.loads(last)
    assert table[0].split()[0] == "records"
    assert figures["bench"] == "matching"
    assert figures["persons"] == 50
    assert {"precision", "recall"} <= figures.keys()
    assert not {name for name in await databases(cluster) if name.startswith("bench_")}
