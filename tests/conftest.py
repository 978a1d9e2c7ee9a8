"""What every test stands on: one migrated PostgreSQL a run, a database a worker, a rolled-back transaction a test."""

import os

os.environ |= {
    "ENVIRONMENT": "test",
    # One folder for all runs: a template that has not changed is not compiled again.
    "COMPILED_DIR": "build/templates",
    "DATABASE_URL": "postgresql://unused",
    "SECRET_KEY": "a key that only tests are signed with",
    "ENCRYPTION_KEY": "a key that only tests are sealed with",
    "PAY_API_KEY": "api_test_key",
    "PAY_WEBHOOK_SECRET": "webhook_test_secret",
    # Nothing goes on behind a page whose test is over.
    "PAY_WAIT_SECONDS": "60",
    "NOTIFY_API_KEY": "tests-6d1f7ae2-35a1-4f2b-9a51-0a8a4f2f2f11-7c2f3f5e-8f0f-4f6e-9a3b-2d5b6f7a8c99",
}

import gc
import re
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from filelock import FileLock
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from xdist.scheduler import LoadScopeScheduling

from app import create_app
from register.kit.db import Role, connect
from register.kit.server import Cluster
from register.kit.settings import settings
from tests.browser import Borrowed, BorrowedSessions, Browser

ROOT = Path(__file__).parent.parent
TEMPLATE = "template_register"
LONGER_THAN_MADE = ("tests/leaks/", "tests/journeys/")
CASE = re.compile(r"\[.*]$")
NOW = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)


def migrate(url, revision="head"):
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["url"] = url
    command.upgrade(config, revision)


async def run_sql(url, *statements):
    engine = create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://", 1),
        isolation_level="AUTOCOMMIT",
    )
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


class ByWhatIsMadeOnce(LoadScopeScheduling):
    """A module stays with one process, so that what it makes for all its tests is made once; where each case of many
    takes longer than what is made for all, cases are given out one by one."""

    def _split_scope(self, nodeid):
        module = super()._split_scope(nodeid)
        case = CASE.search(nodeid) if module.startswith(LONGER_THAN_MADE) else None
        return module + case[0] if case else module


def pytest_xdist_make_scheduler(config, log):
    return ByWhatIsMadeOnce(config, log)


def pytest_terminal_summary(terminalreporter):
    """What tests tell of themselves by `record_property`: a sample says what it took."""
    for report in terminalreporter.getreports("passed"):
        for name, told in report.user_properties:
            terminalreporter.write_line(f"{report.nodeid}: {name} {told}")


@pytest.fixture(scope="session", autouse=True)
def own_data(tmp_path_factory):
    """What tests upload or print lies in a folder of the run, not in the developer's."""
    os.environ["DATA_DIR"] = str(tmp_path_factory.mktemp("data"))
    # A module may have asked for a key while it was collected.
    settings.cache_clear()


@pytest.fixture(scope="session")
def cluster(testrun_uid):
    """One server for all workers of a run: the first to come starts and migrates it, the last to leave stops it."""
    # Not pytest's own temporary folder: other runs clear that away, running server or not.
    shared = Path(tempfile.gettempdir()) / f"register-tests-{testrun_uid}"
    shared.mkdir(exist_ok=True)
    cluster, users = Cluster(shared / "postgres", durable=False), shared / "users"
    with FileLock(shared / "lock"):
        others = int(users.read_text()) if users.exists() else 0
        if not others:
            cluster.start()
            cluster.create(TEMPLATE)
            migrate(cluster.url(TEMPLATE))
        users.write_text(str(others + 1))
    yield cluster
    with FileLock(shared / "lock"):
        left = int(users.read_text()) - 1
        users.write_text(str(left))
        if not left:
            cluster.stop()
            users.unlink()
            for folder in shared.glob("*/"):
                shutil.rmtree(folder)


@pytest.fixture
def folder():
    """As tmp_path, for a test's own cluster: pytest closes its folder to other users whenever another run starts."""
    with tempfile.TemporaryDirectory(prefix="register-test-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def clone(cluster, worker_id):
    """Makes a database of its own, with all tables and nothing committed by others; gives its URL."""
    made = 0

    async def clone():
        nonlocal made
        made += 1
        name = f"test_{worker_id}_{made}"
        await run_sql(
            cluster.url("postgres"), f"create database {name} template {TEMPLATE}"
        )
        return cluster.url(name)

    return clone


@pytest.fixture(scope="session")
async def engine(clone):
    engine = connect(await clone(), Role.APP)
    yield engine
    await engine.dispose()


@pytest.fixture
async def sessions(engine):
    """A session maker on one transaction that is rolled back: commits inside a test are savepoints."""
    async with engine.connect() as connection:
        outer = await connection.begin()
        yield async_sessionmaker(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        await outer.rollback()


@pytest.fixture
async def session(sessions):
    async with sessions() as session:
        yield session


@pytest.fixture
def now():
    """The moment at which a test begins: a Wednesday in March, on the winter clock."""
    return NOW


@pytest.fixture
def clock(now):
    """The app's one clock, which a test may move: `clock.now += timedelta(days=1)`."""
    return Clock(now)


@pytest.fixture(scope="session")
def service():
    """The app once a worker, since making it takes longer than most tests, on whatever database and clock a test has."""
    now = Borrowed()
    database = BorrowedSessions()
    app = create_app(database, now)
    # What is kept until the end need not be searched for garbage all the time, nor all else as often as in a small process.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    return app, database, now


@pytest.fixture
def app_on(service):
    """`app_on(sessions, clock)`: on a database of its own, say, where several act at once."""

    def app_on(sessions, clock):
        app, database, now = service
        database.lender, now.lender = sessions, clock
        return app

    return app_on


@pytest.fixture
def app(app_on, sessions, clock):
    return app_on(sessions, clock)


@pytest.fixture
async def browser(app, sessions, clock):
    """Nobody that we know, with a browser: `await browser.sign_in(account)` makes it somebody."""
    async with Browser(app, sessions, clock) as browser:
        yield browser


class Clock:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now
