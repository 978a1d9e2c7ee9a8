import pytest

from tests.chromium import WIDE, chromium
from tests.journeys.service import serving


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
