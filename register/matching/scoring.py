"""Whether two records are of one person: points for each field that agrees, and what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Self

from register.matching.agreement import (
    Agreement,
    birth_dates,
    family_names,
    given_names,
    identifiers,
)
from register.matching.known import Known, Name, Traits


class Verdict(StrEnum):
    DEFINITE = "definite"
    POSSIBLE = "possible"
    NONE = "none"


class Field(StrEnum):
    GIVEN_NAMES = "given_names"
    FAMILY_NAME = "family_name"
    BIRTH_DATE = "birth_date"
    NI_NUMBER = "ni_number"
    HOME = "home"
    EMAIL = "email"
    LEARNER_NUMBER = "learner_number"


ORDER = list(Agreement)
SAME, VARIANT, SLIP, CLOSE, UNKNOWN, DIFFERENT = ORDER

POINTS: dict[Field, dict[Agreement, int]] = {
    Field.GIVEN_NAMES: {SAME: 7, VARIANT: 5, SLIP: 5, CLOSE: 3, DIFFERENT: -4},
    Field.FAMILY_NAME: {SAME: 8, VARIANT: 6, SLIP: 6, CLOSE: 4, DIFFERENT: -4},
    Field.BIRTH_DATE: {SAME: 12, VARIANT: 8, SLIP: 6, CLOSE: 4, DIFFERENT: -7},
    Field.NI_NUMBER: {SAME: 16, SLIP: 8, DIFFERENT: -4},
    Field.HOME: {SAME: 9, VARIANT: 5},
    Field.EMAIL: {SAME: 9},
    Field.LEARNER_NUMBER: {SAME: 14, DIFFERENT: -2},
}
"""A point doubles the odds that it is one person.

They follow from what is known in general: a birth date is shared by one adult in some 15,000, a common name by one in a
hundred, people marry and move, couples share an e-mail address. Where somebody else lives says nothing.
"""
EXCHANGED = -1
"""The given and the family name stand in each other's place."""
DEFINITE, POSSIBLE = 32, 18
"""Names and birth date that are the same come to 27: one more thing must agree before two are surely one."""


TELLING_APART = (Field.GIVEN_NAMES, Field.BIRTH_DATE, Field.NI_NUMBER)


@dataclass(frozen=True)
class Score:
    """How far two records agree, field by field."""

    agreements: Mapping[Field, Agreement]
    exchanged: bool

    @classmethod
    def from_codes(cls, codes: Mapping[str, str], *, exchanged: bool) -> Self:
        agreements = {Field(field): Agreement(code) for field, code in codes.items()}
        return cls(agreements, exchanged)

    @property
    def codes(self) -> dict[str, str]:
        """As a row keeps it."""
        return {str(field): str(a) for field, a in self.agreements.items()}

    @property
    def points(self) -> int:
        got = sum(points_of(field, a) for field, a in self.agreements.items())
        return got + (EXCHANGED if self.exchanged else 0)

    @property
    def verdict(self) -> Verdict:
        if self.points >= DEFINITE and not self._contradicted:
            return Verdict.DEFINITE
        same_number = self.agreements[Field.NI_NUMBER] is SAME
        if self.points >= POSSIBLE or same_number:
            return Verdict.POSSIBLE
        return Verdict.NONE

    @property
    def _contradicted(self) -> bool:
        """Twins share all but the given name and the number."""
        return any(self.agreements[field] is DIFFERENT for field in TELLING_APART)


def points_of(field: Field, agreement: Agreement) -> int:
    return POINTS[field].get(agreement, 0)


def compare(one: Known, other: Known) -> Score:
    """The same whichever of the two comes first."""
    names, exchanged = _names(one, other)
    ours, theirs = one.traits, other.traits
    return Score(
        {
            **names,
            Field.BIRTH_DATE: birth_dates(one.birth_date, other.birth_date),
            Field.NI_NUMBER: _ni_numbers(ours, theirs),
            Field.HOME: _homes(ours, theirs),
            Field.EMAIL: SAME if ours.emails & theirs.emails else UNKNOWN,
            Field.LEARNER_NUMBER: identifiers(
                ours.learner_numbers, theirs.learner_numbers
            ),
        },
        exchanged,
    )


def _names(one: Known, other: Known) -> tuple[dict[Field, Agreement], bool]:
    """Of all the names of the two, the pair that agrees best."""
    pairs = product(one.names, other.names)
    found = [pair for a, b in pairs for pair in (_in_place(a, b), _exchanged(a, b))]
    return max(found, key=lambda pair: _rank(*pair))


def _in_place(one: Name, other: Name) -> tuple[dict[Field, Agreement], bool]:
    return {
        Field.GIVEN_NAMES: given_names(one.given, other.given),
        Field.FAMILY_NAME: family_names(one.family, other.family),
    }, False


def _exchanged(one: Name, other: Name) -> tuple[dict[Field, Agreement], bool]:
    """Which of the two wrote their names the wrong way round nobody knows, so that each is compared as any name."""
    both = given_names(one.given, other.family), given_names(one.family, other.given)
    better, worse = sorted(both, key=ORDER.index)
    return {Field.GIVEN_NAMES: better, Field.FAMILY_NAME: worse}, True


def _rank(agreed: dict[Field, Agreement], exchanged: bool) -> tuple[int, ...]:
    """By points, then in the order written, then by what agrees more: of many it is always the same one."""
    points = sum(points_of(field, agreement) for field, agreement in agreed.items())
    least = [-ORDER.index(agreement) for agreement in agreed.values()]
    return points + EXCHANGED * exchanged, not exchanged, *least


def _ni_numbers(ours: Traits, theirs: Traits) -> Agreement:
    agreed = identifiers(ours.ni_numbers, theirs.ni_numbers)
    if agreed is DIFFERENT and ours.ni_slips & theirs.ni_slips:
        return SLIP
    return agreed


def _homes(ours: Traits, theirs: Traits) -> Agreement:
    if ours.addresses & theirs.addresses:
        return SAME
    return VARIANT if ours.postcodes & theirs.postcodes else UNKNOWN
