"""Money and the days of a year as people type them, and the address of a link as they read it."""

import re
from calendar import month_name
from datetime import date
from typing import Any

from fees.money import pounds
from fees.pay_link import PayLink
from fees.scale_change import Off
from register.kit import forms
from register.kit.settings import settings

POUNDS = re.compile(r"£?\s*([0-9]{1,7})(?:\.([0-9]{2}))?")
A_LEAP_YEAR = 2028
MONTHS = {name.lower(): n for n, name in enumerate(month_name) if name}


def read_pounds(text: str) -> int | None:
    found = POUNDS.fullmatch(text.replace(",", "").strip())
    return int(found[1]) * 100 + int(found[2] or 0) if found else None


class Pounds(forms.Text):
    """Whole pence, typed in pounds."""

    empty = None

    def __init__(
        self, label: str, *, lowest: int = 0, highest: int = 10_000_000, **options: Any
    ) -> None:
        super().__init__(label, longest=15, **options)
        self.lowest, self.highest = lowest, highest

    def write(self, value: Any) -> str:
        return pounds(value).removeprefix("£")

    def read(self, text: str) -> Any:
        pence = read_pounds(super().read(text))
        if pence is None:
            raise ValueError(
                f"{self.subject} must be an amount of money, like 120 or 67.50"
            )
        if not self.lowest <= pence <= self.highest:
            raise ValueError(
                f"{self.subject} must be between {pounds(self.lowest)} and {pounds(self.highest)}"
            )
        return pence


class Less(forms.Text):
    """A discount: "50%" or "£10"."""

    empty = None

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(
            label, longest=15, optional=True, hint="Like 50% or £10", **options
        )

    def write(self, value: Any) -> str:
        return f"{value.per_cent}%" if value.per_cent else pounds(value.pence)

    def read(self, text: str) -> Any:
        typed = super().read(text).replace(" ", "")
        share = re.fullmatch(r"([1-9][0-9]?)%", typed)
        if share:
            return Off(per_cent=int(share[1]))
        if not (pence := read_pounds(typed)):
            raise ValueError(f"{self.subject} must be like 50% or £10")
        return Off(pence=pence)


class DaysOfTheYear(forms.Text):
    """The days of instalments, in their order: "30 September, 31 October"."""

    empty = ()

    def write(self, value: Any) -> str:
        return ", ".join(f"{int(day[3:])} {month_name[int(day[:2])]}" for day in value)

    def read(self, text: str) -> Any:
        days = [self._day(part.split()) for part in super().read(text).split(",")]
        if len(set(days)) != len(days) or len(days) < 2:
            raise ValueError(f"{self.subject} must be two or more different days")
        return tuple(days)

    def _day(self, words: list[str]) -> str:
        try:
            number, month = words
            return date(A_LEAP_YEAR, MONTHS[month.lower()], int(number)).strftime(
                "%m-%d"
            )
        except (KeyError, ValueError):
            raise ValueError(
                f"{self.subject} must be days, like 30 September, 31 October"
            ) from None


def address_of(link: PayLink | None) -> str:
    return f"{settings().public_url}/pay/link/{link.token}" if link else ""
