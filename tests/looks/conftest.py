from pathlib import Path

import jinja2
import pytest

from tests.chromium import chromium
from tests.leaks.conftest import connection, lend, made
from tests.looks import states, walking
from tests.looks.album import Album

__all__ = ["connection", "made"]


@pytest.fixture(scope="module")
async def album(service, made):
    """All pages, by way of everybody in the leak matrix's world and of the states that it does not hold."""
    album = Album()
    lend(service, made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jinja2.Template, "render", noting(album, jinja2.Template.render))
        await walking.walk(made, album)
        await states.play(made, service[1], album)
    return album


def noting(album, render):
    def rendered(template, *args, **context):
        album.drawing = Path(template.filename)
        return render(template, *args, **context)

    return rendered


@pytest.fixture(scope="module")
async def screen():
    async with chromium() as browser:
        yield browser
