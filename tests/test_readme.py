"""The README's table of processes and events is held against the code."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

import fees
import register
from register.kit.modules import import_all

README = Path(__file__).parent.parent / "README.md"
CODE = re.compile("`([a-z0-9_:]+)`")
MADE_UP = ("register.demo", "register.bench", "fees.demo", "fees.bench")
"""They tell a past that nobody lived: their acts are no part of the service."""


@pytest.fixture(scope="module")
def table():
    """The codes in the first and in the second column."""
    said = README.read_text("utf-8").partition("## What leaves a line of history")[2]
    rows = [row.split("|")[1:3] for row in said.splitlines() if row.startswith("| ")]
    return [
        {code for row in rows for code in CODE.findall(row[column])}
        for column in (0, 1)
    ]


def codes(ending):
    """Of every StrEnum whose name ends so."""
    import_all(register, fees)
    kinds = [
        kind
        for kind in StrEnum.__subclasses__()
        if kind.__name__.endswith(ending)
        and kind.__module__.startswith(("register.", "fees."))
        and not kind.__module__.startswith(MADE_UP)
    ]
    return {str(member) for kind in kinds for member in kind}


def test_every_act_is_in_the_readme(table):
    acts, _ = table

    assert acts == codes("Act")


def test_every_event_that_an_act_leaves_is_in_the_readme(table):
    _, events = table

    assert events == codes("Event")
