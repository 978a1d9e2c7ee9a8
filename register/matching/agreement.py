"""How far two accounts of the same thing agree: names, days of birth, and what identifies somebody."""

from datetime import date
from enum import StrEnum
from functools import lru_cache

from register.matching.marks import Marks
from register.matching.nicknames import are_nicknames
from register.matching.spelling import slips


class Agreement(StrEnum):
    """From the most to the least."""

    SAME = "same"
    VARIANT = "variant"
    """The same in another form: a nickname, one of two names, the day and the month exchanged, the same postcode."""
    SLIP = "slip"
    CLOSE = "close"
    UNKNOWN = "unknown"
    """One of the two does not say."""
    DIFFERENT = "different"


FEWEST_LETTERS = 3
"""Of two letters one slip makes any other name."""
LETTERS_A_SLIP = 3
"""In so many letters one slip may leave the name the same."""


@lru_cache(maxsize=200_000)
def given_names(one: str, other: str) -> Agreement:
    """Of two folded names."""
    if not one or not other:
        return Agreement.UNKNOWN
    if _joined(one) == _joined(other):
        return Agreement.SAME
    ours, theirs = one.split(), other.split()
    if set(ours) & set(theirs) or _are_called_alike(ours, theirs):
        return Agreement.VARIANT
    return _spelt(_joined(one), _joined(other))


def _are_called_alike(ours: list[str], theirs: list[str]) -> bool:
    """By an initial, or by a nickname."""
    if 1 in {len(ours[0]), len(theirs[0])}:
        return ours[0][0] == theirs[0][0]
    return any(are_nicknames(a, b) for a in ours for b in theirs)


@lru_cache(maxsize=200_000)
def family_names(one: str, other: str) -> Agreement:
    """Of two folded names; one half of a double name is a variant of it, a particle such as "de" is not."""
    if not one or not other:
        return Agreement.UNKNOWN
    if _joined(one) == _joined(other):
        return Agreement.SAME
    shared = set(one.split()) & set(other.split())
    if any(len(word) > FEWEST_LETTERS for word in shared):
        return Agreement.VARIANT
    return _spelt(_joined(one), _joined(other))


def _spelt(one: str, other: str) -> Agreement:
    longer = max(len(one), len(other))
    if min(len(one), len(other)) < FEWEST_LETTERS:
        return Agreement.DIFFERENT
    apart = slips(one, other)
    if apart == 1:
        return Agreement.SLIP
    return Agreement.CLOSE if apart * LETTERS_A_SLIP <= longer else Agreement.DIFFERENT


def _joined(name: str) -> str:
    return name.replace(" ", "")


@lru_cache(maxsize=200_000)
def birth_dates(one: date | None, other: date | None) -> Agreement:
    if one is None or other is None:
        return Agreement.UNKNOWN
    if one == other:
        return Agreement.SAME
    if (one.year, one.day, one.month) == (other.year, other.month, other.day):
        return Agreement.VARIANT
    pairs = zip(parts_of(one), parts_of(other), strict=True)
    wrong = [pair for pair in pairs if pair[0] != pair[1]]
    if len(wrong) > 1:
        return Agreement.DIFFERENT
    return Agreement.SLIP if slips(*wrong[0]) == 1 else Agreement.CLOSE


def parts_of(day: date) -> tuple[str, str, str]:
    return f"{day:%Y}", f"{day:%m}", f"{day:%d}"


def identifiers(one: Marks, other: Marks) -> Agreement:
    """Of numbers that belong to one person alone."""
    if not one or not other:
        return Agreement.UNKNOWN
    return Agreement.DIFFERENT if one.isdisjoint(other) else Agreement.SAME
