"""Runs the migrations: as the owner role, one transaction each, giving up at a lock rather than queueing behind it."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection, text

from register.kit.db import engine_of

ADVISORY_LOCK = 7_231_001


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes.get("metadata"),
        transaction_per_migration=True,
        compare_type=True,
    )
    connection.execute(text("select pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
    connection.execute(
        text("""
        do $$ begin
          if (select nspowner::regrole::text from pg_namespace where nspname = 'public') = 'register_owner'
          then set role register_owner; end if;
        end $$""")
    )
    connection.commit()
    try:
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.rollback()
        connection.execute(
            text("select pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK}
        )
        connection.commit()


async def run_online() -> None:
    """The caller gives a connection or a URL, and the models' metadata where they are to be compared (`config.attributes`)."""
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    url = context.config.attributes.get("url") or os.environ["DATABASE_URL"]
    engine = engine_of(
        url, server_settings={"lock_timeout": "10s", "statement_timeout": "15min"}
    )
    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


asyncio.run(run_online())
