"""How alike two texts are: each is known by a few keyed hashes of its runs of words, which say nothing of what it says."""

import heapq
from collections.abc import Collection

from register.kit.security.keys import keyed_hash, lasting_key
from register.person import fold

RUN = 4
"""Words in a row that are compared as one."""
KEPT = 64
"""Of the hashes the smallest: of two texts, the share that they have in common estimates that of all."""
NEARLY = 80
"""Per cent in common from which two texts are nearly the same: above what people share who heard one course."""


def sketch_of(text: str) -> list[int]:
    """Capitals, accents, marks and spaces do not count; a text shorter than one run is one."""
    words = fold(text).split()
    if not words:
        return []
    runs = {
        " ".join(words[at : at + RUN]) for at in range(max(1, len(words) - RUN + 1))
    }
    return heapq.nsmallest(KEPT, {_hash(run) for run in runs})


def _hash(run: str) -> int:
    key = lasting_key("blind index learning")
    return int.from_bytes(keyed_hash(key, run)[:8], signed=True)


def percent_alike(one: Collection[int], other: Collection[int]) -> int:
    """Of the smallest hashes of both together, how many stand in both."""
    ours, theirs = set(one), set(other)
    both = heapq.nsmallest(KEPT, ours | theirs)
    if not both:
        return 0
    return 100 * len(ours & theirs & set(both)) // len(both)
