"""A DATABASE_URL means the same to the service, the migrations and the queue."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from app import MIGRATIONS
from register.kit.db import Role, connect
from register.kit.schema import Schema
from register.kit.startup import CannotStart
from tests.conftest import run_sql

ASK_FOR_TLS = bytes.fromhex("00000008 04d2162f")


@pytest.fixture
async def url(clone):
    return await clone()


async def whoami(url, **options):
    engine = connect(url, **options)
    try:
        async with engine.connect() as connection:
            return await connection.scalar(text("select current_user"))
    finally:
        await engine.dispose()


async def test_a_connection_acts_as_its_role(url):
    assert await whoami(url, role=Role.SIGNER) == Role.SIGNER


@pytest.mark.parametrize(
    ("options", "limit"), [({}, "1min"), ({"idle": timedelta(minutes=5)}, "5min")]
)
async def test_a_transaction_in_which_nothing_happens_is_ended(url, options, limit):
    engine = connect(url, **options)
    async with engine.connect() as connection:
        told = await connection.scalar(text("show idle_in_transaction_session_timeout"))
    await engine.dispose()

    assert told == limit


async def test_the_options_of_a_url_are_postgresql_s_own(url):
    url += "&sslmode=prefer"

    await asyncio.to_thread(Schema(MIGRATIONS, url).upgrade)
    await asyncio.to_thread(Schema(MIGRATIONS, url).require_current)

    assert await whoami(url) == Role.APP


async def test_a_login_that_may_not_migrate_is_told_so(cluster):
    await run_sql(
        cluster.url("postgres"),
        "create role humble login",
        "create database humbles owner humble",
    )
    url = cluster.url("humbles").replace("postgres@", "humble@")

    with pytest.raises(CannotStart, match="may not migrate"):
        await asyncio.to_thread(Schema(MIGRATIONS, url).upgrade)


async def test_the_short_name_of_the_scheme_is_known_too(url):
    url = url.replace("postgresql://", "postgres://")

    assert await asyncio.to_thread(Schema(MIGRATIONS, url).upgrade)
    assert await whoami(url) == Role.APP


async def test_where_tls_is_asked_for_nothing_is_said_without_it():
    heard = asyncio.Queue()

    async def without_tls(reader, writer):
        await heard.put(await reader.readexactly(len(ASK_FOR_TLS)))
        writer.write(b"N")
        await heard.put(await reader.read())
        writer.close()

    async with await asyncio.start_server(without_tls, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ConnectionError):
            await whoami(f"postgresql://anna@127.0.0.1:{port}/x?sslmode=require")

    assert [await heard.get(), await heard.get()] == [ASK_FOR_TLS, b""]
