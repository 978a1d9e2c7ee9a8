"""The state of a renewal in SQL, for lists and counts: written by hand beside `standing.py`, and held equal to it by a test."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Integer,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)

from register.entry import Entry
from register.entry.facts import Lapse, Registration, Removal
from register.renewal.renewal import Renewal
from register.renewal.standing import RenewalState
from register.rule_set import RuleSet


def state_at(now: datetime, today: date) -> ColumnElement[str]:
    """Of renewals joined with their RuleSet; `today`: the legal day of that moment."""
    until, lapsed = _until(now), _lapsed(now)
    finished = Renewal.finished_at.is_not(None)
    over = and_(until.is_not(None), until > Renewal.ends_on)
    return case(
        (and_(until.is_(None), ~lapsed), RenewalState.ENDED),
        (and_(finished, until >= Renewal.until_on), RenewalState.RENEWED),
        (and_(finished, ~over), RenewalState.LATE),
        (over, RenewalState.NOT_OPEN),
        (and_(cure_ended() < today, until.is_not(None)), RenewalState.OVERLOOKED),
        (cure_ended() < today, RenewalState.TOO_LATE),
        (lapsed, RenewalState.CURABLE),
        (Renewal.last_day < today, RenewalState.OVERDUE),
        (Renewal.paid_at.is_not(None), RenewalState.PAID_NOT_RENEWED),
        (_only_payment(), RenewalState.ONLY_PAYMENT),
        (Renewal.extended_until.is_not(None), RenewalState.EXTENDED),
        else_=literal(str(RenewalState.OPEN)),
    )


def cure_ended() -> ColumnElement[date]:
    """The last day of it."""
    days = cast(RuleSet.data["renewal_cure_days"].astext, Integer)
    return cast(Renewal.last_day + days, Date)


def _only_payment() -> ColumnElement[bool]:
    """Nothing but the payment is left."""
    return and_(
        Renewal.paid_at.is_(None),
        or_(
            Renewal.only_pays,
            and_(
                Renewal.details_at.is_not(None),
                Renewal.employment_at.is_not(None),
                Renewal.declared_at.is_not(None),
                Renewal.learning_at.is_not(None),
            ),
        ),
    )


def _until(now: datetime) -> ColumnElement[Any]:
    return (
        select(func.max(Registration.until_on))
        .join(Entry, Registration.entry_id == Entry.id)
        .where(
            Entry.person_id == Renewal.person_id,
            Registration.valid.contains(now),
        )
        .correlate(Renewal)
        .scalar_subquery()
    )


def _lapsed(now: datetime) -> ColumnElement[bool]:
    """The lapse begins with the day after the period or later, and before the next period has ended."""
    removed = exists().where(Removal.entry_id == Entry.id, Removal.valid.contains(now))
    return exists().where(
        Lapse.entry_id == Entry.id,
        Entry.person_id == Renewal.person_id,
        Lapse.valid.contains(now),
        func.lower(Lapse.valid) >= _end_of(Renewal.ends_on),
        func.lower(Lapse.valid) < _end_of(Renewal.until_on),
        ~removed,
    )


def _end_of(day: Any) -> ColumnElement[datetime]:
    """Midnight in London, whatever the season."""
    return func.timezone("Europe/London", cast(day + 1, DateTime))


def narrowed(state: RenewalState) -> ColumnElement[bool]:
    """What every renewal in that state has in common, so that an index finds the few."""
    unfinished = Renewal.finished_at.is_(None)
    if state is RenewalState.PAID_NOT_RENEWED:
        return and_(unfinished, Renewal.paid_at.is_not(None))
    if state is RenewalState.EXTENDED:
        return and_(unfinished, Renewal.extended_until.is_not(None))
    if state in FINISHED:
        return Renewal.finished_at.is_not(None)
    return unfinished if state in UNFINISHED else true()


FINISHED = frozenset({RenewalState.RENEWED, RenewalState.LATE})
UNFINISHED = frozenset(
    {
        RenewalState.OPEN,
        RenewalState.ONLY_PAYMENT,
        RenewalState.OVERDUE,
        RenewalState.CURABLE,
        RenewalState.OVERLOOKED,
        RenewalState.TOO_LATE,
    }
)
