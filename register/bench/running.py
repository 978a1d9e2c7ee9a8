"""What every benchmark has in common: a name, a scale, and figures as a table and as one line of JSON."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

Figure = str | int | float
Step = Callable[[int], None]


@dataclass(frozen=True)
class Outcome:
    headings: Sequence[str]
    rows: Sequence[Sequence[Figure]]
    figures: dict[str, Figure]
    notes: Sequence[str] = ()
    """What belongs below the table, such as the plan of a query."""


@dataclass(frozen=True)
class Benchmark:
    name: str
    scale: int
    """How many people or rows, unless told otherwise."""
    run: Callable[[int, Step], Awaitable[Outcome]]


async def carry_out(bench: Benchmark, scale: int | None, step: Step) -> str:
    """What is printed: the table, and last the line of JSON."""
    outcome = await bench.run(scale or bench.scale, step)
    table = [outcome.headings, *outcome.rows]
    widths = [max(len(str(row[n])) for row in table) for n in range(len(table[0]))]
    lines = [
        "  ".join(
            str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)
        )
        for row in table
    ]
    told = json.dumps({"bench": bench.name, **outcome.figures})
    return "\n".join([*(line.rstrip() for line in lines), *outcome.notes, told])
