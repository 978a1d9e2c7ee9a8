"""For how long the public sees what is published: from what it is and by the rules, and from nothing else (domain.md 8)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fitness.publication.matter import Matter
from register.kit.clock import day_of, months_after, start_of
from register.rule_set import Rules


@dataclass(frozen=True)
class Term:
    """From one moment until another, which it does not include."""

    shown_from: datetime
    shown_until: datetime


def decision_until(
    matter: Matter,
    rules: Rules,
    *,
    begins: datetime,
    ends: datetime | None,
    health: bool,
) -> datetime:
    """`begins` and `ends`: of an order, whenever it took or will take effect; of any other decision, its day.

    Where health alone was the ground, it is gone with the restriction.
    """
    if ends is not None and (health or matter is Matter.WARNING):
        return ends
    months, since = {
        Matter.ADVICE: (rules.publication_advice_months, begins),
        Matter.REMOVAL: (rules.publication_order_months, begins),
    }.get(matter, (rules.publication_after_months, ends or begins))
    return start_of(months_after(day_of(since), months))


def hearing_term(
    rules: Rules, *, first: date, last: date, approved_at: datetime
) -> Term:
    """`first` and `last`: the days on which it is heard. The list names it from some days before."""
    listed = start_of(first - timedelta(days=rules.hearing_listed_days))
    until = start_of(months_after(last, rules.hearing_shown_months))
    return Term(max(approved_at, listed), until)
