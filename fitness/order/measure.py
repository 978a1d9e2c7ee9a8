"""What an order may be, what limits the rules set to it, and who may decide on it (domain.md 4.2 and 7.2)."""

from datetime import datetime
from enum import StrEnum

from register.entry import OrderKind, WarningKind
from register.kit.clock import day_of, months_after, start_of
from register.kit.errors import Refused
from register.rule_set import Rules


class Measure(StrEnum):
    """From the mildest to the gravest: the least that protects the public is to be chosen."""

    ADVICE = "advice"
    WARNING = "warning"
    CONDITIONS = "conditions_order"
    SUSPENSION = "suspension_order"
    REMOVAL = "removal_order"
    INTERIM_CONDITIONS = "interim_conditions"
    INTERIM_SUSPENSION = "interim_suspension"

    @property
    def interim(self) -> bool:
        return self in INTERIM

    @property
    def reviewed(self) -> bool:
        """Whether somebody looks at it again before it ends."""
        return self in REVIEWED

    @property
    def worded(self) -> bool:
        """Whether the register says in words what it asks of the registrant."""
        return self in WORDED

    @property
    def order_kind(self) -> OrderKind | None:
        return OrderKind(self) if self in REVIEWED else None

    @property
    def warning_kind(self) -> WarningKind | None:
        return WarningKind(self) if self in TOLD else None

    def terms(self, rules: Rules) -> tuple[int, ...]:
        """The months that it may be made for, the longest first; none for what does not end."""
        longest = {
            Measure.ADVICE: rules.advice_months,
            Measure.CONDITIONS: rules.conditions_months,
            Measure.SUSPENSION: rules.suspension_months,
            Measure.INTERIM_CONDITIONS: rules.interim_order_months,
            Measure.INTERIM_SUSPENSION: rules.interim_order_months,
        }
        if self is Measure.REMOVAL:
            return ()
        if self is Measure.WARNING:
            return rules.warning_months
        if self is Measure.ADVICE:
            return (rules.advice_months,)
        return tuple(range(longest[self], 0, -1))


INTERIM = frozenset({Measure.INTERIM_CONDITIONS, Measure.INTERIM_SUSPENSION})
TOLD = frozenset({Measure.ADVICE, Measure.WARNING})
REVIEWED = INTERIM | {Measure.CONDITIONS, Measure.SUSPENSION}
WORDED = TOLD | {Measure.CONDITIONS, Measure.INTERIM_CONDITIONS}


class Decided(StrEnum):
    """By whom. The database asks that two of them have their place in the case."""

    INTERIM_PANEL = "interim_panel"
    EXAMINERS = "examiners"
    AGREEMENT = "agreement"
    """By two case examiners, and agreed by the registrant."""
    PANEL = "panel"
    COURT = "court"
    """That lets an interim order go on for longer than the rules."""

    @property
    def measures(self) -> tuple[Measure, ...]:
        return tuple(one for one in Measure if one in MAY[self])


MAY: dict[Decided, frozenset[Measure]] = {
    Decided.INTERIM_PANEL: INTERIM,
    Decided.EXAMINERS: TOLD,
    Decided.AGREEMENT: frozenset(Measure) - INTERIM,
    Decided.PANEL: frozenset(Measure),
    Decided.COURT: frozenset(),
}
"""A panel makes an interim order too, to cover the time until its own takes effect; the court makes none, but lets one go on."""


class NotTheirs(Refused):
    def __init__(self, measure: Measure) -> None:
        self.measure = measure
        super().__init__("Whoever decides here cannot make an order of this kind.")


class NotATerm(Refused):
    def __init__(self, measure: Measure, terms: tuple[int, ...]) -> None:
        self.measure, self.terms = measure, terms
        super().__init__(
            f"It can be made for {terms[-1]} to {terms[0]} months."
            if len(terms) > 1
            else f"It is made for {terms[0]} months."
            if terms
            else "It does not end, so it has no months."
        )


class WordsNeeded(Refused):
    def __init__(self, measure: Measure) -> None:
        self.measure = measure
        super().__init__(
            "Say in words that the public may read what the order says to the registrant."
        )


def end_of_term(starts: datetime, months: int) -> datetime:
    """The midnight with which the last day ends: an order never lasts longer than its months."""
    return start_of(months_after(day_of(starts), months))
