"""What chance decides in the demo, by a seed and a day: the same two decide the same again."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

from register.application.application import CROCKFORD
from register.certificate.serial import LENGTH
from register.kit.clock import is_working, start_of
from register.person import number_of

T = TypeVar("T")

REFERENCE_LENGTH = 8
SECOND_OPENS, SECOND_CLOSES = 8 * 3600, 17 * 3600 + 1800
"""Of the office."""


def words(told: str) -> list[str]:
    """A list to draw from, as one writes it."""
    return told.split()


class Draw:
    """`now` is the first moment of the day, before which all of the demo has happened."""

    def __init__(self, seed: int, on: date, topic: str = "") -> None:
        self.seed, self.on, self.now = seed, on, start_of(on)
        self.random = Random(f"{seed}/{on}/{topic}")
        self._numbers: set[int] = set()

    def about(self, topic: str) -> "Draw":
        """A stream of its own, so that more of one thing changes nothing of another; numbers stay different."""
        other = Draw(self.seed, self.on, topic)
        other._numbers = self._numbers
        return other

    def uuid(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def one(self, things: Sequence[T]) -> T:
        return self.random.choice(things)

    def some(self, things: Sequence[T], count: int) -> list[T]:
        """So many different ones, in the order in which they stood."""
        chosen = self.random.sample(range(len(things)), min(count, len(things)))
        return [things[n] for n in sorted(chosen)]

    def weighed(self, weights: Mapping[T, float]) -> T:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def chance(self, likely: float) -> bool:
        return self.random.random() < likely

    def between(self, least: int, most: int) -> int:
        return self.random.randint(least, most)

    def digits(self, count: int) -> str:
        return "".join(str(self.random.randrange(10)) for _ in range(count))

    def shuffled(self, things: Sequence[T]) -> list[T]:
        return self.random.sample(things, len(things))

    def number(self) -> str:
        """A registration number that was not drawn before."""
        while (drawn := self.random.randrange(10_000_000)) in self._numbers:
            pass
        self._numbers.add(drawn)
        return number_of(drawn)

    def reference(self) -> str:
        return "A-" + self._letters(REFERENCE_LENGTH)

    def serial(self) -> str:
        return self._letters(LENGTH)

    def _letters(self, count: int) -> str:
        return "".join(self.random.choices(CROCKFORD, k=count))

    def day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.between(0, (last - first).days))

    def moment(self, day: date) -> datetime:
        """While the office is open."""
        return start_of(day) + timedelta(
            seconds=self.between(SECOND_OPENS, SECOND_CLOSES)
        )

    def working_day(self, days_ago: int) -> date:
        """The last day on which the office worked, so many working days ago."""
        day = self.on - timedelta(days=1)
        while days_ago > 0 or not is_working(day):
            days_ago -= is_working(day)
            day -= timedelta(days=1)
        return day
