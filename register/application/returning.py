"""Coming back: who may ask for their entry to be restored, from which day, and who never."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from register.application.state import ApplicationKind
from register.entry import Entry, RemovalReason, Status
from register.kit.clock import day_of, months_after
from register.kit.errors import Refused
from register.kit.forms import written
from register.rule_set import Rules


class NeverAgain(Refused):
    def __init__(self) -> None:
        super().__init__(
            "An entry that was removed following a conviction is not restored while the conviction stands."
        )


class NotBefore(Refused):
    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(
            f"You can ask to come back to this part of the register from {written(day)}."
        )


class StillCurable(Refused):
    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(
            f"You can still finish your renewal until {written(day)}, which is all that you need to do."
        )


class Way(StrEnum):
    """By which somebody comes back, by how long ago they left."""

    FINISH_RENEWAL = "finish_renewal"
    RESTORATION = "restoration"
    RESTORATION_WITH_PRACTICE = "restoration_with_practice"
    """The application also shows practice since then, or names who vouches for them."""


@dataclass(frozen=True)
class Ended:
    """How an entry ended, by the gravest of what ended it."""

    status: Status
    because: RemovalReason | None
    """None where it lapsed."""
    at: datetime
    left_on: date
    """The first day on which they were not registered any more, whatever came after."""
    ran_out: bool = False
    """They lapsed when their period was over, so that there was a renewal to finish."""

    @property
    def by_order(self) -> bool:
        return self.because is RemovalReason.ORDER

    @property
    def never(self) -> bool:
        return self.because is RemovalReason.AUTOMATIC

    @property
    def of_the_register(self) -> bool:
        """And not of one part alone."""
        return self.by_order or self.never

    @property
    def kind(self) -> ApplicationKind:
        """An entry that should never have been made is applied for anew."""
        if self.because is RemovalReason.ERROR:
            return ApplicationKind.FIRST
        return ApplicationKind.RESTORATION


WAYS: tuple[tuple[Callable[[Ended, Rules, date], bool], Way], ...] = (
    (lambda ended, rules, on: on <= curable_until(ended, rules), Way.FINISH_RENEWAL),
    (lambda ended, rules, on: not away_long(ended.left_on, rules, on), Way.RESTORATION),
    (lambda *_: True, Way.RESTORATION_WITH_PRACTICE),
)
"""The first that holds decides."""


def way_of(ended: Ended, rules: Rules, on: date) -> Way:
    return next(way for holds, way in WAYS if holds(ended, rules, on))


def curable_until(ended: Ended, rules: Rules) -> date:
    """The last day on which a lapse is cured by finishing the renewal; in the past for what ended in another way."""
    if not ended.ran_out:
        return date.min
    return rules.cure_ends(ended.left_on - timedelta(days=1))


def away_long(left_on: date, rules: Rules, on: date) -> bool:
    return on > months_after(left_on, rules.restoration_practice_after_months)


GRAVEST_FIRST = (
    RemovalReason.AUTOMATIC,
    RemovalReason.ORDER,
    RemovalReason.ERROR,
    RemovalReason.CONDITION,
    RemovalReason.CPD,
    RemovalReason.VOLUNTARY_DURING_CASE,
    RemovalReason.VOLUNTARY,
)


def how_it_ended(entry: Entry, at: datetime) -> Ended | None:
    """None while the entry stands in the register, as it does while it is held."""
    status = entry.status_at(at)
    if status is None or status.current:
        return None
    left = max(
        (r.valid.upper for r in entry.registrations if r.valid.upper), default=at
    )
    removals = [removal for removal in entry.removals if removal.holds(at)]
    if not removals:
        since = [lapse.starts for lapse in entry.lapses if lapse.holds(at)]
        until = max((r.until_on for r in entry.registrations), default=day_of(left))
        ran_out = until < day_of(left)
        return Ended(status, None, max(since, default=left), day_of(left), ran_out)
    gravest = min(removals, key=lambda one: GRAVEST_FIRST.index(one.because))
    return Ended(status, gravest.because, gravest.starts, day_of(left))


def first_day(ended: Ended, rules: Rules, *, refused: datetime | None = None) -> date:
    """The first day on which they may ask; `refused` is when we last refused to restore the entry."""
    days = [day_of(ended.at)]
    if ended.by_order:
        days.append(months_after(days[0], rules.restoration_after_order_months))
    if refused:
        days.append(months_after(day_of(refused), rules.restoration_retry_months))
    return max(days)


def must_be_open(
    ended: Ended, rules: Rules, *, on: date, refused: datetime | None = None
) -> None:
    """Raises NeverAgain, StillCurable or NotBefore."""
    if ended.never:
        raise NeverAgain
    if way_of(ended, rules, on) is Way.FINISH_RENEWAL:
        raise StillCurable(curable_until(ended, rules))
    if on < (day := first_day(ended, rules, refused=refused)):
        raise NotBefore(day)
