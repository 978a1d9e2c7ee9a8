"""The days that an address of the register may ask for: `as_at`, and `as_known`."""

from datetime import date, datetime

from litestar.datastructures import MultiDict

from register.past import Then, read_day

AS_AT, AS_KNOWN = "as_at", "as_known"
DAYS = (AS_AT, AS_KNOWN)


def fault_of_day(text: str, today: date) -> str | None:
    """What is wrong with one of them, as the end of a sentence."""
    day = read_day(text)
    if day is None:
        return "must be a real day, written like 2027-03-12."
    return None if day <= today else "must be today or in the past."


def known_too_early(asked: MultiDict[str]) -> bool:
    """What was recorded of days to come may have been taken back before it was ever shown."""
    as_at, as_known = days_of(asked)
    return bool(as_at and as_known and as_known < as_at)


def then_of(asked: MultiDict[str], now: datetime) -> Then | None:
    """None where no day is asked for."""
    return Then.asked(*days_of(asked), now=now)


def days_of(asked: MultiDict[str]) -> tuple[date | None, date | None]:
    return read_day(asked.get(AS_AT, "")), read_day(asked.get(AS_KNOWN, ""))
