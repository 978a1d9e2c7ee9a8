"""The world is made once a module, in a database of its own; each call of the app is a transaction that is rolled back."""

import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from register.kit.db import Role as DatabaseRole
from register.kit.db import connect
from register.kit.security import csrf
from tests.conftest import NOW, Clock
from tests.leaks.driving import Driver
from tests.leaks.places import Atlas
from tests.leaks.roles import Role
from tests.leaks.world import make_world
from tests.reading import NotOnThePage, Page


@pytest.fixture(scope="module")
async def connection(clone):
    """In one transaction for all calls each would read more slowly than the one before: PostgreSQL keeps every savepoint."""
    engine = connect(await clone(), DatabaseRole.APP)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


@pytest.fixture(scope="module")
async def made(service, connection):
    """The world and who drives the app through it."""
    sessions = async_sessionmaker(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    )
    async with connection.begin(), sessions() as session:
        world = await make_world(session)
        atlas = await Atlas.of(world, session)
    app, *_ = service
    driver = Driver(app, world, atlas, connection, sessions, Clock(NOW))
    lend(service, driver)
    letters = await driver.letters(since=frozenset())
    driver.first_letters = frozenset(letter.id for letter in letters)
    await atlas.read_forms(lambda row, place: form_at(driver, row, place))
    yield driver
    await driver.close()


async def form_at(driver, row, place):
    answer = await driver.call(Role.APPLICANT, row, place)
    try:
        sent = Page(answer.response).form("Save and continue")
    except NotOnThePage:
        return {}
    return {name: value for name, value in sent.items() if name != csrf.FIELD}


@pytest.fixture
def driver(service, made):
    """The app may have been lent to another test meanwhile."""
    lend(service, made)
    return made


def lend(service, driver):
    _, database, now = service
    database.lender, now.lender = driver.sessions, driver.clock
