"""Marks: keyed hashes of what identifies somebody, which can be compared with one another and not read."""

from collections.abc import Iterator
from enum import StrEnum

from register.kit.security.sealing import blind_index
from register.person import fold

MARK_BYTES = 8


class MarkKind(StrEnum):
    NI_NUMBER = "ni_number"
    NI_SLIP = "ni_slip"
    """The number with one character left out: two numbers that differ by one slip have one of these in common."""
    ADDRESS = "address"
    POSTCODE = "postcode"
    EMAIL = "email"
    LEARNER_NUMBER = "learner_number"
    BIRTH = "birth"
    NAME = "name"
    NAME_AND_BIRTH = "name_and_birth"
    LIKENESS = "likeness"


Marks = frozenset[int]
NO_MARKS: Marks = frozenset()


def mark(kind: MarkKind, *parts: str) -> int:
    index = blind_index("\0".join(parts), purpose=f"mark {kind}")
    return int.from_bytes(index[:MARK_BYTES], signed=True)


def plain(text: str) -> str:
    """Letters and digits only: how something is spaced says nothing."""
    return fold(text).replace(" ", "")


def slips_of(number: str) -> Marks:
    return frozenset(
        mark(MarkKind.NI_SLIP, number[:n] + number[n + 1 :]) for n in range(len(number))
    )


def addresses_of(line: str, town: str, postcode: str) -> Iterator[int]:
    """A home in two ways: by its first line and town, and by its number and postcode. Streets are spelt in many ways."""
    if plain(line) and plain(town):
        yield mark(MarkKind.ADDRESS, plain(line), plain(town))
    house = "-".join(word for word in fold(line).split() if word[0].isdecimal())
    if house and plain(postcode):
        yield mark(MarkKind.ADDRESS, house, plain(postcode))
