"""How far apart two words are spelt, in slips of the hand."""

from functools import lru_cache


@lru_cache(maxsize=100_000)
def slips(one: str, other: str) -> int:
    """Letters left out, put in, mistaken or exchanged with their neighbour, fewest first."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, above, row = row, before, [i]
        for j, its in enumerate(other, start=1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                least = min(least, above[j - 2] + 1)
            row.append(least)
    return row[-1]
