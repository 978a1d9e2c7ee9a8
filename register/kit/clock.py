"""UK days and moments: legal days begin at midnight in Europe/London, deadlines end at 23:59:59."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from govuk_bank_holidays.bank_holidays import BankHolidays
from sqlalchemy.dialects.postgresql import Range

LONDON = ZoneInfo("Europe/London")

Now = Callable[[], datetime]


def system_clock(offset: timedelta = timedelta(0)) -> Now:
    """The one clock of a process, moved by `offset` for tests and demos."""
    return lambda: datetime.now(UTC) + offset


def day_of(moment: datetime) -> date:
    """The legal day on which a moment falls."""
    return moment.astimezone(LONDON).date()


def start_of(day: date) -> datetime:
    """00:00 Europe/London of the day, in UTC."""
    return datetime.combine(day, time.min, LONDON).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first moment after the day: "until 30 November" is valid before this."""
    return start_of(day + timedelta(days=1))


def last_second_of(day: date) -> datetime:
    """23:59:59 Europe/London: the moment a deadline names."""
    return end_of(day) - timedelta(seconds=1)


def days(start: date, until: date | None = None) -> Range[datetime]:
    """The validity of "from `start` until `until`", both days included."""
    return Range(start_of(start), end_of(until) if until else None, bounds="[)")


def since(moment: datetime) -> Range[datetime]:
    """Valid from a moment on, with no end known."""
    return Range(moment, None, bounds="[)")


def months_after(day: date, months: int) -> date:
    """The same day `months` later, or the month's last day where there is none (31 January + 1: 28 or 29 February)."""
    return day + relativedelta(months=months)


class BeyondKnownHolidays(Exception):
    """The bank holidays of that year are not announced yet, so working days cannot be counted."""


@cache
def bank_holidays() -> frozenset[date]:
    """England's bank holidays, as published."""
    known = BankHolidays(use_cached_holidays=True).get_holidays(
        division=BankHolidays.ENGLAND_AND_WALES
    )
    return frozenset(holiday["date"] for holiday in known)


def is_working(day: date) -> bool:
    """Whether the office works that day; raises BeyondKnownHolidays past the published years."""
    if day.year > max(bank_holidays()).year:
        raise BeyondKnownHolidays(str(day))
    return day.weekday() < 5 and day not in bank_holidays()  # Monday is 0


def working_days_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`; day one is the next working day."""
    while count:
        day += timedelta(days=1)
        count -= is_working(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days have come after `start`, up to and with `end`."""
    return sum(
        is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1)
    )
