"""The import commands as somebody types them: what they say, and what they leave in the database."""

import asyncio
import os

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from app import cli
from register.employment import Home
from register.imports.entries import COLUMNS as OF_ENTRIES
from register.imports.homes import COLUMNS as OF_HOMES
from register.kit.db import connect
from tests import apart

HEAD = "URN,Provider,Type,Local authority,Region\n"
ROW = "SC462450,Northern Care Ltd,Children's home,Leeds,Yorkshire\n"


@pytest.fixture
def url(clone):
    return asyncio.run(clone())


def bring(url, file, *options):
    """In a process of its own, since it reads the settings."""
    environment = os.environ | {"DATABASE_URL": url}
    return apart.register(
        "import", "homes", str(file), *options, environment=environment
    )


def homes_in(url):
    async def count():
        engine = connect(url)
        async with engine.connect() as connection:
            found = await connection.scalar(select(func.count()).select_from(Home))
        await engine.dispose()
        return found

    return asyncio.run(count())


def test_a_dry_run_says_what_would_be_done_and_does_nothing(url, tmp_path):
    file = tmp_path / "homes.csv"
    file.write_text(HEAD + ROW)

    code, said, _ = bring(url, file, "--dry-run")

    assert code == 0
    assert "Read as provider: Provider" in said
    assert "1 would be new, 0 would be changed, 0 the same." in said
    assert homes_in(url) == 0


def test_a_list_is_brought_in_once_however_often_it_is_given(url, tmp_path):
    file = tmp_path / "homes.csv"
    file.write_text(HEAD + ROW)

    first, again = bring(url, file), bring(url, file)

    assert "1 new, 0 changed, 0 the same." in first[1]
    assert "0 new, 0 changed, 1 the same." in again[1]
    assert homes_in(url) == 1


def test_every_faulty_row_is_listed_and_nothing_is_brought_in(url, tmp_path):
    file = tmp_path / "homes.csv"
    file.write_text(HEAD + ROW + "x,,,,\n" * 300)

    code, said, error = bring(url, file)

    assert code == 1
    assert all(f"line {line}, URN: is not a URN" in said for line in range(3, 303))
    assert "nothing was imported" in error
    assert homes_in(url) == 0


@pytest.mark.parametrize(
    ("what", "columns"), [("homes", OF_HOMES), ("entries", OF_ENTRIES)]
)
def test_the_help_and_the_template_tell_what_a_file_looks_like(what, columns):
    shown, template = [
        CliRunner().invoke(cli, ["import", what, option]).output
        for option in ("--help", "--template")
    ]

    for column in columns:
        mark = "*" if column.required else " "
        assert f"{mark} {column.title}: {column.holds}\n" in shown
        assert all(heading in shown for heading in column.headings)
    assert template == ",".join(column.title for column in columns) + "\n"
