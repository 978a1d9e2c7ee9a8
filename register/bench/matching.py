"""How many of the records that are of one person are found to be, and how many of those found are."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from statistics import quantiles
from time import perf_counter
from uuid import uuid4

from sqlalchemy import Select, TextClause, insert, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from register.bench.records import Record, made_up, published, somebody
from register.bench.running import Benchmark, Figure, Outcome, Place
from register.kit.db import connect, sessions_of
from register.matching import Known, Verdict, compare, keys_of
from register.matching.record import MatchRecord, candidates, marks_of, with_a_key
from register.person import Person, fold


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


async def run(place: Place) -> Outcome:
    drawn = made_up(DRAWN, seed=SEED)
    sets = {
        ("Febrl 1", "with number"): (published(), True),
        ("Febrl 1", "without"): (published(), False),
        ("made up", "with number"): (drawn, True),
        ("made up", "without"): (drawn, False),
    }
    found = {}
    for name, (records, ni_number) in sets.items():
        found[name] = measure(records, ni_number=ni_number)
        place.step(1)
    searched = await search_among_many(place)
    return Outcome(
        (*HEADINGS, "precision", "recall", "definite", "of them right"),
        [(*name, *of.row) for name, of in found.items()],
        {
            f"{figure}{ending}": getattr(of, figure)
            for of, ending in zip(found.values(), ENDINGS, strict=True)
            for figure in ("precision", "recall")
        }
        | searched.figures,
        notes=searched.notes,
    )


@dataclass(frozen=True)
class Searched:
    """What it takes to find who may be somebody among so many persons."""

    figures: dict[str, Figure]
    notes: list[str]


async def search_among_many(place: Place) -> Searched:
    draw = random.Random(SEED)
    async with place.database() as url:
        engine = connect(url)
        try:
            async with sessions_of(engine).begin() as session:
                await _fill(session, draw, place)
            async with sessions_of(engine)() as session:
                return await _search(session, draw, place.scale)
        finally:
            await engine.dispose()


async def _fill(session: AsyncSession, draw: random.Random, place: Place) -> None:
    now = datetime.now(UTC)
    for first in range(0, place.scale, BATCH):
        batch = range(first, min(first + BATCH, place.scale))
        people = [(uuid4(), somebody(draw, str(n), rare=True)) for n in batch]
        await session.execute(
            insert(Person),
            [
                {
                    "id": person_id,
                    "given_names": record.given,
                    "family_name": record.family,
                    "name_key": fold(f"{record.family} {record.given}"),
                    "birth_date": record.born,
                    "created_at": now,
                }
                for person_id, record in people
            ],
        )
        await session.execute(
            insert(MatchRecord),
            [
                {"person_id": person_id, **marks_of(record.known())}
                for person_id, record in people
            ],
        )
        place.step(len(batch))
    await session.execute(text("analyze"))


async def _search(session: AsyncSession, draw: random.Random, scale: int) -> Searched:
    took, compared, possible = [], 0, 0
    for n in range(SEARCHES):
        known = somebody(draw, f"new {n}", rare=True).known()
        began = perf_counter()
        found = await candidates(session, known)
        scores = [compare(known, theirs) for _, theirs in found]
        took.append((perf_counter() - began) * 1000)
        compared += len(found)
        possible += sum(score.verdict is not Verdict.NONE for score in scores)
        session.expunge_all()
    plan = await session.scalars(explained(with_a_key(keys_of(known))))
    figures: dict[str, Figure] = {
        "persons": scale,
        "p50_ms": round(quantiles(took, n=20)[9], 1),
        "p95_ms": round(quantiles(took, n=20)[18], 1),
        "compared_each": round(compared / SEARCHES, 1),
        "strangers_possible_each": round(possible / SEARCHES, 3),
    }
    among = ", ".join(f"{name} {value}" for name, value in figures.items())
    return Searched(figures, ["", f"Searched for among many: {among}", *plan, ""])


def explained(query: Select[MatchRecord]) -> TextClause:
    said = query.compile(
        dialect=postgresql.dialect(),  # type: ignore[no-untyped-call]
        compile_kwargs={"literal_binds": True},
    )
    return text(f"explain (costs off) {said}")


SEED = 20_271
DRAWN = 1_000
BATCH = 1_000
SEARCHES = 200
HEADINGS = ("records", "NI number", "of one person", "found", "right")
ENDINGS = ("", "_without_number", "_made_up", "_made_up_without_number")
MATCHING = Benchmark("matching", scale=20_000, run=run)
