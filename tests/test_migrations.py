"""The migrations make what the models say, and can be taken back."""

import asyncio
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

import fees
import fitness
import register
from register.kit.db import Base
from register.kit.modules import import_all

ROOT = Path(__file__).parent.parent
TABLES = "select table_name from information_schema.tables where table_schema = 'public' and table_name <> 'alembic_version'"


@pytest.fixture
def empty(cluster, worker_id):
    """A database in which nothing has been migrated."""
    name = f"migrations_{worker_id}"
    cluster.create(name)
    url = cluster.url(name)
    yield url
    asyncio.run(on(cluster.url("postgres"), drop(name)))


def drop(name):
    return lambda connection: connection.execute(
        text(f"drop database {name} with (force)")
    )


async def on(url, work):
    engine = create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://", 1),
        isolation_level="AUTOCOMMIT",
    )
    async with engine.connect() as connection:
        found = await connection.run_sync(work)
    await engine.dispose()
    return found


def tables(url):
    return set(
        asyncio.run(on(url, lambda connection: connection.scalars(text(TABLES)).all()))
    )


def migrations_of(url):
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["url"] = url
    return config


def differences(connection):
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "include_name": ours}
    )
    return compare_metadata(context, Base.metadata)


def ours(name, kind, _parents):
    """The job queue's tables are its own: it has no models."""
    return not (kind == "table" and name.startswith("pgqueuer"))


def test_they_go_up_down_and_up_again(empty):
    migrations = migrations_of(empty)
    command.upgrade(migrations, "head")
    made = tables(empty)

    command.downgrade(migrations, "base")
    assert tables(empty) == set()

    command.upgrade(migrations, "head")
    assert tables(empty) == made


def test_the_models_match_the_head(empty):
    import_all(register, fees, fitness)
    command.upgrade(migrations_of(empty), "head")

    assert asyncio.run(on(empty, differences)) == []
