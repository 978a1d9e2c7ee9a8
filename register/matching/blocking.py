"""Which of many records are worth comparing: every two that score as possible have a key in common.

What follows from the points: two that agree neither on an identifier nor on where they live reach POSSIBLE only with the same
birth date (day and month perhaps exchanged), or with one of its three parts wrong and a name that is the same.
"""

from collections.abc import Iterator
from itertools import combinations

from register.matching.agreement import parts_of
from register.matching.known import Known
from register.matching.marks import MarkKind, Marks, mark, plain


def keys_of(known: Known) -> Marks:
    return frozenset(_keys(known))


def _keys(known: Known) -> Iterator[int]:
    traits = known.traits
    yield from traits.ni_numbers | traits.ni_slips | traits.learner_numbers
    yield from traits.addresses | traits.postcodes | traits.emails
    if known.birth_date is None:
        return
    year, month, day = parts_of(known.birth_date)
    yield mark(MarkKind.BIRTH, year, *sorted((month, day)))
    words = {plain(word) for name in known.names for word in name}
    for word in words - {""}:
        for two in combinations(("y" + year, "m" + month, "d" + day), 2):
            yield mark(MarkKind.NAME_AND_BIRTH, word, *two)


def name_keys(known: Known) -> Marks:
    """For those of whom no birth date is known: one of their two names alone."""
    words = {plain(word) for name in known.names for word in name}
    return frozenset(mark(MarkKind.NAME, word) for word in words - {""})
