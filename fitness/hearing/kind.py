"""What hearings there are (domain.md 7.2 and 7.3): who hears what, after how many days' notice, and what may come of it."""

from enum import StrEnum

from fitness.case import Place, Stage
from fitness.order import Decided, Measure
from register.rule_set import Rules


class Kind(StrEnum):
    INTERIM_ORDER = "interim_order"
    """Whether one is needed."""
    INTERIM_REVIEW = "interim_review"
    FINAL = "final"
    ORDER_REVIEW = "order_review"
    RESTORATION = "restoration"
    """After a removal by order."""

    @property
    def interim(self) -> bool:
        return self in INTERIM

    @property
    def reviews(self) -> bool:
        """Of an order that is in force."""
        return self in {Kind.INTERIM_REVIEW, Kind.ORDER_REVIEW}

    @property
    def place(self) -> Place:
        """Of whoever decides, in the case."""
        return Place.INTERIM_PANEL if self.interim else Place.PANEL

    @property
    def decided(self) -> Decided:
        return Decided.INTERIM_PANEL if self.interim else Decided.PANEL

    @property
    def mixed(self) -> bool:
        """Whether lay and registrant members sit on it, with a lay chair."""
        return not self.interim

    @property
    def stages(self) -> frozenset[Stage]:
        """Of a case in which it may be listed."""
        return STAGES[self]

    @property
    def outcomes(self) -> tuple["Outcome", ...]:
        return OUTCOMES[self]

    def notice_days(self, rules: Rules) -> int:
        if self.interim:
            return rules.interim_notice_days
        if self is Kind.FINAL:
            return rules.hearing_notice_days
        return rules.review_notice_days

    def reviewable(self, measure: Measure) -> bool:
        return measure.reviewed and measure.interim == self.interim


INTERIM = frozenset({Kind.INTERIM_ORDER, Kind.INTERIM_REVIEW})
GOING_ON = frozenset({Stage.INVESTIGATION, Stage.EXAMINATION, Stage.HEARING})
"""Stages at which nothing is decided yet, and the registrant can be told."""
STAGES = {
    Kind.INTERIM_ORDER: GOING_ON,
    Kind.INTERIM_REVIEW: GOING_ON | {Stage.MONITORING},
    Kind.FINAL: frozenset({Stage.HEARING}),
    Kind.ORDER_REVIEW: frozenset({Stage.MONITORING}),
    Kind.RESTORATION: frozenset({Stage.HEARING}),
}


class HearingState(StrEnum):
    LISTED = "listed"
    ADJOURNED = "adjourned"
    """To another day, which it has."""
    VACATED = "vacated"
    """It will not be held."""
    DECIDED = "decided"

    @property
    def open(self) -> bool:
        return self in OPEN


OPEN = frozenset({HearingState.LISTED, HearingState.ADJOURNED})


class Privacy(StrEnum):
    PUBLIC = "public"
    PARTLY = "partly"
    """Some sessions in private."""
    PRIVATE = "private"


class PrivateFor(StrEnum):
    HEALTH = "health"
    CHILD = "child"
    THIRD_PARTY = "third_party"
    INTERIM = "interim"
    """Nothing is decided yet, and the public is not to take it for decided."""


class Attendance(StrEnum):
    """Of the registrant."""

    PRESENT = "present"
    REPRESENTED = "represented"
    ABSENT = "absent"

    @property
    def attends(self) -> bool:
        return self is not Attendance.ABSENT


class Seat(StrEnum):
    CHAIR = "chair"
    MEMBER = "member"
    ADVISER = "adviser"
    """Advises on the law, and does not vote."""

    @property
    def votes(self) -> bool:
        return self is not Seat.ADVISER


class Outcome(StrEnum):
    NO_ORDER = "no_order"
    ORDER = "order"
    CONTINUE = "continue"
    """An interim order goes on as it is."""
    EXPIRE = "expire"
    EXTEND = "extend"
    VARY = "vary"
    REPLACE = "replace"
    REVOKE = "revoke"
    NOT_PROVED = "not_proved"
    NOT_IMPAIRED = "not_impaired"
    IMPAIRED = "impaired"
    RESTORED = "restored"
    RESTORATION_REFUSED = "restoration_refused"
    SENT_BACK = "sent_back"
    """Whether they may come back is assessed again first."""

    @property
    def makes_order(self) -> bool:
        """It always does; others may."""
        return self in MAKE_ORDERS


MAKE_ORDERS = frozenset({Outcome.ORDER, Outcome.EXTEND, Outcome.VARY, Outcome.REPLACE})
OUTCOMES: dict[Kind, tuple[Outcome, ...]] = {
    Kind.INTERIM_ORDER: (Outcome.NO_ORDER, Outcome.ORDER),
    Kind.INTERIM_REVIEW: (
        Outcome.CONTINUE,
        Outcome.VARY,
        Outcome.REPLACE,
        Outcome.REVOKE,
    ),
    Kind.FINAL: (Outcome.NOT_PROVED, Outcome.NOT_IMPAIRED, Outcome.IMPAIRED),
    Kind.ORDER_REVIEW: (
        Outcome.EXPIRE,
        Outcome.EXTEND,
        Outcome.VARY,
        Outcome.REPLACE,
        Outcome.REVOKE,
    ),
    Kind.RESTORATION: (
        Outcome.RESTORED,
        Outcome.RESTORATION_REFUSED,
        Outcome.SENT_BACK,
    ),
}


def measures_for(
    kind: Kind, outcome: Outcome, reviewed: Measure | None
) -> tuple[Measure, ...]:
    """What may be made with that outcome, from the mildest; `reviewed`: what the order under review is."""
    if outcome is Outcome.IMPAIRED:
        return tuple(one for one in Measure if not one.interim)
    if outcome is Outcome.NOT_IMPAIRED:
        return (Measure.ADVICE, Measure.WARNING)
    if outcome is Outcome.RESTORED:
        return (Measure.CONDITIONS,)
    if outcome in {Outcome.EXTEND, Outcome.VARY} and reviewed:
        return (reviewed,)
    if not outcome.makes_order:
        return ()
    return tuple(
        one for one in Measure if one.interim == kind.interim and one is not reviewed
    )
