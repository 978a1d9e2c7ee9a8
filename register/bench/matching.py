"""How many of the records that are of one person are found to be, and how many of those found are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from register.bench.records import Record, made_up, published
from register.bench.running import Benchmark, Outcome, Step
from register.matching import Known, Verdict, compare, keys_of

SEED = 20_271


@dataclass(frozen=True)
class Found:
    """Of one set of records: the pairs that are one person, and those that were taken for one."""

    true: int
    possible: int
    """Possible or better."""
    right: int
    definite: int
    rightly_definite: int

    @property
    def precision(self) -> float:
        return _share(self.right, self.possible)

    @property
    def recall(self) -> float:
        return _share(self.right, self.true)

    @property
    def row(self) -> tuple[float, ...]:
        right = _share(self.rightly_definite, self.definite)
        found = self.true, self.possible, self.right
        return *found, self.precision, self.recall, self.definite, right


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def measure(records: Sequence[Record], *, ni_number: bool = True) -> Found:
    known = [record.known(ni_number=ni_number) for record in records]
    people = [record.person for record in records]
    verdicts = {
        pair: compare(known[pair[0]], known[pair[1]]).verdict for pair in _pairs(known)
    }
    possible = {
        pair for pair, verdict in verdicts.items() if verdict is not Verdict.NONE
    }
    definite = {pair for pair in possible if verdicts[pair] is Verdict.DEFINITE}
    true = {
        (a, b) for a, b in combinations(range(len(people)), 2) if people[a] == people[b]
    }
    return Found(
        len(true),
        len(possible),
        len(possible & true),
        len(definite),
        len(definite & true),
    )


def _pairs(known: Sequence[Known]) -> set[tuple[int, int]]:
    """Those with a key in common: no others can be possible."""
    holders = defaultdict(list)
    for n, one in enumerate(known):
        for key in keys_of(one):
            holders[key].append(n)
    return {pair for held in holders.values() for pair in combinations(held, 2)}


async def run(scale: int, step: Step) -> Outcome:
    drawn = made_up(scale, seed=SEED)
    sets = {
        ("Febrl 1", "with number"): (published(), True),
        ("Febrl 1", "without"): (published(), False),
        ("made up", "with number"): (drawn, True),
        ("made up", "without"): (drawn, False),
    }
    found = {}
    for name, (records, ni_number) in sets.items():
        found[name] = measure(records, ni_number=ni_number)
        step(1)
    return Outcome(
        (*HEADINGS, "precision", "recall", "definite", "of them right"),
        [(*name, *of.row) for name, of in found.items()],
        {
            f"{figure}{ending}": getattr(of, figure)
            for of, ending in zip(found.values(), ENDINGS, strict=True)
            for figure in ("precision", "recall")
        },
    )


HEADINGS = ("records", "NI number", "of one person", "found", "right")
ENDINGS = ("", "_without_number", "_made_up", "_made_up_without_number")
MATCHING = Benchmark("matching", scale=1_000, run=run)
