"""What is known of a person by which they may be recognised."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import NamedTuple, Self

from register.matching.marks import (
    NO_MARKS,
    MarkKind,
    Marks,
    addresses_of,
    mark,
    plain,
    slips_of,
)
from register.person import fold


class Name(NamedTuple):
    """A folded name: Anne-Marie O'Brien as "anne marie" and "obrien"."""

    given: str
    family: str


def names_of(
    given_names: str, family_name: str, others: Iterable[str] = ()
) -> frozenset[Name]:
    """A person's name and those they had or have besides, written as one: where the family name begins nobody says.

    Of a single word it is the family name that was another.
    """
    given = fold(given_names)
    found = {Name(given, fold(family_name))}
    for other in others:
        words = fold(other).split()
        found |= {
            Name(" ".join(words[:n]) or given, " ".join(words[n:]))
            for n in range(len(words) > 1, len(words))
        }
    return frozenset(found)


@dataclass(frozen=True)
class Traits:
    """What identifies somebody besides name and birth date, as marks."""

    ni_numbers: Marks = NO_MARKS
    ni_slips: Marks = NO_MARKS
    addresses: Marks = NO_MARKS
    postcodes: Marks = NO_MARKS
    emails: Marks = NO_MARKS
    learner_numbers: Marks = NO_MARKS

    @classmethod
    def of(
        cls,
        *,
        ni_number: str = "",
        homes: Iterable[tuple[str, str, str]] = (),
        emails: Iterable[str] = (),
        learner_numbers: Iterable[str] = (),
    ) -> Self:
        """`homes` are first line, town and postcode; what is empty is not known."""
        homes, number = list(homes), plain(ni_number)
        return cls(
            ni_numbers=_marks(MarkKind.NI_NUMBER, [number]),
            ni_slips=slips_of(number),
            addresses=frozenset(m for home in homes for m in addresses_of(*home)),
            postcodes=_marks(MarkKind.POSTCODE, [plain(code) for *_, code in homes]),
            emails=_marks(MarkKind.EMAIL, [e.strip().casefold() for e in emails]),
            learner_numbers=_marks(
                MarkKind.LEARNER_NUMBER, [plain(n) for n in learner_numbers]
            ),
        )

    def __or__(self, other: "Traits") -> "Traits":
        return Traits(
            *(getattr(self, f.name) | getattr(other, f.name) for f in fields(self))
        )


def _marks(kind: MarkKind, values: Iterable[str]) -> Marks:
    return frozenset(mark(kind, value) for value in values if value)


@dataclass(frozen=True)
class Known:
    names: frozenset[Name]
    birth_date: date | None = None
    traits: Traits = Traits()


def likeness(one: Known, other: Known) -> int:
    """A mark of both names and birth dates: what was said of the two holds while it is the same."""
    told = (f"{sorted(known.names)} {known.birth_date}" for known in (one, other))
    return mark(MarkKind.LIKENESS, *sorted(told))
