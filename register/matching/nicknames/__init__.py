"""Given names that are used for one another: Liz and Beth for Elizabeth.

names.csv is that of github.com/carltonnorthern/nicknames, unedited, under the Apache licence beside it.
"""

import csv
from collections import defaultdict
from functools import cache
from importlib.resources import files

from register.person import fold


def are_nicknames(one: str, other: str) -> bool:
    """Whether one folded name is short for the other, or both are for the same."""
    return not _with_itself(one).isdisjoint(_with_itself(other))


def _with_itself(name: str) -> frozenset[str]:
    return _formal_names().get(name, frozenset()) | {name}


@cache
def _formal_names() -> dict[str, frozenset[str]]:
    """Each nickname, and the names that it is short for."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    text = files(__name__).joinpath("names.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        found[fold(row["name2"])].add(fold(row["name1"]))
    return {short: frozenset(formal) for short, formal in found.items()}
