"""`register demo` as whoever runs it meets it."""

import pytest
from click.testing import CliRunner

from app import cli
from register.demo.running import is_wanted, told_again
from tests.register.demo.conftest import REGISTRANTS, demo

STEADY = ("--registrants", str(REGISTRANTS))


async def test_what_was_printed_is_kept_for_nobody_else_to_read(made):
    kept = made.folder / "demo-accounts.txt"

    assert kept.read_text("utf-8").strip() == made.printed.strip()
    assert kept.stat().st_mode & 0o777 == 0o600


async def test_the_accounts_of_a_demo_are_told_again(made):
    assert not await is_wanted(made.url)
    assert (await told_again(made.url, made.folder)).strip() == made.printed.strip()


async def test_a_demo_is_wanted_where_the_register_is_empty(clone):
    assert await is_wanted(await clone())


async def test_the_accounts_of_a_demo_are_not_told_of_another_register(made, clone):
    assert await told_again(await clone(), made.folder) is None


async def test_a_register_that_has_people_is_left_alone_in_one_line(made, tmp_path):
    assert demo(made.url, tmp_path, *STEADY) == (
        1,
        "",
        "Error: There are people in this register already: the demo is made in an empty one only.\n",
    )
    assert not (tmp_path / "demo-accounts.txt").exists()


async def test_it_is_refused_in_production_in_one_line(clone, tmp_path):
    url = await clone()

    told = demo(url, tmp_path, *STEADY, ENVIRONMENT="production")

    assert told == (
        1,
        "",
        "Error: A demo's passwords are no secret, so none is made where ENVIRONMENT is production.\n",
    )
    assert await is_wanted(url)


async def test_a_day_that_cannot_be_is_told_in_one_line(clone, tmp_path):
    code, printed, error = demo(await clone(), tmp_path, "--on", "2025-12-31")

    assert (code, printed) == (1, "")
    assert error.startswith(
        "Error: The demo can be made for a day from 2026-01-01 until "
    )
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--on", "2027-02-30"), "Invalid value for '--on': '2027-02-30' does not"),
        (("--registrants", "0"), "Invalid value for '--registrants': 0 is not in"),
        (("--seed", "one"), "Invalid value for '--seed': 'one' is not"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(arguments, said):
    told = CliRunner().invoke(cli, ["demo", *arguments])

    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr.startswith(f"Error: {said}")
    assert told.stderr.count("\n") == 1
