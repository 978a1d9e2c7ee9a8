from datetime import datetime
from uuid import uuid4

import pytest

from register.account import Account, RoleGrant, folded_email
from register.kit.clock import LONDON
from register.kit.db import Role, connect, sessions_of
from register.kit.security import passwords
from tests.chromium import WIDE, chromium
from tests.journeys.service import serving
from tests.journeys.steps import PASSWORD, STAFF, work_email
from tests.journeys.walker import Walker
from tests.make import make_home
from tests.uploading import pdf, picture


@pytest.fixture(scope="session")
async def screen():
    """One Chromium for all journeys of a worker."""
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def service(clone, tmp_path):
    """Everything that runs, on a database of its own."""
    with serving(await clone(), tmp_path, "sandbox", "web", "worker") as service:
        yield service


@pytest.fixture
def visitors(screen, service):
    """`await visitors()` opens a browser of its own on the service; its page comes back."""

    async def visitor(**options):
        context = await screen.new_context(
            viewport=WIDE, base_url=service.url, **options
        )
        return await context.new_page()

    return visitor


@pytest.fixture
async def office(service):
    """Staff who have not signed in before, and a home that Ofsted lists."""
    engine = connect(service.environment["DATABASE_URL"], Role.APP)
    now = datetime.now(LONDON)
    password_hash = await passwords.hashed(PASSWORD)
    async with sessions_of(engine).begin() as session:
        for name, role in STAFF.items():
            session.add(
                Account(
                    id=uuid4(),
                    email=work_email(name),
                    email_folded=folded_email(work_email(name)),
                    name=name,
                    password_hash=password_hash,
                    created_at=now,
                    confirmed_at=now,
                    grants=[RoleGrant(role=role)],
                )
            )
        await make_home(session, urn="SC462450", name="Beckside", town="Leeds")
    await engine.dispose()


@pytest.fixture
def papers(tmp_path):
    """What an applicant has scanned."""
    scans = {
        "passport.pdf": pdf(),
        "licence.png": picture(),
        "me.jpg": picture("JPEG"),
        "diploma.pdf": pdf(),
    }
    for name, content in scans.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.fixture
def somebody(visitors, service):
    """`await somebody()` sits down at a browser of their own."""

    async def somebody():
        return Walker(await visitors(), service)

    return somebody
