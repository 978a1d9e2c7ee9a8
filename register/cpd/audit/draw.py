"""The draw: a pure function of a seed and the numbers of those who may be drawn, which anybody can repeat with a hash.

Committed to before the numbers are known: sha256(seed). The population is known by sha256 of its numbers, sorted and joined by
line feeds. Drawn are those whose sha256(seed + number) is smallest.
"""

from collections.abc import Iterable
from hashlib import sha256

PER_MILLE = 1000


def commitment_of(seed: str) -> str:
    return sha256(seed.encode()).hexdigest()


def population_hash(numbers: Iterable[str]) -> str:
    return sha256("\n".join(sorted(numbers)).encode()).hexdigest()


def rank(seed: str, number: str) -> str:
    """By which numbers are ordered; nobody can tell it before the seed is known."""
    return sha256(f"{seed}{number}".encode()).hexdigest()


def size_of(count: int, per_mille: int) -> int:
    """How many are drawn of so many: rounded up, so that a small part is not left out."""
    return -(-count * per_mille // PER_MILLE)


def drawn(seed: str, numbers: Iterable[str], size: int) -> list[str]:
    """The numbers with the smallest ranks, the smallest first."""
    return sorted(set(numbers), key=lambda number: rank(seed, number))[:size]
