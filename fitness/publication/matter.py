"""What may be published: a decision, or that somebody will be heard (domain.md 7.2)."""

from enum import StrEnum

from fitness.order import Measure


class Kind(StrEnum):
    DECISION = "decision"
    HEARING = "hearing"

    @property
    def path(self) -> str:
        """Under which the public finds all of the kind."""
        return {Kind.DECISION: "/decisions", Kind.HEARING: "/hearings"}[self]


class Matter(StrEnum):
    """What was decided. Of an interim order the register says what it is, and nothing else is published."""

    ADVICE = "advice"
    WARNING = "warning"
    CONDITIONS = "conditions_order"
    SUSPENSION = "suspension_order"
    REMOVAL = "removal_order"
    RESTORED = "restored"
    """To the register, after a removal by order."""
    RESTORATION_REFUSED = "restoration_refused"

    @property
    def of_an_order(self) -> bool:
        return self not in RESTORATION

    @classmethod
    def of(cls, measure: Measure) -> "Matter | None":
        return None if measure.interim else cls(measure.value)


RESTORATION = frozenset({Matter.RESTORED, Matter.RESTORATION_REFUSED})


class HearingKind(StrEnum):
    """Those that the public may know of beforehand."""

    FINAL = "final"
    REVIEW = "review"
    RESTORATION = "restoration"
