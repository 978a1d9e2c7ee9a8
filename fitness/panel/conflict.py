"""The conflict radar: why somebody does not decide on a matter, or is asked about it first (domain.md 7.3)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from register.kit.clock import months_after


class Clash(StrEnum):
    ABOUT_THEM = "about_them"
    OTHER_STAFF = "other_staff"
    """Who decides is no staff otherwise."""
    ANOTHER_PLACE = "another_place"
    """In this case: who investigated or examined it, or sat on its interim panel, hears nothing else in it."""
    DECIDED_BEFORE = "decided_before"
    """On the same person, in whatever case."""
    KNOWS_THEM = "knows_them"
    """Has declared an interest in the person."""
    SAME_PROVIDER = "same_provider"
    """Worked for a provider, or one of its group, for which the person worked too, or in whose home it is said to have been."""
    BUSY = "busy"
    """Sits elsewhere on one of those days."""
    SAME_AREA = "same_area"
    SAME_EMPLOYER_NAMED = "same_employer_named"
    """Of a home that we do not know: somebody has to look whether it is the same."""
    DECLARED = "declared"
    """Something in words, that no rule can read."""
    NOT_FREE = "not_free"
    """Has not said that they can come on all of those days."""

    @property
    def blocks(self) -> bool:
        """The others are asked about, and what was said of them is written down."""
        return self in BLOCKS


BLOCKS = frozenset(
    {
        Clash.ABOUT_THEM,
        Clash.OTHER_STAFF,
        Clash.ANOTHER_PLACE,
        Clash.DECIDED_BEFORE,
        Clash.KNOWS_THEM,
        Clash.SAME_PROVIDER,
        Clash.BUSY,
    }
)


@dataclass(frozen=True)
class Tie:
    """To somebody's work: in a home that we know, or for an employer as it was written; from a day to a day, if it is over."""

    from_on: date
    until_on: date | None = None
    home: UUID | None = None
    provider: UUID | None = None
    group: UUID | None = None
    area: str = ""
    employer: str = ""

    def since(self, day: date, until: date) -> bool:
        return self.from_on <= until and (self.until_on is None or self.until_on >= day)

    def same_provider(self, other: "Tie") -> bool:
        return any(
            mine is not None and mine == theirs
            for mine, theirs in (
                (self.home, other.home),
                (self.provider, other.provider),
                (self.group, other.group),
            )
        )

    def same_name(self, other: "Tie") -> bool:
        return bool(self.employer) and self.named == other.named

    @property
    def named(self) -> str:
        return " ".join(self.employer.casefold().split())


@dataclass(frozen=True)
class Matter:
    """What is to be decided, on which days, and the rules' times."""

    first: date
    last: date
    ties: tuple[Tie, ...] = ()
    """Of the person, and of the homes in which it is said to have happened."""
    employer_months: int = 60
    area_months: int = 36


@dataclass(frozen=True)
class Candidate:
    """Who might decide on it: each as far as the matter goes."""

    about_them: bool = False
    other_staff: bool = False
    another_place: bool = False
    decided_before: bool = False
    knows_them: bool = False
    busy: bool = False
    free: bool = True
    declared: bool = False
    ties: tuple[Tie, ...] = ()
    areas: frozenset[str] = field(default_factory=frozenset)
    """Where they are at home, as the office knows."""


def clashes(candidate: Candidate, matter: Matter) -> tuple[Clash, ...]:
    """The gravest first. A tie counts until so many months before the first day, that day too."""
    employed = months_after(matter.first, -matter.employer_months)
    lived = months_after(matter.first, -matter.area_months)
    mine = _since(candidate.ties, employed, matter)
    theirs = _since(matter.ties, employed, matter)
    near = candidate.areas | _areas(_since(candidate.ties, lived, matter))
    pairs = [(one, other) for one in mine for other in theirs]
    same_provider = any(one.same_provider(other) for one, other in pairs)
    found = {
        Clash.ABOUT_THEM: candidate.about_them,
        Clash.OTHER_STAFF: candidate.other_staff,
        Clash.ANOTHER_PLACE: candidate.another_place,
        Clash.DECIDED_BEFORE: candidate.decided_before,
        Clash.KNOWS_THEM: candidate.knows_them,
        Clash.SAME_PROVIDER: same_provider,
        Clash.BUSY: candidate.busy,
        Clash.SAME_AREA: bool(near & _areas(_since(matter.ties, lived, matter))),
        Clash.SAME_EMPLOYER_NAMED: not same_provider
        and any(one.same_name(other) for one, other in pairs),
        Clash.DECLARED: candidate.declared,
        Clash.NOT_FREE: not candidate.free,
    }
    return tuple(clash for clash in Clash if found[clash])


def _since(ties: Iterable[Tie], day: date, matter: Matter) -> list[Tie]:
    return [tie for tie in ties if tie.since(day, matter.last)]


def _areas(ties: Iterable[Tie]) -> frozenset[str]:
    return frozenset(tie.area for tie in ties if tie.area)
