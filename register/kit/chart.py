"""Charts of what is counted: bars that stack, drawn by us in whole pixels, without scripts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 90, 10, 12, 30
STEPS = 4
BESIDE = 6
"""Of white on both sides of a bar."""
PALETTE = ("#12436d", "#28a197", "#801650", "#f46a25", "#3d3d3d")
"""Told apart by those who see few colours too."""


@dataclass(frozen=True)
class Series:
    """What one colour stands for: how much of it each bar has. What is less than nothing hangs below the line."""

    colour: str
    amounts: Sequence[int]


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    width: int
    height: int
    colour: str


@dataclass(frozen=True)
class Label:
    x: int
    y: int
    text: str


@dataclass(frozen=True)
class Chart:
    bars: Sequence[Bar]
    labels: Sequence[Label]
    ticks: Sequence[Label]
    zero: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def stacked(
    names: Sequence[str],
    series: Sequence[Series],
    *,
    written: Callable[[int], str] = str,
    least: int = 1,
) -> Chart:
    """A bar for each name, in the order of the series from the line on; `least`: the finest step of the scale."""
    highest = max(_reach(series, at, 1) for at in range(len(names)))
    lowest = -max(_reach(series, at, -1) for at in range(len(names)))
    step = step_for(highest - lowest, least=least)
    top, bottom = max(-(-highest // step), 1), lowest // step
    pixels = HEIGHT - TOP - BOTTOM

    def y(amount: int) -> int:
        return TOP + (top * step - amount) * pixels // ((top - bottom) * step)

    slot = (WIDTH - LEFT - RIGHT) // len(names)
    bars, labels = [], []
    for at, name in enumerate(names):
        x = LEFT + at * slot
        for sign in (1, -1):
            reached = 0
            for one in series:
                amount = one.amounts[at]
                if amount * sign > 0:
                    edges = sorted((y(reached), y(reached + amount)))
                    reached += amount
                    height = max(1, edges[1] - edges[0])
                    wide = slot - 2 * BESIDE
                    bars.append(Bar(x + BESIDE, edges[0], wide, height, one.colour))
        if name:
            labels.append(Label(x + slot // 2, HEIGHT - 8, name))
    ticks = [
        Label(LEFT - 8, y(n * step), written(n * step)) for n in range(bottom, top + 1)
    ]
    return Chart(bars, labels, ticks, y(0))


def _reach(series: Sequence[Series], at: int, sign: int) -> int:
    """How far the bar goes above the line, or below it."""
    return sum(max(one.amounts[at] * sign, 0) for one in series)


def step_for(span: int, *, least: int = 1) -> int:
    """A round amount, 1, 2 or 5 times the least and its tens, of which few make up the span."""
    step = least
    while True:
        for times in (1, 2, 5):
            if step * times * STEPS >= span:
                return step * times
        step *= 10
