"""The chart of income: a bar a month, which stacks what each part brought."""

from collections.abc import Mapping, Sequence
from datetime import date

from fees.money import pounds
from register.kit.chart import PALETTE, Chart, Series, stacked
from register.part import Part

COLOURS = dict(zip(Part, PALETTE, strict=True))
A_POUND = 100


def chart(months: Sequence[date], sums: Mapping[tuple[date, Part], int]) -> Chart:
    """What was taken back in a month beyond what was asked for hangs below the line."""
    return stacked(
        [f"{month:%b %y}" for month in months],
        [
            Series(COLOURS[part], [sums.get((month, part), 0) for month in months])
            for part in Part
        ],
        written=pounds,
        least=A_POUND,
    )
