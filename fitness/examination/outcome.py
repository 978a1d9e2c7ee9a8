"""What two case examiners may decide by the test in its two parts (domain.md 7.2, stage 3), and what their views come to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, Self
from uuid import UUID

from fitness.order import Decided, Measure, NotATerm
from register.kit.errors import Refused
from register.rule_set import Rules


class Outcome(StrEnum):
    NO_ACTION = "no_action"
    ADVICE = "advice"
    WARNING = "warning"
    DISPOSAL = "disposal"
    """Proposed to the registrant, who may accept it: then there is no hearing."""
    HEARING = "hearing"
    MORE_INFORMATION = "more_information"
    """Back to the investigation, with what is asked."""


class Prospect(StrEnum):
    """Of a panel finding what is alleged proved, and the registrant's fitness to practise impaired by it."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"
    """Without more information."""


WITHOUT_PROSPECT = frozenset({Outcome.NO_ACTION, Outcome.ADVICE, Outcome.WARNING})


class NotByTheTest(Refused):
    def __init__(self, open_: Collection[Outcome]) -> None:
        self.open = open_
        super().__init__(
            "What you have answered to the two parts of the test does not lead to this decision."
        )


class NoMeasure(Refused):
    def __init__(self) -> None:
        super().__init__("Say what is proposed to the registrant.")


class InterestNotWeighed(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Where there is a realistic prospect, say whether a hearing is in the public interest."
        )


@dataclass(frozen=True)
class Terms:
    """What is to become of the case; the measure and its months where it is an order."""

    outcome: Outcome
    measure: Measure | None = None
    months: int | None = None

    @classmethod
    def of(
        cls,
        outcome: Outcome,
        rules: Rules,
        *,
        measure: Measure | None = None,
        months: int | None = None,
    ) -> Self:
        """Raises NoMeasure or NotATerm."""
        if outcome in {Outcome.ADVICE, Outcome.WARNING}:
            measure = Measure(outcome)
        if outcome not in ORDERED:
            return cls(outcome)
        if measure is None or measure not in ORDERED[outcome].measures:
            raise NoMeasure
        terms = measure.terms(rules)
        if len(terms) == 1:
            months = months or terms[0]
        if (months or 0) not in (terms or (0,)):
            raise NotATerm(measure, terms)
        return cls(outcome, measure, months or None)


ORDERED = {
    Outcome.ADVICE: Decided.EXAMINERS,
    Outcome.WARNING: Decided.EXAMINERS,
    Outcome.DISPOSAL: Decided.AGREEMENT,
}


def open_to(
    prospects: Collection[Prospect], *, interest: bool | None
) -> frozenset[Outcome]:
    """What the test leads to. `interest`: whether the public interest asks for a hearing. Raises InterestNotWeighed."""
    if Prospect.UNCLEAR in prospects:
        return frozenset({Outcome.MORE_INFORMATION})
    if Prospect.YES not in prospects:
        return WITHOUT_PROSPECT | {Outcome.MORE_INFORMATION}
    if interest is None:
        raise InterestNotWeighed
    decided = Outcome.HEARING if interest else Outcome.DISPOSAL
    return frozenset({decided, Outcome.MORE_INFORMATION})


ON_TERMS = (
    "(measure is not null) = (outcome in ('advice', 'warning', 'disposal')) "
    "and (outcome = 'disposal' or measure = outcome)"
)
FOR_MONTHS = "(months is null) = (measure is null or measure = 'removal_order')"
"""The same as `Terms` says, as the tables that hold them check it."""


class Viewed(Protocol):
    """One examiner's view, as far as two of them are held against each other."""

    @property
    def terms(self) -> Terms: ...

    @property
    def prospects(self) -> Mapping[UUID, Prospect]:
        """By the version of the allegation."""

    @property
    def last_word(self) -> bool:
        """They have read the other's, and stand by their own."""


def agree(one: Viewed, other: Viewed) -> bool:
    """On what becomes of the case and, unless more is to be found out first, on each allegation."""
    if one.terms != other.terms:
        return False
    return (
        one.terms.outcome is Outcome.MORE_INFORMATION
        or one.prospects == other.prospects
    )


def together(one: Viewed, other: Viewed) -> Terms | None:
    """What their views come to; a hearing where they do not agree at last, None while they may still change them."""
    if agree(one, other):
        return one.terms
    if one.last_word and other.last_word:
        return Terms(Outcome.HEARING)
    return None
